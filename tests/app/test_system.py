import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fakes import FakeEmbedder, FakeReader
from inquote.app.answering.answer import cite
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.build import open_system
from inquote.app.reader.base import Reading
from inquote.app.system import System
from inquote.index.stores.local.database import Database
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.documents import Passage
from inquote.ingest.errors import LibraryDamaged, LibraryMismatch, LibraryMissing, QuestionError

MakeSystem = Callable[..., System]


def test_an_answer_is_the_corpus_s_own_words_with_their_place(
    make_system: MakeSystem, corpus: Path
) -> None:
    system = make_system(corpus)
    answer = system.ask("An otter weighs how many kilograms?").as_json(id=5)
    assert answer["answer"] == "An otter weighs 12 kilograms."
    cited = answer["citations"][0]
    document = system.document("zoo/otters.md")
    assert (
        document.text[cited["start"] : cited["end"]]
        == cited["quote"]
        == "An otter weighs 12 kilograms."
    )
    assert cited == {
        "document": "zoo/otters.md",
        "document_sha256": document.sha256,
        "title": "Otters",
        "heading": "",
        "page": None,
        "start": 8,
        "end": 37,
        "quote": "An otter weighs 12 kilograms.",
        "passage_start": 0,
        "passage_end": 58,
    }
    keys = "version id question understood_as readings notice scope answer inferred confidence"
    rest = "citations headers nearest trace generation elapsed_ms"
    assert list(answer) == [*keys.split(), *rest.split()]
    assert (answer["id"], answer["generation"]) == (5, 1)


def test_a_place_that_answers_two_questions_at_once_is_cited_once(
    make_system: MakeSystem, corpus: Path
) -> None:
    system = make_system(corpus)
    answer = system.ask("How many kilograms an otter weighs and what an otter weighs in kilograms?")
    assert [part["answered"] for part in answer.trace["parts"]] == [True, True]
    assert answer.text == "An otter weighs 12 kilograms."
    assert len(answer.citations) == 1


def test_a_refusal_has_no_citations_and_the_nearest_passages(
    make_system: MakeSystem, corpus: Path
) -> None:
    answer = make_system(corpus).ask("What does a zebra cost per stripe in summer?").as_json()
    assert (answer["answer"], answer["citations"], len(answer["nearest"])) == (None, [], 3)
    assert answer["confidence"] < 0.5


def test_the_same_question_gives_the_same_bytes(make_system: MakeSystem, corpus: Path) -> None:
    system = make_system(corpus)
    first, second = (system.ask("Where do newts live?").as_json() for _ in range(2))
    assert {**first, "elapsed_ms": 0} == {**second, "elapsed_ms": 0}


def test_a_follow_up_is_understood_from_the_history(make_system: MakeSystem, corpus: Path) -> None:
    answer = make_system(corpus).ask("What does it weigh?", ["Where does an Otter sleep?"])
    assert answer.understood_as == "What does Otter weigh?"
    assert answer.question == "What does it weigh?"


