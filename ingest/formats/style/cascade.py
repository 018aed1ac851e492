"""Find the declarations that hold for each element of a page.

Rules are looked up by the rarest part that they ask of an element (its id, a class, its name), so
that a page with thousands of rules takes no longer than it should. A style sheet made to be slow
runs out of steps; after that, nothing of it holds.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from inquote.ingest.formats.style.selectors import Compound, Node, Selector, parse_selectors
from inquote.ingest.formats.style.sheet import Declarations, Rule, parse_declarations

MAX_STEPS = 2_000_000  # comparisons of a selector's part with an element, for one page
_INLINE = (1 << 20, 0, 0)  # outweighs every selector

Weight = tuple[bool, tuple[int, int, int], int]  # importance, weight of the selector, place
Values = dict[str, str]  # by the property's name


class Placed(NamedTuple):
    """The value of a declaration, and its weight against others for the same property."""

    value: str
    weight: Weight


class _Entry:
    """A selector and the declarations of all rules that have it."""

    def __init__(self, selector: Selector, certain: bool) -> None:
        self.selector = selector
        self.certain = certain
        self.placed: dict[str, Placed] = {}
        self.kinds_around = frozenset(
            kind for _, compound in selector.around for kind in _kinds_asked(compound)
        )

    def add(self, declarations: Declarations, order: int) -> None:
        """Add the declarations of one rule, the `order`-th of the page."""
        for name, (value, important) in declarations.items():
            _place(self.placed, name, Placed(value, (important, self.selector.weight, order)))


class Cascade:
    """The rules of a page.

    `kinds` are those of its elements.
    """

    def __init__(self, rules: Sequence[Rule], kinds: Iterable[str]) -> None:
        self._steps = MAX_STEPS
        self._counts = Counter(kinds) if rules else Counter()
        self._entries: dict[str, list[_Entry]] = {}  # by the kind that they are looked up by
        by_selector: dict[tuple[Selector, bool], _Entry] = {}
        for order, rule in enumerate(rules):
            for selector in parse_selectors(rule.selectors):
                certain = rule.certain and selector.exact
                entry = by_selector.get((selector, certain))
                if entry is None:
                    entry = by_selector[selector, certain] = _Entry(selector, certain)
                    self._file(entry)
                entry.add(rule.declarations, order)

    def _file(self, entry: _Entry) -> None:
        """Make an entry known under the rarest kind that its element is of."""
        kinds = list(_kinds_asked(entry.selector.subject)) or [""]
        rarest = min(kinds, key=lambda kind: self._counts[kind])
        self._entries.setdefault(rarest, []).append(entry)

    def declared(self, node: Node) -> tuple[Values, Values]:
        """Return what holds for an element, and what may hold for it instead."""
        certain: dict[str, Placed] = {}
        possible: dict[str, Placed] = {}
        for entry in self._candidates(node):
            if self._matches(entry, node):
                target = certain if entry.certain else possible
                for name, placed in entry.placed.items():
                    _place(target, name, placed)
        if self._steps < 0:
            certain, possible = {}, {}
        style = node.attributes.get("style")
        if style:
            for name, (value, important) in parse_declarations(style).items():
                _place(certain, name, Placed(value, (important, _INLINE, 0)))
        return _values(certain), _values(possible)

    def _candidates(self, node: Node) -> Iterator[_Entry]:
        """Yield the entries whose selectors may match an element, while there are steps left."""
        if not self._entries:
            return
        for kind in ("", *node.kinds):
            for entry in self._entries.get(kind, ()):
                if self._steps < 0:
                    return
                yield entry

    def _matches(self, entry: _Entry, node: Node) -> bool:
        """Return whether the selector of an entry matches an element."""
        self._steps -= 1
        if node.all_kinds is not None and not entry.kinds_around <= node.all_kinds:
            return False
        selector = entry.selector
        return self._accepts(selector.subject, node) and self._stands_in(selector.around, 0, node)

    def _accepts(self, compound: Compound, node: Node) -> bool:
        self._steps -= 1
        return compound.accepts(node)

    def _stands_in(self, around: Sequence[tuple[str, Compound]], depth: int, node: Node) -> bool:
        """Return whether the elements from `around[depth]` on stand around an element."""
        if depth == len(around):
            return True
        sign, compound = around[depth]
        last = depth + 1 == len(around)
        outer = node.parent
        while outer is not None and self._steps >= 0:
            if self._accepts(compound, outer):
                if self._stands_in(around, depth + 1, outer):
                    return True
                # What stands at any depth around this element stands around the outer ones too.
                if not last and around[depth + 1][0] == " ":
                    return False
            if sign == ">":
                return False
            outer = outer.parent
        return False


def _kinds_asked(compound: Compound) -> Iterator[str]:
    """Yield the kinds that an element must be of, the rare ones first."""
    if compound.id:
        yield f"#{compound.id}"
    for name in sorted(compound.classes):
        yield f".{name}"
    if compound.tag:
        yield compound.tag


def _place(placed: dict[str, Placed], name: str, new: Placed) -> None:
    """Put a declaration in the place of one that weighs no more."""
    old = placed.get(name)
    if old is None or old.weight <= new.weight:
        placed[name] = new


def _values(placed: dict[str, Placed]) -> Values:
    return {name: value for name, (value, _) in placed.items()}
