"""Let people in by a session or a token, and say for whom each request is answered."""

import asyncio
import base64
import time
from collections import OrderedDict
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from inquote.app.service.viewer import Person
from inquote.app.web.asgi import Scope
from inquote.app.web.login import Guesses, Login, network_of
from inquote.app.web.people import People
from inquote.app.web.refusals import Refusal
from inquote.app.web.routes import needs_no_login
from inquote.index.stores.sessions import SessionKeeper

COOKIE = "inquote-session"
PERSON = "x-inquote-person"  # the header by which Gradio's events know the person
FRESH = 2.0  # seconds for which a session is not looked up again
MOST_FRESH = 4096
LONGEST_SECRET = 100  # of a session, so that nobody's guesses fill the memory
OPEN_PATHS = ("/login", "/logout", "/favicon.ico", "/page/style.css")
NOT_IN = "Log in first, or send a token: Authorization: Bearer TOKEN."
MOST_TABS = 10_000


class KeptGuesses(Guesses):
    """Counts wrong passwords as `Guesses` does, and knows those of other chats and of before."""

    def __init__(self, sessions: SessionKeeper) -> None:
        super().__init__(time.time)
        self._sessions = sessions

    def take(self, address: str) -> float:
        """Count a guess; see `Guesses.take`."""
        network = network_of(address)
        self._ends[network] = self._sessions.guessed_until(network)  # another chat may count too
        wait = super().take(address)
        self._sessions.note_guesses(network, self._ends[network])
        return wait

    def give_back(self, address: str) -> None:
        """Forget a guess that was right."""
        super().give_back(address)
        network = network_of(address)
        self._sessions.note_guesses(network, self._ends.get(network, 0.0))


class PeopleLogin:
    """Knows who sends a request: by the cookie of a session, a token, or name and password."""

    def __init__(self, people: People, sessions: SessionKeeper) -> None:
        self.people = people
        self._sessions = sessions
        self._passwords = Login(people, KeptGuesses(sessions))
        self._fresh: OrderedDict[str, tuple[float, Person | None]] = OrderedDict()
        self._tabs: OrderedDict[str, str] = OrderedDict()

    async def admit(self, scope: Scope, headers: Mapping[str, str]) -> tuple[Scope, Person | None]:
        """Return a request with the name of who sent it, and who that is.

        Raises `Refusal` where that is unknown, but for what anybody may fetch to log in.
        """
        person = await self._person(headers, (scope.get("client") or ("",))[0])
        kept = [item for item in scope["headers"] if item[0].lower() != PERSON.encode()]
        if person is not None:
            kept.append((PERSON.encode(), quote(person.name).encode()))
        elif scope["path"] == "/":
            query = scope["query_string"].decode("latin-1")
            location = f"login?{query}" if query else "login"
            raise Refusal(303, "Log in first.", {"location": location}, noted=False)
        elif scope["path"] not in OPEN_PATHS and not needs_no_login(scope):
            raise Refusal(401, NOT_IN, {"www-authenticate": "Bearer"}, noted=False)
        return {**scope, "headers": kept}, person

    async def _person(self, headers: Mapping[str, str], address: str) -> Person | None:
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._bearer(rest.strip(), address)
        if kind.lower() == "basic":
            await self._passwords.check(headers["authorization"], address)
            name = base64.b64decode(rest).decode().partition(":")[0]
            return self.people.person(name)
        secret = session_of(headers.get("cookie", ""))
        return await self._of_session(secret) if secret else None

    def _bearer(self, token: str, address: str) -> Person | None:
        """Return the program that a token is of; wrong ones are counted as wrong passwords are.

        Raises `Refusal` where there were too many. A right one is let in whatever others guess.
        """
        program = self.people.bearer(token)
        if program is None:
            self._passwords.count_guess(address)
        return program

    async def _of_session(self, secret: str) -> Person | None:
        now = time.monotonic()
        at, person = self._fresh.get(secret, (-FRESH, None))
        if now - at > FRESH:
            person = await asyncio.to_thread(self._look_up, secret)
            self._fresh[secret] = now, person
            self._fresh.move_to_end(secret)
            if len(self._fresh) > MOST_FRESH:
                self._fresh.popitem(last=False)
        return person

    def _look_up(self, secret: str) -> Person | None:
        session = self._sessions.find(secret)
        if session is None:
            return None
        name, version = session
        person = self.people.person(name)
        return person if person and self.people.version(name) == version else None

    async def begin(self, name: str, password: str, address: str) -> str:
        """Begin a session and return its secret; raises `Refusal` for a wrong password."""
        header = base64.b64encode(f"{name}:{password}".encode()).decode()
        await self._passwords.check(f"Basic {header}", address)
        return await asyncio.to_thread(self._sessions.begin, name, self.people.version(name))

    async def end(self, secret: str) -> None:
        """End a session."""
        self._fresh.pop(secret, None)
        await asyncio.to_thread(self._sessions.end, secret)

    def known(self, header: str) -> Person | None:
        """Return the person whom `admit` named in a request's header."""
        return self.people.person(unquote(header))

    def check_tab(self, scope: Scope, tab: Any) -> None:
        """Raise `Refusal` where a tab of the page is another person's."""
        headers = dict(scope["headers"])
        person = headers.get(PERSON.encode(), b"").decode()
        if self._tabs.setdefault(str(tab), person) != person:
            raise Refusal(404, "There is no such session; reload the page.")
        self._tabs.move_to_end(str(tab))
        if len(self._tabs) > MOST_TABS:
            self._tabs.popitem(last=False)


def session_of(cookies: str) -> str:
    """Return the secret of the session in a Cookie header; "" for none."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    secret = morsel.value if morsel else ""
    return secret if len(secret) <= LONGEST_SECRET else ""
