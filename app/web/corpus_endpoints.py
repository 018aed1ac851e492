"""The endpoints of the corpus drawer: what the library holds and, where the server may write, how it is changed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from inquote.app.chat.drawer import drawer_html
from inquote.app.service.jobs import Job, LibraryJobs
from inquote.app.service.service import Service, explain
from inquote.app.service.uploads import MOST_FILES, UploadError
from inquote.ingest.errors import InquoteError, LibraryBusy, LibraryMissing

READ_ONLY = "This server is read-only: files are neither taken in nor removed here."


Change = Literal["remove", "undo", "compare", "stop"]


def corpus_routes(service: Service, keeper: LibraryJobs | None) -> APIRouter:
    """The drawer's endpoints; without a `keeper` whatever would change the library is answered with 403."""
    router = APIRouter(prefix="/api/corpus", include_in_schema=False)

    @router.get("", response_class=HTMLResponse)
    async def corpus(find: str = "") -> HTMLResponse:
        work = keeper.work if keeper else None
        try:
            documents = await service.documents()
        except LibraryMissing:
            documents = []
        return HTMLResponse(
            await asyncio.to_thread(
                drawer_html, documents, work, writable=keeper is not None, find=find
            )
        )

    @router.get("/work")
    async def work() -> JSONResponse:
        return JSONResponse(keeper.work.as_json() if keeper and keeper.work else {"running": False})

    @router.post("/files")
    async def files(request: Request) -> JSONResponse:
        return await _begun(keeper, lambda keeper: _taken(keeper, request))

    @router.post("/{what}")
    async def change(what: Change, request: Request) -> JSONResponse:
        return await _begun(keeper, lambda keeper: _changed(keeper, what, request))

    return router


async def _begun(
    keeper: LibraryJobs | None, begin: Callable[[LibraryJobs], Awaitable[Job | None]]
) -> JSONResponse:
    """202 with the work that was begun, or the sentence that says why none was."""
    if keeper is None:
        return JSONResponse({"error": READ_ONLY}, 403)
    try:
        work = await begin(keeper)
    except LibraryBusy as error:
        return JSONResponse({"error": str(error)}, 409, {"Retry-After": "5"})
    except InquoteError as error:
        return JSONResponse({"error": explain(error)}, 400)
    return JSONResponse(work.as_json() if work else {"running": False}, 202)


async def _taken(keeper: LibraryJobs, request: Request) -> Job:
    """Store the files of a multipart form and begin to ingest them."""
    try:
        async with request.form(max_files=MOST_FILES, max_fields=0) as form:
            parts = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
            sent = [
                ((part.filename or "").replace("%22", '"'), part.file) for part in parts
            ]  # browsers escape quotes
            batch = await asyncio.to_thread(keeper.uploads.receive, sent)
    except HTTPException as error:
        raise UploadError(
            f"The files did not come whole, or are more than {MOST_FILES:,}; for many, run inquote ingest FOLDER."
        ) from error
    return keeper.take(batch)


async def _changed(keeper: LibraryJobs, what: Change, request: Request) -> Job | None:
    """Remove the document that the body names, undo that, compare answers, or stop what goes on."""
    if what == "remove":
        return keeper.remove(await _document(request))
    if what == "stop":
        keeper.stop()
        return keeper.work
    return {"undo": keeper.undo, "compare": keeper.compare}[what]()


async def _document(request: Request) -> str:
    try:
        found: Any = (await request.json())["document"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, str):
        raise UploadError('Please name a document: {"document": "..."}.')
    return found
