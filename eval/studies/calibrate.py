"""Fit the confidence of a reader on questions never trained on, and write its calibration file.

The questions go through the whole system with retrieval. The confidence is a logistic regression
(Platt 1999) of "the answer is right" on the features of `confidence.features_of`. The threshold is
the lowest with which the target share of the answers is right. It is chosen on one of the question
files, for half of SQuAD's questions are made to mislead. Where the passage is given, as in SQuAD's
own task, the threshold is the one with the highest F1 on SQuAD's questions.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.build import make_reader
from inquote.app.reader.base import Reader
from inquote.eval.metrics.answers import token_f1
from inquote.eval.metrics.calibration import expected_calibration_error, reliability, roc_auc
from inquote.eval.runs.progress import stages
from inquote.eval.studies.observe import (
    SQUAD,
    Observation,
    RememberingReader,
    RetrievedQuestion,
    draw_questions,
    observe,
    retrieve_for_pairs,
    retrieve_for_squad,
    retrieve_for_tables,
)
from inquote.eval.studies.shelf import CachingEmbedder
from inquote.eval.studies.squad import SquadOutcome, evaluate
from inquote.eval.studies.squad_data import load_squad
from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
from inquote.ingest.errors import InquoteError

RETRIEVAL_WEIGHT = 4.0  # on the tuning parts as good as 2 or better (eval/LOG.md)
SETTLED = 0.5  # the confidence from which on no further passages are read (chosen in eval/LOG.md)
HOPELESS = 0.05  # the confidence below which nine passages are enough (chosen there too)
FOLDS = 5
MISLEADING = 0.3  # the weight of SQuAD's unanswerable questions, which were made to mislead
CURVE_STEP = 5  # hundredths between the thresholds of the curve that is written down

Curve = list[tuple[float, int, float]]
"""(threshold, answers given with it, share of these that is right)"""


def fit(
    observations: Sequence[Observation], unfitted: Calibration, target: float, deciding: str
) -> tuple[Calibration, dict[str, Any]]:
    """Return the fitted calibration and a summary of what it reaches out of sample (five folds).

    The settings of `unfitted` for reading are kept. The threshold is chosen on the source
    `deciding`.
    """
    # Fit the weights, and predict each observation from the other folds.
    right = np.array([observation.right for observation in observations])
    weights, bias, held_out = _fit_weights(observations, right)

    # Choose the threshold.
    decides = np.array([observation.source == deciding for observation in observations])
    curve = precision_curve(held_out[decides], right[decides])
    threshold = choose_threshold(curve, target)

    # Write down what they reach.
    answerable = np.array([observation.answerable for observation in observations])
    lines = reliability(list(held_out), list(right))
    bins = [(line.low, line.count, round(line.right, 4)) for line in lines if line.count]
    calibration = replace(
        unfitted,
        weights=weights,
        bias=bias,
        threshold=threshold,
        bins=tuple(bins),
        questions=len(observations),
        unanswerable=int((~answerable).sum()),
        curve=tuple(curve[::CURVE_STEP]),
        chosen_on=(int(decides.sum()), int((~answerable[decides]).sum())),
    )
    return calibration, _summarize(observations, held_out, threshold)


def _fit_weights(
    observations: Sequence[Observation], right: np.ndarray
) -> tuple[dict[str, float], float, np.ndarray]:
    """Return the weights by feature, the bias, and the confidences from cross-validation, (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = sorted(observations[0].features)
    weights_of_rows = np.array([_weight(observation) for observation in observations])
    rows = [[observation.features[name] for name in names] for observation in observations]
    features = np.array(rows)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    by_row = {"logisticregression__sample_weight": weights_of_rows}
    held_out = cross_val_predict(
        model, features, right, cv=folds, method="predict_proba", params=by_row
    )[:, 1]

    # Fit on all, and undo the scaling of the features.
    model.fit(features, right, **by_row)
    scaler, logistic = model[0], model[1]
    slopes = logistic.coef_[0] / scaler.scale_
    bias = round(float(logistic.intercept_[0] - slopes @ scaler.mean_), 6)
    weights = {name: round(float(slope), 6) for name, slope in zip(names, slopes, strict=True)}
    return weights, bias, held_out


def _weight(observation: Observation) -> float:
    """Return how much a question counts: those that people hardly ask count less."""
    is_misleading = observation.source == SQUAD and not observation.answerable
    return MISLEADING if is_misleading else 1.0


def precision_curve(confidence: np.ndarray, right: np.ndarray) -> Curve:
    """Return a point for every hundredth as the threshold, as long as answers are given with it.

    >>> precision_curve(np.array([0.005, 0.015]), np.array([False, True]))
    [(0.0, 2, 0.5), (0.01, 1, 1.0)]
    """
    curve = []
    for hundredths in range(100):
        threshold = hundredths / 100
        answered = confidence >= threshold
        if answered.any():
            share = round(float(right[answered].mean()), 4)
            curve.append((threshold, int(answered.sum()), share))
    return curve


def choose_threshold(curve: Sequence[tuple[float, int, float]], target: float) -> float:
    """Return the lowest threshold with which at least the share `target` of the answers is right.

    Raises `InquoteError` where there is none.

    >>> choose_threshold([(0.0, 3, 0.67), (0.16, 2, 1.0)], 0.8)
    0.16
    """
    for threshold, _, share in curve:
        if share >= target:
            return threshold
    raise InquoteError(
        f"With no threshold are {target:.0%} of the given answers right; give a lower --target."
    )


def choose_given_threshold(outcomes: Sequence[SquadOutcome]) -> float:
    """Return the threshold, in hundredths, with the highest mean token F1; the lowest of equals.

    It is `best_f1_thresh` of the official script of SQuAD 2.0.
    """
    f1 = np.array([token_f1(outcome.span, outcome.question.answers) for outcome in outcomes])
    f1_refused = np.array([float(not outcome.question.answerable) for outcome in outcomes])
    confidence = np.array([outcome.confidence for outcome in outcomes])

    def mean_f1(threshold: float) -> float:
        return float(np.where(confidence < threshold, f1_refused, f1).mean())

    thresholds = np.round(np.arange(0.0, 1.0, 0.01), 2)
    return float(max(thresholds, key=lambda threshold: (mean_f1(threshold), -threshold)))


def _summarize(
    observations: Sequence[Observation], held_out: np.ndarray, threshold: float
) -> dict[str, Any]:
    """Return the threshold and by source what the confidences out of sample reach with it."""
    summary: dict[str, Any] = {"threshold": threshold}
    sources = np.array([observation.source for observation in observations])
    right = np.array([observation.right for observation in observations])
    answerable = np.array([observation.answerable for observation in observations])
    for source in sorted(set(sources.tolist())):
        of_source = sources == source
        summary[source] = _summarize_source(
            held_out[of_source], right[of_source], answerable[of_source], threshold
        )
    return summary


def _summarize_source(
    confidence: np.ndarray, right: np.ndarray, answerable: np.ndarray, threshold: float
) -> dict[str, Any]:
    """Return what the answers to the questions of one source reach; all arrays are (n,)."""
    answered = confidence >= threshold
    confidences = list(confidence)
    error = expected_calibration_error(confidences, list(right.astype(float)))
    return {
        "questions": len(confidence),
        "right, nothing refused": _share(right[answerable]),
        "answerable answered rightly": _share((right & answered)[answerable]),
        "answerable refused": _share(~answered[answerable]),
        "unanswerable refused": _share(~answered[~answerable]),
        "given answers right": _share(right[answered]),
        "AUC of right": roc_auc(confidences, list(right)),
        "AUC of answerable": roc_auc(confidences, list(answerable)),
        "ECE": round(error, 4),
    }


def _share(values: np.ndarray) -> float | None:
    """Return the share of the values that are true, None of nothing."""
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
    tables: Annotated[
        Path | None, typer.Option(help="A set of questions on tables; those kept out are asked.")
    ] = None,
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
    # The sentence reader embeds passages again.
    embedder = CachingEmbedder(SentenceTransformerEmbedder(PACKAGED))
    remembering = RememberingReader(make_reader(reader, embedder))

    # Retrieve hits for the questions, and read them.
    content = load_squad(squad)
    squad_questions = draw_questions(content, split, part, limit)
    own = _retrieve_own(questions, tables, deciding, embedder)
    retrieved = [*retrieve_for_squad(content, squad_questions, embedder), *own]
    _read_all(retrieved, remembering)

    # Fit the confidence and the thresholds.
    unfitted = Calibration({}, 0.0, 0.0, RETRIEVAL_WEIGHT)
    observations = observe(retrieved, remembering, unfitted)
    calibration, summary = fit(observations, unfitted, target, deciding)
    calibration = replace(calibration, settled=SETTLED, hopeless=HOPELESS)
    answerer = Answerer(remembering, calibration)
    with stages() as bar:
        outcomes = evaluate(
            content, squad_questions, answerer, embedder, retrieved=False, progress=bar
        )
    calibration = replace(calibration, given_threshold=choose_given_threshold(outcomes))
    _write(calibration, out / f"calibration-{remembering.name}.json", summary)


def _retrieve_own(
    pairs: Sequence[str], tables: Path | None, deciding: str, embedder: CachingEmbedder
) -> list[RetrievedQuestion]:
    """Retrieve hits for the questions of files and of tables; `deciding` must be among them."""
    retrieved = retrieve_for_pairs(pairs, embedder)
    if tables:
        retrieved.extend(retrieve_for_tables(tables, embedder))
    if deciding not in {question.source for question in retrieved}:
        raise typer.BadParameter(
            f"There is no question file {deciding}; give it with --questions, or another name."
        )
    return retrieved


def _read_all(questions: Sequence[RetrievedQuestion], reader: Reader) -> None:
    """Read the hits of all questions and show the progress."""
    with stages() as bar:
        for done, question in enumerate(questions, 1):
            reader.read(question.understood, [hit.passage for hit in question.hits])
            bar("reading", done, len(questions))


def _write(calibration: Calibration, path: Path, summary: dict[str, Any]) -> None:
    """Write the calibration file, and print the summary with the settings for reading."""
    path.write_text(calibration.dumps(), encoding="utf-8")
    settings = {
        "retrieval_weight": calibration.retrieval_weight,
        "settled": calibration.settled,
        "hopeless": calibration.hopeless,
        "given_threshold": calibration.given_threshold,
    }
    print(json.dumps({**settings, **summary}, indent=1))
