"""Write the shapes of one slide: its title first, then text, tables, charts and diagrams."""

from collections.abc import Iterator
from typing import Any

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.formats.drawing import A, chart_lines, described, paragraphs_of
from inquote.ingest.formats.package import Package
from inquote.ingest.formats.slides.marks import Marks, P, placeholder_of
from inquote.ingest.formats.word.equations import equation_text
from inquote.ingest.formats.word.xml import R, kind_of, version_of, whole
from inquote.ingest.text import LIST_MARKER

_TITLES = ("title", "ctrTitle")
_MARGINS = {"ftr": "footer", "dt": "footer", "hdr": "header", "sldNum": ""}
_MAX_SPAN = 1_000


class SlideWriter:
    """Writes slides into a builder; the text of a margin is written once for all of them."""

    def __init__(self, builder: TextBuilder, package: Package) -> None:
        self._builder = builder
        self._package = package
        self._margins: set[str] = set()
        self._part = ""
        self._layout: Any = None
        self._master: Any = None

    def write(self, part: str, slide: Any) -> None:
        """Write the shapes of a slide."""
        self._part = part
        self._layout = self._master = None
        for layout in self._targets(part, "slideLayout"):
            self._layout = self._package.xml(layout)
            for master in self._targets(layout, "slideMaster"):
                self._master = self._package.xml(master)
        shapes = list(_shapes_of(slide.find(f"{P}cSld/{P}spTree")))
        for shape in shapes:
            if _place(shape) in _TITLES:
                self._builder.heading(" ".join(_texts_of(shape)), 1)
        for shape in shapes:
            if _place(shape) not in _TITLES:
                self._write_shape(shape)

    def _targets(self, part: str, kind: str) -> list[str]:
        relations = self._package.relations(part).values()
        return [relation.target for relation in relations if relation.kind == kind]

    def _write_shape(self, shape: Any) -> None:
        """Write a shape that is no title."""
        kind = kind_of(shape)
        place = _place(shape)
        if place in _MARGINS:
            self._write_margin(shape, _MARGINS[place])
        elif kind == "graphicFrame":
            self._write_frame(shape)
        elif kind == "pic":
            for properties in shape.iter(f"{P}cNvPr"):
                self._builder.block(described(properties.get("descr") or ""), kind="caption")
        else:
            self._write_text(shape)

    def _write_margin(self, shape: Any, kind: str) -> None:
        text = " ".join(_texts_of(shape))
        if kind and text and text not in self._margins:
            self._margins.add(text)
            self._builder.block(text, kind="header" if kind == "header" else "footer")

    def _write_text(self, shape: Any) -> None:
        """Write the paragraphs of a shape, those of a list as items."""
        marks = Marks(shape, self._layout, self._master)
        in_list = False
        for body in shape.iterchildren(f"{P}txBody"):
            for paragraph in body.iterchildren(f"{A}p"):
                text = text_of(paragraph)
                mark, depth = marks.next_mark(paragraph) if text else ("", 0)
                line = f"{mark} {text}".strip()
                is_marked = bool(mark) and LIST_MARKER.match(line) is not None
                self._builder.block(
                    "  " * depth + line if is_marked else line,
                    kind="item" if mark else "paragraph",
                    level=depth + 1 if mark else 0,
                    label=mark,
                    gap="\n" if is_marked and in_list else "\n\n",
                )
                in_list = is_marked if text else in_list

    def _write_frame(self, frame: Any) -> None:
        """Write a table, a chart or a diagram."""
        for table in frame.iter(f"{A}tbl"):
            self._builder.table(_rows_of(table))
        relations = self._package.relations(self._part)
        for element in frame.iter():
            name = {"chart": f"{R}id", "relIds": f"{R}dm"}.get(kind_of(element), "")
            relation = relations.get(element.get(name) or "") if name else None
            root = None if relation is None else self._package.xml(relation.target)
            if root is not None:
                is_chart = kind_of(element) == "chart"
                kind: BlockKind = "paragraph"
                for text in chart_lines(root) if is_chart else paragraphs_of(root):
                    self._builder.block(text, kind=kind)


def text_of(paragraph: Any) -> str:
    """Return the text of a paragraph, with its line breaks and equations."""
    parts: list[str] = []
    _collect(paragraph, parts)
    return "".join(parts).strip()


def _collect(element: Any, parts: list[str]) -> None:
    for child in element:
        kind = kind_of(child)
        if kind == "t":
            parts.append(child.text or "")
        elif kind == "br":
            parts.append("\n")
        elif kind in ("oMath", "oMathPara"):
            parts.append(equation_text(child))
        elif kind == "AlternateContent":
            chosen = version_of(child)
            if chosen is not None:
                _collect(chosen, parts)
        elif kind in ("r", "fld", "m"):
            _collect(child, parts)


def _texts_of(shape: Any) -> list[str]:
    texts = []
    for paragraph in shape.iter(f"{A}p"):
        text = " ".join(text_of(paragraph).split())
        if text:
            texts.append(text)
    return texts


def _place(shape: Any) -> str:
    """Return the kind of placeholder that a shape fills, else ""."""
    place = placeholder_of(shape) if kind_of(shape) == "sp" else None
    return "" if place is None else place.get("type") or ""


def _shapes_of(tree: Any) -> Iterator[Any]:
    """Yield the shapes of a tree and of the groups in it, in their order."""
    for shape in () if tree is None else tree:
        kind = kind_of(shape)
        if kind == "AlternateContent":
            chosen = version_of(shape)
            yield from _shapes_of(chosen)
        elif kind == "grpSp":
            yield from _shapes_of(shape)
        elif kind in ("sp", "graphicFrame", "pic", "cxnSp"):
            yield shape


def _rows_of(table: Any) -> list[list[TableCell]]:
    """Return the rows of a table; the first is a header where the table says so."""
    properties = table.find(f"{A}tblPr")
    has_header = properties is not None and properties.get("firstRow") in ("1", "true")
    rows = []
    for at, row in enumerate(table.iter(f"{A}tr")):
        cells = []
        for column, cell in enumerate(row.iterchildren(f"{A}tc")):
            is_covered = cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true")
            text = " ".join(_texts_of(cell))
            if not is_covered or text:
                down, across = (_span(cell, name) for name in ("rowSpan", "gridSpan"))
                cells.append(TableCell(text, column, down, across, has_header and at == 0))
        rows.append(cells)
    return rows


def _span(cell: Any, name: str) -> int:
    return max(1, min(_MAX_SPAN, whole(cell.get(name), 1)))
