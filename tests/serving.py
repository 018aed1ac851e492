"""A server for tests, and a visitor that speaks the page's own protocol without a browser."""

import asyncio
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
import uvicorn

from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.web.people_login import PeopleLogin
from inquote.app.web.server import create_app, make_server, make_service
from inquote.app.web.sites import Sites


@contextmanager
def served(
    open_system: Callable[[], Any],
    make_jobs: Callable[[Service], LibraryJobs] | None = None,
    port: int = 0,
    sites: Sites | None = None,
    people: PeopleLogin | None = None,
) -> Iterator[str]:
    """Runs a server in a thread of its own and gives its address; read-only without `make_jobs`."""
    service = make_service(open_system, people, at_once=True)
    jobs = make_jobs(service) if make_jobs else None
    started: Future[uvicorn.Server] = Future()

    async def run() -> None:
        app, stop_streams = await create_app(service, jobs=jobs, sites=sites, people=people)
        server = make_server(app, stop_streams, lambda: started.set_result(server))
        await server.serve(sockets=[listener])

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            started.set_exception(error)

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=work)
        thread.start()
        try:
            server = started.result()
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                thread.join()
        finally:
            if jobs:
                jobs.close()
            service.close()


class Visitor:
    """One tab's session in the page's own protocol: joins the queue, reads what comes back."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._session = secrets.token_hex(6)
        self._asking: dict[str, Any] = {}

    async def open(self) -> "Visitor":
        """Learn from the page which event asks a question."""
        config = (await self._client.get("/config")).json()
        ids = {
            component["props"].get("elem_id"): component["id"] for component in config["components"]
        }
        self._box, self._log = ids["question"], ids["log"]
        self._asking = next(
            d for d in config["dependencies"] if [self._box, "submit"] in d["targets"]
        )
        return self

    async def ask(self, question: Any, kept: Any = ()) -> list[tuple[str, str]]:
        """Ask and return the conversation as (role, text) pairs without tags.

        Raises RuntimeError where the event fails.
        """
        return (await self.listen([await self.post(question, kept)]))[0]

    async def show(self, question: Any) -> str:
        """Ask, and give all that the page is told, as it comes."""
        await self.post(question)
        text = ""
        stream = self._client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self._session}
        )
        async with stream as response:
            async for line in response.aiter_lines():
                text += line
                if '"process_completed"' in line:
                    break
        return unescape(text)

    async def post(self, question: Any, kept: Any = ()) -> str:
        """Post the event of a question, with what the browser has kept; gives the event's id."""
        call = {
            "data": [question, None, json.dumps(kept), "", "", ""],
            "event_data": None,
            "fn_index": self._asking["id"],
            "trigger_id": self._box,
            "session_hash": self._session,
        }
        joined = await self._client.post("/gradio_api/queue/join", json=call)
        joined.raise_for_status()
        return str(joined.json()["event_id"])

    async def listen(self, posted: Sequence[str]) -> list[list[tuple[str, str]]]:
        """The conversation as each of these events leaves it."""
        completed = {}
        stream = self._client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self._session}
        )
        async with stream as response:
            async for line in response.aiter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "process_completed":
                    completed[message["event_id"]] = self._conversation(message)
                if completed.keys() >= set(posted):
                    return [completed[event] for event in posted]
        raise RuntimeError("the stream ended without an answer")

    def _conversation(self, message: dict[str, Any]) -> list[tuple[str, str]]:
        if not message["success"]:
            raise RuntimeError(str(message["output"]))
        shown = message["output"]["data"][self._asking["outputs"].index(self._log)]
        pairs = []
        for message in shown:
            html = "".join(part["text"] for part in message["content"])
            pairs.append((message["role"], plain(html.partition('<div class="again">')[0])))
        return pairs


def plain(html: str) -> str:
    """The text of our own HTML, whose every < begins a tag."""
    pieces = html.split("<")
    return unescape(pieces[0] + "".join(piece.partition(">")[2] for piece in pieces[1:]))
