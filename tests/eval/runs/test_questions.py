import json
import re
from pathlib import Path

import pytest

from inquote.app.cli.terminal import run_program
from inquote.eval.runs.questions import (
    TYPES,
    Question,
    QuestionFileError,
    fill,
    load_questions,
    main,
    part,
)
from inquote.ingest.advertising import is_call_to_action
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources
from places import ROOT

CORPORA = {"imlygic": ROOT / "corpus", "stations": ROOT / "eval" / "corpora" / "stations"}
LEAST = {"imlygic": (180, 70), "stations": (40, 14)}  # questions, unanswerable ones among them


@pytest.fixture(scope="module", params=sorted(CORPORA))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def questions(name: str) -> tuple[Question, ...]:
    return load_questions(ROOT / "eval" / "questions" / f"{name}.jsonl")


@pytest.fixture(scope="module")
def texts(name: str) -> dict[str, str]:
    loaded = collect(find_sources([CORPORA[name]]).sources, {}, Limits()).loaded
    return {found.source.id: found.document.text for found in loaded}


def test_there_are_enough_questions_and_enough_unanswerable_ones(name, questions):
    least, unanswerable = LEAST[name]
    assert len(questions) >= least
    assert sum(not question.answerable for question in questions) >= unanswerable


def test_every_type_stands_among_the_answerable_ones(questions):
    assert {question.type for question in questions if question.answerable} == set(TYPES)


def test_no_question_is_asked_twice(questions):
    asked = [(question.history, question.question.casefold()) for question in questions]
    assert len(set(asked)) == len(asked)


def test_every_evidence_quote_stands_at_its_offsets(questions, texts):
    wrong = [
        (question.id, found.quote)
        for question in questions
        for group in question.evidence
        for found in group
        if texts[found.document][found.start : found.end] != found.quote
    ]
    assert wrong == []


def test_every_answer_and_item_stands_in_a_document_of_its_evidence(questions, texts):
    wrong = []
    for question in questions:
        documents = {found.document for group in question.evidence for found in group}
        wanted = [
            *question.answers,
            *(alternative for item in question.items for alternative in item),
        ]
        wrong += [
            (question.id, text) for text in wanted if not any(text in texts[id] for id in documents)
        ]
    assert wrong == []


def test_every_item_can_be_given_from_the_evidence(questions):
    wrong = []
    for question in questions:
        quotes = [found.quote for group in question.evidence for found in group]
        wrong += [
            (question.id, item)
            for item in question.items
            if not any(a in q for a in item for q in quotes)
        ]
    assert wrong == []


def test_no_evidence_is_a_line_that_is_kept_out_of_the_passages(questions):
    quotes = [
        (question.id, found.quote)
        for question in questions
        for group in question.evidence
        for found in group
    ]
    assert [id for id, quote in quotes if is_call_to_action(quote)] == []


def test_list_questions_name_their_items(questions):
    assert [q.id for q in questions if q.answerable and q.type == "list" and not q.items] == []


def test_follow_ups_alone_have_a_history(questions):
    assert [q.id for q in questions if bool(q.history) != (q.type == "follow-up")] == []


def test_questions_with_several_evidences_have_several_groups(questions):
    assert [
        q.id for q in questions if q.answerable and q.type == "several" and len(q.evidence) < 2
    ] == []


def test_none_of_the_words_searched_for_an_unanswerable_question_is_in_the_corpus(questions, texts):
    corpus = "\n".join(texts.values())
    unanswerable = [question for question in questions if not question.answerable]
    assert [question.id for question in unanswerable if not question.searched] == []
    found = [
        (question.id, word)
        for question in unanswerable
        for word in question.searched
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", corpus, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("answerable", [True, False])
def test_both_parts_hold_their_share(questions, answerable):
    parts = [question.part for question in questions]
    assert 0.4 <= parts.count("tune") / len(parts) <= 0.6
    kind = [question.part for question in questions if question.answerable is answerable]
    assert 0.35 <= kind.count("tune") / len(kind) <= 0.65


def test_part_is_the_parity_of_the_hash_of_the_id():
    # echo -n a | sha256sum ends in bb (odd), echo -n d | sha256sum in a4 (even)
    assert (part("a"), part("d")) == ("report", "tune")


QUESTION = {
    "id": "q-1",
    "question": "Who?",
    "type": "factoid",
    "answerable": True,
    "answers": ["Ann"],
    "evidence": [[{"document": "d/a.txt", "start": 0, "end": 3, "quote": "Ann"}]],
}


def written(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows),
        encoding="utf-8",
    )
    return path


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in QUESTION.items() if name != key}


def with_evidence(**changes: object) -> dict[str, object]:
    found = {"document": "d/a.txt", "start": 0, "end": 3, "quote": "Ann"} | changes
    return QUESTION | {
        "evidence": [[{key: value for key, value in found.items() if value is not None}]]
    }


