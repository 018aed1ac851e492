"""A service whose questions are read in other processes answers as one that reads them itself."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from asked_endpoints import make_library, open_fakes
from fake_system import FakeSystem, opener
from fakes import FakeEmbedder
from inquote.app.answering.answer import Answer
from inquote.app.service.parallel import ParallelService
from inquote.app.service.readers import Readers
from inquote.app.service.service import Busy, Service
from inquote.app.service.viewer import Person, see_as, visible
from inquote.app.system import System
from inquote.app.web.server import create_app
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import LibraryMissing, QuestionError
from places import ROOT
from read_elsewhere import obedient_readers, open_there, questions_read

EVERYTHING = Person("", None)
QUESTIONS = [
    ("How many kilograms does an otter weigh?", (), None),
    ("By how many degrees does an owl turn its head?", (), ["zoo/owls.md"]),
    ("And otters?", ("Where do owls sleep?",), None),
    ("What is the capital of Peru?", (), None),
    ("Hello!", (), None),
]


def open_recording(library: Path) -> System:
    """Open a library with the models' fakes, keeping what is asked."""
    system = open_fakes(library)
    system.journal = system.store.journal
    return system


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("parallel"))


@pytest.fixture
def service(library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParallelService]:
    """A service over the library whose questions two processes read."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    readers = Readers(partial(open_fakes, library), 2)
    service = ParallelService(partial(open_recording, library), readers, visible=visible)
    yield service
    service.close()


def seen_by(person: Person, work: Callable[[], Any]) -> Any:
    """Do something for a person."""

    async def run() -> Any:
        see_as(person)
        return await work()

    return asyncio.run(run())


def recorded(library: Path) -> list[str]:
    """Return the questions that were kept, the oldest first."""
    with closing(LocalStore(library)) as store:
        return [question.question for question in store.journal.questions()]


def untimed(answer: Answer) -> dict[str, Any]:
    return {**answer.as_json(), "elapsed_ms": 0}


def test_answers_and_passages_are_those_of_one_process(
    service: ParallelService, library: Path
) -> None:
    alone = Service(lambda: open_fakes(library))

    async def ask(service: Service) -> list[Any]:
        see_as(EVERYTHING)
        answers = await asyncio.gather(*[service.answer(*question) for question in QUESTIONS])
        replies = await asyncio.gather(*[service.reply(*question) for question in QUESTIONS])
        found = await service.retrieve("An otter at night", 3)
        looked_up = await service.look_up("How many kilograms does an otter weigh?", ["zoo"])
        documents = [reply.documents for reply in replies]
        answers += [reply.answer for reply in replies]
        return [list(map(untimed, answers)), documents, found, untimed(looked_up)]

    assert asyncio.run(ask(service)) == asyncio.run(ask(alone))
    alone.close()


def test_questions_are_recorded_by_the_service_alone(
    service: ParallelService, library: Path
) -> None:
    before = recorded(library)

    async def ask() -> None:
        questions = ["Where do otters sleep?", "When do owls hunt?", "Where do otters sleep?"]
        await asyncio.gather(*[service.answer(question) for question in questions])

    seen_by(EVERYTHING, ask)
    new = recorded(library)[len(before) :]
    assert sorted(new) == ["When do owls hunt?", "Where do otters sleep?"]


def test_what_a_person_may_not_see_is_not_there_in_the_processes_either(
    service: ParallelService,
) -> None:
    ann = Person("ann", ("zoo/owls.md",))
    question = "How many kilograms does an otter weigh?"

    def ask() -> Any:
        return asyncio.gather(service.reply(question), service.retrieve(question, 9))

    for person in (ann, EVERYTHING, ann):
        reply, found = seen_by(person, ask)
        documents = {hit.passage.document_id for hit in reply.answer.hits}
        documents |= {passage.document_id for passage in found.passages} | set(reply.documents)
        assert documents == {"zoo/owls.md"} if person is ann else "zoo/otters.md" in documents
    with pytest.raises(QuestionError):
        seen_by(ann, lambda: service.answer(question, (), ["zoo/otters.md"]))


def test_an_ingest_is_followed_and_nothing_older_is_remembered(
    service: ParallelService, library: Path
) -> None:
    question = "How many metres does a newt measure?"

    async def ask() -> Answer:
        return await service.answer(question)

    before = seen_by(EVERYTHING, ask)
    zoo = library.parent / "zoo"
    (zoo / "newts.md").write_text("# Newts\n\nA newt does measure 0.1 metres, many say.\n", "utf-8")
    ingest(LocalStore(library), [zoo], FakeEmbedder())
    after = seen_by(EVERYTHING, ask)
    assert after.generation == before.generation + 1
    assert "zoo/newts.md" in {hit.passage.document_id for hit in after.hits}


@pytest.fixture
def obedient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParallelService]:
    """A service over a process that does what a question says."""
    readers = obedient_readers(tmp_path, 1, monkeypatch)
    service = ParallelService(opener(FakeSystem()), readers, limit=3)
    yield service
    (tmp_path / "go").touch()
    service.close()


def test_what_was_asked_before_is_not_read_again(obedient: ParallelService, tmp_path: Path) -> None:
    async def ask() -> list[Answer]:
        return [await obedient.answer(question) for question in ("approved", "price", "approved")]

    first, _, again = asyncio.run(ask())
    assert untimed(again) == untimed(first)
    assert questions_read(tmp_path) == ["approved", "price"]


def test_calls_over_the_limit_are_busy_and_the_others_are_answered(
    obedient: ParallelService, tmp_path: Path
) -> None:
    async def crowd() -> list[Any]:
        questions = ["wait", "approved", "response", "price", "effects"]
        calls = [asyncio.create_task(obedient.answer(question)) for question in questions]
        await asyncio.sleep(0.1)
        assert obedient.waiting == 3
        (tmp_path / "go").touch()
        return await asyncio.gather(*calls, return_exceptions=True)

    waited, approved, response, *busy = asyncio.run(crowd())
    assert [waited.text, approved.text, response.text] == [None, "2015", "16.3% of patients 2.1%"]
    assert [type(error) for error in busy] == [Busy, Busy]
    assert obedient.waiting == 0


def test_monitoring_sees_the_processes_and_an_end_is_a_sentence(obedient: ParallelService) -> None:
    app, _ = asyncio.run(create_app(obedient))
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        asyncio.run(obedient.wait_until_open())
        assert client.get("/readyz").json() == {"ready": True}
        response = client.post("/api/ask", json={"question": "die always"})
        assert response.status_code == 503
        assert response.json()["error"].startswith("The processes that read this question ended")
        assert client.post("/api/ask", json={"question": "approved"}).json()["answer"] == "2015"
        numbers = client.get("/metrics").text
    assert "inquote_processes 1.0" in numbers
    assert 'inquote_questions_total{outcome="failed"} 1.0' in numbers
    assert 'inquote_questions_total{outcome="answered"} 1.0' in numbers


def test_a_library_that_is_not_there_yet_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    library = tmp_path / "library"
    readers = Readers(partial(open_there, library), 1)
    service = ParallelService(partial(open_there, library), readers)
    with pytest.raises(LibraryMissing):
        asyncio.run(service.answer("How much does an otter weigh?"))
    make_library(tmp_path)
    answer = asyncio.run(service.answer("An otter weighs how many kilograms?"))
    assert answer.text == "An otter weighs 12 kilograms."
    service.close()
