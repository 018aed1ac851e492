"""Fit the confidence of a library's answers to what people said of them.

The last step of the confidence becomes a monotone curve: isotonic regression by pooling adjacent
violators (Barlow et al. 1972), drawn towards the confidence as it was by a few made-up verdicts.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from inquote.app.answering.confidence import Calibration, Curve, curve_at
from inquote.app.system import System
from inquote.index.clock import utc_now
from inquote.index.progress import Progress, silent
from inquote.index.stores.journal import Journal
from inquote.ingest.errors import InquoteError

SETTING = "confidence"  # its name in the journal
LEAST_VERDICTS = 100
FOLDS = 5
_STEPS = 20  # confidences at which made-up verdicts stand
_MADE_UP = 0.5  # verdicts at each, as right as the confidence says

Verdict = tuple[float, bool]
"""The confidence of an answer, and whether a person found it right."""


@dataclass(frozen=True)
class FittedCurve:
    """A curve as the journal keeps it.

    `confidences` names the confidences that it is fitted to: those of a reader with a calibration.
    `error_before` and `error_after` are mean distances of confidence and share right in [0, 1], the
    second of verdicts that the curve was not fitted to.
    """

    confidences: str
    curve: Curve
    verdicts: int
    left_out: int
    error_before: float
    error_after: float
    at: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote calibrate --json` prints."""
        return asdict(self)


def fit_to_feedback(system: System, progress: Progress = silent) -> FittedCurve:
    """Fit the curve to the verdicts of a system's journal, and keep it there.

    Each question is asked anew; verdicts on other answers than it has now are left out. Raises
    `InquoteError` for fewer than `LEAST_VERDICTS`.
    """
    assert system.journal is not None
    plain = replace(system.answerer.calibration, fitted=())
    system.answerer.calibration = plain
    verdicts, left_out = _verdicts(system, system.journal, progress)
    if len(verdicts) < LEAST_VERDICTS:
        raise InquoteError(
            f"There are {len(verdicts)} verdicts on answers as they are now, and {LEAST_VERDICTS} "
            "are needed; judge more answers on the page (right, wrong) and run this again."
        )
    fitted = FittedCurve(
        confidences=name_of(system.answerer.reader.name, plain),
        curve=fit_curve(verdicts),
        verdicts=len(verdicts),
        left_out=left_out,
        error_before=round(_error(verdicts), 4),
        error_after=round(_error(_out_of_fold(verdicts)), 4),
        at=utc_now(),
    )
    system.journal.put_setting(SETTING, json.dumps(fitted.as_json()))
    return fitted


def _verdicts(system: System, journal: Journal, progress: Progress) -> tuple[list[Verdict], int]:
    """Return the verdicts on answers that are given today too, and the number of the others."""
    feedback = [item for item in journal.feedback() if item.answer is not None]
    verdicts: list[Verdict] = []
    for done, item in enumerate(feedback, 1):
        asked = item.context
        answer = system.answer(asked.question, asked.history, scope=asked.scope or None)
        if answer.text == item.answer:
            verdicts.append((answer.confidence, item.verdict == "right"))
        progress("asking", done, len(feedback))
    return verdicts, len(feedback) - len(verdicts)


def fit_curve(verdicts: Sequence[Verdict]) -> Curve:
    """Return the points (confidence before, after) of a curve that never falls.

    >>> 0.7 < curve_at(fit_curve([(0.2, True)] * 40 + [(0.2, False)] * 10), 0.2) < 0.8
    True
    """
    weighed = []
    for confidence, is_right in verdicts:
        weighed.append((confidence, float(is_right), 1.0))
    for step in range(_STEPS):
        confidence = (step + 0.5) / _STEPS
        weighed.append((confidence, confidence, _MADE_UP))
    blocks: list[_Block] = []
    for confidence, right, weight in sorted(weighed):
        blocks.append(_Block(confidence, confidence, right * weight, weight))
        while len(blocks) > 1 and blocks[-1].must_join(blocks[-2]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    # A block is level from its least confidence to its highest.
    points: list[tuple[float, float]] = []
    for block in blocks:
        for confidence in dict.fromkeys((block.low, block.high)):
            points.append((confidence, round(block.right, 4)))
    return tuple(points)


@dataclass(frozen=True)
class _Block:
    """Verdicts on answers of a range of confidences, which get one value.

    `rights` is the sum of the weights of the right ones, `weight` that of all.
    """

    low: float
    high: float
    rights: float
    weight: float

    @property
    def right(self) -> float:
        return self.rights / self.weight

    def must_join(self, before: "_Block") -> bool:
        """Tell whether the block before is as right, or of the same confidence."""
        return before.right >= self.right or before.high == self.low

    def __add__(self, other: "_Block") -> "_Block":
        return _Block(self.low, other.high, self.rights + other.rights, self.weight + other.weight)


def _out_of_fold(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts with the confidences that curves fitted to the others give them."""
    result = []
    for fold in range(FOLDS):
        others = [verdict for at, verdict in enumerate(verdicts) if at % FOLDS != fold]
        curve = fit_curve(others)
        for confidence, is_right in verdicts[fold::FOLDS]:
            result.append((curve_at(curve, confidence), is_right))
    return result


def _error(verdicts: Iterable[Verdict]) -> float:
    """Return the expected calibration error over tenths (Naeini, Cooper and Hauskrecht 2015)."""
    tenths: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        tenths.setdefault(min(int(verdict[0] * 10), 9), []).append(verdict)
    count = sum(map(len, tenths.values()))
    gaps = [abs(sum(confidence - right for confidence, right in one)) for one in tenths.values()]
    return sum(gaps) / count


def forget_feedback(journal: Journal) -> bool:
    """Take the curve away; return whether there was one."""
    had = journal.setting(SETTING) is not None
    journal.put_setting(SETTING, None)
    return had


def with_feedback(calibration: Calibration, reader: str, journal: Journal) -> Calibration:
    """Return a calibration with the curve that the journal keeps, if it was fitted to it."""
    try:
        kept = json.loads(journal.setting(SETTING) or "{}")
        if kept.get("confidences") != name_of(reader, calibration):
            return calibration
        return replace(calibration, fitted=tuple((x, y) for x, y in kept["curve"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return calibration


def name_of(reader: str, calibration: Calibration) -> str:
    """Return a name for the confidences of a reader with a calibration, fitted further or not."""
    return f"{reader} {replace(calibration, fitted=()).digest}"
