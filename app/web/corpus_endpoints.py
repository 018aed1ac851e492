"""Serve the corpus drawer: its content and, where the server may write, the changes it asks for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from inquote.app.chat.corpus_list import View, places
from inquote.app.chat.drawer import drawer_html
from inquote.app.service.jobs import Job, LibraryJobs
from inquote.app.service.service import Service, explain
from inquote.app.service.uploads import MAX_UPLOAD_FILES, UploadError
from inquote.app.service.viewer import viewer
from inquote.app.web.bodies import BodyError, parse_json
from inquote.index.stores.base import DocumentInfo
from inquote.ingest.errors import InquoteError, LibraryBusy, LibraryMissing
from inquote.ingest.text import encodable

READ_ONLY = "This server is read-only: files are neither taken in nor removed here."
NO_JOB = {"running": False}

Change = Literal["demonstration", "remove", "undo", "compare", "stop"]


def corpus_routes(
    service: Service, jobs: LibraryJobs | None, has_people: bool = False
) -> APIRouter:
    """Make the drawer's endpoints; without `jobs` they answer every change with 403.

    Where the server `has_people`, they do so for all who may not change the corpus, and tell them
    nothing of the jobs.
    """
    router = APIRouter(prefix="/api/corpus", include_in_schema=False)

    @router.get("", response_class=HTMLResponse)
    async def drawer(find: str = "", folder: str = "", order: str = "name") -> HTMLResponse:
        own, view = own_jobs(), View(find, folder, order)
        job = own.latest if own else None
        html = await asyncio.to_thread(
            drawer_html, await documents(), job, writable=own is not None, view=view
        )
        return HTMLResponse(html)

    @router.get("/places")
    async def offer_places(find: str = "") -> JSONResponse:
        return JSONResponse({"places": await asyncio.to_thread(places, await documents(), find)})

    def own_jobs() -> LibraryJobs | None:
        """Return the jobs where the person of this request may change the corpus."""
        return jobs if not has_people or viewer().changes else None

    async def documents() -> list[DocumentInfo]:
        try:
            return await service.documents()
        except LibraryMissing:
            return []

    @router.get("/work")
    async def latest_job() -> JSONResponse:
        own = own_jobs()
        return JSONResponse(own.latest.as_json() if own and own.latest else NO_JOB)

    @router.post("/files")
    async def take_files(request: Request) -> JSONResponse:
        return await _begin(own_jobs(), lambda jobs: _take_files(jobs, request))

    @router.post("/{change}")
    async def change_library(change: Change, request: Request) -> JSONResponse:
        return await _begin(own_jobs(), lambda jobs: _change_library(jobs, change, request))

    return router


async def _begin(
    jobs: LibraryJobs | None, begin: Callable[[LibraryJobs], Awaitable[Job | None]]
) -> JSONResponse:
    """Begin a job and answer 202 with it, or with the sentence that says why it cannot begin."""
    if jobs is None:
        return JSONResponse({"error": READ_ONLY}, 403)
    try:
        job = await begin(jobs)
    except LibraryBusy as error:
        return JSONResponse({"error": str(error)}, 409, {"Retry-After": "5"})
    except InquoteError as error:
        return JSONResponse({"error": explain(error)}, 400)
    return JSONResponse(job.as_json() if job else NO_JOB, 202)


async def _take_files(jobs: LibraryJobs, request: Request) -> Job:
    """Store the files of a multipart form and begin to ingest them."""
    try:
        async with request.form(max_files=MAX_UPLOAD_FILES, max_fields=0) as form:
            files = []
            for part in form.getlist("files"):
                if isinstance(part, UploadFile):
                    name = (part.filename or "").replace("%22", '"')  # browsers escape quotes
                    files.append((name, part.file))
            batch = await asyncio.to_thread(jobs.uploads.receive, files)
    except HTTPException as error:
        raise UploadError(
            f"The files did not come whole, or are more than {MAX_UPLOAD_FILES:,}; "
            "for many, run inquote ingest FOLDER."
        ) from error
    return jobs.take(batch)


async def _change_library(jobs: LibraryJobs, change: Change, request: Request) -> Job | None:
    """Begin a change of the library, or stop the one that goes on."""
    if change == "remove":
        return jobs.remove(await _document_id(request))
    if change == "demonstration":
        return jobs.take_demonstration()
    if change == "undo":
        return jobs.undo()
    if change == "compare":
        return jobs.compare()
    jobs.stop()
    return jobs.latest


async def _document_id(request: Request) -> str:
    """Read the document's id from the body; raises `UploadError` where there is none."""
    try:
        id = parse_json(await request.body())["document"]
    except (BodyError, KeyError, TypeError):
        id = None
    if not isinstance(id, str) or encodable(id) != id:
        raise UploadError('Please name a document: {"document": "..."}.')
    return id
