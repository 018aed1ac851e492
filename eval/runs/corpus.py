"""A corpus and the questions about it: a library made for the occasion, and the check that the two belong together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from inquote.app.system import System
from inquote.eval.places import ARTICLE, CORPORA
from inquote.eval.runs.questions import Question, QuestionFileError
from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest


def corpus_of(questions: Path) -> Path:
    """Where the texts of a question file lie: eval/corpora/NAME if there is one, else corpus/."""
    own = CORPORA / questions.stem
    return own if own.is_dir() else ARTICLE


@contextmanager
def library_of(corpus: Path, embedder: Embedder, progress: Progress = silent) -> Iterator[Path]:
    """A library of `corpus` that lasts as long as the context, so that a run owes nothing to the user's own."""
    with TemporaryDirectory(prefix="inquote-eval-") as folder:
        path = Path(folder) / "library"
        ingest(LocalStore(path), [corpus], embedder, progress=progress)
        yield path


def check_evidence(questions: Sequence[Question], system: System) -> None:
    """Raise `QuestionFileError` where the evidence is not in the library as quoted: every figure would mislead."""
    texts = {info.id: system.document(info.id).text for info in system.documents()}
    for question in questions:
        for found in (found for group in question.evidence for found in group):
            if found.document not in texts:
                raise QuestionFileError(
                    f"The library has no document {found.document}, which holds evidence for {question.id}; "
                    "name the folder that has it with --corpus."
                )
            if texts[found.document][found.start : found.end] != found.quote:
                raise QuestionFileError(
                    f"The evidence for {question.id} is not where it was in {found.document}; find it anew with: "
                    "python -m inquote.eval.runs.questions fill FILE CORPUS_FOLDER"
                )
