"""Write the tree that docutils makes of reStructuredText, block by block."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.html_lists import numeral
from inquote.ingest.formats.html_tables import OpenTable

_ROLE = re.compile(r":[a-zA-Z][\w:+.-]{0,40}:`([^`]{1,300})`")
_TARGET = re.compile(r"[ \n]?<[^<>]{1,200}>\Z")
_DIRECTIVE = re.compile(r"\.\. ([\w:+.-]{1,60})::[ \t]*([^\n]*)\n?")
_OPTION = re.compile(r"[ \t]{0,40}+:[\w-]{1,40}+:")
_CODE = frozenset("code code-block sourcecode prompt doctest testcode ipython console".split())
_SILENT = frozenset(  # directives that say nothing themselves
    "toctree raw include literalinclude index highlight currentmodule module meta contents sectnum "
    "automodule image".split()
)
_BODY_ONLY = frozenset("only autoclass autofunction automethod autosummary autodata".split())
_ENUM_TYPES = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WITHOUT_TEXT = frozenset(
    "comment substitution_definition target raw pending meta decoration transition colspec "
    "problematic_message header footer".split()
)


class Writer:
    """Writes the nodes of a tree into a builder.

    Each method is named after the node that it takes; other nodes are what they hold. `read` makes
    a tree of a text, for the directives of other tools, which may nest to `depth`.
    """

    def __init__(self, builder: TextBuilder, read: Callable[[str], Any], depth: int) -> None:
        self.builder = builder
        self.read = read
        self.depth = depth
        self.level = 0  # of the section
        self.lists = 0  # that are open
        self.marker = ""  # of the item just opened, until its first line is written
        self.follows_item = False
        self.term = ""  # that waits for its definition

    def write(self, node: Any) -> None:
        """Write a node and all that it holds."""
        name = node.__class__.__name__
        if name not in _WITHOUT_TEXT:
            getattr(self, f"_{name}", self._children)(node)

    def _children(self, node: Any) -> None:
        if node.__class__.__name__ == "Text":
            return self._put(node.astext())
        for child in node.children:
            self.write(child)

    def _section(self, node: Any) -> None:
        self.level += 1
        self._children(node)
        self.level -= 1

    def _title(self, node: Any) -> None:
        parent = node.parent.__class__.__name__
        if parent == "section" and not self.lists:
            self.builder.heading(text_of(node), min(self.level, 6))
        else:
            self._put(text_of(node), "caption" if parent == "table" else "paragraph")

    def _paragraph(self, node: Any) -> None:
        self._put(text_of(node))

    _rubric = _attribution = _subtitle = _paragraph

    def _literal_block(self, node: Any) -> None:
        self._put(node.astext(), "code")

    _doctest_block = _math_block = _literal_block

    def _line_block(self, node: Any) -> None:
        self._put("\n".join(text_of(line) for line in node.findall() if _is(line, "line")))

    def _image(self, node: Any) -> None:
        self._put(node.get("alt") or "")

    def _caption(self, node: Any) -> None:
        self._put(text_of(node), "caption")

    def _bullet_list(self, node: Any) -> None:
        self._items(node, ("- " for _ in node.children))

    def _enumerated_list(self, node: Any) -> None:
        markers = []
        for number in range(node.get("start", 1), node.get("start", 1) + len(node.children)):
            count = numeral(number, _ENUM_TYPES.get(node["enumtype"], "1"))
            markers.append(f"{node['prefix']}{count}{node['suffix']} ")
        self._items(node, markers)

    def _items(self, node: Any, markers: Iterable[str]) -> None:
        self.lists += 1
        for item, marker in zip(node.children, markers, strict=True):
            self.marker = marker
            self._children(item)
            self.marker = ""
        self.lists -= 1
        self.follows_item = self.follows_item and self.lists > 0

    def _term(self, node: Any) -> None:
        self.term = "\n".join(filter(None, (self.term, text_of(node))))

    def _field_list(self, node: Any) -> None:
        lines = []
        for field in node.children:
            name, body = (" ".join(text_of(part).split()) for part in field.children)
            lines.append(f"{name}: {body}" if body else name)
        self._put("\n".join(lines))

    def _option_list_item(self, node: Any) -> None:
        options, description = node.children
        self._put(f"{options.astext()}\n{text_of(description)}")

    def _footnote(self, node: Any) -> None:
        label = node.children[0].astext() if node.children else ""
        mark = _mark(label)
        words = "\n".join(text_of(child) for child in node.children[1:])
        self._put(f"{mark} {words}", "note", mark)

    _citation = _footnote

    def _admonition_of(self, node: Any) -> None:
        if not node.children or not _is(node.children[0], "title"):
            self._put(node.__class__.__name__.capitalize())
        self._children(node)

    _note = _tip = _hint = _important = _warning = _caution = _admonition_of
    _attention = _danger = _error = _admonition = _admonition_of

    def _table(self, node: Any) -> None:
        table = OpenTable()
        for part in node.findall():
            if _is(part, "title") and part.parent is node:
                self._put(text_of(part), "caption")
            elif _is(part, "row"):
                is_header = _is(part.parent, "thead")
                for entry in part.children:
                    spans = entry.get("morerows", 0) + 1, entry.get("morecols", 0) + 1
                    table.add(_flat(entry), *spans, is_header=is_header)
                table.close_row()
        table.write(self.builder, aside=False)
        self.follows_item = False

    def _system_message(self, node: Any) -> None:
        """Write what a directive says that docutils does not know."""
        for block in node.children:
            directive = _DIRECTIVE.match(block.astext()) if _is(block, "literal_block") else None
            if directive and directive[1] not in _SILENT:
                lines = block.astext()[directive.end() :].split("\n")
                while lines and _OPTION.match(lines[0]):
                    lines.pop(0)
                self._write_directive(directive[1], directive[2], _dedented(lines))

    def _write_directive(self, name: str, argument: str, body: str) -> None:
        if name in _CODE:
            return self._put(body, "code")
        if name not in _BODY_ONLY:
            self._put(_without_roles(argument))
        if body.strip() and self.depth:
            self.depth -= 1
            self.write(self.read(body))
            self.depth += 1

    def _put(self, text: str, kind: BlockKind = "paragraph", label: str = "") -> None:
        """Write a block, with the marker or the term before it that waits."""
        if not text.strip():
            return
        if self.term and kind == "paragraph" and not self.marker:
            text = f"{self.term}\n{text}"
        elif self.term:
            self.builder.block(self.term)
        follows = bool(self.marker) and self.follows_item
        self.builder.block(
            "  " * max(0, self.lists - 1) * bool(self.marker) + self.marker + text,
            kind="item" if self.marker else kind,
            level=self.lists if self.marker else 0,
            label=self.marker.strip() or label,
            gap="\n" if follows else "\n\n",
        )
        self.marker, self.term, self.follows_item = "", "", self.lists > 0


def text_of(node: Any) -> str:
    """Return the words of a node, with marks for its notes."""
    name = node.__class__.__name__
    if name == "Text":
        return str(node.astext())
    if name in ("footnote_reference", "citation_reference"):
        return _mark(node.astext())
    if name == "image":
        return node.get("alt") or ""
    if name in _WITHOUT_TEXT and name != "target":
        return ""
    separator = " " if name in ("definition_list_item", "list_item", "field_body", "entry") else ""
    words = separator.join(map(text_of, node.children))
    return _without_roles(words) if name == "problematic" else words


def _mark(label: str) -> str:
    """Return the mark of a note as it is printed: a raised number, or a name in brackets."""
    return label.translate(_RAISED) if label.isdecimal() else f"[{label}]"


def _without_roles(text: str) -> str:
    """Return a text with the words of each role of other tools in its place."""
    return _ROLE.sub(lambda match: _TARGET.sub("", match[1]).lstrip("~!"), text)


def _flat(node: Any) -> str:
    """Return the words of a cell, whatever blocks it has."""
    return " ".join(text_of(child) for child in node.children)


def _is(node: Any, name: str) -> bool:
    return bool(node.__class__.__name__ == name)


def _dedented(lines: list[str]) -> str:
    import textwrap

    return textwrap.dedent("\n".join(lines)).strip("\n")
