"""Find every regular expression of the package, and make the texts that are worst for each.

A pattern's worst texts come from its own parsed form: a part of it repeated many times, after what
leads to that part, and before an end that lets the match fail.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

PACKAGES = ("ingest", "index", "app", "eval")
FUNCTIONS = (
    "compile",
    "search",
    "match",
    "fullmatch",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split",
)
ENDS = ("\x00", "", "\n")
_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: "!",
}
_POOL = "aA1 -_.,<\"'!\n\té"
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


@dataclass(frozen=True)
class Pattern:
    """A regular expression and the place where it stands."""

    place: str
    regex: re.Pattern[Any]


def modules() -> Iterator[ModuleType]:
    """Import every module of the package, but for programs and for what needs an extra."""
    for package in PACKAGES:
        root = importlib.import_module(f"inquote.{package}")
        for info in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if not info.name.endswith("__main__"):
                try:
                    yield importlib.import_module(info.name)
                except ImportError as error:
                    if (error.name or "").startswith("inquote"):
                        raise


def patterns() -> list[Pattern]:
    """Every pattern that a module holds, and every one that its code hands to `re`."""
    kept: dict[tuple[Any, int], Pattern] = {}
    for module in modules():
        for place, regex in [*_held(module), *_written(module)]:
            kept.setdefault((regex.pattern, regex.flags), Pattern(place, regex))
    return list(kept.values())


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The compiled patterns in a module's names, its classes, and what these contain."""
    for name, value in vars(module).items():
        for regex in _within(value, module.__name__, 0):
            yield f"{module.__name__}.{name}", regex


def _within(value: Any, module: str, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth > 4:
        return
    elif isinstance(value, dict):
        for item in (*value.keys(), *value.values()):
            yield from _within(item, module, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _within(item, module, depth + 1)
    elif isinstance(value, type) and value.__module__ == module:
        for item in list(vars(value).values()):
            yield from _within(item, module, depth + 1)


def _written(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns that a module's code writes in a call; a word stands for what it inserts."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    written = {}  # by the names that functions give them
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            written[node.targets[0].id] = node.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _is_regex_call(node.func):
            first = node.args[0]
            if isinstance(first, ast.Name) and not hasattr(module, first.id):
                first = written.get(first.id, first)
            text = _text_of(first, module)
            if text is not None:
                yield f"{module.__name__}:{node.lineno}", re.compile(text, _flags_of(node))


def _is_regex_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return "compile" in function.id and function.id != "compile"
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.value.id == "re" and function.attr in FUNCTIONS


def _flags_of(call: ast.Call) -> int:
    """The flags that a call names."""
    given = ast.dump(call)
    return sum(flag for flag in re.RegexFlag if f"attr='{flag.name}'" in given)


def _text_of(node: ast.expr, module: ModuleType) -> Any:
    """The pattern that an expression makes, None for one that is only a name."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = _text_of(node.left, module), _text_of(node.right, module)
        return None if left is None or right is None else left + right
    if not isinstance(node, ast.JoinedStr):
        value = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
        return value if isinstance(value, str) else None
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            code = compile(ast.Expression(part.value), "", "eval")
            try:
                parts.append(str(eval(code, dict(vars(module)))))
            except NameError:
                parts.append("word")
        else:
            parts.append(_text_of(part, module))
    return "".join(parts)


def worst_texts(regex: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what comes before, what is repeated, and what ends each of a pattern's worst texts."""
    tree = parser.parse(regex.pattern, regex.flags & ~re.LOCALE)
    seen = set()
    for before, pump in _pumps(list(tree), ""):
        for lead, end in [("", ENDS[0]), *((before, end) for end in ENDS)]:
            if pump and (lead, pump, end) not in seen:
                seen.add((lead, pump, end))
                yield lead, pump, end


def _pumps(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a sequence that may repeat, each with what leads to it."""
    yield before, _sample(items)
    for index, item in enumerate(items):
        lead = before + _sample(items[:index])
        if item[0] is not codes.LITERAL:
            yield before, _sample(items[:index])
        yield lead, _sample([item])
        yield lead, _sample(items[index : index + 2])
        yield from _inner_pumps(item, lead)


def _inner_pumps(item: Any, lead: str) -> Iterator[tuple[str, str]]:
    code, argument = item
    if code in _REPEATS:
        yield from _pumps(list(argument[2]), lead)
    elif code is codes.SUBPATTERN:
        yield from _pumps(list(argument[3]), lead)
    elif code is codes.BRANCH:
        for branch in argument[1][:3]:
            yield from _pumps(list(branch), lead)
    elif code in (codes.ASSERT, codes.ASSERT_NOT):
        yield from _pumps(list(argument[1]), lead)
    elif code is codes.ATOMIC_GROUP:
        yield from _pumps(list(argument), lead)
    elif code is codes.IN:
        for character in _members(argument)[:4]:
            yield lead, character


def _sample(items: list[Any]) -> str:
    """Return a text that a sequence matches, its repeats once and its first branches."""
    return "".join(map(_sample_item, items))


def _sample_item(item: Any) -> str:
    code, argument = item
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return next(character for character in _POOL if ord(character) != argument)
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return _members(argument)[0]
    if code in _REPEATS:
        return _sample(list(argument[2])) * min(max(argument[0], 1), 20)
    if code is codes.SUBPATTERN:
        return _sample(list(argument[3]))
    if code is codes.ATOMIC_GROUP:
        return _sample(list(argument))
    if code is codes.BRANCH:
        return _sample(list(argument[1][0]))
    return ""


def _members(items: list[Any]) -> list[str]:
    """Return characters of a class, one at least."""
    if items[0][0] is codes.NEGATE:
        return [character for character in _POOL if not _is_in(character, items[1:])] or ["\x01"]
    members = []
    for code, argument in items:
        if code is codes.LITERAL:
            members.append(chr(argument))
        elif code is codes.RANGE:
            members.append(chr(argument[0]))
        else:
            members.append(_CATEGORIES[argument])
    return members


def _is_in(character: str, items: list[Any]) -> bool:
    for code, argument in items:
        if code is codes.LITERAL and ord(character) == argument:
            return True
        if code is codes.RANGE and argument[0] <= ord(character) <= argument[1]:
            return True
        if code is codes.CATEGORY:
            category = str(argument).removeprefix("CATEGORY_").lower()
            kind = {"digit": r"\d", "space": r"\s", "word": r"\w"}[category.split("_")[-1]]
            if bool(re.match(kind, character)) != category.startswith("not_"):
                return True
    return False
