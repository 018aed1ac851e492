"""A watch waits until files are whole, waits for a busy library, and is told of by the page."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from changing_folder import run_trial

from fakes import FakeEmbedder
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.service.watching import Watch, watch_for_page
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.following import Follower, Look
from inquote.ingest.errors import IngestError, LibraryBusy

MOST_SECONDS = 120.0  # on a busy machine


def wait_until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Taker:
    """Notes what it is given, and raises what it is told to."""

    def __init__(self, follower: Follower, library: Path) -> None:
        self.follower = follower
        self.library = library
        self.errors: list[Exception] = []
        self.taken: list[tuple[int, frozenset[Path]]] = []

    def __call__(self, look: Look, held: frozenset[Path]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.follower.ingest(look, held, LocalStore(self.library), FakeEmbedder())
        self.taken.append((len(look.files), held))


@pytest.fixture
def taker(library: Path, corpus: Path) -> Taker:
    return Taker(Follower([corpus], library), library)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def watch(taker: Taker, said: list[str]) -> Iterator[Watch]:
    watch = Watch(taker.follower, taker, said.append, quiet=0.05, patience=0.3, every=0.2)
    yield watch
    watch.stop.set()


def started(watch: Watch) -> threading.Thread:
    thread = threading.Thread(target=watch.run)
    thread.start()
    return thread


def test_changes_are_followed_until_it_is_stopped(
    watch: Watch, taker: Taker, corpus: Path, said: list[str]
) -> None:
    thread = started(watch)
    wait_until(lambda: taker.taken)
    (corpus / "moles.md").write_text("A mole digs.")
    wait_until(lambda: taker.taken[-1][0] == 4)
    watch.stop.set()
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()
    assert said == []


def test_a_busy_library_is_waited_for_and_that_is_said_once(
    watch: Watch, taker: Taker, said: list[str]
) -> None:
    taker.errors = [LibraryBusy("It is being written."), LibraryBusy("It is being written.")]
    thread = started(watch)
    wait_until(lambda: taker.taken)
    watch.stop.set()
    thread.join(MOST_SECONDS)
    assert said == ["It is being written. It is waited for."]


def test_what_fails_is_said_and_tried_again_when_something_changes(
    watch: Watch, taker: Taker, corpus: Path, said: list[str]
) -> None:
    taker.errors = [IngestError("The disk is full.")]
    thread = started(watch)
    wait_until(lambda: said)
    assert taker.taken == []
    (corpus / "moles.md").write_text("A mole digs.")
    wait_until(lambda: taker.taken)
    watch.stop.set()
    thread.join(MOST_SECONDS)
    assert said == ["The disk is full."]


def test_what_ends_because_the_watch_does_is_not_said(
    watch: Watch, taker: Taker, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(look: Look, held: frozenset[Path]) -> None:
        watch.stop.set()
        raise IngestError("It was stopped.")

    monkeypatch.setattr(watch, "_take", stopped)
    watch.run()
    assert said == []


def test_a_file_that_is_written_all_the_time_holds_up_no_other(
    watch: Watch, taker: Taker, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    look = taker.follower.look

    def look_at_what_grows() -> Look:
        if not ended.is_set():
            with (corpus / "log.txt").open("a") as file:
                file.write("One more line. ")
        return look()

    monkeypatch.setattr(taker.follower, "look", look_at_what_grows)
    thread = started(watch)
    wait_until(lambda: taker.taken)
    ended.set()
    wait_until(lambda: taker.taken[-1][1] == frozenset())
    watch.stop.set()
    thread.join(MOST_SECONDS)
    assert taker.taken[0][1] == {corpus / "log.txt"}
    with LocalStore(taker.library).snapshot() as snapshot:
        assert snapshot.document("zoo/log.txt").text.strip().endswith("line.")


def test_the_page_tells_of_what_was_followed(library: Path, corpus: Path) -> None:
    system = SimpleNamespace(generations=range(1), store=LocalStore(library))
    service = SimpleNamespace(look_ahead=lambda: None, run=lambda work: work(system))
    jobs = LibraryJobs(cast(Service, service), library, FakeEmbedder)
    try:
        watch_for_page(jobs, Follower([corpus], library))
        wait_until(lambda: jobs.latest and not jobs.latest.running)
        job = jobs.latest
        assert job and job.report
        assert (job.title, job.problem, len(job.report.added)) == ("Following zoo", "", 3)
    finally:
        jobs.close()
    assert not any(thread.name == "inquote-watch" for thread in threading.enumerate())


@pytest.mark.server
def test_a_library_equals_a_fresh_ingest_after_many_changes(tmp_path: Path) -> None:
    outcome = run_trial(tmp_path, 40, 3)
    assert outcome["said"] == [] and outcome["ingests"] > 0


@pytest.mark.slow
def test_a_library_equals_a_fresh_ingest_after_hundreds_of_changes(tmp_path: Path) -> None:
    run_trial(tmp_path, 300, 5, at_once=500)
