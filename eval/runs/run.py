"""Keep a run on disk: predictions.jsonl, from which everything else is computed.

Line 1 is `{"run": {...}}`: the questions, the system, its recipe, the versions, and the texts of
all documents that were cited or shown, so that quotes can be checked without the library. Each
further line is a prediction.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.questions import Evidence, Question, question_files
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
    """A run that cannot be read; the message names it and says why."""


@dataclass(frozen=True)
class Run:
    """Predictions and their making.

    `about` are plain values; `texts` maps a document's id to its text.
    """

    about: dict[str, Any]
    texts: dict[str, str]
    predictions: tuple[Prediction, ...]


def describe(
    questions: Path, system: str, reader: str, recipe: dict[str, Any], generation: int
) -> dict[str, Any]:
    """Describe the making of a run, as in its first line."""
    versions = {}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    return {
        "questions": questions.name,
        "questions_sha256": _sha256_of(questions),
        "system": system,
        "reader": reader,
        "recipe": recipe,
        "generation": generation,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": versions,
    }


def _sha256_of(questions: Path) -> str:
    """Return the hash of a question file, of a folder that of its files one after the other."""
    digest = hashlib.sha256()
    for file in question_files(questions):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def texts_of(
    predictions: Iterable[Prediction], document: Callable[[str], Document]
) -> dict[str, str]:
    """Return the texts of all documents that the answers cite or show, without those gone since."""
    ids: set[str] = set()
    for prediction in predictions:
        answer = prediction.answer or {"citations": [], "nearest": []}
        ids.update(quoted["document"] for quoted in (*answer["citations"], *answer["nearest"]))
    texts = {}
    for id in sorted(ids):
        with suppress(KeyError):
            texts[id] = document(id).text
    return texts


def write_run(run: Run, folder: Path) -> Path:
    """Write predictions.jsonl into `folder`, made where missing, and return the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [{"run": run.about | {"texts": run.texts}}, *map(asdict, run.predictions)]
    path = folder / FILE
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def read_run(path: Path) -> Run:
    """Read a predictions.jsonl, or the one of a folder; raises `RunError` where that fails."""
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
    lists["headers"] = tuple(row.get("headers", ()))  # runs of before have none
    items = tuple(map(tuple, row["items"]))
    evidence = [tuple(Evidence(**piece) for piece in group) for group in row["evidence"]]
    return Question(**row | lists | {"items": items, "evidence": tuple(evidence)})
