"""Serve what the page and programs fetch: answers, the document pane, the page's files."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from inquote import __version__
from inquote.app.chat.citing import ADDRESS, quote_html, quote_text, reference_of
from inquote.app.chat.document_pane import Body, document_html, documents_html, notice_html
from inquote.app.chat.ranges import Mark
from inquote.app.service.service import DocumentChanged, Service
from inquote.app.web.api_errors import answer_error, answer_malformed
from inquote.app.web.docs_page import docs_html
from inquote.app.web.page_files import page_file_response
from inquote.ingest.errors import InquoteError

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#f8cf4a"/>'
    '<path d="M8 21v-5q0-6 6-7v3q-3 1-3 4h3v5zm10 0v-5q0-6 6-7v3q-3 1-3 4h3v5z" fill="#1f1d1a"/>'
    "</svg>"
)


def bare_api() -> FastAPI:
    """Make an application without endpoints; its errors are one sentence each."""
    api = FastAPI(
        title="inquote",
        version=__version__,
        description="Ask a text a question; get the text's own words back.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "."}],  # relative to this description, wherever a proxy offers it
    )
    api.add_exception_handler(RequestValidationError, answer_malformed)
    api.add_exception_handler(HTTPException, answer_malformed)
    api.add_exception_handler(Exception, answer_error)
    api.add_exception_handler(InquoteError, answer_error)
    return api


def create_api(service: Service) -> FastAPI:
    """Make the application with its own endpoints; the page is mounted on it later."""
    api = bare_api()

    @api.get("/api/pane", response_class=HTMLResponse, include_in_schema=False)
    async def pane(
        document: str = "",
        sha256: str = "",
        mark: Annotated[tuple[str, ...], Query(max_length=64)] = (),
        view: str = "text",
    ) -> HTMLResponse:
        return await _pane(service, document, sha256, mark, view)

    @api.get("/api/passage", include_in_schema=False)
    async def passage(
        document: str, start: int, end: int, sha256: str = "", address: str = ""
    ) -> JSONResponse:
        return await _passage(service, document, sha256, (start, end), address)

    @api.get("/page/{name}", include_in_schema=False)
    async def page_file(name: str, request: Request) -> Response:
        return page_file_response(name, request.headers.get("if-none-match", ""))

    @api.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        return Response(ICON, media_type="image/svg+xml")

    @api.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> str:
        return docs_html(api.openapi())

    return api


async def _pane(
    service: Service, id: str, sha256: str, marks: Sequence[str], view: str
) -> HTMLResponse:
    """Return the document pane; what cannot be shown is a sentence inside it.

    Without an `id`, that is the only document of the library, or the list of them. The `view`
    "page" leaves the text out where there are pages to be shown instead.
    """
    try:
        if not id:
            infos = await service.documents()
            if len(infos) != 1:
                service.pages.warm_up()
                return HTMLResponse(documents_html([(info.id, info.title) for info in infos]))
            id = infos[0].id
        document = await service.document(id, sha256)
        ranges = list(map(_mark, marks))
        has_pages = await service.pages.can_show(document)
        body: Body = "text"
        if has_pages:
            body = "pages" if view == "page" else "both"
        notes = (await service.notes()).get(id)
        html = await asyncio.to_thread(document_html, document, ranges, body, notes)
        return HTMLResponse(html)
    except ValueError:
        return HTMLResponse(notice_html("That place is not in the document."), 400)
    except DocumentChanged as error:
        return HTMLResponse(notice_html(str(error)), 410)
    except InquoteError as error:
        return HTMLResponse(notice_html(str(error)), 503)


async def _passage(
    service: Service, id: str, sha256: str, place: tuple[int, int], address: str
) -> JSONResponse:
    """Return a passage with its citation, as text and as HTML; `address` opens it."""
    document = await service.document(id, sha256)
    try:
        reference = reference_of(document, *place)
    except ValueError:
        return JSONResponse({"error": "That place is not in the document."}, 400)
    known = address if ADDRESS.fullmatch(address) else ""
    return JSONResponse(
        {"text": quote_text(reference, known), "html": quote_html(reference, known)}
    )


def _mark(text: str) -> Mark:
    """Read a mark written "number:start-end"; `ValueError` for any other form."""
    number, _, place = text.partition(":")
    start, _, end = place.partition("-")
    return Mark(int(number), int(start), int(end))
