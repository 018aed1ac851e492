"""Fit `confidence`: questions never trained on, through the whole system with retrieval, to a calibration file.

Logistic regression (Platt 1999) of "the answer is right" on the features of `app.confidence.features_of`, each source
of questions weighing the same; the threshold is the lowest that refuses the target share of the unanswerable questions
of the question files.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from app.confidence import Calibration
from app.system import make_reader
from eval.confidence import expected_calibration_error, reliability, roc_auc
from eval.observe import SQUAD, Observation, RememberingReader, observe, of_corpus, of_squad
from index.embed import PACKAGED, SentenceTransformerEmbedder

RETRIEVAL_WEIGHTS = (0.0, 1.0, 2.0, 4.0)
FOLDS = 5


def fit(
    observations: Sequence[Observation], retrieval_weight: float, target: float
) -> tuple[Calibration, dict[str, Any]]:
    """The calibration, and what it reaches out of sample (five folds)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = sorted(observations[0].features)
    x = np.array([[o.features[name] for name in names] for o in observations])
    right = np.array([o.right for o in observations])
    sources = [o.source for o in observations]
    weight = np.array([len(sources) / (len(set(sources)) * sources.count(source)) for source in sources])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    held_out = cross_val_predict(
        model, x, right, cv=folds, method="predict_proba", params={"logisticregression__sample_weight": weight}
    )[:, 1]
    model.fit(x, right, logisticregression__sample_weight=weight)
    scaler, logistic = model[0], model[1]
    slopes = logistic.coef_[0] / scaler.scale_
    answerable = np.array([o.answerable for o in observations])
    decides = np.array([o.source != SQUAD for o in observations])
    threshold = choose_threshold(held_out[decides], answerable[decides], target)
    calibration = Calibration(
        weights={name: round(float(slope), 6) for name, slope in zip(names, slopes, strict=True)},
        bias=round(float(logistic.intercept_[0] - slopes @ scaler.mean_), 6),
        threshold=threshold,
        retrieval_weight=retrieval_weight,
        bins=tuple(
            (line.low, line.count, round(line.right, 4))
            for line in reliability(list(held_out), list(right))
            if line.count
        ),
        questions=len(observations),
        unanswerable=sum(not o.answerable for o in observations),
    )
    return calibration, _summary(observations, held_out, right, threshold)


def choose_threshold(confidence: np.ndarray, answerable: np.ndarray, target: float) -> float:
    """The lowest threshold that refuses at least the share `target` of the unanswerable questions, to two places.

    >>> choose_threshold(np.array([0.15, 0.35, 0.9]), np.array([False, False, True]), 0.5)
    0.16
    """
    unanswerable = confidence[~answerable]
    thresholds = np.round(np.arange(0.01, 1.0, 0.01), 2)
    return float(next((t for t in thresholds if (unanswerable < t).mean() >= target), thresholds[-1]))


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
    part: Annotated[str, typer.Option(help="The part of the titles whose questions are asked.")] = "calibrate",
    questions: Annotated[list[str], typer.Option(help="FILE=CORPUS: a question file, its tuning part.")] = [],  # noqa: B006
    limit: Annotated[int, typer.Option(help="At most so many SQuAD questions, evenly drawn.")] = 1500,
    target: Annotated[float, typer.Option(help="Share of the unanswerable questions to be refused.")] = 0.75,
    reader: Annotated[str | None, typer.Option(help="The reader to calibrate.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for calibration-READER.json.")] = Path("app/reader"),
) -> None:
    """Fit the confidence of a reader and choose the threshold for refusal."""
    from rich.progress import track

    embedder = SentenceTransformerEmbedder(PACKAGED)
    chosen = RememberingReader(make_reader(reader, embedder))
    asked = of_squad(squad, split, part, limit, embedder)
    for pair in questions:
        file, _, corpus = pair.partition("=")
        asked += of_corpus(Path(file), Path(corpus), embedder)
    for one in track(asked, "reading"):
        chosen.read(one.understood, [hit.passage for hit in one.hits])
    best = _best(lambda weight: observe(asked, chosen, weight))
    calibration, summary = fit(best[1], best[0], target)
    path = out / f"calibration-{chosen.name}.json"
    path.write_text(calibration.dumps(), encoding="utf-8")
    print(json.dumps({"retrieval weight": best[0], **summary}, indent=1))


def _best(observed: Callable[[float], list[Observation]]) -> tuple[float, list[Observation]]:
    """The retrieval weight with most right answers when nothing is refused; the smaller of equals."""
    tried = [(weight, observed(weight)) for weight in RETRIEVAL_WEIGHTS]
    return max(tried, key=lambda pair: (sum(o.right for o in pair[1]), -pair[0]))


if __name__ == "__main__":
    typer.run(calibrate)
