import asyncio
import base64
from typing import Any

import pytest

from inquote.app.web.guard import Guard
from inquote.app.web.password import Login, PasswordError, hash_password

SALT = bytes(range(16))
STORED = (
    "ann:scrypt$000102030405060708090a0b0c0d0e0f$"
    + hash_password("ann", "secret", SALT).rpartition("$")[2]
)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_a_hash_is_scrypt_with_a_salt_of_its_own() -> None:
    assert hash_password("ann", "secret", SALT) == STORED
    assert hash_password("ann", "secret") != hash_password("ann", "secret")


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        (basic("ann:secret"), True),
        (basic("ann:wrong"), False),
        (basic("bob:secret"), False),
        ("Bearer " + basic("ann:secret")[6:], False),
        ("Basic !!!", False),
        ("Basic " + base64.b64encode(b"\xff\xfe").decode(), False),
        ("Basic \xe9", False),
        ("", False),
    ],
)
def test_who_is_let_in(header: str, allowed: bool) -> None:
    login = Login(STORED)
    assert [login.allows(header), login.allows(header)] == [allowed, allowed]


@pytest.mark.parametrize("wrong", ["ann", "ann:secret", "ann:scrypt$00$00", ""])
def test_what_is_no_hash_is_told(wrong: str) -> None:
    with pytest.raises(PasswordError, match="inquote password USER"):
        Login(wrong)


@pytest.mark.parametrize(("user", "password"), [("a:b", "x"), ("", "x"), ("ann", "")])
def test_what_cannot_be_hashed_is_told(user: str, password: str) -> None:
    with pytest.raises(PasswordError, match="without a colon"):
        hash_password(user, password)


def respond(guard: Guard, *headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/docs",
        "headers": [(b"host", b"localhost"), *headers],
    }
    asyncio.run(guard(scope, receive, send))
    return sent


def test_the_guard_asks_for_the_password() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    guard = Guard(app, "localhost", login=Login(STORED))
    refused = respond(guard)
    assert refused[0]["status"] == 401
    assert (b"www-authenticate", b'Basic realm="inquote", charset="UTF-8"') in refused[0]["headers"]
    assert respond(guard, (b"authorization", basic("ann:secret").encode()))[0]["status"] == 200
    assert respond(Guard(app, "localhost"))[0]["status"] == 200
