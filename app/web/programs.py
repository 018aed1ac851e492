"""Serve programs: `/api/v1`, as its OpenAPI description has it, and `POST /api/ask` as before."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from inquote import __version__
from inquote.app import schemas
from inquote.app.service.job import Job
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Busy, DocumentChanged, Service
from inquote.app.web.api_errors import NotDone, NotInLibrary, NotPermitted, described
from inquote.app.web.rights import READ_ONLY, permitted, receive_files
from inquote.app.wire import document_json
from inquote.ingest.documents import Document
from inquote.ingest.text import encodable, printable

REMOVING_SECONDS = 30.0  # that a removal is waited for
LOOK_SECONDS = 0.05  # between two looks at it
STILL_REMOVING: dict[str, Any] = {
    "model": schemas.WorkOut,
    "description": "It is still being removed.",
}
NO_WORK = Job("", "", running=False)
MOST_OFFSET = 2**53  # beyond it JSON's numbers are not exact everywhere
Id = Annotated[str, Path(description="The document's id; a stroke in it may stand as it is.")]
Offset = Annotated[int | None, Query(ge=0, le=MOST_OFFSET, description="Of a range of the text.")]
Sha256 = Annotated[
    str | None,
    Query(description="Of the text that is meant: 409 where the document is another by now."),
]
UPLOAD_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Files; one of a name that is there already replaces it.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "additionalProperties": False,
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


def program_routes(
    service: Service, jobs: LibraryJobs | None, has_people: bool = False
) -> APIRouter:
    """Make the endpoints; without `jobs` they change nothing.

    Where the server `has_people`, each sees what they may see and changes what they may change.
    """
    router = APIRouter()
    _add_reading(router, service)
    _add_library(router, service, jobs, has_people)
    _add_documents(router, service)
    _add_changes(router, service, jobs, has_people)
    return router


def _add_reading(router: APIRouter, service: Service) -> None:
    """Add the endpoints that answer and search."""

    @router.post(
        "/api/v1/ask",
        response_model=schemas.AnswerOut,
        responses=described(404, 413),
        summary="Ask a question",
    )
    @router.post(
        "/api/ask",
        response_model=schemas.AnswerOut,
        responses=described(404, 413),
        summary="Ask a question, as before",
        deprecated=True,
    )
    async def ask(request: schemas.AskRequest) -> dict[str, Any]:
        """Return the object that `inquote ask --json` prints."""
        _check_loaded(service)
        answer = await service.answer(request.question, request.history, request.scope)
        return answer.as_json()

    @router.post(
        "/api/v1/search",
        response_model=schemas.SearchOut,
        responses=described(404, 413),
        summary="List the passages for a query",
    )
    async def search(request: schemas.SearchRequest) -> dict[str, Any]:
        """Return passages as citations, best first; nothing is read in them, none is held back."""
        _check_loaded(service)
        result = await service.retrieve(request.query, request.limit, request.scope)
        return result.as_json()


def _add_library(
    router: APIRouter, service: Service, jobs: LibraryJobs | None, has_people: bool
) -> None:
    """Add the endpoint that says what is answered from."""

    @router.get(
        "/api/v1/library",
        response_model=schemas.LibraryOut,
        responses=described(),
        summary="Say what is answered from",
    )
    async def library() -> dict[str, Any]:
        """Return the generation, and how much the caller may see of it."""
        _check_loaded(service)
        catalogue = await service.catalogue()
        return {
            "version": __version__,
            "generation": catalogue.generation,
            "documents": len(catalogue.documents),
            "passages": catalogue.passages,
            "writable": permitted(jobs, has_people) is not None,
        }


def _add_documents(router: APIRouter, service: Service) -> None:
    """Add the endpoints that show documents."""

    @router.get(
        "/api/v1/documents",
        response_model=schemas.DocumentsOut,
        responses=described(),
        summary="List the documents",
    )
    async def documents() -> Response:
        """Return the documents of one generation, without their texts."""
        _check_loaded(service)
        catalogue = await service.catalogue()
        return await asyncio.to_thread(_listing, catalogue.documents, catalogue.generation)

    @router.get(
        "/api/v1/documents/{id:path}",
        response_model=schemas.DocumentOut,
        responses=described(404, 409),
        summary="Return a document, or a range of it",
    )
    async def document(
        id: Id, start: Offset = None, end: Offset = None, sha256: Sha256 = None
    ) -> Response:
        """Return the text with its blocks, sections and pages.

        With `start` or `end`, that range and what touches it.
        """
        _check_loaded(service)
        document = await _document(service, id)
        if sha256 is not None and sha256 != document.sha256:
            raise DocumentChanged(f"The document {printable(id)} is another by now; ask again.")
        return await asyncio.to_thread(_range, document, start, end)


def _add_changes(
    router: APIRouter, service: Service, jobs: LibraryJobs | None, has_people: bool
) -> None:
    """Add the endpoints that change the library, and the one that says how far a change is."""

    @router.get(
        "/api/v1/work",
        response_model=schemas.WorkOut,
        responses=described(),
        summary="Say how far the latest change is",
    )
    async def work() -> dict[str, Any]:
        """Return the change that runs, or ran last, with what it did."""
        return _work(_own_jobs(jobs, has_people).latest)

    @router.post(
        "/api/v1/documents",
        response_model=schemas.WorkOut,
        status_code=202,
        responses=described(409, 413),
        openapi_extra=UPLOAD_FORM,
        summary="Take files in",
    )
    async def take(request: Request) -> dict[str, Any]:
        """Begin to ingest files; `GET /api/v1/work` says when it is done, and what was skipped."""
        own = _own_jobs(jobs, has_people)
        return _work(own.take(await receive_files(own, request)))

    @router.delete(
        "/api/v1/documents/{id:path}",
        response_model=schemas.WorkOut,
        responses={202: STILL_REMOVING, **described(404, 409)},
        summary="Remove a document",
    )
    async def remove(id: Id, response: Response) -> dict[str, Any]:
        """Take a document out of the library, and return what that did.

        Where it takes longer than half a minute, 202 says so, and `GET /api/v1/work` has the rest.
        """
        own = _own_jobs(jobs, has_people)
        _check_loaded(service)
        await _document(service, id)
        job = own.remove(encodable(id))
        if not await _is_over(job, REMOVING_SECONDS):
            response.status_code = 202
        if job.problem:
            raise NotDone(job.problem)
        return _work(job)


def _own_jobs(jobs: LibraryJobs | None, has_people: bool) -> LibraryJobs:
    """Return the jobs for who may change the library; raise `NotPermitted` for others."""
    own = permitted(jobs, has_people)
    if own is None:
        raise NotPermitted(READ_ONLY)
    return own


async def _is_over(job: Job, seconds: float) -> bool:
    """Wait for the end of a job; False where it takes longer."""
    end = asyncio.get_running_loop().time() + seconds
    while job.running and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(LOOK_SECONDS)
    return not job.running


def _check_loaded(service: Service) -> None:
    """Raise `Busy` while the models are loaded for the first time."""
    if service.loading:
        raise Busy("The models are still loading; please try again in a moment.")


async def _document(service: Service, id: str) -> Document:
    try:
        return await service.document(encodable(id))
    except DocumentChanged:
        raise NotInLibrary(
            f"There is no document {printable(id)}; GET /api/v1/documents lists them."
        ) from None


def _listing(documents: Any, generation: int) -> Response:
    listed = [asdict(info) for info in documents]
    return _json({"documents": listed, "generation": generation})


def _range(document: Document, start: int | None, end: int | None) -> Response:
    return _json(document_json(document, start, end))


def _work(job: Job | None) -> dict[str, Any]:
    job = job or NO_WORK
    report = job.report.as_json() if job.report and not job.running else None
    return {**job.as_json(), "problem": job.problem, "report": report}


def _json(value: Any) -> Response:
    """Write JSON; long ones are written in another thread than the server's."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(content, media_type="application/json")
