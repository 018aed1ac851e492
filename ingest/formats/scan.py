"""Parse a scanned PDF: recognise the words in the pictures of its pages, with the extra "ocr"."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from inquote.ingest.errors import OnlyPictures
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.picture import MAX_SIDE, parse_pictures
from inquote.ingest.layout.recognition import INSTALL, MEMORY, can_recognise

if TYPE_CHECKING:  # a child that reads other formats need not wait for it
    import numpy as np

_MOST_SECONDS = 300  # of the processor; a page takes about ten
_POINTS = 72  # an inch
_DOTS = 200  # an inch, at most


def only_pictures() -> OnlyPictures:
    """Return the error for a PDF in which no text was found."""
    reason = f"it holds no text, only pictures of it; to have its words read: {INSTALL}"
    return OnlyPictures(reason)


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Recognise the words on the pages of a PDF.

    Raises `OnlyPictures` where the extra is not installed, `FileSkipped` for pages without words.
    """
    import pypdfium2

    if not can_recognise():
        raise only_pictures()
    with closing(pypdfium2.PdfDocument(content)) as document:
        return parse_pictures(_pictures(document), len(document))


def _pictures(document: object) -> Iterator[tuple["np.ndarray", float, float]]:
    """Yield each page as dots, with its width and height in points, as long as there is time."""
    import numpy as np

    began = time.process_time()
    for page in document:  # type: ignore[attr-defined]
        if time.process_time() - began > _MOST_SECONDS:
            return
        width, height = page.get_size()
        scale = min(_DOTS / _POINTS, MAX_SIDE / max(width, height, 1.0))
        bitmap = page.render(scale=scale, rev_byteorder=True)
        yield np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]), width, height
        page.close()


FORMAT = Format("scan", lambda content, suffix: False, parse, memory=MEMORY, patience=20)
"""No file is taken for one at once: it is a PDF in which no text was found."""
