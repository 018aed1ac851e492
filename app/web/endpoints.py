"""Serve what the page and programs fetch: answers, the document pane, the page's files."""

import asyncio
import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from inquote.app.chat.citing import ADDRESS, quote_html, quote_text, reference_of
from inquote.app.chat.document_pane import Body, document_html, documents_html, notice_html
from inquote.app.chat.feedback import FeedbackError
from inquote.app.chat.ranges import Mark
from inquote.app.service.service import Busy, DocumentChanged, Service, explain
from inquote.app.web.routes import form_sentence
from inquote.ingest.errors import InquoteError, QuestionError

PAGE_FILES = {
    "page.js": "text/javascript",
    "connection.js": "text/javascript",
    "conversations.js": "text/javascript",
    "pages.js": "text/javascript",
    "text_view.js": "text/javascript",
    "document_tools.js": "text/javascript",
    "find.js": "text/javascript",
    "outline.js": "text/javascript",
    "places.js": "text/javascript",
    "selection.js": "text/javascript",
    "copying.js": "text/javascript",
    "clipboard.js": "text/javascript",
    "feedback.js": "text/javascript",
    "keys.js": "text/javascript",
    "drawer.js": "text/javascript",
    "person.js": "text/javascript",
    "scope_control.js": "text/javascript",
    "style.css": "text/css",
    "document.css": "text/css",
    "drawer.css": "text/css",
    "scope_control.css": "text/css",
    "pages.css": "text/css",
}
CLIENT_ERRORS = (QuestionError, FeedbackError)  # caused by the request, not by this server
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#f8cf4a"/>'
    '<path d="M8 21v-5q0-6 6-7v3q-3 1-3 4h3v5zm10 0v-5q0-6 6-7v3q-3 1-3 4h3v5z" fill="#1f1d1a"/>'
    "</svg>"
)


class AskRequest(BaseModel):
    """A question, and the questions asked before it in the same conversation, oldest first."""

    question: str = Field(
        description="The question, as it was typed.", examples=["Who developed IMLYGIC?"]
    )
    history: list[str] = Field(
        default=[], description="Earlier questions of the conversation, oldest first."
    )
    scope: list[str] | None = Field(
        default=None,
        description="Ids of documents and folders; only these are asked. Null is everything.",
        examples=[["reports/2024", "rules.pdf"]],
    )


class CitationOut(BaseModel):
    """A verbatim range: `quote` is `text[start:end]`, counted in Unicode code points."""

    document: str
    document_sha256: str = Field(
        description="Of the document's text in UTF-8, as hexadecimal digits."
    )
    title: str
    heading: str
    page: int | None = Field(description="From 1; null for formats without pages.")
    start: int
    end: int
    quote: str
    passage_start: int
    passage_end: int


class PassageOut(BaseModel):
    """A passage that was considered, `text[start:end]` of its document."""

    document: str
    heading: str
    start: int
    end: int
    quote: str


class InferredOut(BaseModel):
    """What follows from the quotes and is none: a verdict, a count, or how documents agree."""

    kind: str = Field(description='"verdict", "count" or "agreement".')
    text: str


class AnswerOut(BaseModel):
    """An answer in the corpus's own words; `answer` is null when the corpus does not say."""

    version: int = Field(description="Of this form; it rises where a key changes its meaning.")
    id: Any = None
    question: str
    understood_as: str
    readings: list[str] = Field(
        description="What the question may mean besides, the likeliest first."
    )
    notice: str = Field(
        description="A sentence of the program itself: for a turn that is no question, or on its "
        "language; empty for most."
    )
    scope: list[str] | None = Field(description="What alone was asked; null is everything.")
    answer: str | None = Field(
        description='The quotes joined: items by "; ", each without the mark that ends it, '
        "sentences by a space."
    )
    inferred: InferredOut | None
    confidence: float = Field(
        ge=0, le=1, description="The calibrated probability that the answer is right."
    )
    citations: list[CitationOut]
    headers: list[CitationOut] = Field(
        description="The headers of the cells among the citations, by row and by column."
    )
    nearest: list[PassageOut] = Field(description="The passages that were considered, best first.")
    trace: dict[str, Any]
    generation: int = Field(
        description="The state of the library that answered; every ingest raises it by one."
    )
    elapsed_ms: float


class ErrorOut(BaseModel):
    """Why there is no answer."""

    error: str = Field(description="One sentence that says what to do.")


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "The question cannot be asked as it stands."},
    413: {"model": ErrorOut, "description": "The request is too large."},
    422: {"model": ErrorOut, "description": "The body is not of this form."},
    500: {"model": ErrorOut, "description": "A fault of ours; the log has the details."},
    503: {"model": ErrorOut, "description": "Busy, still loading, or no library yet."},
}


