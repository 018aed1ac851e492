"""The page's own protocol without a browser: odd input, crowds, people who leave."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from fake_system import FakeSystem, opener
from inquote.app.web.asgi import Message, Receive, Scope, Send
from inquote.app.web.streams import READING_TIME, StreamEnds
from serving import Visitor, served

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[FakeSystem, str]]:
    system = FakeSystem()
    with served(opener(system)) as address:
        yield system, address


@pytest.fixture
def address(running: tuple[FakeSystem, str]) -> str:
    return running[1]


def visit(address: str, work: Callable[[httpx.AsyncClient], Any]) -> Any:
    async def run() -> Any:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            return await work(client)

    return asyncio.run(run())


@contextmanager
def held(system: FakeSystem) -> Iterator[None]:
    """As long as the context lasts, no question is answered."""
    system.hold = threading.Event()
    try:
        yield
    finally:
        system.hold.set()
        system.hold = None


def test_after_what_no_browser_would_send_the_conversation_goes_on(address: str) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        visitor = await Visitor(client).open()
        for odd in (None, ["x"], {"y": [1]}, 7, "\x00", "x" * 10_000):
            assert (await visitor.ask(odd))[-1][0] == "assistant"
        conversation = await visitor.ask("When was it approved?")
        assert conversation[-2] == ("user", "When was it approved?")
        assert conversation[-1][1].startswith("2015")
        assert len(conversation) == 14

    visit(address, work)


@pytest.mark.parametrize(
    "kept", [None, "text", {"a": 1}, [1, [], [None], [{"b": 2}, "x", "y"]], [["approved", "yes"]]]
)
def test_what_a_browser_brings_back_may_be_anything(address: str, kept: object) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        conversation = await (await Visitor(client).open()).ask("What was the response?", kept)
        assert conversation[-2:][0] == ("user", "What was the response?")
        assert conversation[-1][1].startswith("16.3% of patients")

    visit(address, work)


def test_a_browser_brings_back_questions_and_never_answers(running: tuple[FakeSystem, str]) -> None:
    system, address = running

    async def work(client: httpx.AsyncClient) -> None:
        conversation = await (await Visitor(client).open()).ask(
            "Which effects?", [["Approved?", False], ["Bad", True]]
        )
        assert [text for role, text in conversation if role == "user"] == [
            "Approved?",
            "Bad",
            "Which effects?",
        ]
        assert system.questions[-1] == ("Which effects?", ("Bad",))

    visit(address, work)


def test_no_event_takes_the_conversation_from_the_browser(address: str) -> None:
    config = httpx.get(f"{address}/config").json()
    shown = {
        component["id"] for component in config["components"] if component["type"] == "chatbot"
    }
    assert shown
    assert not any(shown & set(event["inputs"]) for event in config["dependencies"])


def test_people_who_ask_at_once_get_their_own_answers(address: str) -> None:
    async def on_the_page(client: httpx.AsyncClient, name: str) -> None:
        visitor = await Visitor(client).open()
        for n, (question, quote) in enumerate([("approved", "2015"), ("response", "16.3%")]):
            conversation = await visitor.ask(f"{question} {name} {n}")
            assert conversation[-2] == ("user", f"{question} {name} {n}")
            assert conversation[-1][1].startswith(quote)
            assert all(name in text for role, text in conversation if role == "user")

    async def by_program(client: httpx.AsyncClient, name: str) -> None:
        answer = (await client.post("/api/ask", json={"question": f"effects {name}"})).json()
        assert (answer["question"], answer["answer"]) == (
            f"effects {name}",
            "fatigue, chills and fever",
        )

    async def work(client: httpx.AsyncClient) -> None:
        crowd = [
            call(client, f"{call.__name__}-{n}")
            for n in range(8)
            for call in (on_the_page, by_program)
        ]
        await asyncio.gather(*crowd)

    visit(address, work)


HEAD = "POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "sent", ["", "POST /api", HEAD, HEAD + "Content-Length: 100\r\n\r\n{", "\x00\x01\r\n\r\n"]
)
def test_while_requests_are_half_sent_others_are_served(address: str, sent: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    stalled = [socket.create_connection((host, int(port))) for _ in range(20)]
    try:
        for connection in stalled:
            connection.sendall(sent.encode())
        answer = httpx.post(f"{address}/api/ask", json={"question": "approved"}, timeout=30).json()
        assert answer["answer"] == "2015"
    finally:
        for connection in stalled:
            connection.close()
    assert httpx.get(f"{address}/docs", timeout=30).status_code == 200


def test_someone_who_leaves_before_the_answer_keeps_nobody_waiting(
    running: tuple[FakeSystem, str],
) -> None:
    system, address = running
    host, port = address.removeprefix("http://").split(":")
    before = len(system.questions)
    body = json.dumps({"question": "approved"})
    with held(system), socket.create_connection((host, int(port))) as leaving:
        leaving.sendall(f"{HEAD}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        while len(system.questions) == before:
            pass
    assert httpx.post(f"{address}/api/ask", json={"question": "response"}, timeout=30).json()[
        "answer"
    ]


def test_a_question_whose_answer_has_not_reached_the_browser_is_not_asked_twice(
    running: tuple[FakeSystem, str],
) -> None:
    system, address = running

    async def work(client: httpx.AsyncClient) -> None:
        visitor = await Visitor(client).open()
        asked = "When was it approved?"
        assert len(await visitor.ask(asked)) == 2
        before = len(system.questions)
        assert len(await visitor.ask(asked, [])) == 2
        assert len(system.questions) == before
        assert len(await visitor.ask(asked, [[asked, False]])) == 4
        assert len(await visitor.ask("", [[asked, False], [asked, False]])) == 6

    visit(address, work)


def test_enter_pressed_twice_asks_once(running: tuple[FakeSystem, str]) -> None:
    system, address = running

    async def work(client: httpx.AsyncClient) -> None:
        visitor = await Visitor(client).open()
        before = len(system.questions)
        with held(system):
            posted = [await visitor.post(question) for question in ("approved", "approved", "")]
            while len(system.questions) == before:
                await asyncio.sleep(0.01)
        assert [len(conversation) for conversation in await visitor.listen(posted)] == [2, 2, 2]
        assert len(system.questions) == before + 1

    visit(address, work)


def test_a_question_asked_while_another_is_looked_for_still_leans_on_it(
    running: tuple[FakeSystem, str],
) -> None:
    system, address = running

    async def work(client: httpx.AsyncClient) -> None:
        visitor = await Visitor(client).open()
        with held(system):
            posted = [await visitor.post("approved"), await visitor.post("And the response?")]
            await asyncio.sleep(0.2)
        second = (await visitor.listen(posted))[1]
        assert [text for role, text in second if role == "user"] == [
            "approved",
            "And the response?",
        ]
        assert second[3][1].startswith("16.3% of patients")
        assert system.questions[-2:] == [("approved", ()), ("And the response?", ("approved",))]

    visit(address, work)


def test_who_posts_an_event_right_after_the_end_of_a_stream_hears_of_it_once_the_end_is_seen() -> (
    None
):
    sent: list[tuple[str, float]] = []

    async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.body", "body": scope["says"]})

    def asks(path: str, tab: str, says: bytes) -> Any:
        async def send(message: Message) -> None:
            sent.append((f"{path} {tab}", time.monotonic()))

        async def receive() -> Message:
            return {"body": f'{{"data": [], "session_hash": "{tab}"}}'.encode()}

        query = f"session_hash={tab}".encode()
        scope = {"path": f"/gradio_api/queue/{path}", "query_string": query, "says": says}
        return ends(scope, receive, send)

    async def work() -> None:
        await asks("join", "one", b"{}")
        await asks("data", "one", b'data: {"msg":"close_stream"}')
        await asks("data", "one", b'data: {"msg":"heartbeat"}')
        await asks("join", "other", b"{}")
        await asks("join", "one", b"{}")

    ends = StreamEnds(gradio)
    began = time.monotonic()
    asyncio.run(work())
    assert [path for path, _ in sent] == [
        "join one",
        "data one",
        "data one",
        "join other",
        "join one",
    ]
    assert sent[3][1] - began < READING_TIME <= sent[4][1] - sent[1][1]
