"""What is held of shown documents: drawn pages within a budget, and only as long as it is true."""

import asyncio
from pathlib import Path

import pytest
from paged import ID, SENTENCES, paged_system

from inquote.app.service import pages as module
from inquote.app.service.pages import (
    WIDTHS,
    NoSuchPage,
    NotDrawable,
    PageImages,
    PictureCache,
)
from inquote.app.system import PagedDocument
from inquote.ingest.files.draw import Drawn
from inquote.ingest.files.renderer import PageNotDrawn


class FakeRenderer:
    def __init__(self) -> None:
        self.drawn: list[tuple[int, int]] = []

    def warm_up(self) -> None: ...

    def close(self) -> None: ...

    def draw(self, file: Path, number: int, width: int) -> Drawn:
        self.drawn.append((number, width))
        if number == 13:
            raise PageNotDrawn(number, "it is damaged")
        return Drawn("image/png", b"x" * 100)


class Shelf:
    """A library of one document that counts how often it is read."""

    def __init__(self, folder: Path) -> None:
        self.system = paged_system(folder)
        self.generation, self.loads = 1, 0

    async def load(self, id: str, sha256: str) -> tuple[int, PagedDocument]:
        self.loads += 1
        return self.generation, self.system.paged(id)

    async def current(self) -> int:
        return self.generation


async def stays() -> bool:
    return False


async def leaves() -> bool:
    return True


def make(folder: Path) -> tuple[Shelf, FakeRenderer, PageImages]:
    shelf, renderer = Shelf(folder), FakeRenderer()
    return shelf, renderer, PageImages(shelf.load, shelf.current, renderer)  # type: ignore[arg-type]


def test_drawn_pages_are_held_up_to_a_budget_and_the_longest_unused_go_first() -> None:
    cache = PictureCache(2_000)
    for name in ("a", "b"):
        cache.put(name, Drawn("image/png", b"x" * 400))
    assert cache.get("a") is not None
    cache.put("c", Drawn("image/png", b"x" * 400))
    assert (cache.get("a") is None, cache.get("b") is None) == (False, True)
    assert cache.size == 1_800
    cache.put("d", Drawn("image/png", b"x" * 5_000))
    assert (cache.size, cache.get("a")) == (0, None)


def test_a_page_is_drawn_once_at_the_next_of_the_widths(tmp_path: Path) -> None:
    async def run() -> None:
        _, renderer, images = make(tmp_path)
        shown = await images.show(ID, "")
        for width in (1, 481, 720, 99_999):
            drawn = await images.picture(shown, 2, width, stays)
            assert drawn is not None
        assert renderer.drawn == [(2, WIDTHS[0]), (2, WIDTHS[1]), (2, WIDTHS[-1])]

    asyncio.run(run())


def test_a_page_that_nobody_waits_for_is_not_drawn(tmp_path: Path) -> None:
    async def run() -> None:
        _, renderer, images = make(tmp_path)
        shown = await images.show(ID, "")
        assert await images.picture(shown, 2, 480, leaves) is None
        assert renderer.drawn == []

    asyncio.run(run())


def test_a_page_that_cannot_be_drawn_is_tried_once(tmp_path: Path) -> None:
    async def run() -> None:
        _, renderer, images = make(tmp_path)
        shown = await images.show(ID, "")
        for _ in range(2):
            with pytest.raises(PageNotDrawn, match="Page 13 cannot be drawn"):
                await images.picture(shown, 13, 480, stays)
        for number in (0, 41):
            with pytest.raises(NoSuchPage, match="it has 40"):
                await images.picture(shown, number, 480, stays)
        assert renderer.drawn == [(13, 480)]

    asyncio.run(run())


def test_a_document_is_read_again_when_the_library_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        shelf, _, images = make(tmp_path)
        await images.show(ID, "")
        await images.show(ID, "")
        assert shelf.loads == 1
        monkeypatch.setattr(module, "_FRESH", -1.0)
        await images.show(ID, "")
        assert shelf.loads == 1
        shelf.generation = 2
        await images.show(ID, "")
        assert shelf.loads == 2

    asyncio.run(run())


def test_a_file_that_is_gone_or_of_another_kind_is_not_shown(tmp_path: Path) -> None:
    async def run() -> None:
        shelf, _, images = make(tmp_path)
        document = shelf.system.document(ID)
        assert await images.can_show(document)
        (tmp_path / "kept").write_bytes(b"PK\3\4")
        images = PageImages(shelf.load, shelf.current, FakeRenderer())  # type: ignore[arg-type]
        assert not await images.can_show(document)
        shelf.system.file = None
        with pytest.raises(NotDrawable, match="its text is there"):
            await images.show(ID, "")

    asyncio.run(run())


def test_a_range_has_its_rectangles_on_its_pages(tmp_path: Path) -> None:
    async def run() -> None:
        _, _, images = make(tmp_path)
        shown = await images.show(ID, "")
        text = shown.document.text
        start = text.index(SENTENCES[0])
        end = text.index(SENTENCES[1]) + 8
        places = shown.rectangles(start, end)
        assert sorted(places) == [1, 2]
        left, top, right, bottom = places[1][0]
        assert (left, 792 - bottom < 690 < 792 - top) == (pytest.approx(72, abs=1), True)
        assert right == pytest.approx(72 + 116, abs=6)

    asyncio.run(run())
