import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.app.service.answer_changes import ChangeKind, changes_since, evaluation_questions
from inquote.app.system import System
from inquote.index.stores.base import KEPT_GENERATIONS
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import Options, ingest
from inquote.ingest.errors import GenerationGone, InquoteError

MakeSystem = Callable[..., System]
WEIGHT = QuestionInContext("An otter weighs how many kilograms?")


def test_an_earlier_generation_answers_as_it_did(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    system = make_system(corpus)
    before = system.ask(WEIGHT.question).as_json()
    (corpus / "otters.md").write_text("An otter weighs 14 kilograms.")
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    again = system.answer(WEIGHT.question, generation=1).as_json()
    assert {**again, "elapsed_ms": 0} == {**before, "elapsed_ms": 0}
    assert system.ask(WEIGHT.question).text == "An otter weighs 14 kilograms."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("An otter weighs 12 kilograms. An owl weighs nothing.", ChangeKind.MOVED),
        ("# Otters\n\nAn otter weighs 14 kilograms.", ChangeKind.CHANGED),
        ("Otters are heavy.", ChangeKind.LOST),
    ],
)
def test_what_became_of_an_answer(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder, text: str, kind: ChangeKind
) -> None:
    system = make_system(corpus)
    before = (corpus / "otters.md").read_text()
    (corpus / "otters.md").write_text(text)
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    assert [change.kind for change in changes_since(system, [WEIGHT])] == [kind]
    (corpus / "otters.md").write_text(before)
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    assert [change.kind for change in changes_since(system, [WEIGHT], since=1)] == [
        ChangeKind.UNCHANGED
    ]
    back = {ChangeKind.LOST: ChangeKind.NEW}.get(kind, kind)
    assert [change.kind for change in changes_since(system, [WEIGHT], since=2)] == [back]


def test_the_evaluation_sets_of_documents_held_are_asked_too(
    make_system: MakeSystem,
    corpus: Path,
    embedder: FakeEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, document in (("zoo", "zoo/otters.md"), ("other", "other/x.md")):
        lines = [
            {
                "question": f"An otter weighs how many kilograms, {name}?",
                "evidence": [[{"document": document}]],
            },
            {"question": f"And a whale, {name}?", "history": ["Who?"]},
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.setattr("inquote.app.service.answer_changes.EVALUATION_SETS", tmp_path)
    system = make_system(corpus)
    system.journal = SqliteJournal(system.store.folder)
    system.ask("Do owls hunt at night?")
    (corpus / "otters.md").write_text("Otters are heavy.")
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    assert [(change.question, change.kind) for change in changes_since(system, [])] == [
        (QuestionInContext("Do owls hunt at night?"), ChangeKind.UNCHANGED),
        (QuestionInContext("An otter weighs how many kilograms, zoo?"), ChangeKind.LOST),
        (QuestionInContext("And a whale, zoo?", ("Who?",)), ChangeKind.UNCHANGED),
    ]


def test_the_article_has_an_evaluation_set_and_other_texts_have_none() -> None:
    assert len(evaluation_questions({"corpus/imlygic.md"})) > 250
    assert evaluation_questions({"zoo/owls.md"}) == []


def test_only_the_last_generations_are_kept(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    system = make_system(corpus)
    for number in range(KEPT_GENERATIONS):
        (corpus / "otters.md").write_text(f"An otter weighs {number} kilograms.")
        ingest(LocalStore(system.store.folder), [corpus], embedder)
    with pytest.raises(
        InquoteError, match="Generation 1 is not kept; those that can be compared with are: 2, 3"
    ):
        changes_since(system, [WEIGHT], since=1)
    query = "SELECT text FROM documents WHERE id = 'zoo/otters.md'"
    texts = system.store.database.connection().execute(query).fetchall()
    assert len(texts) == KEPT_GENERATIONS
    assert system.store.verify() == []


def test_a_journal_keeps_each_question_once_in_order(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    assert journal.questions() == []
    asked = [QuestionInContext("a"), QuestionInContext("b", ("a",)), QuestionInContext("b")]
    for one in (*asked, asked[0]):
        journal.record_question(one, "2026-01-01")
    assert journal.questions() == asked
    journal.record_question(asked[0], "2026-01-02")
    assert journal.questions() == [*asked[1:], asked[0]]


def test_a_journal_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    SqliteJournal(tmp_path).record_question(WEIGHT, "2026-01-01")
    assert list((tmp_path / "journal.db").iterdir()) == []


def test_generations_of_another_embedder_cannot_be_asked(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    system = make_system(corpus)
    other = FakeEmbedder()
    other.fingerprint = "0" * 64
    ingest(LocalStore(system.store.folder), [corpus], other, options=Options(rebuild=True))
    with pytest.raises(GenerationGone, match="Generation 1"):
        system.answer(WEIGHT.question, generation=1)
    with pytest.raises(InquoteError, match="none yet"):
        changes_since(system, [WEIGHT])
