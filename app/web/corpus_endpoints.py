"""Serve the corpus drawer: its content and, where the server may write, the changes it asks for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from inquote.app.chat.corpus_list import View, places
from inquote.app.chat.drawer import drawer_html, held_html
from inquote.app.service.conflicts import Choice, Namesake
from inquote.app.service.job import Job
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service, explain
from inquote.app.service.uploads import UploadError
from inquote.app.web.bodies import BodyError, parse_json
from inquote.app.web.rights import READ_ONLY, permitted, receive_files
from inquote.index.stores.base import DocumentInfo
from inquote.index.updating.titles import clean_title
from inquote.ingest.errors import InquoteError, LibraryBusy, LibraryMissing
from inquote.ingest.text import encodable

NO_JOB = {"running": False}

Change = Literal[
    "demonstration", "remove", "rename", "undo", "compare", "stop", "settle", "dismiss"
]
Part = Annotated[int, Query(ge=0, le=1_000_000)]
Begun = Job | dict[str, Any] | None


def corpus_routes(
    service: Service, jobs: LibraryJobs | None, has_people: bool = False
) -> APIRouter:
    """Make the drawer's endpoints; without `jobs` they answer every change with 403.

    Where the server `has_people`, they do so for all who may not change the corpus, and tell them
    nothing of the jobs.
    """
    router = APIRouter(prefix="/api/corpus", include_in_schema=False)

    @router.get("", response_class=HTMLResponse)
    async def drawer(
        find: str = "", folder: str = "", order: str = "name", part: Part = 0
    ) -> HTMLResponse:
        own, view = own_jobs(), View(find, folder, order, part)
        job = own.latest if own else None
        shown: dict[str, Any] = {
            "writable": own is not None,
            "view": view,
            "notes": await _notes(service),
        }
        return HTMLResponse(
            await asyncio.to_thread(drawer_html, await _documents(service), job, **shown)
        )

    @router.get("/places")
    async def offer_places(find: str = "") -> JSONResponse:
        return JSONResponse(
            {"places": await asyncio.to_thread(places, await _documents(service), find)}
        )

    def own_jobs() -> LibraryJobs | None:
        return permitted(jobs, has_people)

    @router.get("/work")
    async def latest_job() -> JSONResponse:
        own = own_jobs()
        return JSONResponse(own.latest.as_json() if own and own.latest else NO_JOB)

    @router.post("/files")
    async def take_files(request: Request, check: bool = False) -> JSONResponse:
        return await _begin(own_jobs(), lambda jobs: _take_files(jobs, request, check))

    @router.post("/{change}")
    async def change_library(change: Change, request: Request) -> JSONResponse:
        return await _begin(own_jobs(), lambda jobs: _change_library(jobs, change, request))

    return router


async def _documents(service: Service) -> list[DocumentInfo]:
    """List the documents; none where there is no library yet."""
    try:
        return await service.documents()
    except LibraryMissing:
        return []


async def _notes(service: Service) -> Mapping[str, Mapping[str, str]]:
    """Return what is to be known of the documents, by id; nothing where there is no library yet."""
    try:
        return await service.notes()
    except LibraryMissing:
        return {}


async def _begin(
    jobs: LibraryJobs | None, begin: Callable[[LibraryJobs], Awaitable[Begun]]
) -> JSONResponse:
    """Begin a job and answer 202 with it, or with the sentence that says why it cannot begin."""
    if jobs is None:
        return JSONResponse({"error": READ_ONLY}, 403)
    try:
        begun = await begin(jobs)
    except LibraryBusy as error:
        return JSONResponse({"error": str(error)}, 409, {"Retry-After": "5"})
    except InquoteError as error:
        return JSONResponse({"error": explain(error)}, 400)
    if isinstance(begun, dict):
        return JSONResponse(begun)
    return JSONResponse(begun.as_json() if begun else NO_JOB, 202)


async def _take_files(jobs: LibraryJobs, request: Request, check: bool) -> Begun:
    """Store the files of a multipart form and begin to ingest them.

    With `check`, files that are there already are held, and the result is what is to be chosen.
    """
    batch = await receive_files(jobs, request)
    if check and not (jobs.latest and jobs.latest.running):
        key, conflicts = await asyncio.to_thread(jobs.hold, batch)
        if key:
            return {"held": key, "html": held_html(key, conflicts)}
    return jobs.take(batch)


async def _change_library(jobs: LibraryJobs, change: Change, request: Request) -> Job | None:
    """Begin a change of the library, or stop the one that goes on."""
    if change == "remove":
        return jobs.remove(*await _document_ids(request))
    if change == "rename":
        title = (await _body(request)).get("title")
        return jobs.rename((await _document_ids(request))[0], clean_title(encodable(title)))
    if change == "demonstration":
        return jobs.take_demonstration()
    if change == "undo":
        return jobs.undo()
    if change == "compare":
        return jobs.compare()
    if change == "settle":
        return jobs.settle(*await _choice(request))
    if change == "dismiss":
        jobs.dismiss()
        return jobs.latest
    jobs.stop()
    return jobs.latest


async def _body(request: Request) -> dict[str, Any]:
    """Read an object from the body; an empty one where there is none."""
    try:
        value = parse_json(await request.body())
    except BodyError:
        return {}
    return value if isinstance(value, dict) else {}


async def _document_ids(request: Request) -> list[str]:
    """Read documents' ids from the body; raises `UploadError` where there are none."""
    body = await _body(request)
    ids = body.get("documents", [body.get("document")])
    is_list = isinstance(ids, list) and ids
    if not is_list or not all(isinstance(id, str) and encodable(id) == id for id in ids):
        raise UploadError('Please name a document: {"document": "..."}.')
    return list(dict.fromkeys(ids))


async def _choice(request: Request) -> tuple[str, Choice | None]:
    """Read from the body which held files are meant, and what becomes of them."""
    body = await _body(request)
    key, namesakes = body.get("held"), body.get("namesakes")
    if not isinstance(key, str):
        raise UploadError("Please name the files that are held.")
    if body.get("drop") is True:
        return key, None
    wanted: Namesake = namesakes if namesakes in ("both", "leave") else "replace"
    return key, Choice(wanted, body.get("takes_copies") is True)
