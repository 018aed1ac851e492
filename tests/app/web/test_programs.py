"""The endpoints for programs, as their OpenAPI description has them."""

import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.testclient import TestClient

from asked_endpoints import make_library, open_fakes
from fakes import FakeEmbedder
from inquote.app import schemas
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.web.server import create_app
from inquote.ingest.errors import IngestError

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def client(library: Path) -> Iterator[TestClient]:
    service = Service(lambda: open_fakes(library))
    jobs = LibraryJobs(service, library, FakeEmbedder)
    app, _ = asyncio.run(create_app(service, jobs=jobs))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    jobs.close()
    service.close()


def check(model: type[BaseModel], value: Any) -> None:
    """Assert that a value is what a model describes, with no key more."""
    strict = type(model.__name__, (model,), {"model_config": ConfigDict(extra="forbid")})
    TypeAdapter(strict).validate_python(value)
    assert list(value) == list(model.model_fields)


def wait_for_work(client: TestClient) -> Any:
    end = time.monotonic() + 60
    while (work := client.get("/api/v1/work").json())["running"] and time.monotonic() < end:
        time.sleep(0.02)
    return work


def test_asking_is_as_before(client: TestClient) -> None:
    body = {"question": "An otter weighs how many kilograms?"}
    new, old = (client.post(path, json=body).json() for path in ("/api/v1/ask", "/api/ask"))
    check(schemas.AnswerOut, new)
    assert {**new, "elapsed_ms": 0} == {**old, "elapsed_ms": 0}
    assert new["answer"] == "An otter weighs 12 kilograms."


def test_a_search_lists_citations(client: TestClient) -> None:
    result = client.post("/api/v1/search", json={"query": "afloat", "limit": 2}).json()
    check(schemas.SearchOut, result)
    check(schemas.CitationOut, result["passages"][0])
    assert result["passages"][0]["document"] == "zoo/otters.md"


def test_the_library_says_what_it_holds(client: TestClient) -> None:
    about = client.get("/api/v1/library").json()
    check(schemas.LibraryOut, about)
    assert (about["documents"], about["writable"]) == (3, True)


def test_documents_are_listed_and_shown(client: TestClient) -> None:
    listed = client.get("/api/v1/documents").json()
    check(schemas.DocumentsOut, listed)
    check(schemas.DocumentInfoOut, listed["documents"][0])
    for info in listed["documents"]:
        for id in (info["id"], info["id"].replace("/", "%2F")):
            document = client.get(f"/api/v1/documents/{id}").json()
            check(schemas.DocumentOut, document)
            assert (document["sha256"], document["end"]) == (info["sha256"], info["characters"])
    kinds = {block["kind"] for block in document["blocks"]}
    assert kinds >= {"heading", "table", "row", "cell"}


