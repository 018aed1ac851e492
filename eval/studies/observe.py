"""Observe the best answers to many questions, so that the confidence can be fitted on them."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.answering.conversation import understand
from inquote.app.answering.spelling import search_with_spelling
from inquote.app.reader.base import Reader, Reading
from inquote.eval.metrics.answers import answer_right
from inquote.eval.runs.questions import Question, load_questions
from inquote.eval.sets.files import is_in_part
from inquote.eval.sets.table_files import report_files
from inquote.eval.sets.tables import CellQuestion, Report, load_tables
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion, of_titles, titles_of
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document, Passage, sections_of
from inquote.ingest.errors import InquoteError, QuestionError
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources
from inquote.ingest.formats import markdown

SQUAD = "squad"  # the source of a SQuAD file's questions
BEREFT = "squad, article taken out"
TABLES = "tables"
OTHER_YEARS = ("2023", "2011", "2024", "1998")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
RIGHT = 0.5  # the share of an answer that must be right to count as a right answer


@dataclass(frozen=True)
class Observation:
    """The features of the best answer to a question, and whether the answer was right.

    No answer to an unanswerable question is right.
    """

    source: str
    features: dict[str, float]
    right: bool
    answerable: bool


@dataclass(frozen=True)
class RetrievedQuestion:
    """A question with the hits of its own corpus; `source` names its question file."""

    source: str
    question: Question
    understood: str
    hits: list[Hit]


def retrieve_for_file(file: Path, corpus: Path, embedder: Embedder) -> list[RetrievedQuestion]:
    """Retrieve hits for the tuning part of a question file from the texts of a folder."""
    loaded = collect(find_sources([corpus]).sources, {}, Limits()).loaded
    documents = [text.document for text in loaded]
    tuning = [question for question in load_questions(file) if question.part == "tune"]
    return _retrieve(file.stem, documents, tuning, embedder)


def retrieve_for_pairs(pairs: Sequence[str], embedder: Embedder) -> list[RetrievedQuestion]:
    """Retrieve hits for the tuning parts of question files, each named as FILE=CORPUS.

    FOLDER=FOLDER names the question files of a folder, NAME.jsonl, with their texts, NAME.md.
    Raises `InquoteError` for half a pair, before anything is retrieved.
    """
    files: list[tuple[Path, Path]] = []
    for pair in pairs:
        file, _, corpus = pair.partition("=")
        if not (file and corpus):
            raise InquoteError(f"{file or '=' + corpus} is half a pair; give FILE=CORPUS.")
        files.extend(_list_files(Path(file), Path(corpus)))
    retrieved: list[RetrievedQuestion] = []
    for questions, texts in files:
        retrieved.extend(retrieve_for_file(questions, texts, embedder))
    return retrieved


def _list_files(questions: Path, corpus: Path) -> list[tuple[Path, Path]]:
    """Return question files with their texts: the pair itself, or those of two folders."""
    if not questions.is_dir():
        return [(questions, corpus)]
    return [(file, corpus / f"{file.stem}.md") for file in sorted(questions.glob("*.jsonl"))]


def draw_questions(content: SquadFile, split: Path, part: str, limit: int) -> list[SquadQuestion]:
    """Draw at most `limit` questions of a part of a SQuAD file, evenly spaced."""
    questions = of_titles(content.questions, titles_of(split, part))
    return questions[:: max(1, len(questions) // limit)][:limit]


def retrieve_for_squad(
    content: SquadFile, questions: Sequence[SquadQuestion], embedder: Embedder
) -> list[RetrievedQuestion]:
    """Retrieve hits for questions of a SQuAD file from all its contexts.

    The answerable ones come again without the articles that they are about, as `BEREFT`.
    """
    converted = [_convert_question(question) for question in questions]
    retrieved = _retrieve(SQUAD, content.contexts, converted, embedder)
    # An article's paragraphs have its title.
    titles = {question.title for question in questions}
    others = [context for context in content.contexts if context.title not in titles]
    bereft = [_without_answers(question) for question in converted if question.answerable]
    return [*retrieved, *_retrieve(BEREFT, others, bereft, embedder)]


def retrieve_for_tables(path: Path, embedder: Embedder) -> list[RetrievedQuestion]:
    """Retrieve hits for questions on the tables that training keeps out, each table alone.

    A question that names a year comes again with a year that stands nowhere in its report: nothing
    answers it, though nearly all of its words stand there. Raises `SetFileError`.
    """
    retrieved = []
    for report, group in groupby(load_tables(path), key=lambda question: question.report):
        if is_in_part(report.number, "report"):
            document = _document_of(report)
            questions: list[Question] = []
            for question in group:
                questions.append(_table_question(question))
                questions.extend(_of_another_year(questions[-1], document.text))
            retrieved.extend(_retrieve(TABLES, [document], questions, embedder))
    return retrieved


def _document_of(report: Report) -> Document:
    """Return a report as it is read from a Markdown file."""
    content = report_files(report.rows, report.paragraphs, "md")["report.md"]
    parsed = markdown.parse(content)
    sections = sections_of(parsed.text, parsed.blocks)
    return Document("report.md", "", "", parsed.text, "", sections, blocks=parsed.blocks)


def _table_question(question: CellQuestion) -> Question:
    """Return a question of a set of tables as one of a question file; all its cells are wanted."""
    answers = (", ".join(question.answers),)
    return Question(question.id, question.question, "factoid", answerable=True, answers=answers)


def _of_another_year(question: Question, text: str) -> Iterator[Question]:
    """Yield the question with a year that the text does not have, if the question has one."""
    absent = [year for year in OTHER_YEARS if year not in text]
    if absent and _YEAR.search(question.question):
        words = _YEAR.sub(absent[0], question.question)
        yield replace(_without_answers(question), question=words)


def _without_answers(question: Question) -> Question:
    """Return a question as an unanswerable one."""
    return replace(question, answerable=False, answers=(), items=())


def _convert_question(question: SquadQuestion) -> Question:
    """Return a SQuAD question as a question of a question file."""
    return Question(
        question.id,
        question.question,
        "factoid",
        question.answerable,
        answers=tuple(dict.fromkeys(question.answers)),
    )


def _retrieve(
    source: str, documents: Sequence[Document], questions: Sequence[Question], embedder: Embedder
) -> list[RetrievedQuestion]:
    """Retrieve hits for questions from documents; what the system refuses to answer is left out."""
    shelf = Shelf(documents, embedder)
    retrieved = []
    for question in questions:
        with contextlib.suppress(QuestionError):
            understood = understand(question.question, question.history)
            corrected, hits = search_with_spelling(understood, shelf.search, shelf.is_word)
            retrieved.append(RetrievedQuestion(source, question, corrected, hits))
    return retrieved


class RememberingReader:
    """A reader that reads each passage once for a question."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._readings: dict[tuple[str, Passage], Reading] = {}

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader.read`."""
        missing = [passage for passage in passages if (question, passage) not in self._readings]
        for passage, reading in zip(missing, self._reader.read(question, missing), strict=True):
            self._readings[question, passage] = reading
        return [self._readings[question, passage] for passage in passages]

    def note(self, question: str) -> str | None:
        """See `Reader.note`."""
        return self._reader.note(question)


def observe(
    questions: Sequence[RetrievedQuestion], reader: Reader, calibration: Calibration
) -> list[Observation]:
    """Choose an answer to every question as the system does with `calibration`, and note it."""
    answerer = Answerer(reader, calibration)
    observations = []
    for retrieved in questions:
        choice = answerer.choose(retrieved.understood, retrieved.hits)
        if not choice.spans:
            continue
        question = retrieved.question
        right = (
            question.answerable
            and answer_right(choice.text, question.answers, question.items) >= RIGHT
        )
        features = dict(choice.features)
        observations.append(Observation(retrieved.source, features, right, question.answerable))
    return observations