def test_a_question_is_read_whole(tmp_path):
    [question] = load_questions(
        written(tmp_path, QUESTION | {"history": ["Who was it?"], "items": [["Ann", "Anna"]]})
    )
    assert question.history == ("Who was it?",)
    assert question.items == (("Ann", "Anna"),)
    assert question.evidence[0][0].quote == "Ann"
    assert question.searched == ()


def test_blank_lines_are_passed_over(tmp_path):
    assert len(load_questions(written(tmp_path, "", QUESTION, "  "))) == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 1: not JSON"),
        ([], "line 1: expected a JSON object"),
        (without("type"), 'line 1: the key "type" is missing'),
        (QUESTION | {"serched": []}, 'the key "serched" is not known'),
        (QUESTION | {"type": "riddle"}, 'the type "riddle" is not one of factoid, list'),
        (QUESTION | {"question": " "}, '"question" must be a text that is not empty'),
        (QUESTION | {"answerable": "yes"}, '"answerable" must be true or false'),
        (QUESTION | {"history": "Who?"}, '"history" must be a list'),
        (QUESTION | {"answers": []}, 'an answerable question needs "answers" and "evidence"'),
        (QUESTION | {"evidence": [[]]}, 'an answerable question needs "answers" and "evidence"'),
        (
            QUESTION | {"evidence": [["Ann"]]},
            '"evidence" must be a list of groups, each a list of ranges',
        ),
        (QUESTION | {"answerable": False}, "an unanswerable question has no"),
        (
            with_evidence(start=None),
            "evidence without offsets; run: python -m inquote.eval.runs.questions fill",
        ),
        (with_evidence(end=9), "the range 0 to 9 does not fit a quote of 3 characters"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, row, message):
    with pytest.raises(QuestionFileError, match=re.escape(message)):
        load_questions(written(tmp_path, row))


def test_an_id_used_twice_is_named(tmp_path):
    with pytest.raises(QuestionFileError, match='line 2: the id "q-1" was used before'):
        load_questions(written(tmp_path, QUESTION, QUESTION))


def test_a_missing_file_and_an_empty_one_are_told(tmp_path):
    with pytest.raises(QuestionFileError, match="cannot be read"):
        load_questions(tmp_path / "none.jsonl")
    with pytest.raises(QuestionFileError, match="holds no questions"):
        load_questions(written(tmp_path, ""))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.txt").write_text("😀 Ann met Bea. Bea met Ann.", encoding="utf-8")
    return folder


def test_fill_writes_offsets_in_code_points(tmp_path, folder):
    path = written(tmp_path, with_evidence(start=None, end=None, quote="Ann met Bea."))
    assert fill(path, folder) == 1
    question = json.loads(path.read_text(encoding="utf-8"))
    assert question["evidence"] == [
        [{"document": "d/a.txt", "start": 2, "end": 14, "quote": "Ann met Bea."}]
    ]


def test_fill_takes_the_nth_of_several_and_can_be_repeated(tmp_path, folder):
    path = written(tmp_path, with_evidence(start=None, end=None, quote="Bea", nth=2))
    fill(path, folder)
    first = path.read_bytes()
    fill(path, folder)
    assert path.read_bytes() == first
    assert load_questions(path)[0].evidence[0][0].start == 15


def test_fill_passes_over_files_without_text(tmp_path, folder):
    (folder / "b.txt").write_bytes(b"")
    assert fill(written(tmp_path, QUESTION | {"evidence": []}), folder) == 0


@pytest.mark.parametrize("row", [[], QUESTION | {"evidence": ["Ann"]}, QUESTION | {"evidence": 3}])
def test_fill_names_a_line_of_another_shape(tmp_path, folder, row):
    with pytest.raises(
        QuestionFileError, match='line 1: "evidence" must be a list of groups of ranges'
    ):
        fill(written(tmp_path, row), folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quote": "Bea"}, '"Bea" stands 2 times in d/a.txt; say which with "nth"'),
        ({"quote": "Cleo"}, '"Cleo" is not found in d/a.txt'),
        ({"quote": "Bea", "nth": 3}, "occurrence 3 of 2"),
        ({"document": "d/b.txt"}, 'there is no document "d/b.txt" in the folder'),
    ],
)
def test_fill_leaves_the_file_alone_when_a_quote_cannot_be_placed(
    tmp_path, folder, changes, message
):
    path = written(tmp_path, with_evidence(**changes))
    before = path.read_bytes()
    with pytest.raises(QuestionFileError, match=re.escape(message)):
        fill(path, folder)
    assert path.read_bytes() == before


def test_the_command_line_says_what_is_wrong_and_exits_with_2(tmp_path, folder, capsys):
    with pytest.raises(SystemExit) as ended:
        run_program(
            lambda: main(["fill", str(written(tmp_path, with_evidence(quote="Cleo"))), str(folder)])
        )
    assert ended.value.code == 2
    assert '"Cleo" is not found' in capsys.readouterr().err
