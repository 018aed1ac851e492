"""A run on disk: predictions.jsonl, from which everything else is computed.

Line 1 is `{"run": {...}}`: which questions, which system, its recipe, the versions, and the texts of all documents that
were cited or shown, so that quotes can be checked without the library. Each further line is one prediction.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.questions import Evidence, Question
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError

FILE = "predictions.jsonl"
_PACKAGES = (
    "inquote",
    "torch",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
    "tantivy",
    "numpy",
)


class RunError(InquoteError):
    """A run cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Run:
    """Predictions with what made them; `texts` maps a document's id to its text, `about` are plain values."""

    about: dict[str, Any]
    texts: dict[str, str]
    predictions: tuple[Prediction, ...]


def describe(
    questions: Path, system: str, reader: str, recipe: dict[str, Any], generation: int
) -> dict[str, Any]:
    """What a run's first line says of its making."""
    return {
        "questions": questions.name,
        "questions_sha256": hashlib.sha256(questions.read_bytes()).hexdigest(),
        "system": system,
        "reader": reader,
        "recipe": recipe,
        "generation": generation,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {name: found for name in _PACKAGES if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def texts_of(
    predictions: Iterable[Prediction], document: Callable[[str], Document]
) -> dict[str, str]:
    """The texts of all documents that the answers cite or show; one that is gone is left out."""
    answers = [prediction.answer for prediction in predictions if prediction.answer]
    named = {
        quoted["document"]
        for answer in answers
        for quoted in (*answer["citations"], *answer["nearest"])
    }
    texts = {}
    for id in sorted(named):
        try:
            texts[id] = document(id).text
        except KeyError:
            continue
    return texts


def write_run(run: Run, folder: Path) -> Path:
    """Write predictions.jsonl into `folder`, made where missing; gives the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [{"run": run.about | {"texts": run.texts}}, *map(asdict, run.predictions)]
    path = folder / FILE
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    return path


def read_run(path: Path) -> Run:
    """The run of a predictions.jsonl, or of the folder that holds one; raises `RunError` where it cannot be read."""
    file = path / FILE if path.is_dir() else path
    try:
        with file.open(encoding="utf-8") as lines:
            head, *rest = (json.loads(line) for line in lines)
        about = dict(head["run"])
        texts = about.pop("texts")
        return Run(about, texts, tuple(map(_prediction, rest)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{file} is no run ({error}); make one with: python -m inquote.eval --out {path}"
        ) from error


def _prediction(row: dict[str, Any]) -> Prediction:
    return Prediction(
        question=_question(row["question"]),
        answer=row["answer"],
        error=row["error"],
        retrieval=tuple(row["retrieval"]),
        ms=row["ms"],
        stages_ms=row["stages_ms"],
    )


def _question(row: dict[str, Any]) -> Question:
    lists = {key: tuple(row[key]) for key in ("history", "answers", "searched")}
    items = tuple(tuple(item) for item in row["items"])
    evidence = tuple(tuple(Evidence(**found) for found in group) for group in row["evidence"])
    return Question(**row | lists | {"items": items, "evidence": evidence})
