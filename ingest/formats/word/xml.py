"""Read single values of a Word document's XML."""

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
OFF = ("0", "false", "off")
_WRAPPERS = frozenset(
    "sdt sdtContent customXml ins moveTo smartTag AlternateContent Choice Fallback".split()
)
_MAX_NUMBER = 1_000_000


def kind_of(element: Any) -> str:
    """Return the name of an element without its namespace, "" for what is no element."""
    tag = element.tag
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Any, name: str) -> str:
    """Return the value that an element's child states, else ""."""
    child = None if element is None else element.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val") or ""


def whole(text: str | None, default: int = 0) -> int:
    """Return the whole number that a text states, else `default`."""
    digits = (text or "").strip()
    if not digits.removeprefix("-").isdecimal() or len(digits) > 9:
        return default
    return max(-_MAX_NUMBER, min(_MAX_NUMBER, int(digits)))


def is_on(element: Any, name: str) -> bool:
    """Return whether an element's child of this name switches something on."""
    child = None if element is None else element.find(f"{W}{name}")
    return child is not None and child.get(f"{W}val") not in OFF


def find(element: Any, *names: str) -> Any:
    """Return the element at a path of names below an element, else None."""
    for name in names:
        element = None if element is None else element.find(f"{W}{name}")
    return element


def unwrapped(element: Any) -> Iterator[Any]:
    """Yield the children of an element, and those of content controls and the like among them.

    Of a content in two versions the newer one is taken, the older where the newer has no text.
    """
    for child in element:
        kind = kind_of(child)
        if kind == "AlternateContent":
            chosen = version_of(child)
            if chosen is not None:
                yield from unwrapped(chosen)
        elif kind in _WRAPPERS:
            yield from unwrapped(child)
        else:
            yield child


def version_of(alternatives: Any) -> Any:
    """Return the version of a content to read, None where there is none."""
    versions = {kind_of(version): version for version in reversed(list(alternatives))}
    chosen = versions.get("Choice")
    fallback = versions.get("Fallback")
    if chosen is None or (fallback is not None and not _has_text(chosen)):
        return fallback
    return chosen


def _has_text(element: Any) -> bool:
    kinds = ("t", "drawing", "txbxContent", "sym")
    return any(kind_of(part) in kinds for part in element.iter())
