"""Split the fields at the head of a Markdown file from its text: YAML or TOML."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from inquote.ingest.formats.builder import canonical

_YAML = re.compile(r"\A---[ \t]*\n(.*?\n??)---[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n??)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^(\w[\w -]*+):[ \t]++(.*)$", re.MULTILINE)
_LINE = re.compile(  # a pair, a value that goes on, an item of a list, a comment
    r"\w[\w -]{0,60}+:(?:[ \t]|\Z)|[ \t]|- |#|\Z"
)
_MAX_ITEMS = 20  # of a list that is shown
_MAX_VALUE = 1_000  # characters


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the fields at the head of a file, each as one line, and the text after them.

    Prose between two rules looks like front matter and is text.
    """
    match = _TOML.match(text)
    fields = _read_toml(match[1]) if match else None
    if fields is None:
        match = _YAML.match(text)
        fields = _read_yaml(match[1].strip()) if match else None
    if match is None or fields is None:
        return {}, text
    lines: dict[str, str] = {}
    for key, value in fields.items():
        lines.update(_lines_of(str(key), value))
    return lines, text[match.end() :]


def _read_toml(fields: str) -> Mapping[str, Any] | None:
    """Return the fields of TOML, None where it is none."""
    import tomllib

    try:
        return tomllib.loads(fields)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return None


def _read_yaml(fields: str) -> Mapping[str, Any] | None:
    """Return the fields of YAML, line by line where it is none; None for prose."""
    import yaml

    # Front matter begins with a pair.
    if fields and not _PAIR.match(fields):
        return None
    # BaseLoader makes strings, lists and dicts only; it refuses a title with a colon in it.
    try:
        pairs = yaml.load(fields, Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        if not all(map(_LINE.match, fields.splitlines())):
            return None
        return {key: value.rstrip(" \t") for key, value in _PAIR.findall(fields)}
    return pairs if isinstance(pairs, dict) else None


def _lines_of(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield a field and its value as one line; the fields within a field by both of their names."""
    if isinstance(value, Mapping):
        for inner, part in value.items():
            if not isinstance(part, (Mapping, list)):
                yield from _lines_of(f"{key} {inner}", part)
        return
    parts = value if isinstance(value, list) else [value]
    texts = []
    for part in parts:
        if isinstance(part, Mapping):
            part = next(iter(part.values()), "")
        if not isinstance(part, (Mapping, list)):
            texts.append(_one_line(part))
    line = ", ".join(filter(None, texts))
    if line and len(parts) <= _MAX_ITEMS and len(line) <= _MAX_VALUE:
        yield _one_line(key), line


def _one_line(value: Any) -> str:
    """Return a value as one canonical line, for YAML can write any character by its number."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return " ".join(canonical(text).split())
