"""A shared library on an object store that fails: one sentence each, and nothing lost."""

from collections.abc import Iterator

import pytest

from object_store import BUCKET, FaultyProxy, environment, new_location
from store_writing import write

pytest.importorskip("lance")

from inquote.index.stores.base import Store
from inquote.index.stores.registry import open_store
from inquote.index.stores.shared import engine
from inquote.ingest.errors import IngestError, LibraryUnavailable

pytestmark = [pytest.mark.scale, pytest.mark.server]

ZOO = {"zoo.md": "A newt regrows its tail.", "zoo/owls.md": "Owls hunt at night."}
NEWT = {"zoo/newt.md": "A newt."}


@pytest.fixture
def proxy(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """A proxy before the store, which this process finds by its environment."""
    proxy = FaultyProxy(s3)
    for name, value in environment(proxy.endpoint).items():
        monkeypatch.setenv(name, value)
    yield proxy
    proxy.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests be tried twice only, so that what fails for good fails soon."""
    monkeypatch.setitem(engine.REMOTE_OPTIONS, "client_max_retries", "1")
    monkeypatch.setitem(engine.REMOTE_OPTIONS, "client_retry_timeout", "5")


def opened(location: str) -> Store:
    return open_store(location, must_exist=False)


def ids(store: Store) -> list[str]:
    with store.snapshot() as snapshot:
        return [info.id for info in snapshot.document_infos()]


def test_a_store_that_fails_and_is_slow_for_a_while_loses_nothing(proxy: FaultyProxy) -> None:
    store = opened(new_location())
    faults: list[int | float] = [500, 503, 0.2, 500, 503, 503]
    proxy.fault = lambda method, path: faults.pop() if faults else None
    assert write(store, ZOO) == 1
    faults += [503, 0.2, 500, 500]
    assert ids(store) == sorted(ZOO)
    assert faults == []
    assert store.verify() == []


def test_a_commit_whose_answer_was_lost_is_a_commit(proxy: FaultyProxy) -> None:
    """The record is created, and the store answers as if it had failed."""
    store = opened(new_location())
    write(store, ZOO)
    lost: list[str] = []

    def fault(method: str, path: str) -> int | None:
        if method == "PUT" and "records.lance/_refs/tags" in path and not lost:
            lost.append(path)
            return -500
        return None

    proxy.fault = fault
    assert write(store, NEWT) == 2
    assert len(lost) == 1
    assert ids(store) == sorted({**ZOO, **NEWT})


@pytest.mark.usefixtures("impatient")
def test_a_store_out_of_reach_says_so_changes_nothing_and_comes_back(proxy: FaultyProxy) -> None:
    location = new_location()
    write(opened(location), ZOO)
    store = opened(location)
    proxy.fault = lambda method, path: 503
    with pytest.raises(LibraryUnavailable, match="cannot be reached now") as caught:
        ids(store)
    assert "test-secret" not in str(caught.value)
    assert str(caught.value).count("\n") == 0
    with pytest.raises((IngestError, LibraryUnavailable), match="cannot be reached now"):
        write(store, NEWT)
    proxy.fault = lambda method, path: None
    assert ids(store) == sorted(ZOO)
    assert write(store, NEWT) == 2


@pytest.mark.usefixtures("impatient")
def test_a_store_that_refuses_says_what_to_look_at(proxy: FaultyProxy) -> None:
    proxy.fault = lambda method, path: 403
    with pytest.raises(LibraryUnavailable, match=r"refused access .* credentials in the env"):
        open_store(new_location())


@pytest.mark.usefixtures("s3")
def test_credentials_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(LibraryUnavailable, match=r"no credentials .* AWS_ACCESS_KEY_ID"):
        open_store(new_location())


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_named() -> None:
    location = new_location().replace(BUCKET, "another-bucket")
    with pytest.raises(LibraryUnavailable, match="There is no bucket for s3://another-bucket"):
        open_store(location)
    with pytest.raises((IngestError, LibraryUnavailable), match="no bucket"):
        write(opened(location), ZOO)
