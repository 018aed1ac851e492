import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from inquote.app.web.guard import Guard
from inquote.app.web.login import (
    MOST_REMEMBERED,
    MOST_WAITING,
    SECONDS_A_TRY,
    TRIES,
    Guesses,
    Login,
)
from inquote.app.web.password import Accounts, PasswordError, hash_password, read_accounts
from inquote.app.web.refusals import Refusal
from inquote.app.web.sites import Sites

SALT = bytes(range(16))
STORED = (
    "ann:scrypt$000102030405060708090a0b0c0d0e0f$"
    + hash_password("ann", "secret", SALT).rpartition("$")[2]
)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


class FakeAccounts(Accounts):
    """Accounts that count how often a password was checked, and check none for long."""

    def __init__(self) -> None:
        self.checked = 0

    def know(self, user: str, password: str) -> bool:
        self.checked += 1
        return password == "secret"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def status(login: Login, header: str, address: str = "192.0.2.1") -> int:
    try:
        await login.check(header, address)
    except Refusal as refusal:
        return refusal.status
    return 200


def test_a_hash_is_scrypt_with_a_salt_of_its_own() -> None:
    assert hash_password("ann", "secret", SALT) == STORED
    assert hash_password("ann", "secret") != hash_password("ann", "secret")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (basic("ann:secret"), 200),
        (basic("bob:other"), 200),
        (basic("ann:wrong"), 401),
        (basic("ann:other"), 401),
        (basic("eve:secret"), 401),
        ("Bearer " + basic("ann:secret")[6:], 401),
        ("Basic !!!", 401),
        ("Basic " + base64.b64encode(b"\xff\xfe").decode(), 401),
        ("Basic " + base64.b64encode(b"ann").decode(), 401),
        ("Basic \xe9", 401),
        ("", 401),
    ],
)
def test_who_is_let_in(header: str, expected: int) -> None:
    login = Login(Accounts(f"# people\n\n{STORED}\n{hash_password('bob', 'other')}\n", "a file"))

    async def twice() -> list[int]:
        return [await status(login, header), await status(login, header)]

    assert asyncio.run(twice()) == [expected, expected]


@pytest.mark.parametrize("wrong", ["ann", "ann:secret", "ann:scrypt$00$00", "", "# none\n"])
def test_what_is_no_hash_is_told(wrong: str) -> None:
    with pytest.raises(PasswordError, match="inquote password USER"):
        Accounts(wrong, "a file")


@pytest.mark.parametrize(
    ("user", "password"),
    [("a:b", "x"), ("", "x"), (" ", "x"), ("#a", "x"), ("a\nb", "x"), ("ann", "")],
)
def test_what_cannot_be_hashed_is_told(user: str, password: str) -> None:
    with pytest.raises(PasswordError, match="without a colon"):
        hash_password(user, password)


def test_a_file_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(STORED)
    file.chmod(0o620)
    with pytest.raises(PasswordError, match="Others may write"):
        read_accounts(file)
    file.chmod(0o600)
    assert read_accounts(file).know("ann", "secret")


def test_a_right_password_is_hashed_once_however_many_requests_bring_it() -> None:
    accounts = FakeAccounts()

    async def crowd() -> list[int]:
        login = Login(accounts)
        at_once = [status(login, basic("ann:secret")) for _ in range(50)]
        first = await asyncio.gather(*at_once)
        return [*first, await status(login, basic("ann:secret"), "192.0.2.99")]

    assert asyncio.run(crowd()) == [200] * 51
    assert accounts.checked == 1


def test_who_guesses_too_often_waits_and_keeps_nobody_out_who_was_let_in() -> None:
    accounts, clock = FakeAccounts(), Clock()

    async def guess() -> None:
        login = Login(accounts, Guesses(clock))
        assert await status(login, basic("ann:secret")) == 200
        guesses = [await status(login, basic(f"ann:{n}")) for n in range(TRIES + 5)]
        assert guesses == [401] * TRIES + [429] * 5
        assert accounts.checked == 1 + TRIES
        with pytest.raises(Refusal) as refusal:
            await login.check(basic("ann:other"), "192.0.2.1")
        assert refusal.value.headers == {"retry-after": str(round(SECONDS_A_TRY))}
        assert await status(login, basic("ann:secret")) == 200
        assert await status(login, basic("bob:secret"), "192.0.2.2") == 200
        clock.now += SECONDS_A_TRY
        assert await status(login, basic("ann:later")) == 401
        assert await status(login, basic("ann:again")) == 429

    asyncio.run(guess())


def test_one_network_of_ipv6_is_one_guesser() -> None:
    guesses = Guesses(Clock())
    assert [guesses.take(f"2001:db8::{n:x}") for n in range(TRIES)] == [0.0] * TRIES
    assert guesses.take("2001:db8::ffff") == SECONDS_A_TRY
    assert guesses.take("2001:db8:0:1::1") == 0.0


def test_passwords_of_many_addresses_wait_in_a_short_line() -> None:
    async def crowd() -> list[int]:
        login = Login(FakeAccounts())
        return await asyncio.gather(
            *[status(login, basic(f"ann:{n}"), f"198.51.100.{n}") for n in range(MOST_WAITING + 9)]
        )

    assert sorted(asyncio.run(crowd())) == [401] * MOST_WAITING + [429] * 9


def test_so_many_headers_are_remembered() -> None:
    accounts = FakeAccounts()

    async def visit() -> None:
        login = Login(accounts)
        for n in range(MOST_REMEMBERED + 1):
            await login.check(basic(f"{n}:secret"), "192.0.2.1")
        await login.check(basic("1:secret"), "192.0.2.1")
        assert accounts.checked == MOST_REMEMBERED + 1
        await login.check(basic("0:secret"), "192.0.2.1")
        assert accounts.checked == MOST_REMEMBERED + 2

    asyncio.run(visit())


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
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
    }
    asyncio.run(guard(scope, receive, send))
    return sent


def test_the_guard_asks_for_the_password() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    guard = Guard(app, Sites("localhost"), login=Login(Accounts(STORED, "a file")))
    refused = respond(guard)
    assert refused[0]["status"] == 401
    assert (b"www-authenticate", b'Basic realm="inquote", charset="UTF-8"') in refused[0]["headers"]
    assert respond(guard, (b"authorization", basic("ann:secret").encode()))[0]["status"] == 200
    assert respond(Guard(app, Sites("localhost")))[0]["status"] == 200
