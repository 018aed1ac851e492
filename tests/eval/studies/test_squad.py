import gzip
import json
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from fakes import FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.training.squad import SquadError
from inquote.eval.studies.fusion import WEIGHTS, compare_fusions
from inquote.eval.studies.shelf import CachingEmbedder, Shelf
from inquote.eval.studies.squad import (
    SquadOutcome,
    ask_question,
    calibration_error,
    evaluate,
    holds_answer,
    summary,
)
from inquote.eval.studies.squad_data import SquadQuestion, load_squad, of_titles, titles_of
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Passage

OTTERS = "An otter weighs 12 kilograms. Otters sleep afloat."
OWLS = "An owl turns its head by 270 degrees. Owls hunt at night."
CALIBRATION = Calibration(weights={"score": 2.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0)
KEYS = [
    *(
        "questions",
        "answerable",
        "exact",
        "f1",
        "answerable_exact",
        "answerable_f1",
        "unanswerable_refused",
    ),
    *("auc_answerable", "recall@1", "recall@5", "recall@1_after_reading", "seconds"),
]


class CountingReader(FakeReader):
    """Notes what it read."""

    def __init__(self):
        super().__init__()
        self.passages = set()

    def read(self, question, passages):
        self.passages |= {passage.text for passage in passages}
        return super().read(question, passages)


def asked(id, question, *answers, **more):
    return {
        "id": id,
        "question": question,
        "answers": [{"text": t, "answer_start": s} for t, s in answers],
        **more,
    }


def paragraph(context, *questions):
    return {"context": context, "qas": list(questions)}


CONTENT = {
    "version": "v2.0",
    "data": [
        {
            "title": "Otter",
            "paragraphs": [
                paragraph(
                    OTTERS,
                    asked(
                        "o-1", "How do otters sleep?", ("Otters sleep afloat.", 30), ("afloat", 43)
                    ),
                    asked(
                        "o-2",
                        "What colour is bread?",
                        is_impossible=True,
                        plausible_answers=[{"text": "12"}],
                    ),
                )
            ],
        },
        {
            "title": "Owl",
            "paragraphs": [paragraph(OWLS, asked("w-1", "When do owls hunt?", ("at night", 48)))],
        },
    ],
}


def write(tmp_path: Path, content=CONTENT, name="squad.json") -> Path:
    path = tmp_path / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return load_squad(write(tmp_path))


@pytest.fixture
def answerer():
    return Answerer(FakeReader(), CALIBRATION)


def test_questions_come_in_the_order_of_the_file_with_their_ranges(file):
    assert [question.id for question in file.questions] == ["o-1", "o-2", "w-1"]
    assert file.questions[0].ranges == ((30, 50), (43, 49))
    assert [question.answerable for question in file.questions] == [True, False, True]
    assert [file.contexts[question.context].text for question in file.questions] == [
        OTTERS,
        OTTERS,
        OWLS,
    ]


def test_gzip_is_told_from_the_content(tmp_path):
    path = tmp_path / "squad.json"
    path.write_bytes(gzip.compress(json.dumps(CONTENT).encode()))
    assert len(load_squad(path).questions) == 3


def test_version_1_has_no_mark_of_impossibility_and_is_read(tmp_path):
    content = {
        "data": [
            {"title": "t", "paragraphs": [paragraph(OWLS, asked("1", "When?", ("at night", 48)))]}
        ]
    }
    assert load_squad(write(tmp_path, content)).questions[0].answerable


def test_a_context_that_comes_twice_is_one_context(tmp_path):
    twice = [
        paragraph(OWLS, asked("1", "a?", ("Owls", 38))),
        paragraph(OWLS, asked("2", "b?", ("Owls", 38))),
    ]
    file = load_squad(write(tmp_path, {"data": [{"title": "t", "paragraphs": twice}]}))
    assert len(file.contexts) == 1
    assert [question.context for question in file.questions] == [0, 0]


def test_what_the_official_script_does_not_look_at_may_be_missing_or_say_otherwise(tmp_path):
    plain = {"id": 7, "question": "When?", "answers": None}
    marked = asked("2", "When?", ("at night", 48), is_impossible=True)
    twice = [asked("3", "Who?", ("Otters", 0)), asked("3", "Who?", ("Owls", 38))]
    odd = {"id": "4", "question": "How?", "answers": [{"text": "at night", "answer_start": None}]}
    content = {
        "data": [
            {
                "paragraphs": [
                    paragraph(OWLS, plain, marked, *twice, odd),
                    {"context": "Nothing asked."},
                ]
            }
        ]
    }
    file = load_squad(write(tmp_path, content))
    assert [(q.id, q.answers) for q in file.questions] == [
        *(("7", ()), ("2", ("at night",)), ("3", ("Owls",)), ("4", ("at night",))),
    ]
    assert file.questions[-1].ranges == ((48, 56),)
    assert [context.title for context in file.contexts] == ["", ""]


def test_a_lone_surrogate_keeps_its_place(tmp_path):
    question = asked("1", "When?", ("night", 2))
    file = load_squad(
        write(tmp_path, {"data": [{"paragraphs": [paragraph("\ud83d night", question)]}]})
    )
    assert file.contexts[0].text == "? night"
    assert file.questions[0].ranges == ((2, 7),)


def test_a_wrong_or_missing_offset_is_found_by_search(tmp_path):
    question = asked("1", "When?", ("at night", 3))
    question["answers"] += [{"text": "Owls"}, {"text": "not there", "answer_start": 0}]
    file = load_squad(
        write(tmp_path, {"data": [{"title": "t", "paragraphs": [paragraph(OWLS, question)]}]})
    )
    assert file.questions[0].ranges == ((48, 56), (38, 42))


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"data": []}', '{"data": [{"title": "t"}]}', '{"data": 3}', "no json"],
)
def test_what_is_no_squad_file_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SquadError, match=r"bad\.json"):
        load_squad(path)


