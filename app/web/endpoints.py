"""The HTTP endpoints beside the page: `POST /api/ask`, the document pane's content, exports, and their description."""

import asyncio
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from inquote.app.chat.evidence import Mark, document_html, documents_html, notice_html
from inquote.app.chat.feedback import FeedbackError
from inquote.app.service.service import Busy, DocumentChanged, Service, explain
from inquote.ingest.errors import InquoteError, QuestionError

PAGE_FILES = {
    "page.js": "text/javascript",
    "feedback.js": "text/javascript",
    "drawer.js": "text/javascript",
    "style.css": "text/css",
    "drawer.css": "text/css",
}
THEIRS = (QuestionError, FeedbackError)  # errors of what was sent, not of this server
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#f8cf4a"/>'
    '<path d="M8 21v-5q0-6 6-7v3q-3 1-3 4h3v5zm10 0v-5q0-6 6-7v3q-3 1-3 4h3v5z" fill="#1f1d1a"/></svg>'
)


class AskRequest(BaseModel):
    """A question, and the questions asked before it in the same conversation, oldest first."""

    question: str = Field(
        description="The question, as it was typed.", examples=["Who developed IMLYGIC?"]
    )
    history: list[str] = Field(
        default=[], description="Earlier questions of the conversation, oldest first."
    )


class CitationOut(BaseModel):
    """A verbatim range: `quote` is `text[start:end]` of the document, counted in Unicode code points."""

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


class AnswerOut(BaseModel):
    """An answer in the corpus's own words; `answer` is null, and `citations` empty, when the corpus does not say."""

    id: Any = None
    question: str
    understood_as: str
    answer: str | None
    confidence: float = Field(
        ge=0, le=1, description="The calibrated probability that the answer is right."
    )
    citations: list[CitationOut]
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
    """The application with its own endpoints; the page is mounted on it later."""
    api = FastAPI(
        title="inquote",
        description="Ask a text a question; get the text's own words back.",
        docs_url=None,
        redoc_url=None,
    )
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _malformed)
    api.add_exception_handler(Exception, _failed)
    api.add_exception_handler(InquoteError, _failed)

    @api.post("/api/ask", response_model=AnswerOut, responses=ERRORS, summary="Ask a question")
    async def ask(request: AskRequest) -> dict[str, Any]:
        """The same object that `inquote ask --json` prints."""
        if service.loading:
            raise Busy("The models are still loading; please try again in a moment.")
        return (await service.ask(request.question, request.history)).answer.as_json()

    @api.get("/api/pane", response_class=HTMLResponse, include_in_schema=False)
    async def pane(
        document: str = "",
        sha256: str = "",
        mark: Annotated[tuple[str, ...], Query(max_length=64)] = (),
    ) -> HTMLResponse:
        return await _pane(service, document, sha256, mark)

    @api.get("/page/{name}", include_in_schema=False)
    async def page_file(name: str) -> Response:
        if name not in PAGE_FILES:
            return Response(status_code=404)
        return Response(
            (files("inquote.app.chat") / name).read_bytes(), media_type=PAGE_FILES[name]
        )

    @api.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        return Response(ICON, media_type="image/svg+xml")

    @api.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> str:
        return docs_html(api.openapi())

    return api


async def _pane(service: Service, id: str, sha256: str, marks: Sequence[str]) -> HTMLResponse:
    """The pane's HTML; a refusal is a sentence inside the pane."""
    try:
        if not id:
            documents = await service.documents()
            if len(documents) != 1:
                return HTMLResponse(
                    documents_html([(found.id, found.title) for found in documents])
                )
            id = documents[0].id
        document = await service.document(id, sha256)
        return HTMLResponse(
            await asyncio.to_thread(document_html, document, [_mark(mark) for mark in marks])
        )
    except ValueError:
        return HTMLResponse(notice_html("That place is not in the document."), 400)
    except DocumentChanged as error:
        return HTMLResponse(notice_html(str(error)), 410)
    except InquoteError as error:
        return HTMLResponse(notice_html(str(error)), 503)


def _mark(text: str) -> Mark:
    """A mark from "number:start-end"; ValueError when it is not of that form."""
    number, _, place = text.partition(":")
    start, _, end = place.partition("-")
    return Mark(int(number), int(start), int(end))


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    """422 without repeating what was sent, which may not even be valid Unicode."""
    return JSONResponse(
        {"error": 'Please send JSON of the form {"question": "...", "history": ["..."]}.'}, 422
    )


async def _failed(request: Request, error: Exception) -> JSONResponse:
    status = 400 if isinstance(error, THEIRS) else 503 if isinstance(error, InquoteError) else 500
    return JSONResponse(
        {"error": explain(error)}, status, {"Retry-After": "2"} if status == 503 else None
    )


def docs_html(openapi: dict[str, Any]) -> str:
    """The OpenAPI description as a page without scripts: each endpoint, what goes in and what comes out."""
    endpoints = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            outcomes = "".join(
                f"<li><b>{escape(code)}</b> {escape(response['description'])}</li>"
                for code, response in operation["responses"].items()
            )
            endpoints.append(
                f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
                f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</p><ul>{outcomes}</ul>"
            )
    schemas = "".join(
        _schema_html(name, schema) for name, schema in openapi["components"]["schemas"].items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>inquote: HTTP interface</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page/style.css"></head>'
        f'<body class="docs"><main><h1>HTTP interface</h1><p>{escape(openapi["info"]["description"])} '
        'The machine-readable description is <a href="/openapi.json">/openapi.json</a>.</p>'
        f"{''.join(endpoints)}<h2>Objects</h2>{schemas}</main></body></html>"
    )


def _schema_html(name: str, schema: dict[str, Any]) -> str:
    fields = "".join(
        f"<tr><th scope='row'><code>{escape(field)}</code></th><td>{escape(_type(spec))}</td>"
        f"<td>{escape(spec.get('description', ''))}</td></tr>"
        for field, spec in schema.get("properties", {}).items()
    )
    return f"<h3><code>{escape(name)}</code></h3><p>{escape(schema.get('description', ''))}</p><table>{fields}</table>"


def _type(spec: dict[str, Any]) -> str:
    """A JSON schema's type in a few words.

    >>> _type({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string or null'
    """
    if "anyOf" in spec:
        return " or ".join(_type(option) for option in spec["anyOf"])
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    kind = str(spec.get("type", "any"))
    return f"list of {_type(spec['items'])}" if kind == "array" else kind
