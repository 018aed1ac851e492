"""Parse Markdown (CommonMark and tables): the words without the marks.

Markers of lists stay, for a person reads them.
"""

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import decode_first

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^(\w[\w -]*):[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_FRONT_MATTER_LINE = re.compile(  # a pair, a value that goes on, an item of a list, a comment
    r"\w[\w -]*:(?:[ \t]|\Z)|[ \t]|- |#|\Z"
)
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)


def parse(text: str) -> Parsed:
    """Parse Markdown.

    Front matter between `---` lines is not part of the text; it may state `title` and `source`.
    """
    from markdown_it import MarkdownIt

    front_matter, text = _split_front_matter(canonical(text))
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    builder = TextBuilder()
    _Writer(builder).write(parser.parse(text))
    body, sections = builder.build()
    top_title = next((section.title for section in sections if section.level == 1), "")
    title = front_matter.get("title") or top_title
    return Parsed(body, sections, title, front_matter.get("source", ""))


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
        pairs = dict(_PAIR.findall(front_matter))
    lines = {key: _one_line(value) for key, value in pairs.items() if isinstance(value, str)}
    return lines, text[match.end() :]


def _one_line(value: str) -> str:
    """Return a value as one canonical line, for YAML can write any character by its number."""
    return " ".join(canonical(value).split())


class _Writer:
    """Writes the flat list of markdown-it's tokens into a builder.

    Each method is named after the type of token that it takes.
    """

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
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

    def _structure(self, token: "Token") -> None:
        """Pass over a token without text of its own: paragraph_open, blockquote_open, hr."""

    def _bullet_list_open(self, token: "Token") -> None:
        self.item_numbers.append(None)

    def _ordered_list_open(self, token: "Token") -> None:
        self.item_numbers.append(int(token.attrs.get("start", 1)))

    def _bullet_list_close(self, token: "Token") -> None:
        self.item_numbers.pop()
        self.gap = "\n" if self.item_numbers else "\n\n"

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: "Token") -> None:
        number = self.item_numbers[-1]
        self.marker = f"{token.markup} " if number is None else f"{number}{token.markup} "
        if number is not None:
            self.item_numbers[-1] = number + 1

    def _list_item_close(self, token: "Token") -> None:
        self.marker = ""

    def _heading_open(self, token: "Token") -> None:
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

    def _inline(self, token: "Token") -> None:
        text = inline_text(token.children or [])
        if self.cells:
            self.cells[-1] = " ".join(text.split())
        elif self.heading_level and not self.item_numbers:
            self.builder.heading(text, self.heading_level)
        else:
            self._put(text)

    def _fence(self, token: "Token") -> None:
        self._put(token.content)

    _code_block = _fence

    def _html_block(self, token: "Token") -> None:
        self._put(html.unescape(_TAG.sub(" ", token.content)))

    def _put(self, text: str, next_gap: str = "\n\n") -> None:
        """Write a block, in a list indented by its depth, with the marker on its first line."""
        indent = "  " * len(self.item_numbers)
        line_gap = "\n" + indent + " " * len(self.marker)
        body = text.strip("\n").replace("\n", line_gap)
        self.builder.block(indent + self.marker + body, gap=self.gap)
        self.marker = ""
        self.gap = "\n" if self.item_numbers else next_gap


def inline_text(children: Sequence["Token"]) -> str:
    """Return the words of inline tokens, and the description of an image in its place."""
    words = []
    for token in children:
        if token.type in ("text", "code_inline"):
            words.append(token.content)
        elif _is_break(token):
            words.append("\n")
        elif token.type == "image":
            words.append(inline_text(token.children or []))
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
