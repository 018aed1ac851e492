"""Processes that answer calls: what they share, what happens when one ends, and their own end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inquote.app.service.calls import Call, ReadingFailed
from inquote.app.service.readers import ReaderLost, Readers
from inquote.ingest.errors import QuestionError
from places import ROOT
from read_elsewhere import PATIENCE, is_running, obedient_readers, questions_read

PARENT = """
import sys, time
from pathlib import Path
from inquote.app.service.calls import Call
from inquote.app.service.readers import Readers
from read_elsewhere import open_obedient, questions_read
from functools import partial
folder = Path(sys.argv[1])
readers = Readers(partial(open_obedient, folder), 2)
readers.submit(Call("ask", ("wait",)))
while not questions_read(folder):
    time.sleep(0.01)
print(*readers.processes, flush=True)
time.sleep(60)
"""


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """One process that does what a question says."""
    made = obedient_readers(tmp_path, 1, monkeypatch)
    yield made
    (tmp_path / "go").touch()
    made.close()


def asking(question: str) -> Call:
    return Call("ask", (question,))


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_equal_calls_that_wait_are_read_once_and_in_their_order(
    readers: Readers, tmp_path: Path
) -> None:
    questions = ["wait for it", "When was it approved?", "And the response?"]
    first, *others = [readers.submit(asking(question)) for question in questions * 3]
    until(lambda: bool(questions_read(tmp_path)))
    (tmp_path / "go").touch()
    answers = [first.result(), *[other.result() for other in others]]
    assert [answer.question for answer in answers] == questions * 3
    assert answers[1].text == "2015"
    assert questions_read(tmp_path) == questions


def test_a_call_that_nobody_waits_for_any_more_is_not_read(
    readers: Readers, tmp_path: Path
) -> None:
    first = readers.submit(asking("wait for it"))
    until(lambda: bool(questions_read(tmp_path)))
    left, stayed, other = [
        readers.submit(asking(question)) for question in ("gone", "approved", "approved")
    ]
    assert left.cancel()
    assert other.cancel()
    (tmp_path / "go").touch()
    assert first.result().text is None
    assert stayed.result().text == "2015"
    assert questions_read(tmp_path) == ["wait for it", "approved"]


def test_a_process_that_ends_is_replaced_and_its_question_asked_once_more(
    readers: Readers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert readers.submit(asking("die, then say when it was approved")).result().text == "2015"
    assert questions_read(tmp_path) == ["die, then say when it was approved"] * 2
    assert "A process that reads ended (9) and is replaced." in caplog.text


def test_two_ends_over_a_question_are_one_sentence_and_the_next_one_is_answered(
    readers: Readers, tmp_path: Path
) -> None:
    with pytest.raises(ReaderLost, match=r"^The processes that read .* fewer --processes\.$"):
        readers.submit(asking("die always")).result()
    assert questions_read(tmp_path) == ["die always"] * 2
    assert readers.submit(asking("approved")).result().text == "2015"


def test_one_that_was_killed_while_it_had_nothing_to_do_is_replaced(readers: Readers) -> None:
    assert readers.submit(asking("approved")).result().text == "2015"
    (process,) = readers.processes
    os.kill(process, signal.SIGKILL)
    until(lambda: not readers.processes)
    assert readers.submit(asking("response")).result().text == "16.3% of patients 2.1%"
    assert readers.processes not in ([], [process])


def test_where_no_process_can_be_started_the_next_question_tries_again(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*arguments: object, **options: object) -> None:
        raise OSError("Cannot allocate memory")

    assert readers.submit(asking("approved")).result().text == "2015"
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", no_memory)
        with pytest.raises(ReaderLost):
            readers.submit(asking("die always")).result()
    assert readers.submit(asking("response")).result().text == "16.3% of patients 2.1%"


def test_what_is_raised_comes_from_the_process(readers: Readers) -> None:
    with pytest.raises(QuestionError, match=r"^Please type a question\.$"):
        readers.submit(asking("?")).result()
    with pytest.raises(ReadingFailed, match=r"(?s)Traceback.*RuntimeError: secret detail"):
        readers.submit(asking("crash")).result()


def test_what_waits_is_answered_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = obedient_readers(tmp_path, 2, monkeypatch)
    results = [readers.submit(asking(f"approved {number}")) for number in range(5)]
    until(lambda: len(readers.processes) == 2)
    processes = readers.processes
    readers.close()
    assert [result.result().text for result in results] == ["2015"] * 5
    assert readers.processes == []
    assert not any(map(is_running, processes))


def test_readers_that_never_began_are_closed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = obedient_readers(tmp_path, 2, monkeypatch)
    readers.close()
    assert readers.processes == []


def test_processes_end_with_their_parent_in_the_middle_of_a_question(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout
    processes = list(map(int, parent.stdout.readline().split()))
    assert len(processes) == 2
    assert all(map(is_running, processes))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(map(is_running, processes)))
