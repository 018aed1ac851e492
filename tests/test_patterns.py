"""Every regular expression of the package takes time that grows as its text does.

The patterns are looked for, not listed; each meets the texts that are worst for it. Times are those
of the processor, and the ratio is generous: ten times the text may take forty times as long, where
a pattern that compares each place with each takes a hundred times.
"""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from hostile import Pattern, patterns, worst_texts

SLOW = ((3_000, 0.0004), (10_000, 0.004))  # characters, and seconds that call for a closer look
STEEP = 5  # times as long for 10,000 characters as for 3,000; a square is 11 times
RATIO = 40
FLOOR = 0.02  # seconds
PATIENCE = 1.0  # seconds
# `search`, `match` and `sub` do no work that one of these does not do.
WAYS: dict[str, Callable[[re.Pattern[Any], Any], object]] = {
    "finditer": lambda regex, text: sum(1 for _ in regex.finditer(text)),
    "fullmatch": lambda regex, text: regex.fullmatch(text),
}


class TooSlowError(Exception):
    """The processor has worked for longer than is allowed."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds_of(way: str, regex: re.Pattern[Any], text: Any, times: int = 1) -> float:
    """The seconds that the processor takes at best; infinite where that is too long."""
    best = float("inf")
    for _ in range(times):
        try:
            with patience(PATIENCE):
                began = time.thread_time()
                WAYS[way](regex, text)
                best = min(best, time.thread_time() - began)
        except TooSlowError:
            return best
    return best


def text_of(regex: re.Pattern[Any], parts: tuple[str, str, str], length: int) -> Any:
    lead, pump, end = parts
    text = lead + pump * (length // len(pump)) + end
    return text.encode("latin-1", "replace") if isinstance(regex.pattern, bytes) else text


def growth(
    way: str, regex: re.Pattern[Any], parts: tuple[str, str, str], times: int
) -> list[float]:
    """The seconds for 1,000, 10,000 and 100,000 characters, or up to the first that takes long."""
    seconds: list[float] = []
    for length in (1_000, 10_000, 100_000):
        if not seconds or seconds[-1] < PATIENCE:
            seconds.append(seconds_of(way, regex, text_of(regex, parts, length), times))
    return seconds


def is_linear(times: list[float]) -> bool:
    if times[-1] == float("inf"):
        return False
    return all(after <= RATIO * before + FLOOR for before, after in pairwise(times))


def is_slow(regex: re.Pattern[Any], parts: tuple[str, str, str], length: int, limit: float) -> bool:
    text = text_of(regex, parts, length)
    return any(seconds_of(way, regex, text) > limit for way in WAYS)


def is_steep(way: str, regex: re.Pattern[Any], parts: tuple[str, str, str]) -> bool:
    """Whether the time grows much faster than the text does, or is too long."""
    few, many = (
        seconds_of(way, regex, text_of(regex, parts, length), times=2) for length, _ in SLOW
    )
    return many > STEEP * few or many == float("inf")


def fault(pattern: Pattern) -> str:
    """The first way and text for which a pattern is too slow, else ""."""
    for parts in worst_texts(pattern.regex):
        if not all(is_slow(pattern.regex, parts, *limit) for limit in SLOW):
            continue
        for way in WAYS:
            if not is_steep(way, pattern.regex, parts):
                continue
            if is_linear(growth(way, pattern.regex, parts, 1)):
                continue
            # Measured once, a pause of the machine looks like a slow pattern.
            seconds = growth(way, pattern.regex, parts, 3)
            if not is_linear(seconds):
                shown = ", ".join(f"{taken * 1000:.1f}" for taken in seconds)
                return f"{pattern.place} {way} {parts}: {shown} ms"
    return ""


def test_every_pattern_of_the_package_is_linear() -> None:
    known = patterns()
    assert len(known) >= 100
    assert list(filter(None, map(fault, known))) == []


@pytest.mark.parametrize(
    "slow",
    [
        r"(?:a+)+b",
        r"\w+-\w+",
        r"<[^>]*>",
        r"\s+$",
        r"(?:\w+ ){1,6}x",
        r"(\w*)(\d*)!",
        r"<(script|style)\b.*?</\1>",
        r"^[A-Z].*, .*, [0-9]",
        rb"<!--.*?-->",
    ],
)
def test_a_slow_pattern_is_seen(slow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "PATIENCE", 0.25)
    assert fault(Pattern("here", re.compile(slow, re.DOTALL)))


@pytest.mark.parametrize(
    "quick",
    [r"(?<!\w)\w++-\w+", r"<[^<>]*+>", r"(?<!\s)\s++$", r"\b(?:one|two) \w+\b", r"[ab]{0,9}x"],
)
def test_a_quick_pattern_is_left_alone(quick: str) -> None:
    assert fault(Pattern("here", re.compile(quick))) == ""


def test_patterns_are_met_wherever_they_stand() -> None:
    places = {pattern.place for pattern in patterns()}
    assert "inquote.ingest.formats.front_matter._PAIR" in places  # a module's name
    assert "inquote.app.web.guard.PUBLIC" in places or any("guard" in place for place in places)
    assert any(place.startswith("inquote.app.answering.replacing:") for place in places)
    assert any(place.startswith("inquote.app.language.english:") for place in places)