def test_a_range_is_shown_with_what_touches_it(client: TestClient) -> None:
    whole = client.get("/api/v1/documents/zoo/otters.md").json()
    part = client.get("/api/v1/documents/zoo/otters.md", params={"start": 8, "end": 16}).json()
    assert part["text"] == whole["text"][8:16] == "An otter"
    assert [block["kind"] for block in part["blocks"]] == ["paragraph"]
    query = {"sha256": whole["sha256"]}
    assert client.get("/api/v1/documents/zoo/otters.md", params=query).json() == whole


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "sentence"),
    [
        ("GET", "documents/zoo/rats.md", {}, 404, "There is no document zoo/rats.md"),
        ("GET", "documents/zoo", {}, 404, "There is no document zoo"),
        ("GET", "documents/%FF%00", {}, 404, "There is no document"),
        ("GET", "documents/zoo/owls.md?start=5&end=5", {}, 404, "The range must lie within"),
        ("GET", "documents/zoo/owls.md?end=99999", {}, 404, "The range must lie within"),
        ("GET", "documents/zoo/owls.md?start=-1", {}, 422, "taken here as start"),
        ("GET", "documents/zoo/owls.md?end=x", {}, 422, "taken here as end"),
        ("GET", "documents/zoo/owls.md?sha256=0", {}, 409, "is another by now"),
        ("DELETE", "documents/zoo/rats.md", {}, 404, "There is no document zoo/rats.md"),
        ("POST", "documents", {}, 400, "There is no file in this upload"),
        ("POST", "documents", {"json": {}}, 400, "There is no file in this upload"),
        ("POST", "documents", {"data": {"a": "b"}}, 400, "The files did not come whole"),
        ("PUT", "documents", {}, 405, "GET, HEAD, POST, OPTIONS only"),
        ("POST", "documents/zoo/owls.md", {}, 405, "GET, HEAD, DELETE, OPTIONS only"),
        ("POST", "search", {"json": {"query": "?"}}, 400, "Please type"),
        ("POST", "search", {"json": {"query": "owl", "limit": 0}}, 400, "1 to 100"),
        ("POST", "search", {"json": {"query": "owl", "limit": "1"}}, 422, "Please send JSON"),
        ("POST", "search", {"json": {"query": "owl", "scope": []}}, 404, "Name a document"),
        ("POST", "search", {"content": b"{"}, 422, "Please send JSON"),
        ("POST", "ask", {"json": {"question": "An owl?", "scope": ["x"]}}, 404, "There is no"),
        ("POST", "ask", {"json": {"question": ["?"]}}, 422, "Please send JSON"),
        ("GET", "nothing", {}, 404, "There is nothing at this address"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    client: TestClient, method: str, path: str, more: dict[str, Any], status: int, sentence: str
) -> None:
    response = client.request(method, f"/api/v1/{path}", **more)
    assert response.status_code == status
    check(schemas.ErrorOut, response.json())
    assert sentence in response.json()["error"]


def test_a_scope_that_is_not_there_is_not_found_at_either_address(client: TestClient) -> None:
    for path in ("/api/ask", "/api/v1/ask"):
        response = client.post(path, json={"question": "An owl?", "scope": ["x"]})
        assert (response.status_code, list(response.json())) == (404, ["error"])


def test_files_are_taken_in_and_removed(client: TestClient) -> None:
    mole = "Moles\n\nA mole digs tunnels of 200 metres a day.\n"
    files = [
        ("files", ("moles.md", io.BytesIO(mole.encode()))),
        ("files", ("empty.pdf", io.BytesIO(b""))),
    ]
    response = client.post("/api/v1/documents", files=files)
    assert response.status_code == 202
    check(schemas.WorkOut, response.json())
    work = wait_for_work(client)
    check(schemas.ReportOut, work["report"])
    assert work["report"]["added"] == ["uploads/moles.md"]
    assert [skipped["path"] for skipped in work["report"]["skipped"]] == ["empty.pdf"]
    body = {"question": "A mole digs tunnels of how many metres?"}
    assert "200 metres" in client.post("/api/v1/ask", json=body).json()["answer"]
    response = client.delete("/api/v1/documents/uploads/moles.md")
    assert response.status_code == 200
    check(schemas.WorkOut, response.json())
    assert response.json()["report"]["removed"] == ["uploads/moles.md"]
    assert client.get("/api/v1/documents/uploads/moles.md").status_code == 404


def test_what_is_not_removed_is_a_sentence(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(jobs: LibraryJobs, job: Any, ids: Any, name: str) -> None:
        raise IngestError("Nothing would be left to search.")

    monkeypatch.setattr(LibraryJobs, "_remove", fail)
    response = client.delete("/api/v1/documents/zoo/owls.md")
    assert response.status_code == 409
    assert response.json() == {"error": "Nothing would be left to search."}


def test_every_answer_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/ask",
        *(f"/api/v1/{name}" for name in ("ask", "search", "library", "work", "documents")),
        "/api/v1/documents/{id}",
    }
    for methods in paths.values():
        for operation in methods.values():
            statuses = set(operation["responses"])
            assert statuses & {"200", "202"}
            assert statuses >= {"400", "401", "403", "422", "429", "500", "503"}


def test_a_server_that_is_read_only_changes_nothing(library: Path) -> None:
    service = Service(lambda: open_fakes(library))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS) as client:
        for method, path in (("POST", "documents"), ("DELETE", "documents/zoo/owls.md")):
            response = client.request(method, f"/api/v1/{path}")
            assert (response.status_code, "read-only" in response.text) == (403, True)
        assert client.get("/api/v1/work").status_code == 403
        assert client.get("/api/v1/library").json()["writable"] is False
    service.close()
