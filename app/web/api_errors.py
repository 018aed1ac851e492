"""Answer errors of the endpoints with a status and one sentence, and describe them."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from inquote.app.answering.scope import ScopeError
from inquote.app.chat.feedback import FeedbackError
from inquote.app.schemas import ErrorOut
from inquote.app.service.service import DocumentChanged, explain
from inquote.app.service.uploads import UploadError
from inquote.app.web.routes import form_sentence, route_of
from inquote.app.wire import NoSuchRange
from inquote.ingest.errors import InquoteError, LibraryBusy, QuestionError

CLIENT_ERRORS = (QuestionError, FeedbackError)  # caused by the request, not by this server
V1 = "/api/v1/"
NOTHING = "There is nothing at this address."
MEANINGS = {
    400: "What is sent cannot be worked on as it stands, or the server has another name.",
    401: "The server lets in who logs in or has a token.",
    403: "Who asks may not do this, or the request is from another site.",
    404: "There is nothing of that name, or none that who asks may see.",
    409: "The library is being changed, or the document is another by now.",
    413: "The request is too large.",
    422: "The request is not of this form.",
    429: "Too many wrong passwords or tokens came from this address.",
    500: "A fault of ours; the log has the details.",
    503: "Busy, still loading, or no library yet.",
}
EVERYWHERE = (400, 401, 403, 422, 429, 500, 503)


class NotInLibrary(InquoteError):
    """There is no such document; the list has those that there are."""


class NotPermitted(InquoteError):
    """Who asks may not change the library here."""


class NotDone(InquoteError):
    """The library was not changed, for the reason in the message."""


# Of errors that `/api/v1` answers with a status of their own, the first that fits; that of a scope,
# which version 0.2 did not know, is the same everywhere.
_V1_STATUSES: tuple[tuple[type[InquoteError], int], ...] = (
    (ScopeError, 404),
    (NotInLibrary, 404),
    (NoSuchRange, 404),
    (NotPermitted, 403),
    (DocumentChanged, 409),
    (LibraryBusy, 409),
    (NotDone, 409),
    (UploadError, 400),
)


def described(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of an endpoint: those of all endpoints, and more of its own."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in sorted({*EVERYWHERE, *codes}):
        responses[code] = {"model": ErrorOut, "description": MEANINGS[code]}
    return responses


async def answer_malformed(request: Request, error: Exception) -> JSONResponse:
    """Answer 404, or 422 without repeating the request, which may not even be valid Unicode."""
    if isinstance(error, HTTPException) and error.status_code == 404:
        return JSONResponse({"error": NOTHING}, 404)
    route = route_of(request.url.path)
    if isinstance(error, RequestValidationError) and not (route and route.form):
        names = sorted({str(problem["loc"][-1]) for problem in error.errors()})
        sentence = f"Please look at /docs for what is taken here as {' and '.join(names)}."
        return JSONResponse({"error": sentence}, 422)
    return JSONResponse({"error": form_sentence(request.url.path)}, 422)


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with the sentence that explains the error: 400, 410, 503, 500, or one of its own."""
    body = {"error": explain(error)}
    is_v1 = request.url.path.startswith(V1)
    for kind, status in _V1_STATUSES:
        if isinstance(error, kind) and (is_v1 or kind is ScopeError):
            headers = {"Retry-After": "5"} if kind is LibraryBusy else None
            return JSONResponse(body, status, headers)
    if isinstance(error, DocumentChanged):
        return JSONResponse(body, 410)
    if isinstance(error, CLIENT_ERRORS):
        return JSONResponse(body, 400)
    if isinstance(error, InquoteError):
        return JSONResponse(body, 503, {"Retry-After": "2"})
    return JSONResponse(body, 500)
