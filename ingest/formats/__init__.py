"""One module a format: bytes of a file, decoded, to canonical text with sections."""

from dataclasses import dataclass

from ingest.documents import Section


@dataclass(frozen=True)
class Parsed:
    """What a format's parser gives: canonical `text`, its `sections`, and what the file says of itself.

    `title` and `source` are "" where the file states none; `pages` and `asides` are those of `Document`.
    """

    text: str
    sections: tuple[Section, ...]
    title: str = ""
    source: str = ""
    pages: tuple[int, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
