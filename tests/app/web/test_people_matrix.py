"""Every address for everybody: who gets what, and that nothing tells of what they may not see.

An address that the application or the table of routes has, and that is not in the matrix, fails.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from several_people import enter, make_people, people_served, told

from fake_system import FakeSystem
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.web.people_login import PeopleLogin
from inquote.app.web.routes import ROUTES
from inquote.app.web.server import create_app
from inquote.index.stores.sessions import Sessions
from store_writing import EMBEDDER

pytestmark = pytest.mark.server

PEOPLE = ("nobody", "robot", "eve", "bob", "ann")  # ann may change the corpus
HIDDEN = "document=hr/zebra.md"
NAMED: dict[str, Any] = {"document": "hr/zebra.md"}
NAME = "their name"  # of whoever calls
ASK = {"question": "What does a zebra earn?"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
READ = CALL | {"params": {"name": "read", "arguments": NAMED}}
JOIN = {"data": [], "fn_index": 0, "session_hash": NAME}
EVENT = {"event_id": "abc", "fn_index": 0, "session_hash": NAME}

# Method and route of the application; the address that is called; what is sent; the statuses for
# nobody, for those who see a part (the program and two people), and for the editor.
Row = tuple[str, str, str, Any, tuple[int, int, int]]
OPEN, SEEN, NONE = (200, 200, 200), (401, 200, 200), (401, 404, 404)
MATRIX: list[Row] = [
    ("GET", "", "/", None, (303, 200, 200)),
    ("GET", "", "/?q=What+does+a+zebra+earn", None, (303, 200, 200)),
    ("GET", "/openapi.json", "/openapi.json", None, SEEN),
    ("GET", "/docs", "/docs", None, SEEN),
    ("GET", "/page/{name}", "/page/style.css", None, OPEN),
    ("GET", "/page/{name}", "/page/page.js", None, SEEN),
    ("GET", "", "/assets/nothing-12345678.js", None, NONE),
    ("GET", "", "/static/nothing.js", None, NONE),
    ("GET", "/favicon.ico", "/favicon.ico", None, OPEN),
    ("GET", "", "/config", None, SEEN),
    ("POST", "/mcp", "/mcp", READ, SEEN),
    ("POST", "/mcp", "/mcp", CALL | {"method": "resources/list"}, SEEN),
    ("GET", "/healthz", "/healthz", None, OPEN),
    ("GET", "/readyz", "/readyz", None, OPEN),
    ("GET", "/metrics", "/metrics", None, (401, 403, 200)),
    ("GET", "/login", "/login", None, OPEN),
    ("POST", "/login", "/login", None, (401, 401, 401)),
    ("GET", "/api/person", "/api/person", None, SEEN),
    ("GET", "/api/pane", "/api/pane", None, SEEN),
    ("GET", "/api/pane", f"/api/pane?{HIDDEN}", None, (401, 410, 200)),
    ("GET", "/api/passage", f"/api/passage?{HIDDEN}&start=0&end=5", None, (401, 410, 200)),
    ("GET", "/api/copied/{turn}", "/api/copied/abc", None, (401, 400, 400)),
    ("GET", "/api/export/{key}.{kind}", "/api/export/abc.md", None, NONE),
    ("GET", "/api/export/{key}.{kind}", "/api/export/abc.html", None, NONE),
    ("GET", "/api/export/{key}.{kind}", "/api/export/abc.ris", None, NONE),
    ("GET", "/api/export/{key}.{kind}", "/api/export/abc.bib", None, NONE),
    ("GET", "/api/export/{key}.{kind}", "/api/export/abc.json", None, NONE),
    ("GET", "/api/pages", f"/api/pages?{HIDDEN}", None, (401, 410, 404)),
    ("GET", "/api/pages/boxes", f"/api/pages/boxes?{HIDDEN}&mark=1:0-5", None, (401, 410, 404)),
    ("GET", "/api/pages/words", f"/api/pages/words?{HIDDEN}&page=1", None, (401, 410, 404)),
    ("GET", "/api/pages/picture", f"/api/pages/picture?{HIDDEN}&page=1", None, (401, 410, 404)),
    ("GET", "/api/overview", f"/api/overview?{HIDDEN}", None, (401, 410, 200)),
    ("GET", "/api/overview/questions", f"/api/overview/questions?{HIDDEN}", None, (401, 410, 200)),
    ("POST", "/api/ask", "/api/ask", ASK, SEEN),
    ("POST", "/api/v1/ask", "/api/v1/ask", ASK, SEEN),
    ("POST", "/api/v1/ask", "/api/v1/ask", ASK | {"scope": ["hr"]}, (401, 404, 200)),
    ("POST", "/api/v1/search", "/api/v1/search", {"query": "zebra"}, SEEN),
    (
        "POST",
        "/api/v1/search",
        "/api/v1/search",
        {"query": "coins", "scope": ["hr"]},
        (401, 404, 200),
    ),
    ("GET", "/api/v1/library", "/api/v1/library", None, SEEN),
    ("GET", "/api/v1/work", "/api/v1/work", None, (401, 403, 200)),
    ("GET", "/api/v1/documents", "/api/v1/documents", None, SEEN),
    ("POST", "/api/v1/documents", "/api/v1/documents", None, (401, 403, 400)),
    ("GET", "/api/v1/documents/{id:path}", "/api/v1/documents/hr/zebra.md", None, (401, 404, 200)),
    ("DELETE", "/api/v1/documents/{id:path}", "/api/v1/documents/no.md", None, (401, 403, 404)),
    ("GET", "/api/corpus", "/api/corpus?find=zebra", None, SEEN),
    ("GET", "/api/corpus", "/api/corpus?folder=hr&find=hr/&part=1", None, SEEN),
    ("GET", "/api/corpus/work", "/api/corpus/work", None, SEEN),
    ("GET", "/api/corpus/places", "/api/corpus/places?find=zebra", None, SEEN),
    ("POST", "/api/corpus/files", "/api/corpus/files", None, (401, 403, 400)),
    ("POST", "/api/corpus/{change}", "/api/corpus/remove", {}, (401, 403, 400)),
    ("POST", "/api/corpus/{change}", "/api/corpus/rename", NAMED, (401, 403, 400)),
    ("POST", "/api/corpus/{change}", "/api/corpus/undo", {}, (401, 403, 400)),
    ("POST", "/api/corpus/{change}", "/api/corpus/settle", {}, (401, 403, 400)),
    ("POST", "/api/corpus/{change}", "/api/corpus/stop", {}, (401, 403, 202)),
    ("POST", "/api/corpus/{change}", "/api/corpus/nothing", {}, NONE),
    ("GET", "/api/feedback/{turn}", "/api/feedback/abc", None, (401, 400, 400)),
    ("POST", "/api/feedback/{turn}", "/api/feedback/abc", {"verdict": "right"}, (401, 400, 400)),
    ("GET", "", "/gradio_api/startup-events", None, SEEN),
    ("GET", "", "/gradio_api/app_id", None, SEEN),
    ("GET", "", "/gradio_api/queue/data?session_hash=abc", None, NONE),
    ("POST", "", "/gradio_api/queue/join", JOIN, (401, 422, 422)),
    ("POST", "", "/gradio_api/cancel", EVENT, SEEN),
    ("POST", "", "/gradio_api/reset", {"event_id": "abc"}, SEEN),
    ("POST", "/logout", "/logout", None, (303, 303, 303)),
]
UNCALLED = {  # with the reason why
    "GET /gradio_api/heartbeat/abc": "a stream that never ends; it says nothing but that it lives",
    "POST /api/corpus/demonstration": "it would change the corpus; /{change} has one rule for all",
    "POST /api/corpus/compare": "it would begin to ask; the same",
    "POST /api/corpus/dismiss": "it would close the account that other tests look at; the same",
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Client]]:
    with people_served(tmp_path_factory.mktemp("library")) as address, ExitStack() as stack:
        clients = {}
        for name in ("eve", "bob", "ann"):
            clients[name] = stack.enter_context(enter(address, name))
        bearer = {"authorization": "Bearer token"}
        for name, headers in (("nobody", {}), ("robot", bearer)):
            client = httpx.Client(base_url=address, headers=headers, timeout=60)
            clients[name] = stack.enter_context(client)
        yield clients


def send(client: httpx.Client, row: Row, name: str) -> httpx.Response:
    """Send a row as somebody from another machine does."""
    method, _, address, body, _ = row
    if isinstance(body, dict):
        body = {key: name if value == NAME else value for key, value in body.items()}
    headers = {"x-forwarded-for": "192.0.2.1", "accept": "application/json, text/event-stream"}
    return client.request(method, address, json=body, headers=headers)


@pytest.mark.parametrize("row", MATRIX, ids=[f"{row[0]} {row[2]}" for row in MATRIX])
def test_each_meets_at_every_address_what_they_may(
    clients: dict[str, httpx.Client], row: Row
) -> None:
    nobody, part, editor = row[4]
    expected = dict(zip(PEOPLE, (nobody, part, part, part, editor), strict=True))
    if row[2] == "/logout":
        expected = {"nobody": nobody}
    statuses = {}
    for name in expected:
        response = send(clients[name], row, name)
        statuses[name] = response.status_code
        if name != "ann":
            assert telling(response, row) == [], name
        is_fixed = row[2].startswith(("/page", "/assets", "/static"))
        assert is_fixed or not {"etag", "last-modified"} & response.headers.keys()
    assert statuses == expected


def telling(response: httpx.Response, row: Row) -> list[str]:
    """What a response tells beside the words that were sent."""
    sent = f"{row[2]} {row[3]}".lower()
    headers = " ".join(response.headers.values())
    return [word for word in told(f"{headers} {response.text}") if word not in sent]


async def routes_of(folder: Path) -> set[str]:
    """The methods and paths of the application, but for those of Gradio, which the guard lists."""
    service = Service(FakeSystem)
    jobs = LibraryJobs(service, folder, lambda: EMBEDDER)
    people = PeopleLogin(make_people(), Sessions(folder))
    app: Any
    app, _ = await create_app(service, jobs=jobs, people=people)
    while not hasattr(app, "routes"):
        app = app._app
    known = set(flat(app.routes))
    jobs.close()
    service.close()
    return known


def flat(routes: Iterable[Any]) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from flat(inner.routes)
        elif route.path:
            for method in (route.methods or {"POST"}) - {"HEAD"}:
                yield f"{method} {route.path}"


def test_every_route_of_the_application_is_in_the_matrix(tmp_path: Path) -> None:
    known = asyncio.run(routes_of(tmp_path))
    assert len(known) > 30
    assert known == {f"{row[0]} {row[1]}" for row in MATRIX if row[1]}


def test_every_address_that_may_be_called_is_in_the_matrix() -> None:
    called = [f"{row[0]} {row[2].partition('?')[0]}" for row in MATRIX] + list(UNCALLED)
    missing = []
    for route in ROUTES:
        for method in route.methods:
            pattern = re.compile(rf"{method} ({route.addresses})", re.ASCII)
            if not any(map(pattern.fullmatch, called)):
                missing.append(f"{method} {route.addresses}")
    assert missing == []
