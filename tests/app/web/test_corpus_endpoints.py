"""The demonstration text, taken in from the page; test_jobs.py tests the other changes."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fake_system import FakeSystem, opener
from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.service.jobs import DEMONSTRATION, LibraryJobs
from inquote.app.service.service import Service
from inquote.app.system import System
from inquote.app.web.server import create_app
from inquote.index.retrieval.search import Search
from inquote.index.stores.registry import open_store
from places import CORPUS

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def client(library: Path, embedder: FakeEmbedder) -> Iterator[TestClient]:
    """A server that begins without a library and may make one."""

    def open_system() -> System:
        answerer = Answerer(FakeReader(), PLAIN_CALIBRATION)
        return System(open_store(library), Search(embedder), answerer)

    service = Service(open_system)
    jobs = LibraryJobs(service, library, lambda: embedder)
    app, _ = asyncio.run(create_app(service, jobs=jobs))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    jobs.close()
    service.close()


def wait(client: TestClient) -> None:
    while client.get("/api/corpus/work").json()["running"]:
        time.sleep(0.01)


def test_the_demonstration_text_is_the_packaged_article() -> None:
    assert DEMONSTRATION.samefile(CORPUS)
    assert [path.name for path in DEMONSTRATION.iterdir()] == ["imlygic.md"]


def test_the_demonstration_text_makes_the_library_and_is_answered_from(
    client: TestClient, library: Path
) -> None:
    response = client.post("/api/corpus/demonstration")
    assert response.status_code == 202
    assert response.json()["title"] == "Taking in the demonstration text"
    assert response.json()["running"]
    wait(client)
    page = client.get("/api/corpus").text
    assert "Taking in the demonstration text: done" in page
    assert "<dt>1 added</dt><dd><ul><li>corpus/imlygic.md</li></ul></dd>" in page
    assert [path.name for path in library.glob("uploads/**/*") if path.is_file()] == []
    question = {"question": "Who developed IMLYGIC?"}
    answer = client.post("/api/ask", json=question).json()
    assert answer["nearest"][0]["document"] == "corpus/imlygic.md"


def test_the_demonstration_text_taken_in_again_changes_nothing(client: TestClient) -> None:
    for _ in range(2):
        assert client.post("/api/corpus/demonstration").status_code == 202
        wait(client)
    assert "1 unchanged; 0 passages embedded" in client.get("/api/corpus").text


def test_while_another_job_runs_the_demonstration_text_is_not_taken_in(
    client: TestClient, embedder: FakeEmbedder
) -> None:
    hold = threading.Event()
    embed = embedder.embed_passages

    def embed_later(texts: Any) -> Any:
        assert hold.wait(20)
        return embed(texts)

    embedder.embed_passages = embed_later  # type: ignore[method-assign]
    assert client.post("/api/corpus/demonstration").status_code == 202
    busy = client.post("/api/corpus/demonstration")
    assert (busy.status_code, busy.json()["error"][:5]) == (409, "Busy:")
    hold.set()
    wait(client)


def test_a_read_only_server_takes_no_demonstration_text_in() -> None:
    service = Service(opener(FakeSystem()))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS) as client:
        response = client.post("/api/corpus/demonstration")
        assert (response.status_code, "read-only" in response.json()["error"]) == (403, True)
    service.close()


def test_another_site_takes_no_demonstration_text_in(client: TestClient) -> None:
    response = client.post("/api/corpus/demonstration", headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert client.get("/api/corpus/work").json() == {"running": False}
