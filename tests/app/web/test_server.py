import asyncio
import re
import threading
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from fake_system import ARTICLE, FakeSystem, make_document, opener
from inquote.app.service.service import Busy, DocumentChanged, Service, explain
from inquote.app.web.server import create_app
from inquote.ingest.errors import LibraryMissing

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture(scope="module")
def client(system: FakeSystem) -> Iterator[TestClient]:
    service = Service(opener(system))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    service.close()


# ---- POST /api/ask


def test_an_answer_is_the_contract_object(client: TestClient, system: FakeSystem) -> None:
    response = client.post(
        "/api/ask", json={"question": "When was it approved?", "history": ["What is it?"]}
    )
    assert response.status_code == 200
    assert response.json() == system.ask("When was it approved?", ["What is it?"]).as_json()
    assert response.json()["citations"][0]["quote"] == "2015"
    assert system.questions[-2] == ("When was it approved?", ("What is it?",))


def test_a_refusal_has_a_null_answer(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": "What does it cost?"}).json()
    assert answer["answer"] is None
    assert answer["citations"] == []
    assert len(answer["nearest"]) == 3


@pytest.mark.parametrize("question", ["", "  ", "?!", "x" * 10_000, "x" * 1_000_000])
def test_a_question_that_cannot_be_asked_is_400_with_a_sentence(
    client: TestClient, question: str
) -> None:
    response = client.post("/api/ask", json={"question": question})
    assert response.status_code == 400
    assert response.json()["error"].startswith("Please ")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"question": null}', b'{"question": ["a"]}', b"\xff", b'{"q": 1}'],
)
def test_a_malformed_body_is_422_with_a_sentence(client: TestClient, body: bytes) -> None:
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json() == {
        "error": 'Please send JSON of the form {"question": "...", "history": ["..."]}.'
    }


@pytest.mark.parametrize(
    "question", [b"approved\\u0000?", b"approved \\ud800", b"approved [SEP] [MASK]"]
)
def test_odd_characters_in_a_question_are_no_obstacle(client: TestClient, question: bytes) -> None:
    body = b'{"question": "' + question + b'", "history": ["\\udfff"]}'
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["answer"]) == (200, "2015")


