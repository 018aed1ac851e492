"""Parse Markdown (CommonMark and tables): the words without the marks.

Markers of lists stay, for a person reads them. What HTML in it hides is marked.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TableCell, TextBuilder, canonical, first_title
from inquote.ingest.formats.encoding import decode_first
from inquote.ingest.formats.front_matter import split_front_matter
from inquote.ingest.formats.html import write_html
from inquote.ingest.formats.markdown_source import Source
from inquote.ingest.formats.tags import TAG, Tags

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_REFERENCE = re.compile(r"\[\^([^\[\]\s]{1,80})\]")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def parse(text: str) -> Parsed:
    """Parse Markdown.

    The fields at the head of a file stand at the end of its text, where they can be asked for and
    leave the first words to the author; they may state `title` and `source`.
    """
    from markdown_it import MarkdownIt

    fields, text = split_front_matter(canonical(text))
    source = Source(text)
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    builder = TextBuilder()
    tokens = parser.parse(source.text)
    tags = Tags(token.content for token in tokens if token.type == "html_block")
    writer = _Writer(builder, tags, _Notes(source.notes, parser))
    writer.write(tokens)
    _write_fields(builder, fields)
    body, blocks = builder.build()
    top_title = first_title(body, [block for block in blocks if block.level == 1])
    title = fields.get("title") or top_title
    return Parsed(body, blocks, title, fields.get("source", ""), hidden=tuple(builder.hidden))


def _write_fields(builder: TextBuilder, fields: dict[str, str]) -> None:
    """Write the fields of a file with text, a block each, so that no answer is all of them.

    The title is among them, for it tells what the other fields are about.
    """
    if not builder.length:
        return
    for key, value in fields.items():
        builder.block(f"{key}: {value}", kind="field", label=key)


class _Notes:
    """The footnotes of a text, numbered in the order of their first references."""

    def __init__(self, texts: dict[str, str], parser: "MarkdownIt") -> None:
        self._texts = texts
        self._parser = parser
        self._marks: dict[str, str] = {}
        self._waiting: list[str] = []  # names of notes that are to be written

    def mark_references(self, text: str) -> str:
        """Return a text with the number of each note for its reference."""
        return _REFERENCE.sub(self._mark, text) if "[^" in text else text

    def _mark(self, match: re.Match[str]) -> str:
        name = match[1]
        if name not in self._texts:
            return match.group()
        if name not in self._marks:
            self._marks[name] = str(len(self._marks) + 1).translate(_RAISED)
            self._waiting.append(name)
        return self._marks[name]

    def take(self, *, all: bool = False) -> Iterable[tuple[str, list["Token"]]]:
        """Return the mark and the text of each note since the last call; `all` at the end."""
        if all:
            for name in self._texts:
                self.mark_references(f"[^{name}]")
        names, self._waiting = self._waiting, []
        return [(self._marks[name], self._parser.parse(self._texts[name])) for name in names]


class _Writer:
    """Writes the flat list of markdown-it's tokens into a builder.

    Each method is named after the type of token that it takes.
    """

    def __init__(self, builder: TextBuilder, tags: Tags, notes: _Notes) -> None:
        self.builder = builder
        self.tags = tags
        self.notes = notes
        self.depths: list[int] = []  # of open tags before each open list item or quotation
        # For each open list the number of its next item, None where items have bullets.
        self.item_numbers: list[int | None] = []
        self.marker = ""  # of the item just opened, until its first line is written
        self.heading_level = 0  # of the open heading, 0 outside one
        self.in_table = False
        self.rows: list[list[TableCell]] = []  # of the open table
        self.gap = "\n\n"  # before the next block; between items and between rows "\n"

    def write(self, tokens: Sequence["Token"]) -> None:
        """Write all tokens of a document."""
        for token in tokens:
            getattr(self, f"_{token.type}", self._structure)(token)
        self._write_hidden()
        self._write_notes(all=True)

    def _structure(self, token: "Token") -> None:
        """Pass over a token without text of its own: thead_open, hr."""

    def _paragraph_open(self, token: "Token") -> None:
        self.tags.end_paragraph()

    def _blockquote_open(self, token: "Token") -> None:
        self.depths.append(self.tags.depth)

    def _blockquote_close(self, token: "Token") -> None:
        self.tags.close_to(self.depths.pop())

    def _bullet_list_open(self, token: "Token") -> None:
        self.item_numbers.append(None)

    def _ordered_list_open(self, token: "Token") -> None:
        self.item_numbers.append(int(token.attrs.get("start", 1)))

    def _bullet_list_close(self, token: "Token") -> None:
        self.item_numbers.pop()
        self.gap = "\n" if self.item_numbers else "\n\n"
        self._write_hidden()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: "Token") -> None:
        self.depths.append(self.tags.depth)
        number = self.item_numbers[-1]
        self.marker = f"{token.markup} " if number is None else f"{number}{token.markup} "
        if number is not None:
            self.item_numbers[-1] = number + 1

    def _list_item_close(self, token: "Token") -> None:
        self.tags.close_to(self.depths.pop())
        self.marker = ""

    def _heading_open(self, token: "Token") -> None:
        self.tags.end_paragraph()
        self.heading_level = int(token.tag[1])

    def _heading_close(self, token: "Token") -> None:
        self.heading_level = 0

    def _table_open(self, token: "Token") -> None:
        self.in_table, self.rows = True, []

    def _tr_open(self, token: "Token") -> None:
        self.rows.append([])

    def _th_open(self, token: "Token") -> None:
        row = self.rows[-1]
        row.append(TableCell("", len(row), is_header=token.tag == "th"))

    _td_open = _th_open

    def _table_close(self, token: "Token") -> None:
        self.builder.table(self.rows)
        self.in_table, self.gap = False, "\n\n"
        self._write_hidden()

    def _inline(self, token: "Token") -> None:
        depth = self.tags.depth
        text = self._inline_text(token.children or [])
        self.tags.close_to(depth)
        if self.in_table:
            self.rows[-1][-1] = replace(self.rows[-1][-1], text=text)
        elif self.heading_level and not self.item_numbers:
            self.builder.heading(text, self.heading_level)
            self._write_hidden()
        else:
            self._put(text)

    def _fence(self, token: "Token") -> None:
        self._put(self._seen(token.content), "code")

    _code_block = _fence

    def _html_block(self, token: "Token") -> None:
        content = token.content
        start, end = content.lower().find("<table"), content.lower().rfind("</table")
        if not 0 <= start < end or self.tags.has_rules or self.tags.reason or self.item_numbers:
            return self._html(content)
        end = content.find(">", end) + 1 or len(content)
        self._html(content[:start])
        write_html(self.builder, content[start:end])
        self.gap = "\n\n"
        self._html(content[end:])

    def _html(self, content: str) -> None:
        """Write the words between tags as one block."""
        visible = []
        start = 0
        for tag in TAG.finditer(content):
            visible.append(self._seen(html.unescape(content[start : tag.start()])))
            self.tags.take(tag.group())
            start = tag.end()
        visible.append(self._seen(html.unescape(content[start:])))
        self._put(" ".join(visible))

    def _seen(self, text: str) -> str:
        """Return a text if a reader sees it; else keep it for later and return ""."""
        reason = self.tags.reason
        if reason:
            self.builder.hide(text, reason)
            return ""
        self.builder.part_hidden()
        return text

    def _put(self, text: str, kind: BlockKind = "paragraph") -> None:
        """Write a block, in a list indented by its depth, with the marker on its first line."""
        if not text.strip() and self.builder.waiting:
            return self._write_hidden()
        depth = len(self.item_numbers)
        indent = "  " * depth
        line_gap = "\n" + indent + " " * len(self.marker)
        body = text.strip("\n").replace("\n", line_gap)
        self.builder.block(
            indent + self.marker + body,
            kind="item" if self.marker else kind,
            level=depth if self.marker else 0,
            label=self.marker.strip(),
            gap=self.gap,
        )
        self.marker = ""
        self.gap = "\n" if self.item_numbers else "\n\n"
        self._write_hidden()

    def _write_hidden(self) -> None:
        """Write what waits in the last paragraph, list or table, if that is closed."""
        if self.item_numbers or self.in_table:
            return
        if self.builder.write_hidden():
            self.gap = "\n\n"
        self._write_notes()

    def _write_notes(self, *, all: bool = False) -> None:
        """Write the notes that the last block refers to, or all that are left."""
        for mark, tokens in self.notes.take(all=all):
            texts = [self._inline_text(token.children or []) for token in tokens]
            text = "\n".join(filter(None, texts))
            self.builder.block(f"{mark} {text}", kind="note", label=mark)
            self.gap = "\n\n"

    def _inline_text(self, children: Sequence["Token"]) -> str:
        """Return the words of inline tokens, and the description of an image in its place."""
        words = []
        for token in children:
            if token.type == "text":
                words.append(self._seen(self.notes.mark_references(token.content)))
            elif token.type == "code_inline":
                words.append(self._seen(token.content))
            elif _is_break(token):
                words.append(self._seen("\n"))
            elif token.type == "html_inline":
                self.tags.take(token.content)
            elif token.type == "image":
                words.append(self._inline_text(token.children or []))
        return "".join(words)


def _is_break(token: "Token") -> bool:
    if token.type == "html_inline":
        return bool(_LINE_BREAK.match(token.content))
    return token.type in ("softbreak", "hardbreak")


_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
FORMAT = Format(
    "markdown",
    lambda content, suffix: suffix in _SUFFIXES,
    decode_first(parse),
    trusted=True,
    encoded=True,
)
