"""Fit `confidence`: questions never trained on, through the whole system with retrieval, to a calibration file.

Logistic regression (Platt 1999) of "the answer is right" on the features of `inquote.app.answering.confidence.features_of`. The threshold
is the lowest with which the target share of the given answers is right, on one of the question files, for half of
SQuAD's are made to mislead; where the passage is given, as in SQuAD's own task, the one with the highest F1 on SQuAD's
questions.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from inquote.app.answering.answer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.build import make_reader
from inquote.app.reader.base import Reader
from inquote.eval.metrics.answers import token_f1
from inquote.eval.metrics.calibration import expected_calibration_error, reliability, roc_auc
from inquote.eval.runs.progress import stages
from inquote.eval.studies.observe import (
    Asked,
    Observation,
    RememberingReader,
    drawn,
    first_bests,
    observe,
    of_pairs,
    of_squad,
)
from inquote.eval.studies.shelf import Remembering
from inquote.eval.studies.squad import SquadOutcome, evaluate
from inquote.eval.studies.squad_data import load_squad
from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
from inquote.ingest.errors import InquoteError

RETRIEVAL_WEIGHT = 4.0  # on the tuning parts as good as 2 or better (eval/LOG.md)
SETTLED = 0.985  # share of the questions that the first passages may settle whose best span is the best of all
FOLDS = 5
CURVE_STEP = 5  # hundredths between the thresholds of the curve that is written down


def fit(
    observations: Sequence[Observation], unfitted: Calibration, target: float, deciding: str
) -> tuple[Calibration, dict[str, Any]]:
    """The calibration, how `unfitted` reads being kept, and what it reaches out of sample (five folds).

    The threshold is chosen on the source `deciding`.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = sorted(observations[0].features)
    x = np.array([[o.features[name] for name in names] for o in observations])
    right = np.array([o.right for o in observations])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    held_out = cross_val_predict(model, x, right, cv=folds, method="predict_proba")[:, 1]
    model.fit(x, right)
    scaler, logistic = model[0], model[1]
    slopes = logistic.coef_[0] / scaler.scale_
    decides = np.array([o.source == deciding for o in observations])
    curve = precision_curve(held_out[decides], right[decides])
    threshold = choose_threshold(curve, target)
    calibration = replace(
        unfitted,
        weights={name: round(float(slope), 6) for name, slope in zip(names, slopes, strict=True)},
        bias=round(float(logistic.intercept_[0] - slopes @ scaler.mean_), 6),
        threshold=threshold,
        bins=tuple(
            (line.low, line.count, round(line.right, 4))
            for line in reliability(list(held_out), list(right))
            if line.count
        ),
        questions=len(observations),
        unanswerable=sum(not o.answerable for o in observations),
        curve=tuple(curve[::CURVE_STEP]),
        chosen_on=(
            int(decides.sum()),
            sum(not o.answerable for o in observations if o.source == deciding),
        ),
    )
    return calibration, _summary(observations, held_out, right, threshold)


def precision_curve(confidence: np.ndarray, right: np.ndarray) -> list[tuple[float, int, float]]:
    """(threshold, answers given with it, share right of these) for every hundredth of a threshold with which one is.

    >>> precision_curve(np.array([0.005, 0.015]), np.array([False, True]))
    [(0.0, 2, 0.5), (0.01, 1, 1.0)]
    """
    given = [(at / 100, confidence >= at / 100) for at in range(100)]
    return [
        (at, int(those.sum()), round(float(right[those].mean()), 4))
        for at, those in given
        if those.any()
    ]


def choose_threshold(curve: Sequence[tuple[float, int, float]], target: float) -> float:
    """The lowest threshold with which at least the share `target` of the given answers is right.

    Raises `InquoteError` where there is none.

    >>> choose_threshold([(0.0, 3, 0.67), (0.16, 2, 1.0)], 0.8)
    0.16
    """
    reached = next((threshold for threshold, _, share in curve if share >= target), None)
    if reached is None:
        raise InquoteError(
            f"With no threshold are {target:.0%} of the given answers right; give a lower --target."
        )
    return reached


def choose_given_threshold(outcomes: Sequence[SquadOutcome]) -> float:
    """The threshold with the highest mean token F1, to two places, the lowest of equals: `best_f1_thresh` of the
    official script of SQuAD 2.0.
    """
    answered = np.array([token_f1(found.span, found.question.answers) for found in outcomes])
    refused = np.array([float(not found.question.answerable) for found in outcomes])
    confidence = np.array([found.confidence for found in outcomes])
    thresholds = np.round(np.arange(0.0, 1.0, 0.01), 2)
    return float(
        max(thresholds, key=lambda t: (np.where(confidence < t, refused, answered).mean(), -t))
    )


