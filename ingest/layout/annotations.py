"""Read what stands on a page beside its contents: forms, comments, signatures and stamps."""

import ctypes
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium

from inquote.ingest.formats.builder import canonical
from inquote.ingest.layout.lines import Band, Line
from inquote.ingest.layout.shapes import Box, Frame

_MAX_ANNOTATIONS = 2_000  # of a page
_MAX_LENGTH = 200_000  # bytes of a value
_UNSEEN = 0x02 | 0x20  # the flags of what is hidden or not to be viewed
_COMMENTS = {
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_TEXT,
    pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_STRIKEOUT,
    pdfium.FPDF_ANNOT_SQUIGGLY,
    pdfium.FPDF_ANNOT_CARET,
    pdfium.FPDF_ANNOT_STAMP,
}
# Fields whose values may not be what a viewer shows: "1234.5" as "1,234.50".
_DRAWN_FIELDS = {
    pdfium.FPDF_FORMFIELD_TEXTFIELD,
    pdfium.FPDF_FORMFIELD_COMBOBOX,
    pdfium.FPDF_FORMFIELD_SIGNATURE,
    pdfium.FPDF_FORMFIELD_PUSHBUTTON,
    pdfium.FPDF_FORMFIELD_LISTBOX,
}
_TICKED = "☒"


@dataclass(frozen=True)
class Annotations:
    """The lines of each of a page's fields, where they stand, and its comments.

    `drawn` are the numbers of the annotations that are read from what a viewer draws of them.
    """

    fields: list[list[Line]]
    comments: list[str]
    drawn: list[int]


def read_annotations(page: Any, forms: Any, frame: Frame, number: int) -> Annotations:
    """Return the fields and comments of a page of `pypdfium2`; `forms` is its form or None."""
    result = Annotations([], [], [])
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        if not pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if _is_drawn(annotation, kind, forms):
                result.drawn.append(index)
            if kind == pdfium.FPDF_ANNOT_WIDGET and forms is not None:
                result.fields.append(list(_field_lines(annotation, forms, frame, number)))
            elif kind in _COMMENTS:
                text = _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
                if text.strip():
                    result.comments.append(" ".join(text.split()))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return result


def _is_drawn(annotation: Any, kind: int, forms: Any) -> bool:
    """Return whether a viewer draws an annotation by its own means, not by its value alone."""
    if kind == pdfium.FPDF_ANNOT_WIDGET and forms is not None:
        is_drawn = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation) in _DRAWN_FIELDS
    else:
        is_drawn = kind == pdfium.FPDF_ANNOT_STAMP
    return is_drawn and pdfium.FPDFAnnot_GetObjectCount(annotation) > 0


def draw_into(page: Any, drawn: Sequence[int]) -> None:
    """Make some annotations of a page parts of its contents, and drop the others.

    This changes the page in memory; it has to be opened anew then.
    """
    kept = set(drawn)
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw) - 1, -1, -1):
        if index not in kept:
            pdfium.FPDFPage_RemoveAnnot(page.raw, index)
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)


def _string(function: Callable[..., int], *arguments: Any) -> str:
    """Return the text that a function of PDFium writes into a buffer."""
    length = function(*arguments, None, 0)
    if not 2 < length <= _MAX_LENGTH:
        return ""
    buffer = ctypes.create_string_buffer(length)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return canonical(buffer.raw[: length - 2].decode("utf-16-le", "replace"))


def _field_lines(annotation: Any, forms: Any, frame: Frame, number: int) -> Iterator[Line]:
    """Yield the lines of a field's value, where the field stands.

    Nobody knows how large a viewer draws the letters: together they have the whole field's box.
    """
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        value = _TICKED if pdfium.FPDFAnnot_IsChecked(forms, annotation) else ""
    elif kind == pdfium.FPDF_FORMFIELD_PUSHBUTTON:
        value = ""
    else:
        value = _string(pdfium.FPDFAnnot_GetFormFieldValue, forms, annotation)
    rect = pdfium.FS_RECTF()
    if not value.strip() or not pdfium.FPDFAnnot_GetRect(annotation, rect):
        return
    box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
    name = _string(pdfium.FPDFAnnot_GetFormFieldAlternateName, forms, annotation)
    name = name or _string(pdfium.FPDFAnnot_GetFormFieldName, forms, annotation)
    lines = [text for text in value.split("\n") if text.strip()]
    height = (box.bottom - box.top) / len(lines)
    for at, text in enumerate(lines):
        top = box.top + at * height
        place = Box(box.left, top, box.right, top + height)
        line = line_at(" ".join(text.split()), place, number, name if at == 0 else "")
        line.rights[-1] = box.right
        yield replace(line, bands=(Band(0, line.base, line.size, place.top, place.bottom),))


def shown_values(
    fields: Sequence[Sequence[Line]], drawn: Sequence[Line]
) -> tuple[list[Line], list[Line]]:
    """Return the lines of fields as a viewer draws them, and what else was drawn.

    A field keeps its value where that is drawn, and where it has several lines. Beside the value of
    a list stand the rows that nobody chose.
    """
    lines = [line for field in fields for line in field]
    values = ["".join([_letters(line.text) for line in field]) for field in fields for _ in field]
    places = list(map(_place_of, lines))
    shown: list[list[Line]] = [[] for _ in lines]
    elsewhere = []
    for line in drawn:
        letters, own = _letters(line.text), Box(line.left, line.top, line.right, line.bottom)
        x, y = (line.left + line.right) / 2, (line.top + line.bottom) / 2
        inside = [at for at, place in enumerate(places) if place.holds(x, y)]
        for at in inside:
            shown[at].append(line)
        if not inside and not any(
            letters in value and place.meets(own)
            for value, place in zip(values, places, strict=True)
        ):
            elsewhere.append(line)
    alone = {id(field[0]) for field in fields if len(field) == 1}
    for at, (line, rows) in enumerate(zip(lines, shown, strict=True)):
        if len(rows) > 1:
            elsewhere.extend([row for row in rows if _letters(row.text) not in values[at]])
        elif rows and id(line) in alone and _letters(rows[0].text) != values[at]:
            as_drawn = line_at(rows[0].text, places[at], line.page, line.name)
            lines[at] = replace(as_drawn, bands=line.bands)
    return lines, elsewhere


def _place_of(field: Line) -> Box:
    """Return the box of a field, or the part of it that belongs to a line."""
    (band,) = field.bands
    return Box(field.left, band.top, field.rights[-1], band.bottom)


def _letters(text: str) -> str:
    """Return a text without its blanks."""
    return "".join(text.split())


def line_at(text: str, box: Box, page: int, name: str = "") -> Line:
    """Return a line of text whose characters are spread over a box; `name` is its field's."""
    size = min(max(4.0, 0.7 * (box.bottom - box.top)), 11.0)
    width = min((box.right - box.left) / max(1, len(text)), 0.55 * size)
    lefts, rights = array("f"), array("f")
    for at in range(len(text)):
        lefts.append(box.left + at * width)
        rights.append(box.left + (at + 1) * width)
    middle = (box.top + box.bottom) / 2
    base = middle + 0.33 * size
    return Line(
        text,
        lefts,
        rights,
        box.left,
        rights[-1],
        middle - size / 2,
        middle + size / 2,
        base,
        round(size, 1),
        page,
        is_field=True,
        name=name,
    )
