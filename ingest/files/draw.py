"""Draw the pages of a kept file, a PDF or a picture, as pictures of a bounded size."""

import io
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

MAX_DOTS = 8_000_000  # of a drawn page; a larger one is drawn smaller
MAX_SIDE = 10_000  # dots
_QUALITY = 88  # of a JPEG
_WHITE = 250  # of 255, and more
_BLANK = 0.5  # of a page of text is white, at least
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")


class Drawn(NamedTuple):
    """A drawn page: its media type and its bytes."""

    media_type: str
    content: bytes


class Sheets(Protocol):
    """The pages of an open file."""

    def draw(self, number: int, width: int) -> Any:
        """Return a page, counted from 1, as a picture of Pillow about so many dots wide."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def can_be_drawn(head: bytes) -> bool:
    """Return whether the first kilobyte of a file is that of a PDF or a picture.

    >>> can_be_drawn(b"%PDF-1.7"), can_be_drawn(b"PK")
    (True, False)
    """
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return b"%PDF-" in head[:1024] or is_webp or head.startswith(_STARTS)


def open_sheets(file: Path) -> Sheets:
    """Open a file to draw its pages; raise what its library raises for a damaged one."""
    with file.open("rb") as opened:
        head = opened.read(1024)
    return _Pdf(file) if b"%PDF-" in head else _Picture(file)


def scale_for(width: float, height: float, wanted: int) -> float:
    """Return dots a point for a page of a size in points, and `wanted` dots wide where that can be.

    >>> scale_for(600, 800, 900), round(scale_for(100, 1_000_000, 900), 3)
    (1.5, 0.01)
    """
    width, height = max(width, 1.0), max(height, 1.0)
    by_dots: float = (MAX_DOTS / (width * height)) ** 0.5
    return min(wanted / width, by_dots, MAX_SIDE / max(width, height))


def encode(image: Any) -> Drawn:
    """Return a picture as the smaller and quicker of two forms.

    A page in black and white is a sharp and small PNG; colours, photographs and scans are a JPEG
    with all of its colours' detail.
    """
    buffer = io.BytesIO()
    gray = image if image.mode == "L" else _as_gray(image)
    if gray is not None:
        if sum(gray.histogram()[_WHITE:]) >= _BLANK * gray.width * gray.height:
            gray.save(buffer, "PNG", compress_level=1)
            return Drawn("image/png", buffer.getvalue())
        image = gray
    image.save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
    return Drawn("image/jpeg", buffer.getvalue())


def _as_gray(image: Any) -> Any:
    """Return a picture without its channels where all are equal, else None."""
    from PIL import ImageChops

    red, green, blue = image.split()
    for other in (green, blue):
        if ImageChops.difference(red, other).getbbox() is not None:
            return None
    return red


class _Pdf:
    """A PDF; PDFium reads of the file what a page needs."""

    def __init__(self, file: Path) -> None:
        import pypdfium2

        self._document = pypdfium2.PdfDocument(file)
        with suppress(Exception):  # a broken form costs its fields
            self._document.init_forms()

    def draw(self, number: int, width: int) -> Any:
        with closing(self._document[number - 1]) as page:
            across, down = page.get_size()
            scale = scale_for(across, down, width)
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            image = bitmap.to_pil().convert("RGB")  # a copy, so that the bitmap can go
            bitmap.close()
        return image

    def close(self) -> None:
        self._document.close()


class _Picture:
    """A picture, or the pictures of a TIFF, each a page."""

    def __init__(self, file: Path) -> None:
        from PIL import Image

        with _quiet():
            self._image = Image.open(file)

    def draw(self, number: int, width: int) -> Any:
        from PIL import Image, ImageOps

        with _quiet():
            self._image.seek(number - 1)
            scale = min(1.0, scale_for(*self._image.size, width))
            self._image.draft(
                "RGB", _scaled(self._image.size, scale)
            )  # a JPEG is decoded no larger than needed
            image = ImageOps.exif_transpose(self._image.copy())
        scale = min(1.0, scale_for(*image.size, width))
        image.thumbnail(_scaled(image.size, scale))
        if "A" in image.getbands() or "transparency" in image.info:
            layers = image.convert("RGBA")
            image = Image.new("RGBA", layers.size, "white")
            image.alpha_composite(layers)
        return image.convert("RGB")

    def close(self) -> None:
        self._image.close()


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
