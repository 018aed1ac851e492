"""Parse Markdown (CommonMark and tables): the words without the marks.

Markers of lists stay, for a person reads them. What HTML in it hides is marked.
"""

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical, first_title
from inquote.ingest.formats.encoding import decode_first
from inquote.ingest.formats.tags import TAG, Tags

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^(\w[\w -]*+):[ \t]++(.*)$", re.MULTILINE)
_FRONT_MATTER_LINE = re.compile(  # a pair, a value that goes on, an item of a list, a comment
    r"\w[\w -]{0,60}+:(?:[ \t]|\Z)|[ \t]|- |#|\Z"
)
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)


def parse(text: str) -> Parsed:
    """Parse Markdown.

    Front matter between `---` lines is not part of the text; it may state `title` and `source`.
    """
    from markdown_it import MarkdownIt

    front_matter, text = _split_front_matter(canonical(text))
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    builder = TextBuilder()
    tokens = parser.parse(text)
    tags = Tags(token.content for token in tokens if token.type == "html_block")
    _Writer(builder, tags).write(tokens)
    body, blocks = builder.build()
    top_title = first_title(body, [block for block in blocks if block.level == 1])
    title = front_matter.get("title") or top_title
    source = front_matter.get("source", "")
    return Parsed(body, blocks, title, source, hidden=tuple(builder.hidden))


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the `key: value` pairs at the head of a file, and the text after them.

    Prose between two rules looks like front matter and is text.
    """
    import yaml

    # Front matter begins with a pair.
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    front_matter = (match.group(1) or "").strip()
    if front_matter and not _PAIR.match(front_matter):
        return {}, text
    # BaseLoader makes strings, lists and dicts only; it refuses a title with a colon in it.
    try:
        pairs = yaml.load(front_matter, Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        if not all(map(_FRONT_MATTER_LINE.match, front_matter.splitlines())):
            return {}, text
        pairs = {key: value.rstrip(" \t") for key, value in _PAIR.findall(front_matter)}
    lines = {key: _one_line(value) for key, value in pairs.items() if isinstance(value, str)}
    return lines, text[match.end() :]


def _one_line(value: str) -> str:
    """Return a value as one canonical line, for YAML can write any character by its number."""
    return " ".join(canonical(value).split())


class _Writer:
    """Writes the flat list of markdown-it's tokens into a builder.

    Each method is named after the type of token that it takes.
    """

    def __init__(self, builder: TextBuilder, tags: Tags) -> None:
        self.builder = builder
        self.tags = tags
        self.depths: list[int] = []  # of open tags before each open list item or quotation
        # For each open list the number of its next item, None where items have bullets.
        self.item_numbers: list[int | None] = []
        self.marker = ""  # of the item just opened, until its first line is written
        self.heading_level = 0  # of the open heading, 0 outside one
        self.cells: list[str] = []  # of the open table row
        self.gap = "\n\n"  # before the next block; between items and between rows "\n"

    def write(self, tokens: Sequence["Token"]) -> None:
        """Write all tokens of a document."""
        for token in tokens:
            getattr(self, f"_{token.type}", self._structure)(token)
        self._write_hidden()

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

    def _tr_open(self, token: "Token") -> None:
        self.cells = []

    def _tr_close(self, token: "Token") -> None:
        self._put(" | ".join(self.cells), next_gap="\n")

    def _th_open(self, token: "Token") -> None:
        self.cells.append("")

    _td_open = _th_open

    def _table_close(self, token: "Token") -> None:
        self.cells, self.gap = [], "\n\n"
        self._write_hidden()

    def _inline(self, token: "Token") -> None:
        depth = self.tags.depth
        text = self._inline_text(token.children or [])
        self.tags.close_to(depth)
        if self.cells:
            self.cells[-1] = " ".join(text.split())
        elif self.heading_level and not self.item_numbers:
            self.builder.heading(text, self.heading_level)
            self._write_hidden()
        else:
            self._put(text)

    def _fence(self, token: "Token") -> None:
        self._put(self._seen(token.content))

    _code_block = _fence

    def _html_block(self, token: "Token") -> None:
        visible = []
        start = 0
        for tag in TAG.finditer(token.content):
            visible.append(self._seen(html.unescape(token.content[start : tag.start()])))
            self.tags.take(tag.group())
            start = tag.end()
        visible.append(self._seen(html.unescape(token.content[start:])))
        self._put(" ".join(visible))

    def _seen(self, text: str) -> str:
        """Return a text if a reader sees it; else keep it for later and return ""."""
        reason = self.tags.reason
        if reason:
            self.builder.hide(text, reason)
            return ""
        self.builder.part_hidden()
        return text

    def _put(self, text: str, next_gap: str = "\n\n") -> None:
        """Write a block, in a list indented by its depth, with the marker on its first line."""
        if not text.strip() and self.builder.waiting:
            return self._write_hidden()
        indent = "  " * len(self.item_numbers)
        line_gap = "\n" + indent + " " * len(self.marker)
        body = text.strip("\n").replace("\n", line_gap)
        self.builder.block(indent + self.marker + body, gap=self.gap)
        self.marker = ""
        self.gap = "\n" if self.item_numbers else next_gap
        self._write_hidden()

    def _write_hidden(self) -> None:
        """Write what is hidden in the last paragraph, list or table, if that is closed."""
        if not self.item_numbers and not self.cells and self.builder.write_hidden():
            self.gap = "\n\n"

    def _inline_text(self, children: Sequence["Token"]) -> str:
        """Return the words of inline tokens, and the description of an image in its place."""
        words = []
        for token in children:
            if token.type in ("text", "code_inline"):
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
