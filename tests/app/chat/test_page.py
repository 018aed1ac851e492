"""What the page keeps of the tabs that are open, or were."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from fake_system import FakeSystem, opener
from inquote.app.service.service import Service
from serving import Visitor, served

QUESTION = "When was it approved?"


@pytest.mark.server
def test_of_many_tabs_those_used_last_are_kept_and_the_others_answered_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inquote.app.chat import page  # Gradio takes seconds, which only these tests wait for

    monkeypatch.setattr(page, "MAX_SESSIONS", 2)
    kept = [[QUESTION, False]]

    async def work(address: str) -> list[list[int]]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            visitors = [await Visitor(client).open() for _ in range(3)]
            lengths = [[len(await visitor.ask(QUESTION))] for visitor in visitors]
            for visitor, length in zip(visitors, lengths, strict=True):
                length.append(len(await visitor.ask("What was the response?", kept)))
            return lengths

    system = FakeSystem()
    with served(opener(system)) as address:
        lengths = asyncio.run(work(address))
    assert lengths == [[2, 4]] * 3
    asked = [question for question, _ in system.questions]
    assert asked.count(QUESTION) > 3  # of the tabs that were forgotten


def test_gradio_keeps_no_more_sessions_and_events_than_it_needs() -> None:
    from inquote.app.chat import page
    from inquote.app.chat.mounting import mount_page

    system = FakeSystem()

    async def mount() -> tuple[int, int]:
        service = Service(opener(system))
        try:
            app = mount_page(FastAPI(), service)
            return app.state_holder.capacity, app.get_blocks()._queue.ANALYTICS_MAX_EVENTS
        finally:
            service.close()

    assert asyncio.run(mount()) == (page.MAX_SESSIONS, 100)
