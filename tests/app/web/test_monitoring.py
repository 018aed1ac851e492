"""What monitoring reads: life, readiness, numbers; and who may read them."""

import asyncio
import math
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from asked_endpoints import TEXTS, make_library, open_fakes
from fake_system import FakeSystem, opener
from inquote.app.service.job import Job, Stopped
from inquote.app.service.service import Service
from inquote.app.web.login import Login
from inquote.app.web.metrics import Metrics
from inquote.app.web.password import Accounts, hash_password
from inquote.app.web.server import create_app
from inquote.app.web.sites import Proxies, PublicUrl, Sites
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import LibraryMissing
from inquote.ingest.files.find import SkippedFile

ADDRESS = "http://127.0.0.1:7860"
LOCAL = ("127.0.0.1", 50000)
QUESTIONS = ("An otter weighs how many kilograms?", "Where do platypuses sleep?", "hello", "?")


def scrape(client: TestClient) -> dict[tuple[str, str], float]:
    """Read the numbers as Prometheus does: values by name and the only label."""
    response = client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    numbers = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            numbers[sample.name, "".join(sample.labels.values())] = sample.value
    return numbers


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def client(library: Path) -> Iterator[TestClient]:
    service = Service(lambda: open_fakes(library))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, client=LOCAL) as client:
        yield client
    service.close()


def test_questions_are_counted_by_what_became_of_them(client: TestClient) -> None:
    before = scrape(client)
    for question in QUESTIONS:
        client.post("/api/v1/ask", json={"question": question})
    after = scrape(client)

    def more(name: str, label: str = "") -> float:
        return after[name, label] - before.get((name, label), 0.0)

    outcomes = ("answered", "refused", "talk", "invalid")
    assert [more("inquote_questions_total", outcome) for outcome in outcomes] == [1, 1, 1, 1]
    assert more("inquote_answer_confidence_count") == 2
    assert more("inquote_answer_confidence_bucket", "+Inf") == 2
    assert more("inquote_stage_seconds_count", "read") == 2
    assert more("inquote_requests_total", "200") >= 3
    assert after["inquote_waiting", ""] == 0


def test_the_library_is_measured(client: TestClient, library: Path) -> None:
    numbers = scrape(client)
    assert numbers["inquote_library_documents", ""] == len(TEXTS)
    assert numbers["inquote_library_generation", ""] == 1
    assert numbers["inquote_library_passages", ""] >= len(TEXTS)
    assert numbers["inquote_library_bytes", ""] > 0


def test_no_word_of_anybody_is_among_the_numbers(client: TestClient) -> None:
    for question in QUESTIONS:
        client.post("/api/v1/ask", json={"question": question})
    client.get("/api/v1/documents/zoo/otters.md")
    client.get("/secret-path?q=platypuses")
    text = client.get("/metrics").text.lower()
    samples = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    words = set(re.findall(r"[a-z]{4,}", " ".join([*QUESTIONS, *TEXTS.values(), *TEXTS]).lower()))
    words |= {"secret", "otters", "zoo/", "platypus"}
    assert [word for word in words if word in samples] == []


def test_changes_are_counted() -> None:
    service = Service(opener(FakeSystem()))  # type: ignore[arg-type]
    metrics = Metrics(service)
    report = IngestReport(2, ("a", "b"), (), (), ("c",), 0, (SkippedFile("d", "no"),), 3, 0.1)
    metrics.note_job(Job("Taking a", "", report=report))
    metrics.note_job(Job("Taking a", "", problem="It failed."))
    metrics.note_job(Job("Taking a", "", problem=str(Stopped("It.")), is_stopped=True))
    text = asyncio.run(metrics.text()).decode()
    for line in (
        'inquote_ingests_total{outcome="done"} 1.0',
        'inquote_ingests_total{outcome="failed"} 1.0',
        'inquote_ingests_total{outcome="stopped"} 1.0',
        'inquote_ingest_documents_total{change="added"} 2.0',
        'inquote_ingest_documents_total{change="removed"} 1.0',
        'inquote_ingest_documents_total{change="skipped"} 1.0',
    ):
        assert line in text
    service.close()


def test_a_server_is_alive_before_it_is_ready() -> None:
    may_open = threading.Event()

    def open_system() -> Any:
        may_open.wait(60)
        return FakeSystem()

    service = Service(open_system)
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, client=LOCAL) as client:
        assert client.get("/healthz").json() == {"alive": True}
        response = client.get("/readyz")
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        assert response.json() == {"ready": False, "reason": "The models are still loading."}
        assert math.isnan(scrape(client)["inquote_library_documents", ""])
        may_open.set()
        asyncio.run(service.wait_until_open())
        assert client.get("/readyz").json() == {"ready": True}
        service.run(lambda system: setattr(system.store, "notice", "It is away."))
        assert client.get("/healthz").json() == {"alive": True, "notice": "It is away."}
    service.close()


def test_a_library_that_is_not_there_is_tried_again_and_not_named() -> None:
    attempts: list[int] = []

    def open_system() -> Any:
        attempts.append(1)
        if len(attempts) < 3:
            raise LibraryMissing("There is no library at /home/ann/secret.")
        return FakeSystem()

    service = Service(open_system, at_once=False)
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, client=LOCAL) as client:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "LibraryMissing" in response.json()["reason"]
        assert "secret" not in response.text
        while len(attempts) < 3:
            response = client.get("/readyz")
        assert response.json() == {"ready": True}
    service.close()


def test_a_full_queue_is_not_ready() -> None:
    service = Service(opener(FakeSystem()), limit=0)  # type: ignore[arg-type]
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, client=LOCAL) as client:
        assert client.get("/readyz").json()["reason"] == "Too many questions wait for an answer."
    service.close()


@pytest.mark.parametrize(
    ("client_address", "headers", "sites", "is_local"),
    [
        ("127.0.0.1", {}, Sites("127.0.0.1"), True),
        ("::1", {}, Sites("127.0.0.1"), True),
        ("192.0.2.1", {}, Sites("127.0.0.1"), False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, Sites("127.0.0.1"), False),
        ("127.0.0.1", {"via": "1.1 proxy"}, Sites("127.0.0.1"), False),
        ("127.0.0.1", {}, Sites("127.0.0.1", [PublicUrl.parse("https://a.example")]), False),
        ("127.0.0.1", {}, Sites("127.0.0.1", [], Proxies(["10.0.0.1"])), False),
    ],
)
def test_without_a_password_this_machine_alone_reads_the_numbers(
    client_address: str, headers: dict[str, str], sites: Sites, is_local: bool
) -> None:
    service = Service(opener(FakeSystem()))  # type: ignore[arg-type]
    login = Login(Accounts(hash_password("ann", "word"), "users"))
    app, _ = asyncio.run(create_app(service, login=login, sites=sites))
    with TestClient(app, base_url=ADDRESS, client=(client_address, 1)) as client:
        for path in ("/healthz", "/readyz"):
            assert client.get(path, headers=headers).status_code == 200
        status = client.get("/metrics", headers=headers).status_code
        assert status == (200 if is_local else 401)
        assert client.get("/metrics", headers=headers, auth=("ann", "word")).status_code == 200
    service.close()
