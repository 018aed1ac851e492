from pathlib import Path

import pytest

from inquote.eval.metrics.bootstrap import Estimate
from inquote.eval.report.floors import FloorsError, check_floors, load_floors
from inquote.eval.report.score import METRICS

KNOWN = {metric.name for metric in METRICS}


def floors_file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "floors.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_floor_within_the_interval_holds_and_one_above_it_is_broken():
    found = {"answer_right": Estimate(0.80, 0.75, 0.85, 100)}
    assert check_floors({"at_least": {"answer_right": 0.85}}, found) == []
    assert check_floors({"at_least": {"answer_right": 0.86}}, found) == [
        "answer_right must be at least 0.86 and is 0.800 (95 % interval 0.750 to 0.850, "
        "100 questions)."
    ]


def test_a_ceiling_is_broken_where_the_whole_interval_lies_above_it():
    found = {"ece": Estimate(0.10, 0.06, 0.14, 100)}
    assert check_floors({"at_most": {"ece": 0.06}}, found) == []
    assert len(check_floors({"at_most": {"ece": 0.05}}, found)) == 1


def test_violations_are_compared_exactly():
    assert (
        check_floors(
            {"exactly": {"verbatim_violations": 0}}, {"verbatim_violations": Estimate(0, 0, 0, 9)}
        )
        == []
    )
    assert (
        len(
            check_floors(
                {"exactly": {"verbatim_violations": 0}},
                {"verbatim_violations": Estimate(1, 1, 1, 9)},
            )
        )
        == 1
    )


def test_what_was_not_measured_breaks_its_floor():
    assert check_floors({"at_least": {"mrr": 0.1}}, {"mrr": Estimate(None, None, None, 0)}) == [
        "mrr must be at least 0.1 and is not measured."
    ]


def test_floors_are_those_of_the_question_file(tmp_path):
    path = floors_file(
        tmp_path, '[tern.at_least]\n"evidence_recall@3" = 0.95\n[other.exactly]\nerrors = 0\n'
    )
    assert load_floors(path, "tern", KNOWN) == {
        "at_least": {"evidence_recall@3": 0.95},
        "at_most": {},
        "exactly": {},
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[other.at_least]\nmrr = 1", "no floors for tern"),
        ("[tern.at_least]\nmmr = 1", '"mmr"'),
        ("[tern.atleast]\nmrr = 1", '"atleast"'),
        ("[tern", "cannot be read"),
        ("[tern.at_least]\nmrr = 'x'", "cannot be read"),
        ("tern = 3", "cannot be read"),
    ],
)
def test_floors_that_hold_nothing_are_refused(tmp_path, content, message):
    with pytest.raises(FloorsError, match=message):
        load_floors(floors_file(tmp_path, content), "tern", KNOWN)
