"""Show the pages of documents as they look, with the places of their words.

What is needed of the documents that were shown last is held here, for a person who scrolls should
not wait for the thread that answers. Drawn pages are held in memory alone, and never leave it.
"""

import asyncio
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inquote.ingest.documents import Document, Page
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.draw import Drawn, can_be_drawn
from inquote.ingest.files.renderer import PageNotDrawn, Renderer
from inquote.ingest.layout.boxes import Places, Rectangle, page_lines

if TYPE_CHECKING:
    from inquote.app.system import PagedDocument

WIDTHS = (480, 720, 1080, 1620, 2430)  # dots of a drawn page
CACHE_BYTES = 48 * 1024 * 1024  # of drawn pages
_HELD = 3  # documents
_FRESH = 5.0  # seconds after which it is seen whether a held document is still in the library


class NoSuchPage(InquoteError):
    """The document has no such page."""


class NotDrawable(InquoteError):
    """The document has no pages that can be drawn; its text can be read."""


@dataclass
class ShownDocument:
    """A document whose pages are shown, as it is in a generation; `file` holds its pages."""

    document: Document
    pages: tuple[Page, ...]
    file: Path
    generation: int
    checked: float  # the loop's time at which that was the current generation
    _places: Places | None = None

    def page(self, number: int) -> Page:
        """Return a page, counted from 1; raise `NoSuchPage`."""
        if not 1 <= number <= len(self.pages):
            raise NoSuchPage(f"The document has no page {number}; it has {len(self.pages)}.")
        return self.pages[number - 1]

    def rectangles(self, start: int, end: int) -> dict[int, list[Rectangle]]:
        """Return the rectangles of a range of the text, by the number of the page."""
        if self._places is None:
            self._places = Places(self.pages)
        return self._places.of(start, end)

    def lines(self, number: int) -> list[dict[str, Any]]:
        """Return the lines of a page with their words; see `page_lines`."""
        return page_lines(self.page(number), self.document.text)


class PictureCache:
    """Drawn pages, and the reasons why some were not, up to a number of bytes.

    Those that were used least recently go first.
    """

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self.limit = limit
        self.size = 0  # bytes
        self._entries: OrderedDict[Any, Drawn | PageNotDrawn] = OrderedDict()

    def get(self, key: Any) -> Drawn | PageNotDrawn | None:
        """Return what is held under a key, None for nothing."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: Any, drawn: Drawn | PageNotDrawn) -> None:
        """Hold a drawn page under a new key, and drop others where there are too many bytes."""
        self._entries[key] = drawn
        self.size += _size(drawn)
        while self.size > self.limit:
            self.size -= _size(self._entries.popitem(last=False)[1])


def _size(drawn: Drawn | PageNotDrawn) -> int:
    """Return about how many bytes an entry takes."""
    return 500 + (len(drawn.content) if isinstance(drawn, Drawn) else 0)


class PageImages:
    """The pages of the documents of a service; all calls come from one event loop.

    `load` returns a generation and a document of it, `current` the number of the newest one;
    `viewer` tells apart for whom they differ.
    """

    def __init__(
        self,
        load: "Callable[[str, str], Awaitable[tuple[int, PagedDocument]]]",
        current: Callable[[], Awaitable[int]],
        renderer: Renderer | None = None,
        cache: PictureCache | None = None,
        viewer: Callable[[], Hashable] = lambda: None,
    ) -> None:
        self._load = load
        self._current = current
        self._renderer = renderer or Renderer()
        self._cache = cache or PictureCache()
        self._viewer = viewer
        self._shown: OrderedDict[Hashable, ShownDocument] = OrderedDict()
        self._turn = asyncio.Lock()  # the renderer draws a page at a time
        self._warming: asyncio.Future[None] | None = None

    async def show(self, id: str, sha256: str) -> ShownDocument:
        """Return a document that can be shown.

        Raises `NotDrawable`, and what loading it raises: `DocumentChanged` where it is not the
        cited one.
        """
        key, now = (self._viewer(), id, sha256), asyncio.get_running_loop().time()
        shown = self._shown.get(key)
        if shown is not None and now - shown.checked > _FRESH:
            shown.checked = now
            if await self._current() != shown.generation:
                shown = None
        if shown is None:
            self._shown.pop(key, None)
            generation, paged = await self._load(id, sha256)
            file = await asyncio.to_thread(_drawable_file, paged)
            shown = ShownDocument(paged.document, paged.pages, file, generation, now)
            self._shown[key] = shown
            if len(self._shown) > _HELD:
                self._shown.popitem(last=False)
        if key in self._shown:
            self._shown.move_to_end(key)
        return shown

    async def can_show(self, document: Document) -> bool:
        """Return whether the pages of a document can be shown, and get ready to show them."""
        if not document.pages:
            return False
        try:
            await self.show(document.id, document.sha256)
        except InquoteError:
            return False
        self.warm_up()
        return True

    def warm_up(self) -> None:
        """Start the process that draws, if it does not run; nobody waits for it."""
        if self._warming is None or self._warming.done():
            self._warming = asyncio.ensure_future(asyncio.to_thread(self._renderer.warm_up))

    async def picture(
        self,
        shown: ShownDocument,
        number: int,
        width: int,
        is_left: Callable[[], Awaitable[bool]],
    ) -> Drawn | None:
        """Return a page, drawn at least `width` dots wide where `WIDTHS` has such a width.

        None where `is_left` says that nobody waits for it any more when its turn comes. Raises
        `NoSuchPage` and `PageNotDrawn`.
        """
        shown.page(number)
        width = WIDTHS[min(bisect_left(WIDTHS, width), len(WIDTHS) - 1)]
        key = (shown.file, number, width)
        drawn = self._cache.get(key)
        if drawn is None:
            async with self._turn:
                drawn = self._cache.get(key)  # somebody else may have waited for it
                if drawn is None and await is_left():
                    return None
                if drawn is None:
                    drawn = await asyncio.to_thread(self._draw, *key)
                    self._cache.put(key, drawn)
        if isinstance(drawn, PageNotDrawn):
            raise drawn
        return drawn

    def _draw(self, file: Path, number: int, width: int) -> Drawn | PageNotDrawn:
        try:
            return self._renderer.draw(file, number, width)
        except PageNotDrawn as error:
            return error

    def close(self) -> None:
        """End the process that draws."""
        self._renderer.close()


def _drawable_file(paged: "PagedDocument") -> Path:
    """Return the file that a document's pages are drawn from; raise `NotDrawable`."""
    if paged.file is not None and any(page.width for page in paged.pages):
        try:
            with paged.file.open("rb") as opened:
                if can_be_drawn(opened.read(1024)):
                    return paged.file
        except OSError:
            pass
    raise NotDrawable(f"The pages of {paged.document.id} cannot be shown; its text is there.")
