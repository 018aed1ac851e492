"""Serve what a document is about, and questions that it answers."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from inquote.app.chat.document_overview import overview_html
from inquote.app.service.overviews import Overviews
from inquote.app.service.service import Service


def overview_routes(service: Service) -> APIRouter:
    """Make the endpoints; each takes a `document` and the `sha256` of its text."""
    router = APIRouter(prefix="/api/overview", include_in_schema=False)
    overviews = Overviews(service)

    @router.get("", response_class=HTMLResponse)
    async def overview(document: str = "", sha256: str = "") -> HTMLResponse:
        return HTMLResponse(overview_html(*await overviews.overview(document, sha256)))

    @router.get("/questions")
    async def questions(document: str = "", sha256: str = "") -> JSONResponse:
        return JSONResponse({"questions": await overviews.questions(document, sha256)})

    return router
