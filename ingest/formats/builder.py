"""Build the canonical text of a document, block by block, with their offsets.

Text is made canonical once, on the way in, and never changed after that.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inquote.ingest.documents import Block, BlockKind, Hidden, Page
from inquote.ingest.formats.base import Parsed
from inquote.ingest.text import LIST_MARKER, block_ranges

CELL_SEPARATOR = " | "
BULLET = "-"  # before an item that has no number

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff\ud800-\udfff]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_LETTERS = "ff fi fl ffi ffl st st".split()  # of the ligatures


def canonical(text: str) -> str:
    """Return `text` in NFC, with "\\n" line ends and spaces for tabs.

    Control characters, soft hyphens, byte order marks and lone surrogates are removed, ligatures
    become letters.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    text = _LIGATURE.sub(lambda match: _LETTERS[ord(match.group()) - 0xFB00], text)
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


@dataclass(frozen=True)
class TableCell:
    """A cell as a parser found it: its text, its column from 0, and how far it reaches."""

    text: str
    column: int
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


@dataclass
class TextBuilder:
    """Collects the blocks of a document and counts their offsets.

    `asides` are (start, end), `length` that of all `parts`. `waiting` are hidden texts that are not
    yet written, each with its reason.
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    waiting: list[tuple[str, list[str]]] = field(default_factory=list)
    recognised: list[tuple[int, int, float]] = field(default_factory=list)

    def block(
        self,
        text: str,
        *,
        kind: BlockKind = "paragraph",
        level: int = 0,
        label: str = "",
        gap: str = "\n\n",
        aside: bool = False,
    ) -> None:
        """Append a block, with `gap` (line ends only) between it and the block before.

        An empty block leaves no trace. A paragraph that begins with a list's marker is an item. The
        range of an `aside` is noted.
        """
        text = canonical(text).strip("\n")
        if not text.strip():
            return
        start = self._append(text, gap)
        self._note(kind, start, text, level, label)
        if aside:
            self.asides.append((start, self.length))

    def heading(self, title: str, level: int) -> None:
        """Append a heading of `level` 1 to 6 as a block of one line."""
        self.block(" ".join(canonical(title).split()), kind="heading", level=level)

    def table(self, rows: Iterable[Sequence[TableCell]], *, aside: bool = False) -> None:
        """Append a table, a line for each row with " | " between its cells, from left to right.

        Rows without text are left out, and counted. Rows of a table in a cell are the caller's to
        write, as a table of their own.
        """
        gap = "\n\n"
        at_table = len(self.blocks)
        table_start = self.length
        for number, cells in enumerate(rows):
            texts = [" ".join(canonical(cell.text).split()) for cell in cells]
            if not any(texts):
                continue
            start = self._append(CELL_SEPARATOR.join(texts), gap)
            if gap == "\n\n":
                table_start = start
                self.blocks.append(Block("table", start, start))
            gap = "\n"
            self.blocks.append(Block("row", start, self.length, row=number))
            for cell, text in zip(cells, texts, strict=True):
                end = start + len(text)
                spans = (cell.column, cell.row_span, cell.column_span, cell.is_header)
                self.blocks.append(Block("cell", start, end, 0, "", number, *spans))
                start = end + len(CELL_SEPARATOR)
        if len(self.blocks) > at_table:
            self.blocks[at_table] = Block("table", table_start, self.length)
            if aside:
                self.asides.append((table_start, self.length))

    @property
    def ends_in_item(self) -> bool:
        """Whether the last block is an item of a list."""
        return bool(self.blocks) and self.blocks[-1].kind == "item"

    def include(self, parsed: Parsed, deeper: int = 0) -> None:
        """Append a parsed text with its blocks, its headings so many levels deeper."""
        if not parsed.text.strip():
            return
        start = self._append(parsed.text, "\n\n")
        for block in parsed.blocks:
            level = min(block.level + deeper, 6) if block.kind == "heading" else block.level
            first, last = start + block.start, start + block.end
            self.blocks.append(block._replace(start=first, end=last, level=level))
        for first, last in parsed.asides:
            self.asides.append((start + first, start + last))
        for first, last, score in parsed.recognised:
            self.recognised.append((start + first, start + last, score))
        for hidden in parsed.hidden:
            first, last = start + hidden.start, start + hidden.end
            self.hidden.append(Hidden(first, last, hidden.reason))

    def _append(self, text: str, gap: str) -> int:
        """Append text after a gap, and return the offset where it begins."""
        for part in (gap if self.parts else "", text):
            self.parts.append(part)
            self.length += len(part)
        return self.length - len(text)

    def _note(self, kind: BlockKind, start: int, text: str, level: int, label: str) -> None:
        """Note the block that was appended at `start`."""
        marker = LIST_MARKER.match(text) if kind == "paragraph" else None
        if marker:
            kind, label = "item", label or marker.group().strip()
        if kind == "item":
            level = level or 1
        self.blocks.append(Block(kind, start, self.length, level, label))

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

    def mark(self) -> tuple[int, int]:
        """Return the place that has been reached, for `return_to`."""
        return len(self.parts), len(self.blocks)

    def return_to(self, mark: tuple[int, int]) -> None:
        """Take back the blocks that were written since a place."""
        for part in self.parts[mark[0] :]:
            self.length -= len(part)
        del self.parts[mark[0] :]
        del self.blocks[mark[1] :]

    def build(self) -> tuple[str, tuple[Block, ...]]:
        """Return the text and its blocks."""
        return "".join(self.parts), tuple(self.blocks)

    def parsed(self, title: str = "", *, pages: Sequence[Page] = (), warning: str = "") -> Parsed:
        """Return all that was collected as a parsed file; no `title` is the first heading."""
        text, blocks = self.build()
        return Parsed(
            text,
            blocks,
            title or first_title(text, blocks),
            pages=tuple(pages),
            asides=tuple(self.asides),
            hidden=tuple(self.hidden),
            warning=warning,
            recognised=tuple(self.recognised),
        )


def joined_lines(lines: Sequence[tuple[str, str]]) -> str:
    """Join the lines of a cell, each after its label; a bullet before the only line parts nothing.

    >>> joined_lines([("", "Ducks:"), ("-", "Teal"), ("-", "Mallard")])
    'Ducks: - Teal - Mallard'
    >>> joined_lines([("-", "Teal")])
    'Teal'
    """
    lines = [(label, text) for label, text in lines if text.strip()]
    words: list[str] = []
    for label, text in lines:
        if label and (label != BULLET or len(lines) > 1):
            words.append(label)
        words.append(text)
    return " ".join(words)


def blocks_in(text: str, headings: Sequence[Block] = ()) -> tuple[Block, ...]:
    """Return the blocks of a text that has its own lines and marks, with `headings` among them."""
    blocks: list[Block] = []
    start = 0
    for heading in (*headings, Block("heading", len(text), len(text))):
        for first, last in block_ranges(text, start, heading.start):
            marker = LIST_MARKER.match(text, first, last)
            if marker:
                blocks.append(Block("item", first, last, 1, marker.group().strip()))
            else:
                blocks.append(Block("paragraph", first, last))
        blocks.append(heading)
        start = heading.end
    return tuple(blocks[:-1])


def first_title(text: str, blocks: Iterable[Block]) -> str:
    """Return the first heading of a text, else ""."""
    headings = (text[block.start : block.end] for block in blocks if block.kind == "heading")
    return next(headings, "")
