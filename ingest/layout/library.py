"""Call PDFium for each character of a page, with as little work as ctypes allows.

`pypdfium2` declares its functions with typed pointers, which cost an object a call. Here they are
declared once more with plain addresses.
"""

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

_ADDRESS = ctypes.c_void_p
_INT = ctypes.c_int


def _declared(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a function of PDFium that takes and gives plain addresses."""
    address = ctypes.cast(function, _ADDRESS).value
    assert address is not None
    return ctypes.CFUNCTYPE(result, *arguments)(address)


count_characters = _declared(pdfium.FPDFText_CountChars, _INT, _ADDRESS)
code_of = _declared(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
object_of = _declared(pdfium.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
loose_box = _declared(pdfium.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
tight_box = _declared(
    pdfium.FPDFText_GetCharBox, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)
is_unmapped = _declared(pdfium.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT)
matrix_of = _declared(pdfium.FPDFText_GetMatrix, _INT, _ADDRESS, _INT, _ADDRESS)
font_size = _declared(pdfium.FPDFText_GetFontSize, ctypes.c_double, _ADDRESS, _INT)
font_weight = _declared(pdfium.FPDFText_GetFontWeight, _INT, _ADDRESS, _INT)
origin_of = _declared(pdfium.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)
render_mode = _declared(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _ADDRESS)
font_of = _declared(pdfium.FPDFTextObj_GetFont, _ADDRESS, _ADDRESS)
is_embedded = _declared(pdfium.FPDFFont_GetIsEmbedded, _INT, _ADDRESS)
font_name = _declared(
    pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, _ADDRESS, _ADDRESS, ctypes.c_size_t
)
fill_colour = _declared(
    pdfium.FPDFPageObj_GetFillColor, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)
count_objects = _declared(pdfium.FPDFPage_CountObjects, _INT, _ADDRESS)
page_object = _declared(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
count_form_objects = _declared(pdfium.FPDFFormObj_CountObjects, _INT, _ADDRESS)
form_object = _declared(pdfium.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
object_kind = _declared(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
object_matrix = _declared(pdfium.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)
object_bounds = _declared(
    pdfium.FPDFPageObj_GetBounds, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)
draw_mode = _declared(pdfium.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
count_segments = _declared(pdfium.FPDFPath_CountSegments, _INT, _ADDRESS)
path_segment = _declared(pdfium.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
segment_point = _declared(pdfium.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
segment_kind = _declared(pdfium.FPDFPathSegment_GetType, _INT, _ADDRESS)


def address_of(handle: Any) -> int:
    """Return the plain address of a typed handle."""
    return ctypes.cast(handle, _ADDRESS).value or 0
