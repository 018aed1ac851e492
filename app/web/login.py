"""Let in who knows a password, at no cost to others.

A hash of scrypt takes 50 ms and 16 MB. It is computed once for a right password, in a thread of low
priority beside the event loop, and for a wrong one as often as the limits allow.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import math
import os
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from inquote.app.web.password import read_basic
from inquote.app.web.refusals import Refusal

TRIES = 10  # wrong passwords from one address
SECONDS_A_TRY = 30.0  # until one of them is forgotten
MOST_WAITING = 16  # passwords that wait to be checked, of all addresses
MOST_REMEMBERED = 1024  # headers that were right
MOST_ADDRESSES = 10_000
CHALLENGE = {"www-authenticate": 'Basic realm="inquote", charset="UTF-8"'}


class Guesses:
    """Counts the wrong passwords of each network address; each is forgotten after a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: OrderedDict[str, float] = OrderedDict()  # when all will be forgotten

    def take(self, address: str) -> float:
        """Count a guess and return 0, or return the seconds to wait where there were too many."""
        now, network = self._clock(), network_of(address)
        end = max(self._ends.pop(network, now), now) + SECONDS_A_TRY
        wait = end - now - TRIES * SECONDS_A_TRY
        self._ends[network] = end if wait <= 0 else end - SECONDS_A_TRY
        if len(self._ends) > MOST_ADDRESSES:
            self._ends.popitem(last=False)
        return max(0.0, wait)

    def give_back(self, address: str) -> None:
        """Forget a guess that was right."""
        network = network_of(address)
        if network in self._ends:
            self._ends[network] -= SECONDS_A_TRY


def network_of(address: str) -> str:
    """Return what one guesser has: an address, or 64 bits of one of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


class Passwords(Protocol):
    """Whoever knows the passwords of names."""

    def know(self, user: str, password: str, /) -> bool:
        """Say whether the password is the user's."""
        ...


class Login:
    """Checks `Authorization` headers against the accounts.

    A header that was right is remembered by a keyed hash; whoever sends it again waits for nothing,
    whatever others from the same address guess.
    """

    def __init__(self, accounts: Passwords, guesses: Guesses | None = None) -> None:
        self._accounts = accounts
        self._guesses = guesses or Guesses()
        self._key = secrets.token_bytes(32)  # so that the time of a look-up tells nothing
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._checking: dict[bytes, asyncio.Task[bool]] = {}
        self._thread = ThreadPoolExecutor(1, "inquote-login", initializer=_yield_to_others)

    async def check(self, header: str, address: str) -> None:
        """Return for a header that names a user and the password; else raise `Refusal`."""
        digest = hmac.new(self._key, header.encode("latin-1", "replace"), hashlib.sha256).digest()
        if digest in self._right:
            self._right.move_to_end(digest)
            return
        credentials = read_basic(header)
        if credentials is None:
            raise _wrong(noted=False)
        if digest not in self._checking:
            self._begin(digest, credentials, address)
        if not await asyncio.shield(self._checking[digest]):
            raise _wrong()

    def _begin(self, digest: bytes, credentials: tuple[str, str], address: str) -> None:
        """Begin to check a password; raises `Refusal` where too many are or were."""
        if len(self._checking) >= MOST_WAITING:
            raise _too_many("Too many passwords are being checked", 1)
        self.count_guess(address)
        work = self._check(digest, credentials, address)
        self._checking[digest] = asyncio.get_running_loop().create_task(work)

    def count_guess(self, address: str) -> None:
        """Count a guess; raises `Refusal` where too many came from the address."""
        wait = self._guesses.take(address)
        if wait > 0:
            raise _too_many("Too many wrong passwords came from this address", math.ceil(wait))

    async def _check(self, digest: bytes, credentials: tuple[str, str], address: str) -> bool:
        loop = asyncio.get_running_loop()
        try:
            is_right = await loop.run_in_executor(self._thread, self._accounts.know, *credentials)
        finally:
            del self._checking[digest]
        if is_right:
            self._guesses.give_back(address)
            self._right[digest] = None
            if len(self._right) > MOST_REMEMBERED:
                self._right.popitem(last=False)
        return is_right


def _yield_to_others() -> None:
    """Let every other thread come first, where a priority can be a thread's own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _wrong(noted: bool = True) -> Refusal:
    return Refusal(401, "Log in with the name and the password of this server.", CHALLENGE, noted)


def _too_many(reason: str, wait: int) -> Refusal:
    sentence = f"{reason}; try again in {wait} s."
    return Refusal(429, sentence, {"retry-after": str(wait)})
