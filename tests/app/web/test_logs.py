"""The log: a line a request with its id, and no question unless it is wanted."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from fake_system import FakeSystem, opener
from inquote.app.service.service import Service
from inquote.app.web.logs import JsonFormatter, LineFormatter, questions_log
from inquote.app.web.request_log import log as access_log
from inquote.app.web.server import create_app

ADDRESS = "http://127.0.0.1:7860"
ASKED = {"question": "When was it approved, secretly?"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    service = Service(opener(FakeSystem()))  # type: ignore[arg-type]
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    service.close()


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("abc-1.2_X", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("", False),
        ("-a", False),
        ("a b", False),
        ("a\tb", False),
        ("../etc", False),
        ('"}', False),
    ],
)
def test_a_sane_id_is_given_back_and_another_is_made(
    client: TestClient, sent: str, is_kept: bool
) -> None:
    for path in ("/healthz", "/nothing"):
        given = client.get(path, headers={"x-request-id": sent}).headers["x-request-id"]
        assert (given == sent) is is_kept
        assert is_kept or re.fullmatch("[0-9a-f]{16}", given)


def formatted(caplog: pytest.LogCaptureFixture, formatter: logging.Formatter) -> list[str]:
    return [formatter.format(record) for record in caplog.records]


def test_a_request_is_a_line_without_its_query(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, access_log.name):
        client.get("/healthz?q=secretly", headers={"x-request-id": "abc"})
        client.post("/api/v1/ask", json=ASKED)
        client.get("/a%20status=200%0aINFO")
    records = [record for record in caplog.records if record.name == access_log.name]
    fields = [record.fields for record in records]  # type: ignore[attr-defined]
    assert [field["status"] for field in fields] == [200, 200, 404]
    assert fields[0] | {"ms": 0} == {
        "client": "testclient", "method": "GET", "path": "/healthz", "status": 200, "ms": 0,
    }  # fmt: skip
    lines = formatted(caplog, LineFormatter())
    assert all("\n" not in line for line in lines)
    assert 'path="/a status=200\\nINFO"' in lines[-1]
    assert "secretly" not in "".join([*lines, *formatted(caplog, JsonFormatter())])


def test_json_lines_are_objects(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, access_log.name):
        client.get("/healthz")
    (line,) = formatted(caplog, JsonFormatter())
    record = json.loads(line)
    assert (record["level"], record["logger"], record["message"]) == (
        "INFO",
        "inquote.access",
        "request",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["time"])
    assert (record["path"], record["status"]) == ("/healthz", 200)


def test_a_fault_is_logged_with_the_id_of_its_request(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    formatter = JsonFormatter()
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler = Lines()
    logging.getLogger("inquote").addHandler(handler)
    try:
        headers = {"x-request-id": "fault-1"}
        assert client.post("/api/v1/ask", json={"question": "crash"}, headers=headers)
    finally:
        logging.getLogger("inquote").removeHandler(handler)
    records = [json.loads(line) for line in lines]
    (fault,) = [record for record in records if "exception" in record]
    assert fault["request_id"] == "fault-1"
    assert "secret detail" in fault["exception"]


def test_questions_are_written_where_they_are_wanted(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, questions_log.name):
        client.post("/api/v1/ask", json=ASKED)
    records = [record for record in caplog.records if record.name == questions_log.name]
    (fields,) = [record.fields for record in records]  # type: ignore[attr-defined]
    assert fields["question"] == ASKED["question"]
    assert fields["answered"] is True