def create_api(service: Service) -> FastAPI:
    """Make the application with its own endpoints; the page is mounted on it later."""
    api = FastAPI(
        title="inquote",
        description="Ask a text a question; get the text's own words back.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "."}],  # relative to this description, wherever a proxy offers it
    )
    api.add_exception_handler(RequestValidationError, _answer_malformed)
    api.add_exception_handler(HTTPException, _answer_malformed)
    api.add_exception_handler(Exception, _answer_error)
    api.add_exception_handler(InquoteError, _answer_error)

    @api.post("/api/ask", response_model=AnswerOut, responses=ERRORS, summary="Ask a question")
    async def ask(request: AskRequest) -> dict[str, Any]:
        """Return the object that `inquote ask --json` prints."""
        if service.loading:
            raise Busy("The models are still loading; please try again in a moment.")
        answer = await service.answer(request.question, request.history, request.scope)
        return answer.as_json()

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
        return _page_file(name, request.headers.get("if-none-match", ""))

    @api.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        return Response(ICON, media_type="image/svg+xml")

    @api.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> str:
        return docs_html(api.openapi())

    return api


def _page_file(name: str, known: str) -> Response:
    """Return a file of the page, or 304 where the browser's copy has its ETag."""
    if name not in PAGE_FILES:
        return Response(status_code=404)
    content = (files("inquote.app.chat") / name).read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if etag in known:
        return Response(status_code=304, headers={"etag": etag})
    return Response(content, media_type=PAGE_FILES[name], headers={"etag": etag})


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
                return HTMLResponse(documents_html([(info.id, info.title) for info in infos]))
            id = infos[0].id
        document = await service.document(id, sha256)
        ranges = list(map(_mark, marks))
        has_pages = await service.pages.can_show(document)
        body: Body = "text"
        if has_pages:
            body = "pages" if view == "page" else "both"
        html = await asyncio.to_thread(document_html, document, ranges, body)
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


async def _answer_malformed(request: Request, error: Exception) -> JSONResponse:
    """Answer 422 without repeating the request, which may not even be valid Unicode."""
    return JSONResponse({"error": form_sentence(request.url.path)}, 422)


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer 400, 503 or 500 with the sentence that explains the error."""
    body = {"error": explain(error)}
    if isinstance(error, CLIENT_ERRORS):
        return JSONResponse(body, 400)
    if isinstance(error, InquoteError):
        return JSONResponse(body, 503, {"Retry-After": "2"})
    return JSONResponse(body, 500)


def docs_html(openapi: dict[str, Any]) -> str:
    """Write the OpenAPI description as a page without scripts."""
    endpoints = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            endpoints.append(_endpoint_html(path, method, operation))
    schemas = []
    for name, schema in openapi["components"]["schemas"].items():
        schemas.append(_schema_html(name, schema))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>inquote: HTTP interface</title>"
        '<meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="favicon.ico"><link rel="stylesheet" href="page/style.css"></head>'
        '<body class="docs"><main>'
        f"<h1>HTTP interface</h1><p>{escape(openapi['info']['description'])} "
        'The machine-readable description is <a href="openapi.json">/openapi.json</a>.</p>'
        f"{''.join(endpoints)}<h2>Objects</h2>{''.join(schemas)}</main></body></html>"
    )


def _endpoint_html(path: str, method: str, operation: dict[str, Any]) -> str:
    """Write what an endpoint does, and what each status code means."""
    outcomes = []
    for code, response in operation["responses"].items():
        outcomes.append(f"<li><b>{escape(code)}</b> {escape(response['description'])}</li>")
    description = escape(operation.get("description", ""))
    return (
        f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
        f"<p>{escape(operation['summary'])}. {description}</p><ul>{''.join(outcomes)}</ul>"
    )


def _schema_html(name: str, schema: dict[str, Any]) -> str:
    """Write an object's description, and its fields as a table."""
    rows = []
    for field, spec in schema.get("properties", {}).items():
        rows.append(
            f"<tr><th scope='row'><code>{escape(field)}</code></th>"
            f"<td>{escape(_type_name(spec))}</td>"
            f"<td>{escape(spec.get('description', ''))}</td></tr>"
        )
    return (
        f"<h3><code>{escape(name)}</code></h3><p>{escape(schema.get('description', ''))}</p>"
        f"<table>{''.join(rows)}</table>"
    )


def _type_name(spec: dict[str, Any]) -> str:
    """Name a JSON schema's type in a few words.

    >>> _type_name({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string or null'
    """
    if "anyOf" in spec:
        return " or ".join(map(_type_name, spec["anyOf"]))
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    kind = str(spec.get("type", "any"))
    return f"list of {_type_name(spec['items'])}" if kind == "array" else kind
