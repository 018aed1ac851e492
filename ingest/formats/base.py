"""Define a format: how to recognise a file of it, and the result of parsing one."""

from collections.abc import Callable
from dataclasses import dataclass

from inquote.ingest.documents import Block, Hidden, Page, Section, sections_of

MEMORY = 1_000_000_000  # bytes that parsing a file may take


@dataclass(frozen=True)
class Parsed:
    """A parsed file: its canonical text, and what the file states about itself.

    `title` and `source` are "" where the file states none. `blocks`, `pages`, `asides` and `hidden`
    are those of `Document`. A `warning` tells what a person should know of the reading, such as a
    guessed encoding, else "".
    `recognised` are those of `Document`.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    source: str = ""
    pages: tuple[Page, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
    hidden: tuple[Hidden, ...] = ()
    warning: str = ""
    recognised: tuple[tuple[int, int, float], ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the headings make."""
        return sections_of(self.text, self.blocks)


@dataclass(frozen=True)
class Format:
    """A file format.

    - `sniff(content, suffix)` returns whether bytes are of this format; `suffix` is the file
      name's, in lower case, with its dot.
    - `parse(content, encoding)` returns their canonical text and raises `FileSkipped` with the
      reason where it cannot. An `encoding` of None is detected from the bytes.
    - Short files of a `trusted` format are parsed in this process, all other files in the sandbox.
    - An `encoded` format is text in some encoding, which a person may have to name.
    - `memory` is how many bytes of memory a file of it may take in the sandbox, and `patience` how
      many times longer than another file.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    parse: Callable[[bytes, str | None], Parsed]
    trusted: bool = False
    encoded: bool = False
    memory: int = MEMORY
    patience: int = 1
