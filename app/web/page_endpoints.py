"""Serve the pages of documents as they look: their sizes, pictures, words, and marked places."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from inquote.app.service.pages import NoSuchPage, NotDrawable, ShownDocument
from inquote.app.service.service import DocumentChanged, Service, explain
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.renderer import PageNotDrawn

MAX_MARKS = 200  # of a request
_STATUS = {DocumentChanged: 410, NotDrawable: 404, NoSuchPage: 404, PageNotDrawn: 422}
_NO_PLACE = "That place is not in the document."

Marks = Annotated[tuple[str, ...], Query(max_length=MAX_MARKS)]


def page_routes(service: Service) -> APIRouter:
    """Make the endpoints; each takes a `document` and the `sha256` of its text."""
    router = APIRouter(prefix="/api/pages", include_in_schema=False)

    @router.get("")
    async def sizes(document: str = "", sha256: str = "") -> Response:
        return await _answer(service, document, sha256, _sizes)

    @router.get("/boxes")
    async def boxes(document: str = "", sha256: str = "", mark: Marks = ()) -> Response:
        async def answer(shown: ShownDocument) -> Response:
            return await _boxes(shown, mark)

        return await _answer(service, document, sha256, answer)

    @router.get("/words")
    async def words(document: str = "", sha256: str = "", page: str = "") -> Response:
        async def answer(shown: ShownDocument) -> Response:
            return _json({"lines": await asyncio.to_thread(shown.lines, _number(page))})

        return await _answer(service, document, sha256, answer)

    @router.get("/picture")
    async def picture(
        request: Request, document: str = "", sha256: str = "", page: str = "", width: str = ""
    ) -> Response:
        async def answer(shown: ShownDocument) -> Response:
            numbers = _number(page), _number(width)
            drawn = await service.pages.picture(shown, *numbers, request.is_disconnected)
            if drawn is None:
                return Response(status_code=204)
            return Response(drawn.content, media_type=drawn.media_type)

        return await _answer(service, document, sha256, answer)

    return router


async def _answer(
    service: Service,
    id: str,
    sha256: str,
    answer: Callable[[ShownDocument], Awaitable[Response]],
) -> Response:
    """Answer about a document, or say in one sentence why that cannot be."""
    try:
        return await answer(await service.pages.show(id, sha256))
    except ValueError:
        return JSONResponse({"error": _NO_PLACE}, 400)
    except InquoteError as error:
        return JSONResponse({"error": explain(error)}, _STATUS.get(type(error), 503))


async def _sizes(shown: ShownDocument) -> Response:
    """Return the label, width, height and first offset of each page."""
    pages = [(page.label, page.width, page.height, page.start) for page in shown.pages]
    return _json({"pages": pages})


async def _boxes(shown: ShownDocument, marks: Sequence[str]) -> Response:
    """Return the rectangles of ranges that are written "number:start-end", by page."""
    places = []
    for mark in marks:
        number, _, range_ = mark.partition(":")
        start, end = map(_number, range_.split("-", 1))
        if not start < end <= len(shown.document.text):
            raise ValueError(mark)
        rectangles = await asyncio.to_thread(shown.rectangles, start, end)
        for page, boxes in rectangles.items():
            places.append({"number": _number(number), "page": page, "boxes": boxes})
    return _json({"marks": places})


def _number(text: str) -> int:
    """Read a number of at most nine digits; `ValueError` for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(text[:20])
    return int(text)


def _json(value: Any) -> Response:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(content, media_type="application/json")
