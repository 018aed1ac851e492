"""Read selectors and match them with the elements of a page.

Elements, classes, ids, attributes, and the two ways to stand within another element are understood.
The other parts of a selector (`:hover`, `:not(...)`, siblings) are left out of it, and it is no
longer exact: it may match more elements than the one that was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from inquote.ingest.formats.style.sheet import unescape

MAX_PARTS = 24  # of one selector; one of more parts is left out
MAX_DEPTH = 200  # of elements within each other that are searched for by their kinds
_IDENT = r"(?:[\w-]|[^\x00-\x7f]|\\.)++"
_PART = re.compile(
    rf"(?P<space>\s*+(?P<sign>[>+~,|])\s*+|\s++)|(?P<tag>\*|{_IDENT})"
    rf"|\#(?P<id>{_IDENT})|\.(?P<class>{_IDENT})"
    rf"|\[\s*+(?P<name>{_IDENT})\s*+(?:(?P<test>[~|^$*]?=)\s*+"
    r"""(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\]\s]++))[^\]]*+)?\]"""
    rf"|(?P<colons>::?+)(?P<pseudo>{_IDENT})(?:\((?:[^()]|\([^()]*+\))*+\))?",
    re.DOTALL,
)
_NO_ELEMENTS = frozenset("before after first-line first-letter".split())


class Node:
    """An element of a page, below its parent.

    - `kinds` are its name, classes and id, each with its mark.
    - `all_kinds` are these and those of the elements around it, None where too many stand there.
    - `is_frame` tells that it holds nearly all words of a page that a script or a style sheet
      elsewhere is to show.
    - `on_picture` tells that it may be laid over a picture, which stands beside it.
    """

    __slots__ = tuple(
        "all_kinds attributes classes depth id is_frame kinds on_picture parent tag".split()
    )

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        parent: "Node | None" = None,
        is_frame: bool = False,
        on_picture: bool = False,
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.is_frame = is_frame
        self.on_picture = on_picture
        self.id = attributes.get("id") or ""
        self.classes = frozenset((attributes.get("class") or "").split())
        self.kinds = kinds_of(tag, attributes)
        self.depth: int = parent.depth + 1 if parent else 0
        around = parent.all_kinds if parent else frozenset()
        self.all_kinds: frozenset[str] | None = None
        if around is not None and self.depth <= MAX_DEPTH:
            self.all_kinds = around if around.issuperset(self.kinds) else around.union(self.kinds)


def kinds_of(tag: str, attributes: Mapping[str, str]) -> list[str]:
    """Return the name, the classes and the id of an element, each with its mark.

    >>> kinds_of("p", {"class": "note", "id": "n1"})
    ['p', '.note', '#n1']
    """
    kinds = [tag]
    for name in (attributes.get("class") or "").split():
        kinds.append(f".{name}")
    if attributes.get("id"):
        kinds.append(f"#{attributes['id']}")
    return kinds


class AttributeTest(NamedTuple):
    """What a selector asks of an attribute: `[name]`, `[name="value"]`, `[name^="value"]`."""

    name: str
    sign: str
    value: str

    def accepts(self, node: Node) -> bool:
        """Return whether an element's attribute is as asked."""
        stated = node.attributes.get(self.name)
        if stated is None or not self.sign:
            return stated is not None
        if not self.value and self.sign != "=":
            return False
        return {
            "=": stated == self.value,
            "~=": self.value in stated.split(),
            "|=": stated == self.value or stated.startswith(self.value + "-"),
            "^=": stated.startswith(self.value),
            "$=": stated.endswith(self.value),
            "*=": self.value in stated,
        }[self.sign]


@dataclass(frozen=True)
class Compound:
    """What a selector asks of one element; an empty tag stands for any."""

    tag: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    tests: tuple[AttributeTest, ...] = ()

    def accepts(self, node: Node) -> bool:
        """Return whether an element is as asked."""
        return (
            (not self.tag or self.tag == node.tag)
            and (not self.id or self.id == node.id)
            and self.classes <= node.classes
            and all(test.accepts(node) for test in self.tests)
        )


@dataclass(frozen=True)
class Selector:
    """An element, and those around it from the inside outwards.

    `around` holds for each the sign before the inner one: " " for any depth, ">" for the parent.
    """

    subject: Compound
    around: tuple[tuple[str, Compound], ...] = ()
    exact: bool = True
    weight: tuple[int, int, int] = (0, 0, 0)  # ids; classes and attributes; elements


class _Draft:
    """A selector that is being read."""

    def __init__(self) -> None:
        self.outer: list[tuple[str, Compound]] = []  # each with the sign after it
        self.exact = True
        self.parts = [0, 0, 0]  # how many ids, classes and attributes, elements
        self.never = False  # it is about no element, but about a part drawn beside its text
        self.is_empty = True
        self._begin()

    def _begin(self) -> None:
        """Begin with the next element."""
        self.tag, self.id = "", ""
        self.classes: set[str] = set()
        self.tests: list[AttributeTest] = []

    def _compound(self) -> Compound:
        return Compound(self.tag, self.id, frozenset(self.classes), tuple(self.tests))

    def close(self) -> Iterator[Selector]:
        """Yield the selector, nothing for one that matches no element."""
        size = sum(self.parts) + len(self.outer)
        if self.is_empty or self.never or size > MAX_PARTS:
            return
        around = tuple(reversed(self.outer))
        ids, classes, tags = self.parts
        yield Selector(self._compound(), around, self.exact, (ids, classes, tags))

    def descend(self, sign: str) -> None:
        """Go on to an element within the last one, or beside it."""
        if sign in (" ", ">"):
            self.outer.append((sign, self._compound()))
        else:  # a sibling or a namespace: what stands before it is not asked for
            self.exact = False
            self.outer.clear()
        self._begin()

    def add(self, part: re.Match[str]) -> None:
        """Add what one part of a selector asks to the element that it stands at."""
        self.is_empty = False
        if part["tag"]:
            self.tag = "" if part["tag"] == "*" else unescape(part["tag"]).lower()
            self.parts[2] += bool(self.tag)
        elif part["id"]:
            self.never |= self.id not in ("", unescape(part["id"]))
            self.id = unescape(part["id"])
            self.parts[0] += 1
        else:
            self.parts[1] += 1
            self._add_condition(part)

    def _add_condition(self, part: re.Match[str]) -> None:
        """Add a class, an attribute or what follows a colon."""
        if part["class"]:
            self.classes.add(unescape(part["class"]))
        elif part["name"]:
            value = part["double"] or part["single"] or part["bare"] or ""
            name = unescape(part["name"]).lower()
            self.tests.append(AttributeTest(name, part["test"] or "", unescape(value)))
        elif part["colons"] == "::" or part["pseudo"].lower() in _NO_ELEMENTS:
            self.never = True
        elif part["pseudo"].lower() == "root":
            self.tag = "html"
        else:
            self.exact = False


def parse_selectors(text: str) -> list[Selector]:
    """Return the selectors of a list, none of them where it is malformed."""
    text = text.strip()
    selectors: list[Selector] = []
    draft = _Draft()
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if not part:
            return []
        at = part.end()
        if not part["space"]:
            draft.add(part)
        elif part["sign"] == ",":
            selectors.extend(draft.close())
            draft = _Draft()
        else:
            draft.descend(part["sign"] or " ")
    selectors.extend(draft.close())
    return selectors
