import json
from pathlib import Path

import pytest

from inquote.eval.metrics.ranking import (
    first_ranks,
    holds,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    relevance,
    shown_order,
)

# Random rankings with what ranx 0.3.21 says of them (pytrec_eval-terrier 0.5.11 agreed to nine
# decimals).
RANX = json.loads((Path(__file__).parent / "ranking_cases.json").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", RANX, ids=lambda case: f"{case['relevant']}-of-{case['total']}")
def test_ranking_metrics_equal_those_of_ranx(case):
    relevant = [flag == "1" for flag in case["relevant"]]
    assert reciprocal_rank(relevant) == pytest.approx(case["reciprocal_rank"], abs=1e-9)
    assert ndcg_at(relevant, case["total"]) == pytest.approx(case["ndcg@10"], abs=1e-9)
    assert recall_at(relevant, case["total"], 3) == pytest.approx(case["recall@3"], abs=1e-9)


def test_a_passage_holds_evidence_with_half_of_its_characters():
    assert holds(("a", 0, 15), ("a", 10, 20))
    assert not holds(("a", 0, 14), ("a", 10, 20))
    assert not holds(("b", 0, 20), ("a", 10, 20))


def test_cited_passages_come_first_and_none_twice():
    assert shown_order([("a", 9, 12)], [("a", 0, 9), ("a", 9, 12), ("b", 0, 4)]) == [
        ("a", 9, 12),
        ("a", 0, 9),
        ("b", 0, 4),
    ]


def test_each_group_is_found_where_its_first_alternative_stands():
    ranked = [("a", 0, 10), ("a", 10, 20), ("b", 0, 10)]
    assert first_ranks(ranked, [[("b", 2, 4), ("a", 12, 14)], [("c", 0, 1)]]) == [2, None]


def test_one_passage_that_holds_two_groups_is_one_relevant_passage():
    assert relevance([1, 1], 2) == ([True, False], 1)
    assert ndcg_at([True, False], 1) == 1.0


def test_a_group_that_is_nowhere_is_one_more_to_find():
    assert relevance([1, None], 2) == ([True, False], 2)
    assert ndcg_at([True, False], 2) == pytest.approx(1 / (1 + 0.63093), abs=1e-4)


def test_nothing_retrieved():
    assert relevance([None], 0) == ([], 1)
    assert (reciprocal_rank([]), ndcg_at([], 1), recall_at([], 1, 3)) == (0.0, 0.0, 0.0)
