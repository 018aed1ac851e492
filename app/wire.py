"""Write a document as JSON, whole or a range of it, and read it back.

Offsets are those of the whole document, also in a range of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from dataclasses import fields as fields_of
from typing import Any, Protocol, TypeVar

from inquote.ingest.documents import Block, Document, Hidden, Page, Section
from inquote.ingest.errors import InquoteError


class NoSuchRange(InquoteError):
    """A range is not inside the document."""


class _Placed(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=_Placed)
R = TypeVar("R")


def check_range(document: Document, start: int | None, end: int | None) -> tuple[int, int]:
    """Return a range with what was left out: the start or the end of the document.

    Raises `NoSuchRange` for one that is empty or reaches beyond the text.
    """
    size = len(document.text)
    first, last = start or 0, size if end is None else end
    if start is None and end is None:
        return 0, size
    if not 0 <= first < last <= size:
        raise NoSuchRange(
            f"The range must lie within 0 and {size} and hold a character, got {first} to {last}."
        )
    return first, last


def document_json(
    document: Document, start: int | None = None, end: int | None = None
) -> dict[str, Any]:
    """Return a document, or a range of it with what touches that, as JSON.

    `text` is `document.text[start:end]`. Raises `NoSuchRange`.
    """
    place = check_range(document, start, end)
    is_whole = place == (0, len(document.text))

    def touching(items: Iterable[P]) -> list[P]:
        return [item for item in items if is_whole or _touches(item, *place)]

    asides = [Hidden(*aside, "") for aside in document.asides]
    recognised = []
    for first, last, score in document.recognised:
        if is_whole or _touches(Hidden(first, last, ""), *place):
            recognised.append({"start": first, "end": last, "score": score})
    return {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "sha256": document.sha256,
        "characters": len(document.text),
        "start": place[0],
        "end": place[1],
        "text": document.text[slice(*place)],
        "sections": [asdict(section) for section in touching(document.sections)],
        "pages": [_page_json(page) for page in touching(document.pages)],
        "blocks": [block._asdict() for block in touching(document.blocks)],
        "asides": [{"start": aside.start, "end": aside.end} for aside in touching(asides)],
        "hidden": [asdict(place) for place in touching(document.hidden)],
        "recognised": recognised,
    }


def _touches(item: _Placed, start: int, end: int) -> bool:
    """Say whether a range shares a character with another, or is empty and lies in it."""
    return item.start < end and (item.end > start or item.start >= start)


def _page_json(page: Page) -> dict[str, Any]:
    """Return a page without the boxes of its lines."""
    fields = asdict(page)
    del fields["lines"]
    return fields


def read_document(fields: Mapping[str, Any]) -> Document:
    """Return the document that `document_json` wrote whole; `KeyError`, `TypeError` for others."""
    recognised = [(item["start"], item["end"], item["score"]) for item in fields["recognised"]]
    return Document(
        id=fields["id"],
        title=fields["title"],
        source=fields["source"],
        text=fields["text"],
        sha256=fields["sha256"],
        sections=_records(Section, fields["sections"]),
        pages=_records(Page, fields["pages"]),
        asides=tuple((aside["start"], aside["end"]) for aside in fields["asides"]),
        hidden=_records(Hidden, fields["hidden"]),
        blocks=_records(Block, fields["blocks"]),
        recognised=tuple(recognised),
    )


def _records(kind: type[R], items: Iterable[Mapping[str, Any]]) -> tuple[R, ...]:
    return tuple(read_record(kind, item) for item in items)


def read_record(kind: type[R], fields: Mapping[str, Any]) -> R:
    """Return a record of what its kind has of some fields, for a newer server may send more.

    Raises `TypeError` where one is missing.

    >>> read_record(Hidden, {"start": 1, "end": 2, "reason": "white text", "colour": "white"})
    Hidden(start=1, end=2, reason='white text')
    """
    names = getattr(kind, "_fields", None)  # of a named tuple
    if names is None:
        names = [field.name for field in fields_of(kind)]  # type: ignore[arg-type]
    return kind(**{name: fields[name] for name in names if name in fields})
