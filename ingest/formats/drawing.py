"""Read the text of DrawingML: diagrams, shapes and charts of Word, Excel and PowerPoint."""

import re
from typing import Any

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_FILE = re.compile(r"^\w{1,10}:|[\\/]|\.\w{3,4}$")
_GUESSED = re.compile(
    r"(?:Description automatically generated|Automatisch generierte Beschreibung|"
    r"AI-generated content may be incorrect)[^.\n]{0,80}\.?"
)
_MAX_POINTS = 2_000  # of a chart


def paragraphs_of(root: Any) -> list[str]:
    """Return the texts of the paragraphs below an element, those without text left out."""
    texts = []
    for paragraph in root.iter(f"{A}p"):
        text = paragraph_text(paragraph)
        if text:
            texts.append(text)
    return texts


def paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph."""
    parts = []
    for element in paragraph.iter(f"{A}t", f"{A}br", f"{A}tab"):
        parts.append((element.text or "") if element.tag == f"{A}t" else " ")
    return "".join(parts).strip()


def chart_lines(root: Any) -> list[str]:
    """Return a chart's titles, then a line for each series: its name, and each value's category."""
    lines = []
    for title in root.iter(f"{C}title"):
        text = " ".join(paragraphs_of(title))
        if text:
            lines.append(text)
    points = 0
    for series in root.iter(f"{C}ser"):
        name = " ".join(_cached(series.find(f"{C}tx")).values())
        categories = _cached(_first(series, "cat", "xVal"))
        pairs = []
        for at, number in _cached(_first(series, "val", "yVal")).items():
            points += 1
            if points <= _MAX_POINTS:
                pairs.append(f"{categories[at]}: {number}" if at in categories else number)
        text = ", ".join(pairs)
        if name or text:
            lines.append(f"{name}: {text}" if name and text else name or text)
    return lines


def _first(element: Any, *names: str) -> Any:
    for name in names:
        child = element.find(f"{C}{name}")
        if child is not None:
            return child
    return None


def _cached(element: Any) -> dict[str, str]:
    """Return the values of a series or its categories, by their index."""
    values: dict[str, str] = {}
    if element is None:
        return values
    for point in element.iter(f"{C}pt"):
        number = point.find(f"{C}v")
        if number is not None and number.text:
            values[point.get("idx") or ""] = number.text
    return values or {"": "".join(part.text or "" for part in element.iter(f"{C}v"))}


def described(text: str) -> str:
    """Return what an author says of a picture, "" for the name of a file or a program's guess."""
    text = _GUESSED.sub("", text).strip()
    return "" if _FILE.search(text) else text
