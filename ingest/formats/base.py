"""What every format gives, and what makes a format."""

from collections.abc import Callable
from dataclasses import dataclass

from inquote.ingest.documents import Section


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


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is told from others, and how it is parsed.

    `sniff(content, suffix)` says whether bytes are of this format; `suffix` is the file name's, in lower case, with its
    dot. `parse(content, encoding)` makes canonical text of them and raises `FileSkipped` with the reason where it
    cannot; `encoding` is None where it is to be told from the bytes. Files of a `trusted` format are parsed in this
    process while they are short, all others in a limited child. An `encoded` format is characters in some encoding,
    which a person may have to name.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    parse: Callable[[bytes, str | None], Parsed]
    trusted: bool = False
    encoded: bool = False
