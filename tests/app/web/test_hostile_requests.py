"""Thousands of requests that no page would send: none is a fault of the server's, none fills its
log."""

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fake_system import FakeSystem, opener
from inquote.app.web.asgi import Message, Receive, Scope, Send
from inquote.app.web.bodies import MOST_LEVELS, BodyError, parse_json
from inquote.app.web.guard import Guard
from inquote.app.web.refusals import LINES_A_MINUTE, limit_logs, log
from inquote.app.web.routes import route_of
from inquote.app.web.sites import Sites
from serving import served

COUNT = 1000
SENT_AT_ONCE = 8
STATUSES = {200, 202, 204, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 503}
PATHS = [
    "/", "/docs", "/openapi.json", "/page/page.js", "/page/..%2fx", "/page/%00", "/config",
    "/api/ask", "/api/pane", "/api/export/a.md", "/api/export/%ff.json", "/api/corpus",
    "/api/corpus/work", "/api/corpus/files", "/api/corpus/remove", "/api/corpus/undo",
    "/api/corpus/stop", "/api/corpus/compare", "/api/feedback/a", "/api/feedback/%F0%9F%A6%A6",
    "/assets/x-12345678.js", "/assets/%0a", "/static/a", "/theme.css", "/favicon.ico",
    "/gradio_api/startup-events", "/gradio_api/queue/data", "/gradio_api/queue/join",
    "/gradio_api/queue/join/", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/info",
    "/api/v1/ask", "/api/v1/search", "/api/v1/documents", "/api/v1/documents/%ff%00",
    "/api/v1/work", "/mcp", "/healthz", "/readyz", "/metrics",
    "//", "/%2e%2e/", "/api/ask%00", "/api/" + "a" * 5000,
]  # fmt: skip
VALUES: list[Any] = [
    None, True, -1, 0, 1, 2**31, 10**40, 1.5, 1e308, "", "x", "\x00", "\ud800", "\u202e",
    "x" * 70_000, [], [[]], {}, {"a": {}}, ["x"] * 500, {"path": "/etc/passwd"},
    {"_type": "gradio.FileData"}, [None] * 4, ["q", None, [], ""], ["q", None, {"a": 1}, 7],
    ["\ud800", None, [["\udfff", True]], ""],
]  # fmt: skip
KEYS = [
    "question", "history", "document", "verdict", "sentence", "data", "fn_index", "session_hash",
    "trigger_id", "event_data", "event_id", "oauth_token", "batched", "simple_format", "\ud800",
]  # fmt: skip
RAW = [
    b"", b"{", b"\xff\xfe", b"NaN", b'{"question": Infinity}', b"9" * 5000, b"[" * 100_000,
    b'{"a":' * 100_000, b"[" * 1000 + b"]" * 1000, b'"\\ud800"', b"null", b"\x00" * 100,
    b"--b\r\nContent-Disposition: form-data; name=files; filename=a\r\n\r\nx\r\n--b--\r\n",
]  # fmt: skip
HEADERS = [
    ("content-type", "application/json"), ("content-type", "multipart/form-data; boundary=b"),
    ("content-type", "multipart/form-data"), ("content-type", "text/plain; charset=nonsense"),
    ("content-type", "\xff"), ("accept-encoding", "br;q=x, gzip"), ("range", "bytes=9-1,x"),
    ("if-none-match", '"'), ("if-modified-since", "yesterday"), ("cookie", "\xff=;;="),
    ("authorization", "Basic \xff"), ("x-forwarded-for", "\xff, 1"), ("forwarded", "for=x"),
    ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "\xff"), ("host", "evil.example"),
    ("host", "[::1"), ("origin", "null"), ("expect", "100-continue"), ("te", "x"),
    ("x-gradio-user", "a"), ("content-encoding", "gzip"), ("content-length", "9" * 30),
]  # fmt: skip
QUERIES = [
    "", "session_hash=x", "session_hash=%ff", "document=%00", "document=%ED%A0%80", "mark=1:0-5",
    "document=corpus/small.md&mark=" + "9" * 5000 + ":1-2",
    "document=corpus/small.md&mark=1:0-" + "9" * 40,
    "&".join(["mark=1:0-5"] * 200), "find=%00%ff" + "(" * 2000, "a=b&" * 2000, "q=%", "v=1&&&=",
]  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(opener(FakeSystem())) as address:
        yield address


def request(chance: random.Random) -> dict[str, Any]:
    """What `AsyncClient.build_request` takes, for something hostile."""
    body = chance.choice(RAW)
    if chance.random() < 0.7:
        keys = chance.sample(KEYS, chance.randint(1, 6))
        body = json.dumps({key: chance.choice(VALUES) for key in keys}).encode()
    headers = [("content-type", "application/json")] if chance.random() < 0.6 else []
    headers += chance.sample(HEADERS, chance.choice([0, 0, 1, 3]))
    return {
        "method": chance.choice(["GET", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "X"]),
        "url": f"{chance.choice(PATHS)}?{chance.choice(QUERIES)}",
        "headers": [(name, value.encode("latin-1")) for name, value in headers],
        "content": body,
    }


