"""Markdown (CommonMark and tables): the words without the marks; list markers stay."""

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import decoded

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^(\w[\w -]*):[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_IN_FRONT = re.compile(
    r"\w[\w -]*:(?:[ \t]|\Z)|[ \t]|- |#|\Z"
)  # a pair, its value on further lines, a comment
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)


def parse(text: str) -> Parsed:
    """Parse Markdown; front matter between `---` lines gives `title` and `source` and is not text."""
    from markdown_it import MarkdownIt

    about, text = _front_matter(canonical(text))
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    builder = TextBuilder()
    _Writer(builder).write(parser.parse(text))
    body, sections = builder.build()
    first = next((section.title for section in sections if section.level == 1), "")
    return Parsed(body, sections, about.get("title") or first, about.get("source", ""))


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The `key: value` pairs at the head of the file, and the text after them; what is no front matter is text."""
    import yaml

    found = _FRONT_MATTER.match(text)
    lines = (found.group(1) or "").strip() if found else ""
    if not found or (lines and not _PAIR.match(lines)):
        return {}, text
    try:
        pairs = (
            yaml.load(lines, Loader=yaml.BaseLoader) or {}
        )  # BaseLoader: strings, lists and dicts only
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        if not all(_IN_FRONT.match(line) for line in lines.splitlines()):
            return {}, text  # prose between two rules
        pairs = dict(_PAIR.findall(lines))  # such as a title with a colon in it
    return {key: _line(value) for key, value in pairs.items() if isinstance(value, str)}, text[
        found.end() :
    ]


def _line(value: str) -> str:
    """A value on one line of characters as they are kept: YAML can write any by its number."""
    return " ".join(canonical(value).split())


class _Writer:
    """Walks the flat token list of markdown-it; each method is named after the token type that it takes."""

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
        self.numbers: list[
            int | None
        ] = []  # one an open list: the next item's number, None for bullets
        self.marker = ""  # of the item just opened, until its first line is written
        self.heading = 0  # level of the open heading
        self.cells: list[str] = []  # of the open table row
        self.gap = "\n\n"  # before the next block; items and rows follow one another closely

    def write(self, tokens: Sequence["Token"]) -> None:
        for token in tokens:
            getattr(self, f"_{token.type}", self._structure)(token)

    def _structure(self, token: "Token") -> None:
        """What leaves no text of its own: paragraph_open, blockquote_open, hr, tbody_open..."""

    def _bullet_list_open(self, token: "Token") -> None:
        self.numbers.append(None)

    def _ordered_list_open(self, token: "Token") -> None:
        self.numbers.append(int(token.attrs.get("start", 1)))

    def _bullet_list_close(self, token: "Token") -> None:
        self.numbers.pop()
        self.gap = "\n" if self.numbers else "\n\n"

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: "Token") -> None:
        number = self.numbers[-1]
        self.marker = f"{token.markup} " if number is None else f"{number}{token.markup} "
        if number is not None:
            self.numbers[-1] = number + 1

    def _list_item_close(self, token: "Token") -> None:
        self.marker = ""

    def _heading_open(self, token: "Token") -> None:
        self.heading = int(token.tag[1])

    def _heading_close(self, token: "Token") -> None:
        self.heading = 0

    def _tr_open(self, token: "Token") -> None:
        self.cells = []

    def _tr_close(self, token: "Token") -> None:
        self._put(" | ".join(self.cells), then="\n")

    def _th_open(self, token: "Token") -> None:
        self.cells.append("")

    _td_open = _th_open

    def _table_close(self, token: "Token") -> None:
        self.cells, self.gap = [], "\n\n"

    def _inline(self, token: "Token") -> None:
        text = inline_text(token.children or [])
        if self.cells:
            self.cells[-1] = " ".join(text.split())
        elif self.heading and not self.numbers:
            self.builder.heading(text, self.heading)
        else:
            self._put(text)

    def _fence(self, token: "Token") -> None:
        self._put(token.content)

    _code_block = _fence

    def _html_block(self, token: "Token") -> None:
        self._put(html.unescape(_TAG.sub(" ", token.content)))

    def _put(self, text: str, then: str = "\n\n") -> None:
        """Write a block, in a list indented by its depth, the marker on its first line."""
        indent = "  " * len(self.numbers)
        lead = indent + self.marker
        body = ("\n" + indent + " " * len(self.marker)).join(text.strip("\n").split("\n"))
        self.builder.block(lead + body, gap=self.gap)
        self.marker, self.gap = "", "\n" if self.numbers else then


def inline_text(children: Sequence["Token"]) -> str:
    """The words of inline tokens: emphasis and links without their marks, images by their description."""
    words = []
    for token in children:
        if token.type in ("text", "code_inline"):
            words.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or (
            token.type == "html_inline" and _BREAK.match(token.content)
        ):
            words.append("\n")
        elif token.type == "image":
            words.append(inline_text(token.children or []))
    return "".join(words)


_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
FORMAT = Format(
    "markdown",
    lambda content, suffix: suffix in _SUFFIXES,
    decoded(parse),
    trusted=True,
    encoded=True,
)
