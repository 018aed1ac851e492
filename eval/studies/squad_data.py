"""Make contexts and questions of a SQuAD file; contexts may be as long as whole papers."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from inquote.app.training.squad import NOWHERE, Question, SquadError, read_squad
from inquote.ingest.documents import Document
from inquote.ingest.text import Range


@dataclass(frozen=True)
class SquadQuestion:
    """A question about one context; it is unanswerable without `answers`.

    `context` indexes the file's contexts. `ranges` are where the answers stand in it, empty where
    they do not.
    """

    id: str
    question: str
    title: str
    context: int
    answers: tuple[str, ...]
    ranges: tuple[Range, ...]

    @property
    def answerable(self) -> bool:
        """Tell whether the file gives an answer, as the official script decides."""
        return bool(self.answers)


@dataclass(frozen=True)
class SquadFile:
    """The contexts of a file as documents, each text once, and its questions in their order."""

    contexts: tuple[Document, ...]
    questions: tuple[SquadQuestion, ...]


def load_squad(path: Path) -> SquadFile:
    """Read a file; of questions with the same id keep the last.

    Raises `SquadError` if the file is not in SQuAD's layout or holds no questions.
    """
    contexts: dict[str, Document] = {}
    places: dict[str, int] = {}
    questions: dict[str, SquadQuestion] = {}
    for article in read_squad(path):
        for number, paragraph in enumerate(article.paragraphs):
            text = paragraph.text
            if text not in places:
                places[text] = len(places)
                contexts[text] = _document(article.title, number, places[text], text)
            for question in paragraph.questions:
                questions[question.id] = _squad_question(question, article.title, places[text])
    if not questions:
        raise SquadError(f"{path} holds no questions; name a file that does.")
    return SquadFile(tuple(contexts.values()), tuple(questions.values()))


def _document(title: str, number: int, place: int, text: str) -> Document:
    """Make a document of a context; ids sort in the order of the file."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(f"{place:06d}/{title}/{number}", title, "", text, sha256)


def _squad_question(question: Question, title: str, context: int) -> SquadQuestion:
    texts = []
    ranges = []
    for start, text in question.answers:
        texts.append(text)
        if start != NOWHERE:
            ranges.append((start, start + len(text)))
    return SquadQuestion(question.id, question.text, title, context, tuple(texts), tuple(ranges))


def titles_of(split: Path, part: str) -> frozenset[str]:
    """Return the titles of one part of a split file.

    The file is JSON, `{"part": [title, ...]}`. Raises `SquadError` if it has no such part.
    """
    try:
        return frozenset(json.loads(split.read_text(encoding="utf-8"))[part])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SquadError(
            f'{split} has no part "{part}" ({error!r}); name one that it has with --part.'
        ) from error


def of_titles(
    questions: Collection[SquadQuestion], titles: frozenset[str] | None
) -> list[SquadQuestion]:
    """Return the questions about the articles of some titles, about all if `titles` is None.

    Raises `SquadError` if there are none.
    """
    chosen = [question for question in questions if titles is None or question.title in titles]
    if not chosen:
        raise SquadError(
            "The file has none of the articles of that part; name another file, split or part."
        )
    return chosen
