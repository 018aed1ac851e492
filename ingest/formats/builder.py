"""Build the canonical text of a document, block by block, with the offsets of its sections.

Text is made canonical once, on the way in, and never changed after that.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from inquote.ingest.documents import Hidden, Section

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def canonical(text: str) -> str:
    """Return `text` in NFC, with "\\n" line ends and spaces for tabs.

    Control characters, byte order marks and lone surrogates are removed.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


@dataclass
class TextBuilder:
    """Collects the blocks of a document and counts their offsets.

    `headings` are (title, level, start), `asides` (start, end), `length` that of all `parts`.
    `waiting` are hidden texts that are not yet written, each with its reason.
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[tuple[str, int, int]] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    waiting: list[tuple[str, list[str]]] = field(default_factory=list)

    def block(self, text: str, *, gap: str = "\n\n", aside: bool = False) -> None:
        """Append a block, with `gap` (line ends only) between it and the block before.

        An empty block leaves no trace. The range of an `aside` is noted.
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

    def hide(self, text: str, reason: str) -> None:
        """Keep text that no reader sees until `write_hidden`."""
        if self.waiting and self.waiting[-1][0] == reason:
            self.waiting[-1][1].append(text)
        elif text.strip():
            self.waiting.append((reason, [text]))

    def part_hidden(self, gap: str = " ") -> None:
        """Keep the next hidden text apart from the last one."""
        if self.waiting:
            self.waiting[-1][1].append(gap)

    def write_hidden(self) -> bool:
        """Append what is hidden, a block for each reason; return whether there was any."""
        texts, self.waiting = self.waiting, []
        for reason, parts in texts:
            lines = [" ".join(line.split()) for line in canonical("".join(parts)).split("\n")]
            text = "\n".join(filter(None, lines))
            self.block(text)
            if text:
                self.hidden.append(Hidden(self.length - len(text), self.length, reason))
        return bool(texts)

    def build(self) -> tuple[str, tuple[Section, ...]]:
        """Return the text and its sections."""
        return "".join(self.parts), sections_from(self.headings, self.length)


def sections_from(headings: list[tuple[str, int, int]], length: int) -> tuple[Section, ...]:
    """Return the sections of a text of `length` with these headings (title, level, start).

    >>> sections_from([("A", 1, 5), ("B", 2, 9)], 20)[0]
    Section(title='', level=0, start=0, end=5)
    """
    # A section ends at the next heading of its own level or above, or with the text.
    ends = [length] * len(headings)
    open_sections: list[int] = []  # indices of the headings whose sections have not ended
    for index, (_, level, start) in enumerate(headings):
        while open_sections and headings[open_sections[-1]][1] >= level:
            ends[open_sections.pop()] = start
        open_sections.append(index)
    # Text before the first heading is a section without a title.
    first_start = headings[0][2] if headings else length
    sections = [Section("", 0, 0, first_start)] if first_start else []
    for (title, level, start), end in zip(headings, ends, strict=True):
        sections.append(Section(title, level, start, end))
    return tuple(sections)


def first_title(sections: tuple[Section, ...]) -> str:
    """Return the title of the first section that has one, else ""."""
    return next((section.title for section in sections if section.title), "")
