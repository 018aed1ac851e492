"""Tell the parts of a page apart: its content, its asides, and the elements without text.

An aside is

- a `nav`, `dialog` or `menu`, an element with such a role, or with a class of such a name;
- a form without headings and with few words, which is there to be filled in;
- a list or paragraph that consists of three links or more, unless it is part of the page's content
  or a line with a colon introduces it;
- a `header`, `footer` or `aside`, and anything outside the page's one `main` (or else one
  `article`) with a fair share of the words, where it is half links; a footer of rights alone.
"""

from typing import Any

from inquote.ingest.english import ASIDE_NAMES, RIGHTS
from inquote.ingest.formats.html_sizes import Sizes

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INVISIBLE = frozenset(
    "script style template ix:header noframes head iframe object canvas audio video datalist rt rp "
    "annotation annotation-xml title desc metadata symbol defs".split()
)
_ASIDE = frozenset("nav dialog menu".split())
_ASIDE_ROLES = frozenset("navigation search menu menubar dialog alertdialog".split())
_MARGINS = frozenset("header footer aside".split())
_WITHIN = frozenset("article main section".split())  # whose header is part of the text
_MIN_LINKS = 3  # of a list or paragraph of links
_LINKED_SHARE = 0.9  # of its characters
_HALF_LINKED = 0.5
_MAIN_SHARE = 0.2  # of a page's words that its main element holds, and that no named aside holds
_MAX_FORM_WORDS = 60
_MAX_SHARE_WORDS = 15
_NEVER_NAMED = frozenset("p li td th dd dt tr tbody pre".split())
_MAX_RIGHTS_WORDS = 15
_MAX_OPTIONS = 12
_MIN_NOSCRIPT_WORDS = 40


class Parts:
    """The parts of one page."""

    def __init__(self, root: Any) -> None:
        self._sizes = Sizes(root)
        self._words = self._sizes.words(root)
        self._unseen = _unseen_options(root)
        self.main = self._main_element(root)
        self._around_main = set() if self.main is None else set(self.main.iterancestors())

    def _main_element(self, root: Any) -> Any:
        """Return the one element that the page marks as its content, else None.

        An element with less than a fair share of the page's words does not count.
        """
        for name in ("main", "article"):
            candidates = list(root.iter(name))
            if name == "main" and not candidates:
                candidates = [div for div in root.iter("div") if div.get("role") == "main"]
            fair_share = _MAIN_SHARE * self._words
            if len(candidates) == 1 and self._sizes.words(candidates[0]) >= fair_share:
                return candidates[0]
        return None

    def is_invisible(self, element: Any) -> bool:
        """Return whether an element of this name holds no text of a page."""
        if element.tag == "noscript":
            return self._sizes.words(element) < _MIN_NOSCRIPT_WORDS
        return is_invisible(element) or element in self._unseen

    def is_layout(self, table: Any) -> bool:
        """Return whether a table only sets parts of the page beside each other."""
        return self._sizes.is_layout(table)

    def is_aside(self, element: Any, inside_main: bool) -> bool:
        """Return whether a visible element stands beside the text of the page."""
        name = element.tag
        if name in _ASIDE or (element.get("role") or "").lower() in _ASIDE_ROLES:
            return True
        if element in self._around_main or element is self.main or name in ("body", "html"):
            return False
        if self._is_named_aside(element):
            return True
        if name == "form":
            is_short = self._sizes.words(element) <= _MAX_FORM_WORDS
            return is_short and not self._sizes.has_heading(element)
        if name in _MARGINS:
            return self._is_margin_aside(element)
        if name in ("ul", "ol", "p") and not (inside_main and self.main is not None):
            return self._is_only_links(element) and not _is_introduced(element)
        is_outside = self.main is not None and not inside_main
        return is_outside and self._links_fill(element, _HALF_LINKED)

    def _is_named_aside(self, element: Any) -> bool:
        """Return whether a small element has the class or id of a share bar, a cookie notice."""
        words = self._sizes.words(element)
        if words >= _MAIN_SHARE * self._words or element.tag in _NEVER_NAMED:
            return False
        names = ASIDE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if not names or heading_level(element):
            return False
        if names["notice"] or (names["share"] and words <= _MAX_SHARE_WORDS):
            return True
        linked = self._sizes.linked_share(element)
        return self._sizes.links(element) > 0 and linked >= _HALF_LINKED

    def _is_margin_aside(self, element: Any) -> bool:
        """Return whether a header, footer or aside holds links, or rights, and little else."""
        name = element.tag
        above = {ancestor.tag for ancestor in element.iterancestors()}
        if name == "header" and not above.isdisjoint(_WITHIN):
            return False
        words = self._sizes.words(element)
        if name == "footer" and words <= _MAX_RIGHTS_WORDS:
            return bool(RIGHTS.match("".join(element.itertext()).strip()))
        if name == "header" and self._sizes.links(element):
            return self._sizes.linked_share(element) >= _HALF_LINKED
        return self._links_fill(element, _HALF_LINKED)

    def _is_only_links(self, element: Any) -> bool:
        return self._links_fill(element, _LINKED_SHARE)

    def _links_fill(self, element: Any, share: float) -> bool:
        """Return whether three links or more make up a share of an element's characters."""
        if self._sizes.links(element) < _MIN_LINKS:
            return False
        return self._sizes.linked_share(element) >= share


def is_invisible(element: Any) -> bool:
    """Return whether an element of this name holds no text of any page."""
    return element.tag in _INVISIBLE


def _unseen_options(root: Any) -> set[Any]:
    """Return the options of long lists that a reader sees only when such a list is opened."""
    unseen: set[Any] = set()
    for select in root.iter("select"):
        options = list(select.iter("option"))
        if len(options) > _MAX_OPTIONS:
            chosen = [option for option in options if option.get("selected") is not None]
            unseen.update(set(options) - set(chosen or options[:1]))
    return unseen


def heading_level(element: Any) -> int:
    """Return the level of a heading, 0 for another element."""
    if element.get("role") == "heading":
        level = element.get("aria-level") or ""
        return int(level) if level in ("1", "2", "3", "4", "5", "6") else 2
    return HEADINGS.get(element.tag, 0)


def _is_introduced(element: Any) -> bool:
    """Return whether the line before an element ends with a colon."""
    before = element.getprevious()
    if before is None:
        return False
    text = before.tail if (before.tail or "").strip() else "".join(before.itertext())
    return (text or "").rstrip().endswith(":")