def test_a_cut_gzip_file_is_refused(tmp_path):
    path = tmp_path / "squad.json.gz"
    path.write_bytes(gzip.compress(json.dumps(CONTENT).encode())[:-20])
    with pytest.raises(SquadError):
        load_squad(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SquadError):
        load_squad(tmp_path / "none.json")


def test_articles_are_chosen_by_the_title_of_a_part(tmp_path, file):
    split = tmp_path / "split.json"
    split.write_text('{"report": ["Owl"], "train": ["Newt"]}', encoding="utf-8")
    assert [q.id for q in of_titles(file.questions, titles_of(split, "report"))] == ["w-1"]
    with pytest.raises(SquadError, match="none of the articles"):
        of_titles(file.questions, titles_of(split, "train"))
    with pytest.raises(SquadError, match='no part "other"'):
        titles_of(split, "other")


def test_the_gold_context_alone_is_read(file, answerer, embedder):
    found = evaluate(file, file.questions, answerer, embedder, retrieved=False)
    assert [one.span for one in found] == [
        "Otters sleep afloat.",
        found[1].span,
        "Owls hunt at night.",
    ]
    assert found[1].span in OTTERS
    assert [(one.rank, one.after_reading) for one in found if one.question.answerable] == [
        (1, True),
        (1, True),
    ]


def test_everything_is_retrieved_from_all_contexts(file, answerer, embedder):
    found = evaluate(file, file.questions, answerer, embedder, retrieved=True)
    assert [one.rank for one in found if one.question.answerable] == [1, 1]


def test_only_the_contexts_of_the_questions_are_embedded_where_the_gold_is_given(
    file, answerer, embedder
):
    evaluate(file, file.questions[2:], answerer, embedder, retrieved=False)
    assert OTTERS not in embedder.embedded
    assert OWLS in embedder.embedded


def test_the_object_has_exactly_these_keys_and_figures(file, answerer, embedder):
    found = summary(evaluate(file, file.questions, answerer, embedder, retrieved=False), 1.26)
    assert list(found) == KEYS
    assert (found["questions"], found["answerable"], found["seconds"]) == (3, 2, 1.3)
    # o-1 exactly; o-2 shares no word and is refused;
    # w-1: F1 of "owls hunt at night" and "at night" is 2*2/(4+2).
    assert found["exact"] == pytest.approx(100 * 2 / 3, abs=1e-3)
    assert found["f1"] == pytest.approx(100 * (1 + 1 + 2 / 3) / 3, abs=1e-3)
    assert found["answerable_exact"] == 50.0
    assert found["answerable_f1"] == pytest.approx(100 * (1 + 2 / 3) / 2, abs=1e-3)
    assert (found["unanswerable_refused"], found["auc_answerable"]) == (1.0, 1.0)
    assert (found["recall@1"], found["recall@5"], found["recall@1_after_reading"]) == (
        1.0,
        1.0,
        1.0,
    )


def test_the_best_span_is_forced_for_answerable_questions_only(file, embedder):
    silent = Answerer(
        FakeReader(),
        Calibration(weights={}, bias=0.0, threshold=0.0, retrieval_weight=0.0, given_threshold=1.0),
    )
    found = summary(evaluate(file, file.questions, silent, embedder, retrieved=False), 0.0)
    assert found["exact"] == pytest.approx(100 / 3, abs=1e-3)  # the refusal of o-2 alone is right
    assert found["answerable_exact"] == 50.0


def test_without_unanswerable_questions_their_figures_are_none(file, answerer, embedder):
    found = summary(evaluate(file, file.questions[2:], answerer, embedder, retrieved=False), 0.0)
    assert (found["unanswerable_refused"], found["auc_answerable"]) == (None, None)


def test_what_is_no_question_is_refused(answerer):
    question = SquadQuestion("1", "?", "t", 0, ("x",), ((0, 1),))
    refusal = ask_question(
        question, "000000/t/0", answerer, lambda asked: pytest.fail("nothing is retrieved"), 0.5
    )
    assert (refusal.refused, refusal.prediction, refusal.rank) == (True, "", None)


