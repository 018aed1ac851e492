"""Read a style sheet: its rules, each with the declarations that decide what a reader sees.

A rule is certain where it holds on every screen; under a condition (the width of the screen, a
script switched off) it may hold. Rules for print and for speech are left out. What is malformed is
passed over, as a browser does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

PROPERTIES = frozenset(
    "display visibility opacity font-size color background-color background-image position left "
    "top text-indent clip clip-path width height max-width max-height overflow overflow-x "
    "overflow-y padding padding-top padding-bottom padding-left padding-right transform animation "
    "animation-name content-visibility text-shadow background-clip -webkit-background-clip "
    "-webkit-text-fill-color -webkit-text-stroke float color-scheme margin-left filter".split()
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_TOKEN = re.compile(
    r"""url\(\s*+(?!["'])[^)]*+\)?|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|[{};]"""
    r"""|(?:(?!url\()[^"'{};])++|.""",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(.))", re.DOTALL)
_LENGTH = re.compile(r"\A(?:[-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:[a-z]{1,4}|%)|0)\Z")
_IMAGE = re.compile(r"url\(|gradient\(|image\(|image-set\(|var\(|element\(")
_SOMETIMES = ("@supports", "@container", "@scope", "@starting-style", "@layer", "@-moz-document")


class Declaration(NamedTuple):
    """A property's value in lower case, and whether it is marked as important."""

    value: str
    important: bool = False


Declarations = dict[str, Declaration]


@dataclass(frozen=True)
class Rule:
    """A list of selectors, as written, and their declarations."""

    selectors: str
    declarations: Declarations
    certain: bool


@dataclass
class _Block:
    """An open block: of a rule, of a condition around rules, or one that is passed over."""

    kind: str  # "rule", "condition" or "other"
    prelude: str = ""
    certain: bool = True
    declarations: Declarations = field(default_factory=dict)


def parse_sheet(text: str, *, certain: bool = True) -> Iterator[Rule]:
    """Yield the rules of a style sheet that bear on what a reader sees, in their order."""
    blocks = [_Block("condition", certain=certain)]
    written: list[str] = []  # since the last bracket or semicolon
    for token in _tokens(text):
        if token not in ("{", "}", ";"):
            written.append(token)
            continue
        words, written = "".join(written).strip(), []
        block = blocks[-1]
        if token == "{":
            blocks.append(_open_block(block, words))
        elif block.kind == "rule":
            _declare(block.declarations, words)
        if token == "}" and len(blocks) > 1:
            yield from _rule_of(blocks.pop())
    _declare(blocks[-1].declarations, "".join(written))
    while blocks:
        yield from _rule_of(blocks.pop())


def parse_declarations(text: str) -> Declarations:
    """Return the declarations of a `style` attribute."""
    declarations: Declarations = {}
    written: list[str] = []
    for token in [*_tokens(text), ";"]:
        if token == ";":
            _declare(declarations, "".join(written))
            written = []
        else:
            written.append(token)
    return declarations


def _tokens(text: str) -> Iterator[str]:
    """Yield strings, addresses, brackets, semicolons, and the characters between these."""
    for match in _TOKEN.finditer(_COMMENT.sub(" ", text)):
        yield match.group()


def _open_block(outer: _Block, prelude: str) -> _Block:
    """Return the block that a bracket after `prelude` opens within `outer`."""
    if outer.kind == "rule":
        outer.certain = False  # a rule within a rule may take back what the outer rule says
    if outer.kind != "condition":
        return _Block("other")
    if not prelude.startswith("@"):
        return _Block("rule", prelude, outer.certain)
    name, _, condition = prelude.lower().partition(" ")
    if name.startswith("@media"):
        holds = medium_of(f"{name} {condition}".removeprefix("@media"))
        if holds is None:
            return _Block("other")
        return _Block("condition", certain=outer.certain and holds)
    if name.startswith(_SOMETIMES):
        return _Block("condition", certain=False)
    return _Block("other")


def medium_of(query: str) -> bool | None:
    """Return whether a media query holds on every screen, None where it holds on no screen.

    >>> medium_of("screen"), medium_of("(max-width: 600px)"), medium_of("print")
    (True, False, None)
    """
    kinds = [part.strip().lower() for part in query.split(",")]
    if any(kind in ("", "all", "screen", "only screen") for kind in kinds):
        return True
    paper = ("print", "speech", "aural", "braille", "tty", "not all", "not screen")
    return None if all(kind.startswith(paper) for kind in kinds) else False


def _rule_of(block: _Block) -> Iterator[Rule]:
    if block.kind == "rule" and block.declarations:
        yield Rule(block.prelude, block.declarations, block.certain)


def _declare(declarations: Declarations, text: str) -> None:
    """Add the declaration that `text` is, if it bears on what a reader sees."""
    name, colon, value = text.partition(":")
    name = unescape(name).strip().lower()
    if not colon:
        return
    value, mark, last = unescape(value).strip().lower().rpartition("!")
    important = bool(mark) and last.strip() == "important"
    value = " ".join((value if important else value + mark + last).split())
    for long_name, long_value in _in_full(name, value):
        before = declarations.get(long_name)
        if long_name in PROPERTIES and (important or not (before and before.important)):
            declarations[long_name] = Declaration(long_value, important)


def _in_full(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the properties that a declaration sets, a shorthand's one by one."""
    if name == "background":
        has_image = bool(_IMAGE.search(value))
        yield "background-image", value if has_image else "none"
        if not has_image:
            yield "background-color", _colour_in(value)
    elif name == "font":
        sizes = [part.split("/")[0] for part in value.split()]
        lengths = [size for size in sizes if is_length(size)]
        yield "font-size", lengths[0] if lengths else "medium"
    elif name == "background-image":
        yield name, value if _IMAGE.search(value) else "none"
    else:
        yield name, value


def _colour_in(value: str) -> str:
    """Return the colour in the value of `background`, "transparent" where it has none."""
    if value in ("none", "0", "0 0", ""):
        return "transparent"
    if "(" in value:
        start = max(value.rfind(" ", 0, value.find("(")), -1) + 1
        return value[start : value.rfind(")") + 1]
    layout = ("no-repeat", "repeat", "repeat-x", "repeat-y", "scroll", "fixed", "center", "top")
    words = [word for word in value.split() if word not in layout and not is_length(word)]
    return words[0] if len(words) == 1 else " ".join(words) or "transparent"


def is_length(text: str) -> bool:
    """Return whether a word is a number with a unit, or 0."""
    return bool(_LENGTH.match(text))


def unescape(text: str) -> str:
    """Return a text with its escapes (a backslash and a character or its number) resolved."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    digits, character = match.groups()
    if not digits:
        return str(character)
    number = int(digits, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
