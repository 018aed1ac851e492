"""Write an equation of Word's as one line of text, such as "T=2π√(L/g)"."""

from collections.abc import Callable
from typing import Any

from inquote.ingest.formats.word.symbols import RAISED
from inquote.ingest.formats.word.xml import kind_of

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_INVISIBLE = ("del", "moveFrom", "ctrlPr", "rPr")


def equation_text(element: Any) -> str:
    """Return the text of an equation, or of a part of one."""
    kind = kind_of(element)
    if kind in _INVISIBLE or kind.endswith("Pr"):
        return ""
    if kind == "t":
        return element.text or ""
    write = _WRITERS.get(kind)
    if write is not None:
        return write(element)
    return "".join(equation_text(child) for child in element)


def _part(element: Any, name: str) -> str:
    child = element.find(f"{M}{name}")
    return "" if child is None else equation_text(child).strip()


def _property(element: Any, name: str, default: str) -> str:
    """Return a character that an element's properties name."""
    for child in element:
        if kind_of(child).endswith("Pr"):
            given = child.find(f"{M}{name}")
            if given is not None:
                return given.get(f"{M}val") or ""
    return default


def _grouped(text: str) -> str:
    """Return a text in parentheses, unless it is a single number or letter."""
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _fraction(element: Any) -> str:
    line = "¦" if _property(element, "type", "bar") == "noBar" else "/"
    return f"{_grouped(_part(element, 'num'))}{line}{_grouped(_part(element, 'den'))}"


def _root(element: Any) -> str:
    degree = _part(element, "deg")
    sign = {"3": "∛", "4": "∜"}.get(degree, f"{degree}√")
    inner = _part(element, "e")
    return sign + (inner if len(inner) == 1 else f"({inner})")


def _raised(name: str, element: Any) -> str:
    """Return a lowered or raised part: digits as such characters, else after a sign."""
    text = _part(element, name)
    table = RAISED["subscript" if name == "sub" else "superscript"]
    if text.isdecimal():
        return text.translate(table)
    sign = "_" if name == "sub" else "^"
    return f"{sign}{_grouped(text)}" if text else ""


def _scripts(element: Any) -> str:
    scripts = _raised("sub", element) + _raised("sup", element)
    base = _part(element, "e")
    return scripts + base if kind_of(element) == "sPre" else base + scripts


def _sum(element: Any) -> str:
    sign = _property(element, "chr", "∫")
    scripts = _raised("sub", element) + _raised("sup", element)
    return f"{sign}{scripts} {_part(element, 'e')}"


def _delimited(element: Any) -> str:
    begin, end = _property(element, "begChr", "("), _property(element, "endChr", ")")
    parts = [equation_text(child) for child in element.findall(f"{M}e")]
    return begin + _property(element, "sepChr", "|").join(parts) + end


def _limit(element: Any) -> str:
    return f"{_part(element, 'e')}_{_grouped(_part(element, 'lim'))}"


def _upper_limit(element: Any) -> str:
    return f"{_part(element, 'e')}^{_grouped(_part(element, 'lim'))}"


def _function(element: Any) -> str:
    return f"{_part(element, 'fName')} {_part(element, 'e')}"


def _matrix(element: Any) -> str:
    rows = []
    for row in element.findall(f"{M}mr"):
        cells = [equation_text(cell) for cell in row.findall(f"{M}e")]
        rows.append(", ".join(cells))
    return f"[{'; '.join(rows)}]"


def _lines(element: Any) -> str:
    return "; ".join(equation_text(child) for child in element.findall(f"{M}e"))


def _accent(element: Any) -> str:
    return _part(element, "e") + _property(element, "chr", "\u0302")


_WRITERS: dict[str, Callable[[Any], str]] = {
    "f": _fraction,
    "rad": _root,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "nary": _sum,
    "d": _delimited,
    "limLow": _limit,
    "limUpp": _upper_limit,
    "func": _function,
    "m": _matrix,
    "eqArr": _lines,
    "acc": _accent,
}
