"""Suggested questions are found once a generation, by a thread of their own."""

import asyncio
from collections.abc import Callable

import pytest

from fake_system import FakeSystem, opener
from inquote.app.answering.suggestions import Suggestion
from inquote.app.service.service import Service


class Flawed(FakeSystem):
    """A system that finds suggestions at the second try."""

    tries = 0

    def suggestions(self, ask: Callable[..., object] | None = None) -> list[Suggestion]:
        self.tries += 1
        if self.tries == 1:
            raise OSError("the disk is away")
        return super().suggestions()


def test_suggestions_that_could_not_be_found_are_looked_for_again() -> None:
    system = Flawed()
    service = Service(opener(system))

    async def twice() -> list[str]:
        with pytest.raises(OSError, match="the disk is away"):
            await service.suggestions()
        first = await service.suggestions()
        assert await service.suggestions() == first
        return [suggestion.question for suggestion in first]

    try:
        assert asyncio.run(twice())[0] == "When was it approved?"
    finally:
        service.close()
    assert system.tries == 2
