"""Follow the HTML tags in a Markdown text, for what they hide."""

import html
import re
from collections.abc import Iterable

from inquote.ingest.formats.style.look import Look
from inquote.ingest.formats.style.page import Page
from inquote.ingest.formats.style.selectors import Node
from inquote.ingest.formats.style.sheet import Rule, medium_of, parse_sheet

TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)
_NAME = re.compile(r"<(/?)([a-zA-Z][\w-]*+)")
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?"""
)
_STYLE = re.compile(r"<style\b([^<>]*+)>(.*?)(?:</style\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_VOID = frozenset(  # elements without an end, and those whose end is taken with them
    "area base br col embed hr img input link meta source track wbr script style".split()
)
_ENDS_PARAGRAPH = frozenset(
    "address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr main menu nav ol p pre section table ul".split()
)
_ENDS_ITSELF = frozenset("li dt dd tr td th option".split())
_MAX_OPEN = 1_000  # tags within each other; what stands deeper looks like what is around it


class Tags:
    """The HTML elements that are open at a place of a Markdown text."""

    def __init__(self, blocks: Iterable[str]) -> None:
        """Read the style sheets in the text's blocks of HTML."""
        rules: list[Rule] = []
        for block in blocks:
            for attributes, sheet in _STYLE.findall(block):
                medium = medium_of(_attributes(attributes).get("media", ""))
                if medium is not None:
                    rules.extend(parse_sheet(sheet, certain=medium))
        self.has_rules = bool(rules)
        self._page = Page(rules)
        self._open: list[tuple[Node, Look]] = []

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    @property
    def reason(self) -> str:
        """The reason why text at this place is not seen, else ""."""
        return self._open[-1][1].reason if self._open else ""

    def close_to(self, depth: int) -> None:
        """Close the elements within the first `depth` ones."""
        del self._open[depth:]

    def take(self, tag: str) -> None:
        """Open or close the element of a tag; comments and scripts change nothing."""
        name = _NAME.match(tag)
        if not name:
            return
        closes, kind = bool(name[1]), name[2].lower()
        if kind in _ENDS_PARAGRAPH:
            self.end_paragraph()
        if closes or (kind in _ENDS_ITSELF and self._open and self._open[-1][0].tag == kind):
            self._close(kind)
        if not closes and kind not in _VOID and self.depth < _MAX_OPEN:
            parent, outer = self._open[-1] if self._open else (None, Look())
            node = Node(kind, _attributes(tag[name.end() :]), parent)
            self._open.append((node, self._page.look(node, outer)))

    def end_paragraph(self) -> None:
        """Close a `p` that is open, as a block after it does."""
        self._close("p")

    def _close(self, kind: str) -> None:
        """Close the last element of this name, if one is open, and what is open within it."""
        for index in range(self.depth - 1, -1, -1):
            if self._open[index][0].tag == kind:
                return self.close_to(index)


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes in a tag; the first of a name counts."""
    attributes: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        attributes.setdefault(name.lower(), html.unescape(double or single or bare))
    return attributes
