import json
from pathlib import Path

import numpy as np
import pytest

from app.compose import Chosen
from app.confidence import Calibration, features_of
from app.reader.base import Reading, Span
from eval.calibrate import choose_threshold, fit
from eval.observe import Observation
from index.search import Hit
from ingest.documents import Passage
from ingest.errors import ModelError

CALIBRATION = Calibration({"score": 2.0}, -1.0, 0.5, 1.0, ((0.0, 10, 0.1), (0.5, 20, 0.8)), 30, 12)


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
    def hit(id: str, dense: float, lexical: float) -> Hit:
        return Hit(Passage(id, 0, 9, "", "one. two."), 0.5, 1, dense, 1, lexical)

    readings = [
        Reading((Span(0, 4, 3.0), Span(0, 3, 2.9), Span(5, 9, 1.0)), (Span(0, 4, 0.7), Span(5, 9, 0.1)), 0.5),
        Reading((Span(0, 4, 2.0),), (), -1.0),
    ]
    spans = [Chosen(0, 0, 4, 3.0), Chosen(0, 0, 3, 2.9), Chosen(1, 0, 4, 2.0), Chosen(0, 5, 9, 1.0)]
    assert features_of([hit("d", 0.6, 0.2), hit("e", 0.1, 0.4)], readings, spans) == {
        "score": 3.0,
        "margin": 1.0,
        "evidence": 0.7,
        "dense": 0.6,
        "lexical": 0.2,
        "lexical_best": 0.4,
        "passage_none": 0.5,
    }


def test_the_threshold_is_the_lowest_that_refuses_the_target_share() -> None:
    confidence, answerable = np.array([0.15, 0.35, 0.55, 0.75]), np.array([False, True, False, True])
    assert choose_threshold(confidence, answerable, 0.5) == 0.16
    assert choose_threshold(confidence, answerable, 1.0) == 0.56


def test_a_fit_finds_the_feature_that_tells() -> None:
    rng = np.random.default_rng(0)
    observations = []
    for at in range(400):
        score, noise = rng.normal(size=2)
        right = bool(score + 0.3 * rng.normal() > 0)
        observations.append(Observation("ab"[at % 2], {"score": float(score), "noise": float(noise)}, right, right))
    calibration, summary = fit(observations, Calibration({}, 0.0, 0.0, 1.0, enough_score=7.0), target=0.9)
    assert (calibration.retrieval_weight, calibration.enough_score) == (1.0, 7.0)
    assert calibration.weights["score"] > 10 * abs(calibration.weights["noise"])
    assert calibration.questions == 400
    assert summary["a"]["AUC of right"] > 0.95
    assert summary["a"]["unanswerable refused"] >= 0.8