def test_an_unexpected_error_gives_a_reference_and_logs_the_details(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.post("/api/ask", json={"question": "crash"})
    assert response.status_code == 500
    sentence = response.json()["error"]
    assert "secret detail" not in sentence
    reference = re.search(r"reference (\w{8})", sentence)
    assert reference and reference[1] in caplog.text
    assert "secret detail" in caplog.text


def test_the_openapi_description_names_every_key_of_the_answer(
    client: TestClient, system: FakeSystem
) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    answer = system.ask("When was it approved?").as_json()
    assert list(schemas["AnswerOut"]["properties"]) == list(answer)
    assert list(schemas["CitationOut"]["properties"]) == list(answer["citations"][0])
    assert list(schemas["PassageOut"]["properties"]) == list(answer["nearest"][0])


def test_the_docs_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "POST /api/ask" in page.text
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    assert "<script" not in page.text


# ---- feedback


def test_feedback_on_an_answer_that_is_not_there_is_400_with_a_sentence(client: TestClient) -> None:
    for response in (
        client.get("/api/feedback/unknown"),
        client.post("/api/feedback/unknown", json={"verdict": "right"}),
    ):
        assert response.status_code == 400
        assert response.json() == {
            "error": "That answer is not there any more; ask the question again."
        }
    assert client.post("/api/feedback/unknown", json={"verdict": 7}).status_code == 422


# ---- the document pane


def test_the_pane_shows_the_only_document_and_marks_what_it_is_asked_to(client: TestClient) -> None:
    assert '<h2 id="document-title" dir="auto">A small article</h2>' in client.get("/api/pane").text
    document = make_document(ARTICLE)
    start = ARTICLE.index("16.3%")
    query = {"document": document.id, "sha256": document.sha256, "mark": [f"1:{start}-{start + 5}"]}
    page = client.get("/api/pane", params=query).text
    assert '<mark data-cite="1" data-label="1">16.3%</mark>' in page
    text = page[page.index('<div class="part">') : page.index('<div class="selection"')]
    assert unescape(re.sub("<[^>]*>", "", text)) == ARTICLE


@pytest.mark.parametrize("mark", ["1:0-999999", "1:5-5", "1:-3-4", "x", "1:a-b", ""])
def test_a_range_that_is_not_in_the_document_is_400(client: TestClient, mark: str) -> None:
    response = client.get("/api/pane", params={"document": "corpus/small.md", "mark": mark})
    assert response.status_code == 400
    assert "That place is not in the document." in response.text


def test_a_document_that_changed_or_went_says_so(client: TestClient) -> None:
    changed = client.get("/api/pane", params={"document": "corpus/small.md", "sha256": "0" * 64})
    assert (changed.status_code, "has changed since that answer" in changed.text) == (410, True)
    gone = client.get("/api/pane", params={"document": "<b>"})
    assert (gone.status_code, "The document &lt;b&gt; is not in the library" in gone.text) == (
        410,
        True,
    )


# ---- the guard


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/docs", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:7860", "192.168.0.1", "[::1"],
)
def test_a_foreign_host_is_400(client: TestClient, host: str) -> None:
    assert client.get("/docs", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:7861", "http://localhost:7860"]
)
def test_a_foreign_origin_is_403(client: TestClient, origin: str) -> None:
    response = client.post("/api/ask", json={"question": "approved"}, headers={"origin": origin})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_our_own_origin_is_answered(client: TestClient) -> None:
    assert (
        client.post(
            "/api/ask", json={"question": "approved"}, headers={"origin": ADDRESS}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.com/x",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload_progress",
        "/gradio_api/vibe-code",
        "/gradio_api/runs",
        "/monitoring",
        "/monitoring/summary",
        "/manifest.json",
        "/login_check",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/static/..%2f..%2fpackage.json",
    ],
)
def test_routes_that_the_page_does_not_use_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["upload", "run/ask", "api/ask", "call/ask", "component_server", "process_recording"]
)
def test_gradio_takes_no_other_calls(client: TestClient, path: str) -> None:
    assert client.post(f"/gradio_api/{path}", json={"data": ["x"]}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "GET", "HEAD"])
def test_other_methods_are_405_with_those_that_there_are(client: TestClient, method: str) -> None:
    response = client.request(method, "/api/ask")
    assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")
    assert response.text == ("" if method == "HEAD" else '{"error": "' + TAKES + '"}')
    assert client.request("PUT", "/nothing").status_code == 404


TAKES = "This address takes POST, OPTIONS only."
PLACES = ["/", "/docs", "/page/page.js", "/api/pane", "/api/corpus", "/api/corpus/work", "/config"]


@pytest.mark.parametrize("path", [*PLACES, "/theme.css", "/gradio_api/heartbeat/abc"])
def test_options_are_named_and_head_is_get_without_a_body(client: TestClient, path: str) -> None:
    options = client.options(path)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    if "heartbeat" in path:  # whose body would never end
        assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
    else:
        kept = {"x-request-id": "one"}  # which is made anew for each request else
        assert client.head(path, headers=kept).headers == client.get(path, headers=kept).headers


