"""Tell monitoring how the server does: `/healthz`, `/readyz` and `/metrics`.

Whoever starts and stops servers has no password, and learns from the first two no more than whether
there is one to be asked. The numbers are of the whole library, so that they are for this machine,
and for those who may see all of it.
"""

import asyncio
import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from inquote.app.service.service import Service
from inquote.app.service.viewer import viewer
from inquote.app.web.metrics import Metrics
from inquote.app.web.routes import LOCAL
from inquote.ingest.errors import InquoteError

OPENING_SECONDS = 2.0  # that a question about readiness waits for the library
FOR_ALL_SEEING = (
    "The numbers are of the whole library: ask from this machine, "
    'or with a token of a group that sees "." or may change the corpus.'
)
log = logging.getLogger("inquote")


def monitoring_routes(service: Service, metrics: Metrics, has_people: bool = False) -> APIRouter:
    """Make the endpoints; where the server `has_people`, few of them may see the numbers."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def is_alive() -> JSONResponse:
        notice = {"notice": service.notice} if service.notice else {}
        return JSONResponse({"alive": True, **notice})

    @router.get("/readyz")
    async def is_ready() -> JSONResponse:
        reason = await unreadiness(service)
        if reason:
            return JSONResponse({"ready": False, "reason": reason}, 503, {"Retry-After": "2"})
        return JSONResponse({"ready": True})

    @router.get("/metrics")
    async def numbers(request: Request) -> Response:
        is_local = request.scope.get(LOCAL, False)
        if has_people and not is_local and viewer().visible is not None:
            return JSONResponse({"error": FOR_ALL_SEEING}, 403)
        return Response(await metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


async def unreadiness(service: Service) -> str:
    """Say why no question can be answered now; "" where one can.

    Nothing of the library stands in it. Asking makes a server load its models, and try again to
    open a library that was not there.
    """
    if service.full:
        return "Too many questions wait for an answer."
    if service.ready:
        return ""
    try:
        await asyncio.wait_for(service.wait_until_open(), OPENING_SECONDS)
    except TimeoutError:
        return "The models are still loading."
    except InquoteError as error:
        return f"The library cannot be opened ({type(error).__name__}); see inquote status."
    except Exception as error:
        log.error("The library cannot be opened", exc_info=error)
        return "The library cannot be opened; the log has the details."
    return ""
