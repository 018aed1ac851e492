"""Make a library of a corpus for one run, and check that it belongs to the questions."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
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
    """Return where a question file's texts lie.

    In eval/corpora that is the folder NAME for NAME.jsonl, the text FOLDER/NAME.md or the folder
    FOLDER for FOLDER/NAME.jsonl, whichever exists; else it is the article's corpus/.
    """
    folder, name = questions.absolute().parent.name, questions.stem
    for own in (CORPORA / name, CORPORA / folder / f"{name}.md", CORPORA / folder):
        if own.exists():
            return own
    return ARTICLE


@contextmanager
def library_of(corpus: Path, embedder: Embedder, progress: Progress = silent) -> Iterator[Path]:
    """Make a library of `corpus` that lasts as long as the context.

    So a run owes nothing to the user's own library.
    """
    with TemporaryDirectory(prefix="inquote-eval-") as folder:
        path = Path(folder) / "library"
        with closing(LocalStore(path)) as store:
            ingest(store, [corpus], embedder, progress=progress)
        yield path


def check_evidence(questions: Sequence[Question], system: System) -> None:
    """Raise `QuestionFileError` where evidence is not in the library as quoted.

    Every figure would mislead.
    """
    texts = {info.id: system.document(info.id).text for info in system.documents()}
    for question in questions:
        for piece in chain.from_iterable(question.evidence):
            if piece.document not in texts:
                raise QuestionFileError(
                    f"The library has no document {piece.document}, which holds evidence for "
                    f"{question.id}; name the folder that has it with --corpus."
                )
            if texts[piece.document][piece.start : piece.end] != piece.quote:
                raise QuestionFileError(
                    f"The evidence for {question.id} is not where it was in {piece.document}; find "
                    "it anew with: python -m inquote.eval.runs.questions fill FILE CORPUS_FOLDER"
                )