def test_misspelt_words_are_understood_as_the_passages_spell_them(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    embedder.is_word = lambda text: False  # type: ignore[method-assign]
    system = make_system(corpus)
    answer = system.ask("An ottre weighs how many kilogramms?")
    assert (answer.text, answer.understood_as) == (
        "An otter weighs 12 kilograms.",
        "An otter weighs how many kilograms?",
    )
    assert answer.question == "An ottre weighs how many kilogramms?"
    assert (
        system.ask("Where do nights hunt otterrs?").understood_as == "Where do nights hunt otters?"
    )
    several = system.ask("What does an ottre weigh and where do newtss live?")
    assert several.understood_as == "What does an otter weigh? Where do newtss live?"


def test_no_question_is_refused(make_system: MakeSystem, corpus: Path) -> None:
    with pytest.raises(QuestionError):
        make_system(corpus).ask("?!")


def test_special_tokens_are_plain_words(make_system: MakeSystem, corpus: Path) -> None:
    (corpus / "tokens.txt").write_text("The token [SEP] stands between [MASK] texts.")
    answer = make_system(corpus).ask("What stands between [MASK] texts [SEP]?")
    assert answer.text == "The token [SEP] stands between [MASK] texts."


def test_a_running_system_follows_a_re_ingest(make_system: MakeSystem, corpus: Path) -> None:
    system = make_system(corpus)
    assert system.ask("An otter weighs how many kilograms?").generation == 1
    (corpus / "otters.md").write_text("# Otters\n\nAn otter weighs 13 kilograms.\n")
    make_system(corpus)
    answer = system.ask("An otter weighs how many kilograms?")
    assert (answer.text, answer.generation) == ("An otter weighs 13 kilograms.", 2)


def test_no_answer_mixes_two_generations(make_system: MakeSystem, corpus: Path) -> None:
    system = make_system(corpus)
    wrong: list[str] = []
    done = threading.Event()

    def ask_on() -> None:
        while not done.is_set():
            answer = system.ask("An otter weighs how many kilograms?")
            expected = f"An otter weighs {11 + answer.generation} kilograms."
            if answer.text != expected:
                wrong.append(f"{answer.generation}: {answer.text}")

    threads = [threading.Thread(target=ask_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    for weight in range(13, 21):
        (corpus / "otters.md").write_text(
            f"# Otters\n\nAn otter weighs {weight} kilograms. Otters sleep afloat.\n"
        )
        ingest(LocalStore(system.store.folder), [corpus], system.search.embedder)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert system.generation == 9


def test_a_citation_that_is_not_verbatim_is_damage(make_system: MakeSystem, corpus: Path) -> None:
    system = make_system(corpus)
    source = HitReading(system.ask("otter").hits[0], 0, Reading((), (), 0.0))
    span = AnswerSpan(source, 0, 5)
    with pytest.raises(LibraryDamaged, match="inquote verify"):
        cite(span, system.document("zoo/newts.txt"))


def test_opening_what_is_not_there_or_foreign(
    tmp_path: Path, corpus: Path, make_system: MakeSystem
) -> None:
    with pytest.raises(LibraryMissing, match="inquote ingest"):
        open_system(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    Database(tmp_path / "empty", writes=True).create()
    with pytest.raises(LibraryMissing, match="is empty"):
        open_system(tmp_path / "empty")
    make_system(corpus, library=tmp_path / "foreign")
    with pytest.raises(LibraryMismatch, match="made with fake, not with all-MiniLM-L6-v2"):
        open_system(tmp_path / "foreign")


def test_several_questions_at_once_are_answered_one_by_one(
    make_system: MakeSystem, corpus: Path
) -> None:
    answer = make_system(corpus).ask("How many kilograms otter weighs and where newts live?")
    assert [citation.quote for citation in answer.citations] == [
        "An otter weighs 12 kilograms.",
        "Newts live in ponds.",
    ]
    assert answer.text == "An otter weighs 12 kilograms. Newts live in ponds."
    parts = answer.trace["parts"]
    assert [part["question"] for part in parts] == [
        "How many kilograms otter weighs?",
        "Where newts live?",
    ]
    assert answer.confidence == min(part["confidence"] for part in parts)
    assert len({hit.passage.id for hit in answer.hits}) == len(answer.hits)


def test_of_several_questions_the_one_without_an_answer_is_told(
    make_system: MakeSystem, corpus: Path
) -> None:
    answer = make_system(corpus).ask(
        "How many kilograms otter weighs and what would a zebra cost per stripe in summer?"
    )
    assert answer.text == "An otter weighs 12 kilograms."
    assert answer.unanswered == ("What would a zebra cost per stripe in summer?",)


def test_the_same_question_is_read_once_a_generation(
    make_system: MakeSystem, corpus: Path, tmp_path: Path
) -> None:
    system = make_system(corpus)
    read: list[str] = []

    class Noting(FakeReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
            read.append(question)
            return super().read(question, passages)

    system.answerer.reader = Noting()
    first, again = (system.ask("Where do newts live?") for _ in range(2))
    assert again.text == first.text and len(read) == 1
    system.ask("Where do they live?", ["Do newts swim?"])
    assert len(read) == 2
    system.ask("Where do they live?", ["Do owls swim?"])
    known = len(read)  # with those of the readings that compete
    (corpus / "newts.txt").write_text("Newts live in ditches.\n", "utf-8")
    ingest(LocalStore(tmp_path / "library"), [corpus], FakeEmbedder())
    assert system.ask("Where do newts live?").text == "Newts live in ditches."
    assert len(read) == known + 1
