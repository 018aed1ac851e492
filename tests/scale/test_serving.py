"""Several chats over one shared library: what one writes the others see, near or far."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from object_store import FaultyProxy, environment, new_location
from store_writing import EMBEDDER, write

pytest.importorskip("lance")

from inquote.index.stores.base import Store
from inquote.index.stores.journal import Feedback, QuestionInContext
from inquote.index.stores.registry import open_sessions, open_store
from inquote.index.stores.shared import engine, generations, log
from inquote.index.stores.shared.store import AWAY, SharedStore
from inquote.ingest.errors import LibraryUnavailable

pytestmark = pytest.mark.scale

ZOO = {"zoo.md": "A newt regrows its tail.", "zoo/owls.md": "Owls hunt at night."}


@pytest.fixture
def location(tmp_path: Path) -> str:
    return f"file://{tmp_path}/library"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Chats look at the store each time, and keep what they read in the test's folder."""
    monkeypatch.setattr(log, "FRESH_SECONDS", -1.0)
    monkeypatch.setattr(generations, "FOLLOW_SECONDS", 0.0)
    monkeypatch.setenv("INQUOTE_CACHE", str(tmp_path / "cache"))


def opened(location: str) -> Store:
    return open_store(location, must_exist=False)


def see(store: Store) -> tuple[int, list[str], list[str]]:
    with store.snapshot() as snapshot:
        texts = [document.text for document in snapshot.documents()]
        hits = snapshot.matching("owls at night", 3) + snapshot.nearest(
            EMBEDDER.embed_query("newt"), 3
        )
        return snapshot.generation, texts, [id for id, _ in hits]


def test_each_chat_follows_the_newest_generation(location: str) -> None:
    first, second = opened(location), opened(location)
    write(first, ZOO)
    assert see(second)[0] == 1
    write(first, {"zoo/newt.md": "A newt."})
    assert see(second) == see(first)
    write(second, {"zoo/owl.md": "An owl."})
    assert see(first)[0] == 3


def test_questions_feedback_and_settings_are_everybodys(location: str) -> None:
    first, second = opened(location), opened(location)
    write(first, ZOO)
    question = QuestionInContext("Who hunts?", (), ("zoo",))
    first.journal.record_question(QuestionInContext("Why?"), "1")
    first.journal.record_question(question, "2")
    assert first.journal.questions() == second.journal.questions()
    assert second.journal.questions() == [QuestionInContext("Why?"), question]
    for store, verdict in ((first, "right"), (second, "wrong answer")):
        store.journal.record_feedback(
            Feedback("one", question, "Who?", verdict, "Owls", (), None, 1, "1")
        )
    assert [item.verdict for item in first.journal.feedback()] == ["wrong answer"]
    first.journal.put_setting("a", "1")
    assert second.journal.setting("a") == "1"
    second.journal.put_setting("a", None)
    assert first.journal.setting("a") is None