def _summary(
    observations: Sequence[Observation], held_out: np.ndarray, right: np.ndarray, threshold: float
) -> dict[str, Any]:
    lines: dict[str, Any] = {"threshold": threshold}
    for source in sorted({o.source for o in observations}):
        mine = np.array([o.source == source for o in observations])
        answerable = np.array([o.answerable for o in observations])[mine]
        confidence, good = held_out[mine], right[mine]
        given = confidence >= threshold
        lines[source] = {
            "questions": int(mine.sum()),
            "right, nothing refused": _share(good[answerable]),
            "answerable answered rightly": _share((good & given)[answerable]),
            "answerable refused": _share(~given[answerable]),
            "unanswerable refused": _share(~given[~answerable]),
            "given answers right": _share(good[given]),
            "AUC of right": roc_auc(list(confidence), list(good)),
            "AUC of answerable": roc_auc(list(confidence), list(answerable)),
            "ECE": round(expected_calibration_error(list(confidence), list(good.astype(float))), 4),
        }
    return lines


def _share(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None


def calibrate(
    squad: Annotated[Path, typer.Argument(help="A SQuAD 2.0 file, gzipped or not.")],
    split: Annotated[Path, typer.Option(help="Titles by part.")] = Path("eval/squad-split.json"),
    part: Annotated[
        str, typer.Option(help="The part of the titles whose questions are asked.")
    ] = "calibrate",
    questions: Annotated[
        list[str], typer.Option(help="FILE=CORPUS, or FOLDER=FOLDER: tuning parts.")
    ] = [],  # noqa: B006
    deciding: Annotated[
        str, typer.Option(help="The question file on which the threshold is chosen.")
    ] = "imlygic",
    limit: Annotated[
        int, typer.Option(help="At most so many SQuAD questions, evenly drawn.")
    ] = 1500,
    target: Annotated[float, typer.Option(help="Share of the given answers to be right.")] = 0.85,
    reader: Annotated[str | None, typer.Option(help="The reader to calibrate.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for calibration-READER.json.")] = Path(
        "app/reader"
    ),
) -> None:
    """Fit the confidence of a reader and choose the threshold for refusal."""
    if not out.is_dir():
        raise typer.BadParameter(f"There is no folder {out}; give --out one that exists.")
    embedder = Remembering(
        SentenceTransformerEmbedder(PACKAGED)
    )  # the sentence reader embeds passages anew
    chosen = RememberingReader(make_reader(reader, embedder))
    content = load_squad(squad)
    of_part = drawn(content, split, part, limit)
    own = of_pairs(questions, embedder)
    if deciding not in {one.source for one in own}:
        raise typer.BadParameter(
            f"There is no question file {deciding}; give it with --questions, or another name."
        )
    asked = [*of_squad(content, of_part, embedder), *own]
    with stages() as bar:
        for done, one in enumerate(asked, 1):
            chosen.read(one.understood, [hit.passage for hit in one.hits])
            bar("reading", done, len(asked))
    unfitted = how_to_read(asked, chosen)
    calibration, summary = fit(observe(asked, chosen, unfitted), unfitted, target, deciding)
    with stages() as bar:
        given = evaluate(
            content, of_part, Answerer(chosen, calibration), embedder, retrieved=False, progress=bar
        )
    calibration = replace(calibration, given_threshold=choose_given_threshold(given))
    path = out / f"calibration-{chosen.name}.json"
    path.write_text(calibration.dumps(), encoding="utf-8")
    kept = {
        name: getattr(calibration, name)
        for name in ("retrieval_weight", "enough_score", "given_threshold")
    }
    print(json.dumps({**kept, **summary}, indent=1))


def how_to_read(asked: Sequence[Asked], reader: Reader) -> Calibration:
    """The retrieval weight and the score at which the first passages are enough; the rest is left to be fitted."""
    enough = choose_enough(first_bests(asked, reader, RETRIEVAL_WEIGHT))
    return Calibration({}, 0.0, 0.0, RETRIEVAL_WEIGHT, enough_score=enough)


def choose_enough(firsts: Sequence[tuple[float, bool]]) -> float | None:
    """The lowest score such that of the questions which the first passages give as much or more, 98.5 % would not be
    answered from elsewhere if all were read; None where there is none. `firsts` are (score, whether it stays the best).

    >>> choose_enough([(9.0, True), (5.0, True), (1.0, False)])
    5.0
    """
    enough, stayed = None, 0
    for count, (score, stays) in enumerate(sorted(firsts, reverse=True), 1):
        stayed += stays
        if stayed >= SETTLED * count:
            enough = round(score, 2)
    return enough
