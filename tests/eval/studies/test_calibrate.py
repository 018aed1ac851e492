import json
from pathlib import Path

import numpy as np
import pytest

from inquote.app.answering.confidence import Calibration, features_of
from inquote.app.answering.findings import Findings
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.reader.base import Reading, Span
from inquote.eval.studies.calibrate import (
    choose_given_threshold,
    choose_threshold,
    fit,
    precision_curve,
)
from inquote.eval.studies.observe import Observation
from inquote.eval.studies.squad import SquadOutcome
from inquote.eval.studies.squad_data import SquadQuestion
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage
from inquote.ingest.errors import InquoteError, ModelError
from tables import SALES, passage_of

CALIBRATION = Calibration(
    {"score": 2.0},
    -1.0,
    0.5,
    1.0,
    ((0.0, 10, 0.1), (0.5, 20, 0.8)),
    30,
    12,
    curve=((0.0, 9, 0.7),),
    chosen_on=(9, 2),
)


def test_confidence_is_the_logistic_of_the_weighted_features() -> None:
    assert CALIBRATION.confidence({"score": 0.5, "other": 9.0}) == 0.5
    assert CALIBRATION.confidence({"score": 1.0}) == pytest.approx(1 / (1 + np.exp(-1)))
    assert 0 < CALIBRATION.confidence({"score": -1e9}) < CALIBRATION.confidence({"score": 1e9}) < 1


def test_what_was_observed_at_a_confidence() -> None:
    assert CALIBRATION.observed(0.3) == (10, 0.1)
    assert CALIBRATION.observed(0.82) == (20, 0.8)
    assert Calibration({}, 0.0, 0.5, 0.0).observed(0.9) is None


def test_a_calibration_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(CALIBRATION.dumps())
    assert Calibration.load(tmp_path / "c.json") == CALIBRATION


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"bins": [], "unknown": 1})])
def test_a_damaged_calibration_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(ModelError, match="missing or damaged"):
        Calibration.load(tmp_path / "c.json")


def test_features_of_a_reading() -> None:
    def hit(id: str, dense: float, lexical: float, text: str) -> Hit:
        return Hit(Passage(id, 0, len(text), "", text), 0.5, 1, dense, 1, lexical)

    readings = [
        Reading((Span(0, 4, 3.0), Span(5, 9, 1.0)), (Span(0, 4, 0.7), Span(5, 9, 0.1)), 0.5),
        Reading((Span(0, 4, 2.0),), (), -1.0),
    ]
    hits = [
        hit("d", 0.6, 0.2, "An otter eats. Newts swim."),
        hit("e", 0.1, 0.4, "The otter."),
        hit("f", 0, 0, "Mud."),
    ]
    pairs = zip(hits, readings, strict=False)
    sources = tuple(HitReading(hit, rank, reading) for rank, (hit, reading) in enumerate(pairs))
    spans = (AnswerSpan(sources[0], 3, 8, 3.0), AnswerSpan(sources[1], 0, 4, 2.0))
    findings = Findings(sources, spans, unread=(hits[2],))
    features = features_of("Does an otter eat crabs?", findings)
    assert features == {
        "score": 3.0,
        "answers": -0.5,
        "dense": 0.6,
        "covered": pytest.approx(2 / 3),
        "rival": 0.0,
    }


def test_a_cell_that_scores_nearly_as_much_is_a_rival() -> None:
    passage = passage_of(SALES)
    starts = [passage.text.index(value) for value in ("7.5", "6.1", "9.5")]
    source = HitReading(Hit(passage, 0.5, 1, 0.5, 1, 0.5), 0, Reading((), (), 0.0))
    spans = [AnswerSpan(source, at, at + 3, 5.0 - n) for n, at in enumerate(starts)]
    findings = Findings((source,), tuple(spans))
    assert features_of("Pumps in 2019?", findings)["rival"] == 0.75
    assert features_of("Pumps in 2019?", findings, spans[:2])["rival"] == 0.5
    assert features_of("Pumps in 2019?", Findings((source,), tuple(spans[:1])))["rival"] == 0.0


def test_the_threshold_is_the_lowest_with_which_the_target_share_is_right() -> None:
    curve = precision_curve(np.array([0.15, 0.35, 0.55, 0.75]), np.array([True, False, True, True]))
    assert (curve[0], curve[15], curve[16]) == ((0.0, 4, 0.75), (0.15, 4, 0.75), (0.16, 3, 0.6667))
    assert curve[-1] == (0.75, 1, 1.0)
    assert (choose_threshold(curve, 0.75), choose_threshold(curve, 0.8)) == (0, 0.36)
    with pytest.raises(InquoteError, match="With no threshold are 110% of the given answers right"):
        choose_threshold(curve, 1.1)


def test_the_threshold_for_given_passages_has_the_highest_f1() -> None:
    def outcome(confidence: float, span: str, *answers: str) -> SquadOutcome:
        return SquadOutcome(SquadQuestion("q", "Who?", "t", 0, answers, ()), span, confidence)

    outcomes = [
        outcome(0.9, "Ann", "Ann"),
        outcome(0.55, "Ann Lind", "Ann"),
        outcome(0.3, "Bo"),
        outcome(0.2, "Bo"),
    ]
    assert choose_given_threshold(outcomes) == 0.31
    assert choose_given_threshold([outcome(0.7, "Bo")] * 2 + outcomes) == 0.71


def test_a_fit_finds_the_feature_that_tells() -> None:
    rng = np.random.default_rng(0)
    observations = []
    for at in range(400):
        score, noise = rng.normal(size=2)
        right = bool(score + 0.3 * rng.normal() > 0)
        observations.append(
            Observation("ab"[at % 2], {"score": float(score), "noise": float(noise)}, right, right)
        )
    calibration, summary = fit(observations, Calibration({}, 0.0, 0.0, 1.0, settled=0.7), 0.9, "b")
    assert (calibration.retrieval_weight, calibration.settled) == (1.0, 0.7)
    assert calibration.weights["score"] > 10 * abs(calibration.weights["noise"])
    assert calibration.questions == 400
    assert calibration.chosen_on == (200, sum(not o.answerable for o in observations[1::2]))
    assert [threshold for threshold, _, _ in calibration.curve[:3]] == [0.0, 0.05, 0.1]
    assert summary["a"]["AUC of right"] > 0.95
    assert 0.9 <= summary["b"]["given answers right"] < 0.93
