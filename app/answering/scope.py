"""Say what a question is limited to: what its asker chose, or the document that it names."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from heapq import nlargest

from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import normalize_words
from inquote.app.language.forms import ACCORDING_TO, QUOTED_TEXT, WHOLE_TEXT
from inquote.index.stores.base import DocumentInfo, Scope, Snapshot
from inquote.index.stores.places import folders_above
from inquote.ingest.errors import QuestionError
from inquote.ingest.text import encodable, printable

MAX_ENTRIES = 1_000  # documents and folders that a question may be limited to
MAX_NEAR = 3  # places that are named where one is not there
MAX_COMPARED = 100  # names
MAX_NAME = 200  # characters of a name that others are compared with
NEAR = 0.75  # share of the characters that near names have in common
_SUFFIX = re.compile(r"\.\w{1,5}$")


class ScopeError(QuestionError):
    """A question is limited to nothing, to too much, or to what the library has not."""


def read_scope(entries: Sequence[str] | None) -> Scope | None:
    """Return documents and folders in their order, each once; None for everything.

    Raises `ScopeError` for none and for too many.

    >>> read_scope(["reports/", "a.md", "reports"])
    ('reports', 'a.md')
    """
    if entries is None:
        return None
    scope = tuple(dict.fromkeys(encodable(entry).rstrip("/") for entry in entries))
    if not any(scope):
        raise ScopeError("Name a document or a folder to ask, or leave the limit out.")
    if len(scope) > MAX_ENTRIES:
        raise ScopeError(f"Name at most {MAX_ENTRIES:,} documents and folders to ask.")
    return scope


def check_scope(scope: Scope | None, snapshot: Snapshot) -> None:
    """Raise `ScopeError` for an entry that is neither a document nor a folder of the library."""
    for entry in scope or ():
        if not snapshot.has_place(entry):
            near = near_places(entry, snapshot.document_infos())
            hint = "inquote status --json lists the documents"
            if near:
                hint = f"names near it: {', '.join(map(printable, near))}"
            raise ScopeError(
                f"There is no document or folder {printable(entry)} in the library; {hint}."
            )


def near_places(name: str, infos: Sequence[DocumentInfo]) -> list[str]:
    """Return at most `MAX_NEAR` documents and folders that a name which is not there may mean.

    These are the documents called so, else places of which the path, its last part or the title is
    spelt much alike (Ratcliff and Metzener 1988).
    """
    places: dict[str, str] = {}
    for info in infos:
        for place in (*folders_above(info.id), info.id):
            places.setdefault(place.rpartition("/")[2].casefold(), place)
            places[place.casefold()] = place
        places.setdefault(info.title.casefold(), info.id)
    wanted = name.casefold()[:MAX_NAME]
    alike = _most_alike(wanted, places)
    close = get_close_matches(wanted, alike, 2 * MAX_NEAR, NEAR)
    near = [*documents_called(name, infos), *(places[each] for each in close)]
    return list(dict.fromkeys(near))[:MAX_NEAR]


def _most_alike(name: str, others: Iterable[str]) -> list[str]:
    """Return the names that share most pairs of letters with one; comparing all takes long."""
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}

    def shared(other: str) -> int:
        return sum(pair in other for pair in pairs)

    return nlargest(MAX_COMPARED, others, shared)


def scope_of(question: str, shelf: Shelf) -> tuple[str, list[str] | None]:
    """Return a question without the document that it names, and the ids of those so called.

    Where it names none, or none of the library's, the question stays and there are no ids.
    """
    for pattern in (ACCORDING_TO, QUOTED_TEXT):
        match = pattern.search(question)
        if not match:
            continue
        name = next(filter(None, match.groups())).strip()
        rest = _without(question, match)
        if WHOLE_TEXT.match(name):
            return rest, None
        ids = documents_called(name, shelf.infos)
        if ids:
            return rest, ids
    return question, None


def _without(question: str, match: re.Match[str]) -> str:
    """Take a phrase out of a question."""
    rest = f"{question[: match.start()]} {question[match.end() :]}".strip(" ,")
    rest = re.sub(r" (?=[?.,])", "", " ".join(rest.split()))
    return rest[:1].upper() + rest[1:]


def documents_called(name: str, infos: Iterable[DocumentInfo]) -> list[str]:
    """Return the ids of the documents whose name, path or title holds a name.

    Documents called exactly so go before those whose name holds it.

    >>> info = DocumentInfo("work/rules-2.pdf", "Rules of the house", "", "", 0, 0, "")
    >>> documents_called("rules-2.pdf", [info]), documents_called("rule", [info])
    (['work/rules-2.pdf'], [])
    """
    words = _words(name)
    exact, holding = [], []
    for info in infos:
        file = info.id.rsplit("/", 1)[-1]
        called = [_words(file), _words(info.title), _words(info.id)]
        if words in called:
            exact.append(info.id)
        elif words and any(f" {words} " in f" {other} " for other in called):
            holding.append(info.id)
    return exact or holding


def _words(name: str) -> str:
    """Return the words of a name without the suffix of its file."""
    return normalize_words(_SUFFIX.sub("", name.strip()).replace("_", " "))
