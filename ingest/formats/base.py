"""Define a format: how to recognise a file of it, and the result of parsing one."""

from collections.abc import Callable
from dataclasses import dataclass

from inquote.ingest.documents import Hidden, Section


@dataclass(frozen=True)
class Parsed:
    """A parsed file: its canonical text, and what the file states about itself.

    `title` and `source` are "" where the file states none. `sections`, `pages`, `asides` and
    `hidden` are those of `Document`.
    """

    text: str
    sections: tuple[Section, ...]
    title: str = ""
    source: str = ""
    pages: tuple[int, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True)
class Format:
    """A file format.

    - `sniff(content, suffix)` returns whether bytes are of this format; `suffix` is the file
      name's, in lower case, with its dot.
    - `parse(content, encoding)` returns their canonical text and raises `FileSkipped` with the
      reason where it cannot. An `encoding` of None is detected from the bytes.
    - Short files of a `trusted` format are parsed in this process, all other files in the sandbox.
    - An `encoded` format is text in some encoding, which a person may have to name.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    parse: Callable[[bytes, str | None], Parsed]
    trusted: bool = False
    encoded: bool = False