def test_a_log_of_many_small_writes_becomes_few_files_with_the_same_values(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_APPENDS_A_TIDY", 4)
    monkeypatch.setattr(log, "_SPARE_ROWS", 3)
    replaced, kept = log.Log(location, "sessions"), log.Log(location, "journal")
    for number in range(9):  # the ninth tidies
        replaced.put([log.Entry("setting", "key", str(number))])
        kept.put([log.Entry("setting", f"key {number}", str(number))])
    assert replaced.values("setting") == {"key": "8"}
    assert kept.values("setting") == {f"key {number}": str(number) for number in range(9)}
    tables = [engine.dataset(f"{location}/{name}.lance") for name in ("sessions", "journal")]
    assert [table.count_rows() for table in tables] == [1, 9]
    assert [len(table.get_fragments()) for table in tables] == [1, 1]
    before = SharedStore(location).size
    kept.drop(lambda kind, key: key != "key 4")
    assert log.Log(location, "journal").values("setting") == {"key 4": "4"}
    kept.erase(lambda kind, key: True)
    assert log.Log(location, "journal").values("setting") == {}
    assert 0 < SharedStore(location).size < before


def test_questions_that_wait_are_written_when_a_chat_ends(location: str) -> None:
    first = opened(location)
    write(first, ZOO)
    first.journal.record_question(QuestionInContext("Why?"), "1")
    first.close()
    assert opened(location).journal.questions() == [QuestionInContext("Why?")]


def test_who_is_logged_in_at_one_chat_is_known_at_another_and_logged_out_everywhere(
    location: str,
) -> None:
    write(opened(location), ZOO)
    first, second = open_sessions(location), open_sessions(location)
    secret = first.begin("bob", "v1")
    other = second.begin("bob", "v1")
    assert second.find(secret) == ("bob", "v1")
    assert second.find("another") is None
    second.end(secret)
    assert first.find(secret) is None
    assert first.end_all("bob") == 1
    assert second.find(other) is None
    first.note_guesses("10.0.0.1", 2.0**40)
    assert second.guessed_until("10.0.0.1") == 2.0**40
    assert second.guessed_until("10.0.0.2") == 0


@pytest.fixture
def proxy(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    proxy = FaultyProxy(s3)
    for name, value in environment(proxy.endpoint).items():
        monkeypatch.setenv(name, value)
    for options in (engine.REMOTE_OPTIONS, engine.QUICK_OPTIONS):
        monkeypatch.setitem(options, "client_max_retries", "1")
        monkeypatch.setitem(options, "client_retry_timeout", "3")
    yield proxy
    proxy.close()


@pytest.mark.server
def test_a_chat_answers_from_its_disk_while_the_store_is_away_and_comes_back(
    proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(generations, "RETRY_SECONDS", 0.2)
    location = new_location()
    write(opened(location), ZOO)
    store = SharedStore(location)
    before = see(store)
    store.generations.wait_for_mirror()
    proxy.requests.clear()
    assert see(store) == before
    # With all of it here, only the number of the next generation is asked for.
    assert all("records.lance" in path for _, path in proxy.requests)
    proxy.fault = lambda method, path: 503
    assert see(store) == before
    assert "cannot be reached now" in caplog.text
    assert "kept on this machine" in caplog.text
    late = SharedStore(location)  # a chat that starts meanwhile
    assert see(late) == before
    assert late.notice == store.notice == AWAY
    proxy.fault = lambda method, path: None
    write(opened(location), {"zoo/newt.md": "A newt."})
    until = time.monotonic() + 60
    while (store.notice or late.notice) and time.monotonic() < until:
        time.sleep(0.05)
    assert see(store)[0] == see(late)[0] == 2
    assert store.notice == late.notice == ""
    assert "is there again" in caplog.text


@pytest.mark.server
def test_a_chat_without_a_cache_says_that_the_store_is_away(
    proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INQUOTE_CACHE_MEGABYTES", "0")
    location = new_location()
    write(opened(location), ZOO)
    store = opened(location)
    before = see(store)
    proxy.fault = lambda method, path: 503
    with pytest.raises(LibraryUnavailable, match="cannot be reached now"):
        see(store)
    proxy.fault = lambda method, path: None
    assert see(store) == before


def test_a_file_is_kept_within_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from inquote.index.stores.shared.cache import Cache

    monkeypatch.setenv("INQUOTE_CACHE_MEGABYTES", "1")
    cache = Cache("s3://bucket/library")
    for name in "abc":
        file = cache.file(name, lambda: b"x" * 600_000)
        assert file is not None
        assert file.read_bytes() == b"x" * 600_000
    kept = list(file.parent.iterdir())
    assert [file.name for file in kept] == ["c"]
    assert cache.file("d", lambda: None) is None
    cache.drop_files(SimpleNamespace(purged=0))
    assert file.exists()
    cache.drop_files(SimpleNamespace(purged=3))  # what was purged lies on no machine
    assert not file.exists()
