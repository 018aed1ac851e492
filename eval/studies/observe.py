"""Questions through retrieval and reading, to what the confidence is fitted on."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inquote.app.answering.answer import READ_FIRST, Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.answering.conversation import understand
from inquote.app.answering.spans import best_spans, same_place
from inquote.app.answering.spelling import search_with_spelling
from inquote.app.reader.base import Reader, Reading
from inquote.eval.metrics.answers import answer_right
from inquote.eval.runs.questions import Question, load_questions
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion, of_titles, titles_of
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import InquoteError, QuestionError
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

SQUAD = "squad"  # the source of a SQuAD file's questions


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


def of_corpus(file: Path, corpus: Path, embedder: Embedder) -> list[Asked]:
    """The tuning part of a question file, asked of the texts of a folder."""
    documents = [
        loaded.document for loaded in collect(find_sources([corpus]).sources, {}, Limits()).loaded
    ]
    tuning = [question for question in load_questions(file) if question.part == "tune"]
    return _asked(file.stem, documents, tuning, embedder)


def of_pairs(pairs: Sequence[str], embedder: Embedder) -> list[Asked]:
    """The tuning parts of question files, each named as FILE=CORPUS, or FOLDER=FOLDER where each has its text.

    Raises `InquoteError` where one of the two is missing.
    """
    named = [pair.partition("=") for pair in pairs]
    for file, _, corpus in named:
        if not (file and corpus):
            raise InquoteError(f"{file or '=' + corpus} is half a pair; give FILE=CORPUS.")
    both = [one for file, _, corpus in named for one in _with_corpora(Path(file), Path(corpus))]
    return [one for file, corpus in both for one in of_corpus(file, corpus, embedder)]


def _with_corpora(questions: Path, corpus: Path) -> list[tuple[Path, Path]]:
    """Question files with their texts: the pair itself, of two folders each NAME.jsonl with its NAME.md."""
    if not questions.is_dir():
        return [(questions, corpus)]
    return [(file, corpus / f"{file.stem}.md") for file in sorted(questions.glob("*.jsonl"))]


def drawn(content: SquadFile, split: Path, part: str, limit: int) -> list[SquadQuestion]:
    """At most `limit` questions of a part of a SQuAD file, evenly drawn."""
    chosen = of_titles(content.questions, titles_of(split, part))
    return chosen[:: max(1, len(chosen) // limit)][:limit]


def of_squad(
    content: SquadFile, questions: Sequence[SquadQuestion], embedder: Embedder
) -> list[Asked]:
    """Questions of a SQuAD file, asked of all its contexts."""
    return _asked(SQUAD, content.contexts, [_as_question(asked) for asked in questions], embedder)


def _as_question(asked: SquadQuestion) -> Question:
    return Question(
        asked.id,
        asked.question,
        "factoid",
        asked.answerable,
        answers=tuple(dict.fromkeys(asked.answers)),
    )


def _asked(
    source: str, documents: Sequence[Document], questions: Sequence[Question], embedder: Embedder
) -> list[Asked]:
    shelf = Shelf(documents, embedder)
    asked = []
    for question in questions:
        with contextlib.suppress(QuestionError):  # no question to the system either
            understood = understand(question.question, question.history)
            corrected, hits = search_with_spelling(understood, shelf.search, shelf.is_word)
            asked.append(Asked(source, question, corrected, hits))
    return asked


class RememberingReader:
    """A reader that reads each passage once for a question, however often its reading is weighed."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._read: dict[tuple[str, Passage], Reading] = {}

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader.read`."""
        missing = [passage for passage in passages if (question, passage) not in self._read]
        for passage, reading in zip(missing, self._reader.read(question, missing), strict=True):
            self._read[question, passage] = reading
        return [self._read[question, passage] for passage in passages]

    def note(self, question: str) -> str | None:
        """See `Reader.note`."""
        return self._reader.note(question)


def first_bests(
    asked: Sequence[Asked], reader: Reader, retrieval_weight: float
) -> list[tuple[float, bool]]:
    """For every question the score of the best span of the first passages, and whether it is the best of all too."""
    found = []
    for one in asked:
        readings = reader.read(one.understood, [hit.passage for hit in one.hits])
        first, whole = (
            best_spans(one.hits[:count], readings[:count], retrieval_weight)
            for count in (READ_FIRST, len(readings))
        )
        if first and whole:
            found.append((first[0].score, same_place(one.hits, first[0], whole[0])))
    return found


def observe(asked: Sequence[Asked], reader: Reader, calibration: Calibration) -> list[Observation]:
    """Read every question's hits as an `Answerer` does with `calibration`; note the features of the best answer."""
    answerer = Answerer(reader, calibration)
    observations = []
    for one in asked:
        choice = answerer.choose(one.understood, one.hits)
        if choice.spans:
            question = one.question
            right = (
                question.answerable
                and answer_right(choice.text, question.answers, question.items) >= 0.5
            )
            observations.append(
                Observation(one.source, choice.features, right, question.answerable)
            )
    return observations
