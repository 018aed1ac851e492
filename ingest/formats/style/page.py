"""Collect the style sheets of a page, and give each of its elements a look."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from inquote.ingest.formats.html_parts import is_invisible
from inquote.ingest.formats.style.cascade import Cascade
from inquote.ingest.formats.style.look import Look, look_of
from inquote.ingest.formats.style.selectors import Node, kinds_of
from inquote.ingest.formats.style.sheet import Rule, medium_of, parse_sheet

_IMPORT = "@import"
_PICTURES = ("img", "picture", "video", "canvas", "svg", "object", "iframe")
_FADING = frozenset("opacity transform transition will-change".split())  # and nothing else
_FRAME_SHARE = 0.9  # of a page's words


class Page:
    """The style sheets that stand in a page.

    `known` tells that no style sheet stands elsewhere; `kinds` are those of its elements. `frames`
    are the elements around nearly all words, where scripts or style sheets elsewhere show these,
    `pictured` those with a picture in them.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        kinds: Iterable[str] = (),
        *,
        known: bool = True,
        frames: Iterable[Any] = (),
        pictured: Iterable[Any] = (),
    ) -> None:
        self._cascade = Cascade(rules, kinds)
        self._known = known
        self._frames = frozenset(frames)
        self._pictured = frozenset(pictured)

    def node(self, element: Any, parent: Node | None = None) -> Node:
        """Return the node of an element that lxml has parsed."""
        is_frame = element in self._frames
        on_picture = element.getparent() in self._pictured
        return Node(element.tag, element.attrib, parent, is_frame, on_picture)

    def look(self, node: Node, outer: Look) -> Look:
        """Return the look of an element within one that has the look `outer`."""
        return look_of(node, outer, *self._cascade.declared(node), self._known)


def page_of(root: Any) -> Page:
    """Return the style sheets of a page that lxml has parsed."""
    rules: list[Rule] = []
    known = not any(map(_is_sheet_elsewhere, root.iter("link")))
    for element in root.iter("style"):
        around = {outer.tag for outer in element.iterancestors()}
        medium = medium_of(element.get("media") or "")
        text = element.text or ""
        known = known and _IMPORT not in text.lower()
        if medium is not None and "template" not in around and _is_css(element.get("type")):
            certain = medium and "noscript" not in around
            rules.extend(parse_sheet(text, certain=certain))
    is_finished = known and next(root.iter("script"), None) is None
    frames = [] if is_finished else _frames(root)
    frames.extend(filter(_fades_in, root.iter()))
    kinds = _kinds(root) if rules else ()
    return Page(rules, kinds, known=known, frames=frames, pictured=_pictured(root))


def _pictured(root: Any) -> set[Any]:
    """Return the elements that have a picture in them."""
    pictured: set[Any] = set()
    for picture in root.iter(*_PICTURES):
        for outer in picture.iterancestors():
            if outer in pictured:
                break
            pictured.add(outer)
    return pictured


def _frames(root: Any) -> list[Any]:
    """Return the elements that hold nearly all words of a page."""
    # The elements within an element come after it, so that backwards all sums are complete.
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    lengths: dict[Any, int] = {}
    for element in reversed(elements):
        own = 0 if is_invisible(element) else len((element.text or "").strip())
        length = lengths[element] = own + lengths.get(element, 0) * (not is_invisible(element))
        outer = element.getparent()
        if outer is not None:
            tail = len((element.tail or "").strip())
            lengths[outer] = lengths.get(outer, 0) + length + tail
    return [element for element in elements if lengths[element] >= _FRAME_SHARE * lengths[root]]


def _fades_in(element: Any) -> bool:
    """Return whether an element with a heading in it begins without colour, for a script to show.

    Nothing else hides it.
    """
    style = (element.get("style") or "").lower() if isinstance(element.tag, str) else ""
    if "opacity" not in style:
        return False
    names = {part.partition(":")[0].strip() for part in style.strip("; ").split(";")}
    if not names <= _FADING:
        return False
    return next(element.iter("h1", "h2", "h3"), None) is not None


def _is_css(type: str | None) -> bool:
    return (type or "text/css").strip().lower() == "text/css"


def _is_sheet_elsewhere(link: Any) -> bool:
    """Return whether a link leads to a style sheet for the screen."""
    if "stylesheet" not in (link.get("rel") or "").lower().split():
        return False
    return medium_of(link.get("media") or "") is not None


def _kinds(root: Any) -> Iterator[str]:
    """Yield the kinds of all elements."""
    for element in root.iter():
        if isinstance(element.tag, str):
            yield from kinds_of(element.tag, element.attrib)
