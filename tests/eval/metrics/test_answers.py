import json
from pathlib import Path

import pytest

from inquote.eval.metrics.answers import (
    answer_in_evidence,
    answer_right,
    citation_precision,
    citation_recall,
    contains_answer,
    exact_match,
    normalise_answer,
    refusal_f1,
    refusal_precision,
    refusal_recall,
    token_f1,
    verbatim_violations,
)

# Hand-made predictions with the results of the official evaluate-v2.0.py of SQuAD on them.
OFFICIAL = json.loads((Path(__file__).parent / "squad_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", OFFICIAL["cases"], ids=lambda case: case["case"])
def test_exact_match_and_f1_equal_the_official_script(case):
    assert exact_match(case["prediction"], case["answers"]) == case["exact"]
    assert token_f1(case["prediction"], case["answers"]) == pytest.approx(case["f1"], abs=1e-12)


def test_the_totals_equal_the_official_script():
    cases = OFFICIAL["cases"]
    exact = [exact_match(case["prediction"], case["answers"]) for case in cases]
    f1 = [token_f1(case["prediction"], case["answers"]) for case in cases]
    assert 100 * sum(exact) / len(cases) == pytest.approx(OFFICIAL["exact"])
    assert 100 * sum(f1) / len(cases) == pytest.approx(OFFICIAL["f1"])


def test_punctuation_goes_before_articles():
    assert normalise_answer("An a. of the U.S.") == "of us"


def test_an_answer_is_contained_at_word_boundaries_only():
    assert contains_answer("a dual action—direct lysis", ["dual action"]) == 1.0
    assert contains_answer("reactions", ["action"]) == 0.0


def test_an_accepted_answer_that_normalises_to_nothing_is_never_contained():
    assert contains_answer("the end", ["the", "..."]) == 0.0


def test_right_by_overlap_without_containing():
    assert (
        answer_right("direct destruction of tumor cells", ["destruction of cells"]) == 1.0
    )  # F1 = 2*3/(5+3) = 0.75


def test_wrong_below_an_overlap_of_six_tenths():
    assert (
        answer_right("cells of the immune system", ["destruction of cells"]) == 0.0
    )  # F1 = 2*2/(4+3) = 0.571


def test_a_refusal_is_not_right():
    assert answer_right("", ["Amgen"]) == 0.0


def test_a_list_is_right_by_the_share_of_its_items():
    items = [["fever"], ["chills", "the shivers"], ["fatigue"]]
    assert answer_right("fever and the shivers", [], items) == pytest.approx(2 / 3)


def test_citation_precision_counts_overlapping_citations_once():
    assert citation_precision([("a", 0, 10), ("a", 5, 20)], [[("a", 0, 10)]]) == 0.5


def test_citation_precision_counts_every_alternative_as_evidence():
    assert citation_precision([("b", 0, 10)], [[("a", 0, 10), ("b", 0, 10)]]) == 1.0


def test_citation_precision_of_another_document_is_nought():
    assert citation_precision([("b", 0, 10)], [[("a", 0, 10)]]) == 0.0


def test_citation_precision_without_citations_is_undefined():
    assert citation_precision([], [[("a", 0, 10)]]) is None


def test_citation_recall_takes_the_best_alternative_and_the_mean_of_groups():
    groups = [[("a", 0, 10), ("a", 20, 24)], [("b", 0, 10)]]
    assert citation_recall([("a", 20, 24), ("b", 0, 5)], groups) == 0.75


def test_the_first_citation_decides_whether_the_answer_is_in_the_evidence():
    groups = [[("a", 0, 10)]]
    assert answer_in_evidence([("a", 5, 15)], groups) == 1.0
    assert answer_in_evidence([("a", 6, 16), ("a", 0, 10)], groups) == 0.0
    assert answer_in_evidence([], groups) == 0.0


TEXTS = {"a": "naïve 🙂 cats"}
CATS = {"document": "a", "start": 8, "end": 12, "quote": "cats"}


def _answer(**changes):
    return {"answer": "cats", "citations": [CATS], "nearest": [CATS]} | changes


def test_offsets_count_code_points():
    assert verbatim_violations(_answer(), TEXTS) == 0


@pytest.mark.parametrize(
    "change", [{"quote": "Cats"}, {"start": 7}, {"document": "b"}, {"quote": "", "end": 8}]
)
def test_each_wrong_quote_is_a_violation(change):
    assert verbatim_violations(_answer(nearest=[CATS | change, CATS]), TEXTS) == 1


def test_an_answer_that_is_not_its_quotes_is_a_violation():
    assert verbatim_violations(_answer(answer="the cats"), TEXTS) == 1


def test_a_refusal_with_citations_is_a_violation():
    assert verbatim_violations(_answer(answer=None), TEXTS) == 1


def test_a_refusal_without_citations_is_none():
    assert verbatim_violations(_answer(answer=None, citations=[]), TEXTS) == 0


REFUSED = [True, True, True, False, False]
ANSWERABLE = [False, False, True, True, False]


def test_refusal_figures_by_hand():
    assert refusal_precision(REFUSED, ANSWERABLE) == pytest.approx(2 / 3)
    assert refusal_recall(REFUSED, ANSWERABLE) == pytest.approx(2 / 3)
    assert refusal_f1(REFUSED, ANSWERABLE) == pytest.approx(2 / 3)


def test_refusal_figures_without_anything_to_count():
    assert refusal_precision([False], [False]) is None
    assert refusal_recall([True], [True]) is None
    assert refusal_f1([False], [True]) is None
