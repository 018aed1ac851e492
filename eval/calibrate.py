"""Fit `confidence`: questions never trained on, through the whole system with retrieval, to a calibration file.

Logistic regression (Platt 1999) of "the answer is right" on the features of `app.confidence.features_of`, each source
of questions weighing the same; the threshold is the lowest that refuses the target share of the unanswerable questions
of the question files.
"""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from app.answer import READ_PASSAGES, Answerer
from app.confidence import Calibration
from app.conversation import understand
from app.reader.base import Reader, Reading
from app.system import make_reader
from eval.confidence import expected_calibration_error, reliability, roc_auc
from eval.metrics import answer_right
from eval.questions import Question, load_questions
from index.build import ingest
from index.derived import load_derived
from index.embed import PACKAGED, Embedder, SentenceTransformerEmbedder
from index.library import Library
from index.search import Hit, Search
from ingest.documents import Passage

RETRIEVAL_WEIGHTS = (0.0, 1.0, 2.0, 4.0)
FOLDS = 5
SQUAD = "squad"  # the source whose unanswerable questions, made to mislead, do not decide the threshold


@dataclass(frozen=True)
class Observation:
    """What the best answer to a question looked like, and whether it was right; never right for an unanswerable one."""

    source: str
    features: dict[str, float]
    right: bool
    answerable: bool


@dataclass(frozen=True)
class Asked:
    """A question with the hits of its own corpus."""

    source: str
    question: Question
    understood: str
    hits: list[Hit]


def retrieve(source: str, corpus: Path, questions: Sequence[Question], embedder: Embedder) -> Iterator[Asked]:
    """Every question with its hits, from a library of `corpus` made for the purpose."""
    with tempfile.TemporaryDirectory() as folder:
        ingest(Path(folder), [corpus], embedder)
        library, search = Library.open(Path(folder)), Search(embedder)
        with library.snapshot() as snapshot:
            derived = load_derived(library.generation_folder(snapshot.generation), snapshot.generation)
            for question in questions:
                understood = understand(question.question, question.history)
                yield Asked(source, question, understood, search.search(snapshot, derived, understood, READ_PASSAGES))
        library.close()


def squad_questions(path: Path, titles: set[str], folder: Path) -> list[Question]:
    """Write every paragraph of a SQuAD file as a text file below `folder`; return the questions of `titles`."""
    content = path.read_bytes()
    articles = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)["data"]
    questions = []
    for article in articles:
        (folder / article["title"].replace("/", "_")).mkdir()
        for number, paragraph in enumerate(article["paragraphs"]):
            place = folder / article["title"].replace("/", "_") / f"{number:04d}.txt"
            place.write_text(paragraph["context"], encoding="utf-8")
            if article["title"] in titles:
                questions += [_squad_question(asked) for asked in paragraph["qas"]]
    return questions


def _squad_question(asked: dict[str, Any]) -> Question:
    answers = tuple(dict.fromkeys(answer["text"] for answer in asked["answers"]))
    return Question(asked["id"], asked["question"], "factoid", bool(answers), answers=answers)


class RememberingReader:
    """A reader that reads each question once, however often its passages are weighed."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._read: dict[tuple[str, ...], list[Reading]] = {}

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader.read`."""
        key = (question, *(passage.id for passage in passages))
        if key not in self._read:
            self._read[key] = self._reader.read(question, passages)
        return self._read[key]

    def note(self, question: str) -> str | None:
        """See `Reader.note`."""
        return self._reader.note(question)


def observe(asked: Sequence[Asked], reader: Reader, retrieval_weight: float) -> list[Observation]:
    """Read every question's hits and note the features of the best answer."""
    answerer = Answerer(reader, Calibration({}, 0.0, 0.0, retrieval_weight))
    observations = []
    for one in asked:
        choice = answerer.choose(one.understood, one.hits)
        if choice.spans:
            text = " ".join(choice.hits[s.hit].passage.text[s.start : s.end] for s in choice.spans)
            question = one.question
            right = question.answerable and answer_right(text, question.answers, question.items) >= 0.5
            observations.append(Observation(one.source, choice.features, right, question.answerable))
    return observations


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
    titles = set(json.loads(split.read_text(encoding="utf-8"))[part])
    asked: list[Asked] = []
    with tempfile.TemporaryDirectory() as folder:
        wanted = squad_questions(squad, titles, Path(folder))
        asked += retrieve(SQUAD, Path(folder), wanted[:: max(1, len(wanted) // limit)][:limit], embedder)
    for pair in questions:
        file, _, corpus = pair.partition("=")
        tuning = [question for question in load_questions(Path(file)) if question.part == "tune"]
        asked += retrieve(Path(file).stem, Path(corpus), tuning, embedder)
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