def test_a_long_context_is_cut_and_the_passage_with_the_answer_counts(tmp_path, answerer, embedder):
    filler = " ".join(
        f"Sentence {number} is about nothing in particular at all." for number in range(30)
    )
    context = f"{filler} Otters sleep afloat. {filler}"
    question = asked("1", "Where do otters sleep?", ("afloat", context.index("afloat")))
    file = load_squad(
        write(tmp_path, {"data": [{"title": "t", "paragraphs": [paragraph(context, question)]}]})
    )
    assert len(Shelf(file.contexts, embedder).passages) > 5
    for retrieved in (False, True):
        (found,) = evaluate(file, file.questions, answerer, embedder, retrieved=retrieved)
        assert found.span == "Otters sleep afloat."
        assert (found.rank, found.after_reading) == (1, True)


def test_a_given_context_is_read_to_its_end(tmp_path, embedder):
    parts = [f"Filler {n} says little. " + "It goes on and on for a while. " * 12 for n in range(9)]
    context = "\n\n".join([*parts, "Owls hunt at night."])
    file = load_squad(
        write(
            tmp_path,
            {"data": [{"paragraphs": [paragraph(context, asked("1", "Filler?", ("Owls", 0)))]}]},
        )
    )
    reader = CountingReader()
    settled = replace(CALIBRATION, settled=0.0)  # the first passages would do
    evaluate(file, file.questions, Answerer(reader, settled), embedder, retrieved=False)
    assert reader.passages == {
        passage.text for passage in Shelf(file.contexts, embedder).passages.values()
    }


def test_a_library_in_a_store_is_asked_as_one_in_memory(tmp_path, file, answerer, embedder):
    ask = partial(evaluate, file, file.questions, answerer, embedder, retrieved=True)
    with closing(open_store(tmp_path / "library", must_exist=False)) as store:
        outcomes = ask(store=store)
        with store.snapshot() as snapshot:
            assert snapshot.generation == 1
    assert outcomes == ask()


def test_a_passage_holds_the_answer_only_where_it_was_annotated():
    question = SquadQuestion("1", "?", "t", 0, ("otter",), ((40, 45),))
    assert holds_answer(Passage("gold", 30, 60, "", ""), question, "gold")
    assert not holds_answer(Passage("gold", 0, 30, "", ""), question, "gold")
    assert not holds_answer(Passage("other", 30, 60, "", ""), question, "gold")


def test_an_answer_without_a_place_is_held_by_any_passage_of_its_context():
    question = SquadQuestion("1", "?", "t", 0, ("otter",), ())
    assert holds_answer(Passage("gold", 0, 30, "", ""), question, "gold")


def test_within_one_document_scores_are_those_of_the_whole_search(file, embedder):
    shelf = Shelf(file.contexts, embedder)
    (within,) = shelf.search_within("When do owls hunt?", file.contexts[1].id)
    best = shelf.search("When do owls hunt?")[0]
    assert best.passage == within.passage
    assert best.score == pytest.approx(within.score, abs=1e-6)
    assert (within.dense_rank, within.lexical_rank) == (1, 1)


def test_a_text_is_embedded_once(embedder):
    remembering = CachingEmbedder(embedder)
    first = remembering.embed_passages(["a b", "c", "a b"])
    assert embedder.embedded == ["a b", "c"]
    assert (remembering.embed_passages(["c", "a b"]) == first[[1, 0]]).all()
    assert embedder.embedded == ["a b", "c"]


def test_embeddings_are_kept_between_runs_for_the_same_embedder_only(tmp_path, embedder):
    first = CachingEmbedder(embedder, tmp_path / "cache").embed_passages(["a b"])
    again = FakeEmbedder()
    assert (CachingEmbedder(again, tmp_path / "cache").embed_passages(["a b"]) == first).all()
    assert again.embedded == []
    other = FakeEmbedder()
    other.fingerprint = "0" * 64
    CachingEmbedder(other, tmp_path / "cache").embed_passages(["a b"])
    assert other.embedded == ["a b"]


def test_nothing_to_embed_is_an_empty_matrix(embedder):
    assert CachingEmbedder(embedder).embed_passages([]).shape == (0, embedder.dimension)


def test_fusions_are_compared_by_recall(file, embedder):
    results = compare_fusions(
        file, file.questions, Shelf(file.contexts, embedder), lambda done, total: None
    )
    assert {result.name for result in results} == {"by_bound", "by_best", "by_rank"}
    assert [result.weight for result in results[:11]] == list(WEIGHTS)
    assert all(result.recall_at_5 == 1.0 for result in results if result.weight > 0)


def test_the_calibration_error_counts_answers_to_unanswerable_questions_as_wrong():
    def asked(span: str, confidence: float, *answers: str) -> SquadOutcome:
        return SquadOutcome(SquadQuestion("q", "Who?", "t", 0, answers, ()), span, confidence)

    assert calibration_error(
        [asked("Ann", 0.9, "Ann"), asked("Ann", 0.8), asked("Bo", 0.2, "Ann")]
    ) == pytest.approx((0.1 + 0.8 + 0.2) / 3, abs=1e-4)