def test_what_shows_the_corpus_is_kept_nowhere_and_what_has_a_hash_for_long(
    client: TestClient,
) -> None:
    def cache(path: str) -> str:
        return client.get(path).headers["cache-control"]

    asked = client.post("/api/ask", json={"question": "approved"})
    assert asked.headers["cache-control"] == "no-store"
    for path in ("/api/pane", "/api/corpus", "/api/corpus/work", "/config", "/nothing"):
        assert cache(path) == "no-store"
    for path in ("/", "/page/page.js", "/docs", "/theme.css"):
        assert cache(path) == "no-cache"
    assets = re.findall(r"(?:src|href)=\"\.?(/assets/[^\"]+)\"", client.get("/").text)
    assert assets
    assert {cache(path) for path in assets} == {"public, max-age=31536000, immutable"}
    assert cache("/assets/none-12345678.js") == "no-store"
    file = client.get("/page/page.js")
    again = client.get("/page/page.js", headers={"if-none-match": file.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_a_body_over_the_limit_is_413_whether_announced_or_not(client: TestClient) -> None:
    body = b'{"question": "' + b"x" * 10_000_000 + b'"}'
    assert client.post("/api/ask", content=body).status_code == 413
    chunks = (body[i : i + 65_536] for i in range(0, len(body), 65_536))
    assert client.post("/api/ask", content=chunks).status_code == 413


def test_every_response_carries_the_security_headers(client: TestClient) -> None:
    for response in (client.get("/"), client.get("/page/page.js"), client.get("/nothing")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-frame-options"] == "DENY"
        policy = response.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy and "*" not in policy


def test_the_page_runs_only_its_own_scripts(client: TestClient) -> None:
    policy = client.get("/", headers={"accept-encoding": "br, gzip"}).headers[
        "content-security-policy"
    ]
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts and "'unsafe" not in scripts[1]
    assert scripts[1].count("'sha256-") >= 3


def test_the_page_has_something_to_see_before_its_scripts_and_speaks_of_no_other_site(
    client: TestClient,
) -> None:
    response = client.get("/")
    head, body = response.text.split("</head>", 1)
    assert '<link rel="stylesheet" href="page/style.css">' in head
    assert body.index('<div id="opening" role="status"><b>inquote</b>') < body.index("<gradio-app")
    assert int(response.headers["content-length"]) == len(response.content)
    without_config = re.sub(
        r"<script>window.gradio_config.*?</script>", "", response.text, flags=re.DOTALL
    )
    assert set(re.findall(r"https?://[^/\"' ]+", without_config)) <= {ADDRESS}


def test_the_system_is_opened_at_once_or_with_the_first_call() -> None:
    opened: list[str] = []

    def open_system() -> FakeSystem:
        opened.append("now")
        return FakeSystem()

    at_once, later = Service(open_system), Service(open_system, at_once=False)
    at_once.close()
    assert opened == ["now"]
    assert not later.ready
    asyncio.run(later.wait_until_open())
    assert opened == ["now", "now"]
    later.close()
    never = Service(open_system, at_once=False)
    never.close()
    assert opened == ["now", "now"]


def test_no_event_of_the_page_is_an_endpoint_for_others(client: TestClient) -> None:
    config = client.get("/config").json()
    assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}


# ---- the service


def test_calls_over_the_limit_are_busy() -> None:
    system = FakeSystem(hold=threading.Event())
    service = Service(opener(system), limit=2)

    async def crowd() -> list[object]:
        calls = [asyncio.create_task(service.answer("approved")) for _ in range(5)]
        await asyncio.sleep(0.1)
        assert system.hold
        system.hold.set()
        return list(await asyncio.gather(*calls, return_exceptions=True))

    results = asyncio.run(crowd())
    assert sum(isinstance(result, Busy) for result in results) == 3
    assert len(system.questions) == 2
    service.close()
    assert system.closed


def test_a_system_that_could_not_be_opened_is_tried_again() -> None:
    attempts: list[int] = []

    def open_system() -> FakeSystem:
        attempts.append(1)
        if len(attempts) < 3:
            raise LibraryMissing("There is no library here: run inquote ingest.")
        return FakeSystem()

    service = Service(open_system)
    with pytest.raises(LibraryMissing):
        asyncio.run(service.answer("approved"))
    assert asyncio.run(service.answer("approved")).text == "2015"
    service.close()


def test_while_loading_the_endpoint_is_busy() -> None:
    gate = threading.Event()

    def open_system() -> FakeSystem:
        assert gate.wait(20)
        return FakeSystem()

    service = Service(open_system)
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS) as client:
        response = client.post("/api/ask", json={"question": "approved"})
        assert response.status_code == 503
        assert response.headers["retry-after"]
        gate.set()
        asyncio.run(service.suggestions())
        assert client.post("/api/ask", json={"question": "approved"}).status_code == 200
    service.close()


def test_a_reply_holds_the_documents_of_its_hits() -> None:
    service = Service(opener(FakeSystem()))
    reply = asyncio.run(service.reply("approved"))
    assert reply.answer.text == "2015"
    assert reply.documents == {"corpus/small.md": make_document(ARTICLE)}
    service.close()


def test_a_known_error_is_explained_by_its_own_sentence() -> None:
    assert explain(DocumentChanged("Ask again.")) == "Ask again."
