import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import PLAIN_CALIBRATION
from inquote.app.answering.confidence import curve_at
from inquote.app.cli.output import format_fitted
from inquote.app.feedback_calibration import (
    SETTING,
    fit_curve,
    fit_to_feedback,
    forget_feedback,
    with_feedback,
)
from inquote.app.system import System
from inquote.index.stores.journal import Feedback, QuestionInContext
from inquote.ingest.errors import InquoteError

QUESTION = "An otter weighs 12 kilograms?"


def judged(system: System, verdicts: dict[str, int], answer: str | None = None) -> System:
    """A system with a journal in which people judged one answer."""
    journal = system.store.journal
    system.journal = journal
    given = answer or system.answer(QUESTION).text
    for verdict, count in verdicts.items():
        for number in range(count):
            journal.record_feedback(
                Feedback(
                    id=f"{given} {verdict} {number}",
                    context=QuestionInContext(QUESTION),
                    understood_as=QUESTION,
                    verdict=verdict,
                    answer=given,
                    citations=(),
                    sentence=None,
                    generation=1,
                    at="2026-01-01T00:00:00+00:00",
                )
            )
    return system


def test_a_curve_never_falls_and_goes_to_what_was_right() -> None:
    verdicts = [(0.3, True)] * 45 + [(0.3, False)] * 5 + [(0.7, True)] * 30 + [(0.7, False)] * 20
    curve = fit_curve(verdicts)
    befores, afters = zip(*curve, strict=True)
    assert list(befores) == sorted(befores)
    assert list(afters) == sorted(afters)
    # 75 of 100 are right, and those of less confidence are no less often wrong.
    assert curve_at(curve, 0.3) == pytest.approx(0.75, abs=0.05)
    assert curve_at(curve, 0.7) == pytest.approx(0.75, abs=0.05)
    assert curve_at(curve, 0.01) < 0.1
    assert curve_at(curve, 0.99) > 0.9


def test_a_curve_of_no_verdicts_leaves_the_confidence_alone() -> None:
    curve = fit_curve([])
    for confidence in (0.0, 0.13, 0.5, 0.88, 1.0):
        assert curve_at(curve, confidence) == pytest.approx(confidence)


def test_the_confidence_of_a_library_follows_its_verdicts_until_it_is_undone(
    make_system: Callable[..., System], corpus: Path
) -> None:
    system = judged(make_system(corpus), {"right": 30, "wrong answer": 90})
    before = system.answer(QUESTION).confidence
    fitted = fit_to_feedback(system)
    assert (fitted.verdicts, fitted.left_out) == (120, 0)
    assert fitted.error_before == pytest.approx(before - 0.25, abs=0.001)
    assert fitted.error_after < 0.05
    journal = system.store.journal
    calibration = with_feedback(PLAIN_CALIBRATION, "fake", journal)
    assert curve_at(calibration.fitted, before) == pytest.approx(0.25, abs=0.05)
    assert "fitted to 120 verdicts" in format_fitted(fitted)
    assert with_feedback(PLAIN_CALIBRATION, "another reader", journal) == PLAIN_CALIBRATION
    other = replace(PLAIN_CALIBRATION, bias=1.0)
    assert with_feedback(other, "fake", journal) == other
    assert forget_feedback(journal)
    assert with_feedback(PLAIN_CALIBRATION, "fake", journal) == PLAIN_CALIBRATION
    assert not forget_feedback(journal)


def test_verdicts_on_other_answers_do_not_count_and_few_are_refused(
    make_system: Callable[..., System], corpus: Path
) -> None:
    system = judged(make_system(corpus), {"right": 99})
    judged(system, {"right": 50}, answer="Something that is not said any more.")
    with pytest.raises(InquoteError, match=r"There are 99 verdicts .* 100 are needed"):
        fit_to_feedback(system)
    assert system.store.journal.setting(SETTING) is None


@pytest.mark.parametrize("value", ["", "[]", "no json", json.dumps({"confidences": 1})])
def test_a_damaged_setting_is_passed_over(
    make_system: Callable[..., System], corpus: Path, value: str
) -> None:
    journal = make_system(corpus).store.journal
    journal.put_setting(SETTING, value)
    assert with_feedback(PLAIN_CALIBRATION, "fake", journal) == PLAIN_CALIBRATION
