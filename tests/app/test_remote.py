"""What a client does with a server that is busy, refuses it, or is no server of ours."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inquote.app import remote
from inquote.app.remote import RemoteSystem, ServerRefused
from inquote.ingest.errors import InquoteError, LibraryUnavailable, QuestionError

Reply = tuple[int, Any, dict[str, str]]
OPEN: Reply = (200, {"generation": 1}, {})


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RemoteSystem]:
    """Make a client to whom a server gives these replies, one after the other."""
    client = httpx.Client

    def make(
        *replies: Reply, patience: float = 30.0, address: str = "http://server/", **more: Any
    ) -> RemoteSystem:
        left = list(replies)

        def answer(request: httpx.Request) -> httpx.Response:
            status, value, headers = left.pop(0)
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            return httpx.Response(status, content=content, headers=headers)

        transport = httpx.MockTransport(answer)
        monkeypatch.setattr(httpx, "Client", lambda **more: client(transport=transport, **more))
        monkeypatch.setattr(remote.time, "sleep", lambda seconds: None)
        return RemoteSystem(address, **{"token": "secret", "patience": patience, **more})

    return make


def test_a_server_that_loads_is_waited_for(connect: Callable[..., RemoteSystem]) -> None:
    loading: Reply = (503, {"error": "loading"}, {"retry-after": "2"})
    system = connect(loading, loading, OPEN, (200, {"documents": []}, {}))
    assert system.documents() == []
    with pytest.raises(LibraryUnavailable, match=r"^loading$"):
        connect(loading, patience=1.0)


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        ((401, {"error": "Log in."}, {}), ServerRefused, r"token=\.\.\."),
        ((403, {"error": "Not you."}, {}), ServerRefused, "Not you"),
        ((400, {"error": "Please type."}, {}), QuestionError, "Please type"),
        ((429, {"error": "Too many."}, {}), LibraryUnavailable, "Too many"),
        ((500, {"error": "Ours."}, {}), LibraryUnavailable, "Ours"),
        ((502, b"<html>", {}), LibraryUnavailable, "is no inquote server"),
        ((200, b"<html>", {}), LibraryUnavailable, "is no inquote server"),
        ((301, b"", {"location": "https://server/"}), LibraryUnavailable, "is no inquote server"),
    ],
)
def test_what_a_server_refuses_is_a_sentence(
    connect: Callable[..., RemoteSystem], reply: Reply, kind: type[InquoteError], sentence: str
) -> None:
    system = connect(OPEN, reply)
    with pytest.raises(kind, match=sentence) as raised:
        system.ask("Who?")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("value", [[], {}, {"documents": 1}, {"documents": [{}]}, None, "x"])
def test_what_answers_otherwise_is_no_server_of_ours(
    connect: Callable[..., RemoteSystem], value: Any
) -> None:
    with pytest.raises(LibraryUnavailable, match="is no inquote server"):
        connect(OPEN, (200, value, {})).documents()
    with pytest.raises(LibraryUnavailable, match="is no inquote server"):
        connect(OPEN, (200, value, {})).ask("Who?")
    with pytest.raises(LibraryUnavailable, match="is no inquote server"):
        connect(OPEN, (200, value, {})).document("a.md")
    if value != {"documents": 1}:
        with pytest.raises(LibraryUnavailable, match="is no inquote server"):
            connect((200, value, {}))


def test_what_a_newer_server_says_besides_is_passed_over(
    connect: Callable[..., RemoteSystem],
) -> None:
    info = {"id": "a.md", "title": "A", "source": "", "sha256": "0", "characters": 1}
    info |= {"passages": 1, "ingested_at": "2026-01-01", "colour": "blue"}
    (known,) = connect(OPEN, (200, {"documents": [info], "more": 1}, {})).documents()
    assert (known.id, known.ingested_at) == ("a.md", "2026-01-01")
    with pytest.raises(LibraryUnavailable, match="a newer inquote"):
        connect(OPEN, (200, {"version": 99}, {})).ask("Who?")


def test_a_token_and_a_password_stand_in_no_sentence(
    connect: Callable[..., RemoteSystem], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(OPEN, token="secret\n")  # as it is read from a file
    for token in ("se cret", "secr\x00et", "secr\u00e9t"):
        with pytest.raises(InquoteError, match="That is no token") as raised:
            connect(OPEN, token=token)
        assert token not in str(raised.value)
    address = "http://ann:p%40ss@server/inquote"
    with pytest.raises(LibraryUnavailable, match="at http://server/inquote is no") as raised:
        connect((502, b"", {}), address=address, token=None)
    assert "p@ss" not in str(raised.value) and "ann" not in str(raised.value)


def test_a_name_and_a_password_of_the_address_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[httpx.Request] = []
    client = httpx.Client

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"generation": 1})

    transport = httpx.MockTransport(answer)
    monkeypatch.setattr(httpx, "Client", lambda **more: client(transport=transport, **more))
    RemoteSystem("http://ann:p%40ss@server:81/inquote/").close()
    assert str(sent[0].url) == "http://server:81/inquote/api/v1/library"
    assert sent[0].headers["authorization"] == httpx.BasicAuth("ann", "p@ss")._auth_header
