"""Characters as they are kept: canonicalised once, on the way in, and never after."""

import re
import unicodedata
from dataclasses import dataclass, field

from inquote.ingest.documents import Section

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def canonical(text: str) -> str:
    """NFC, line ends as "\\n", tabs as spaces; control characters, byte order marks and lone surrogates go."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


@dataclass
class TextBuilder:
    """Collects the blocks of a document and knows the offset of each; the parsers of the formats write into one."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[tuple[str, int, int]] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)

    def block(self, text: str, *, gap: str = "\n\n", aside: bool = False) -> None:
        """Append a block, `gap` (line ends only) before it unless it is the first; an empty one leaves no trace.

        An `aside` stands beside the text proper; its range is noted.
        """
        text = canonical(text).strip("\n")
        if not text.strip():
            return
        for part in (gap if self.parts else "", text):
            self.parts.append(part)
            self.length += len(part)
        if aside:
            self.asides.append((self.length - len(text), self.length))

    def heading(self, title: str, level: int) -> None:
        """Append a heading of `level` 1 to 6 as a block of one line."""
        title = " ".join(canonical(title).split())
        if title:
            self.block(title)
            self.headings.append((title, level, self.length - len(title)))

    def build(self) -> tuple[str, tuple[Section, ...]]:
        """The text, and its sections."""
        return "".join(self.parts), sections_from(self.headings, self.length)


def sections_from(headings: list[tuple[str, int, int]], length: int) -> tuple[Section, ...]:
    """Sections of a text of `length` from its headings (title, level, start) in text order.

    >>> sections_from([("A", 1, 5), ("B", 2, 9)], 20)[0]
    Section(title='', level=0, start=0, end=5)
    """
    first = headings[0][2] if headings else length
    ends = [length] * len(headings)
    open_ones: list[
        int
    ] = []  # sections that no heading of their level or a higher one has ended yet
    for at, (_, level, start) in enumerate(headings):
        while open_ones and headings[open_ones[-1]][1] >= level:
            ends[open_ones.pop()] = start
        open_ones.append(at)
    untitled = (Section("", 0, 0, first),) if first else ()
    return untitled + tuple(
        Section(*heading, end) for heading, end in zip(headings, ends, strict=True)
    )