async def send_all(address: str, requests: list[dict[str, Any]]) -> list[tuple[int, str]]:
    at_once = asyncio.Semaphore(SENT_AT_ONCE)

    async def send(client: httpx.AsyncClient, parts: dict[str, Any]) -> tuple[int, str]:
        async with at_once:
            try:
                response = await client.send(client.build_request(**parts))
            except (httpx.RemoteProtocolError, httpx.LocalProtocolError):
                return 400, ""  # what h11 does not even send, or hangs up on
            return response.status_code, str(parts)[:300]

    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        return await asyncio.gather(*[send(client, parts) for parts in requests])


@pytest.mark.server
def test_nothing_that_anybody_sends_is_a_fault(
    address: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(18)
    requests = [request(chance) for _ in range(COUNT)]
    statuses = asyncio.run(send_all(address, requests))
    assert [answer for answer in statuses if answer[0] not in STATUSES] == []
    errors = capfd.readouterr().err + caplog.text
    assert "Traceback" not in errors
    assert len(errors.splitlines()) <= 4 * LINES_A_MINUTE
    question = {"question": "approved"}
    assert httpx.post(f"{address}/api/ask", json=question, timeout=30).json()["answer"] == "2015"


@pytest.fixture
def call(address: str) -> dict[str, Any]:
    """The page's own call when a question is asked."""
    config = httpx.get(f"{address}/config").json()
    event = next(event for event in config["dependencies"] if len(event["inputs"]) == 6)
    return {
        "data": ["approved", None, [], "", "", ""],
        "event_data": None,
        "fn_index": event["id"],
        "trigger_id": event["targets"][0][0],
        "session_hash": "abc",
    }


FOREIGN = [
    ("fn_index", value) for value in (999, -1, 10**30, "0", None, 1.5, True)
] + [
    ("data", value)
    for value in ([], None, "x", {}, [1] * 9, [{"path": "/etc/passwd"}, None, [], ""])
] + [
    ("data", ["q", None, [[{"url": "http://example.com/", "meta": {}}]], ""]),
    ("session_hash", None), ("session_hash", ""), ("session_hash", "\ud800"),
    ("session_hash", "x" * 1000), ("session_hash", "a b"), ("trigger_id", 10**30),
    ("trigger_id", "x"), ("event_id", "x"), ("simple_format", True), ("batched", True),
]  # fmt: skip


@pytest.mark.server
@pytest.mark.parametrize(("key", "value"), FOREIGN)
def test_a_call_of_the_page_that_is_not_its_own_is_one_line(
    address: str,
    call: dict[str, Any],
    key: str,
    value: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    log.filters.clear()
    body = json.dumps({**call, key: value}).encode()
    response = httpx.post(f"{address}/gradio_api/queue/join", content=body)
    assert response.status_code == 422
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("127.0.0.1 POST /gradio_api/queue/join: 422 Please send")
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.server
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("session_hash=foreign", 404),
        ("", 422),
        ("session_hash=", 422),
        ("session_hash=a&session_hash=b", 422),
        ("session_hash=%ff", 422),
        ("session_hash=%00", 422),
    ],
)
def test_the_stream_of_a_foreign_session_is_one_line(
    address: str, query: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    log.filters.clear()
    response = httpx.get(f"{address}/gradio_api/queue/data?{query}")
    assert (response.status_code, len(caplog.messages)) == (status, 1)


@pytest.mark.server
def test_two_streams_of_a_session_that_end_early_are_no_traceback(
    address: str, call: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    call["session_hash"] = "twice"
    url = f"{address}/gradio_api/queue/data?session_hash=twice"

    async def leave_early() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            for _ in range(3):
                await client.post(f"{address}/gradio_api/queue/join", json=call)
                async with client.stream("GET", url), client.stream("GET", url):
                    pass
        await asyncio.sleep(0.5)

    asyncio.run(leave_early())
    assert "Traceback" not in capfd.readouterr().err


def test_the_log_takes_so_many_lines_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    log.filters.clear()
    limit_logs()
    for n in range(3 * LINES_A_MINUTE):
        log.warning("line %d", n)
    assert LINES_A_MINUTE <= len(caplog.messages) <= 2 * LINES_A_MINUTE  # a minute may begin
    assert caplog.messages[LINES_A_MINUTE - 1].endswith(
        "(further lines of this minute are left out)"
    )
    log.error("ours")
    assert caplog.messages[-1] == "ours"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NaN", b"[-Infinity]", b"\xff", b"9" * 5000, b"[" * 100_000]
)
def test_what_is_no_plain_json_is_one_error(body: bytes) -> None:
    with pytest.raises(BodyError):
        parse_json(body)


def test_json_may_be_nested_so_far() -> None:
    assert parse_json(b"[" * MOST_LEVELS + b"]" * MOST_LEVELS)
    with pytest.raises(BodyError):
        parse_json(b'{"a":' * (MOST_LEVELS + 1) + b"1" + b"}" * (MOST_LEVELS + 1))
    assert parse_json(b'{"question": "\\ud800"}') == {"question": "\ud800"}


def test_what_the_application_lets_fall_is_in_the_log_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("secret detail")

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/docs",
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(Guard(app, Sites("localhost"))(scope, receive, send))
    assert sent[0]["status"] == 500
    assert b"secret" not in sent[1]["body"]
    assert caplog.text.count("Traceback") == 1


def test_names_in_addresses_are_short_and_plain() -> None:
    assert route_of("/gradio_api/queue/data")
    for path in ("/gradio_api/heartbeat/" + "a" * 65, "/gradio_api/heartbeat/\u0661", "/api/ask\n"):
        assert route_of(path) is None
