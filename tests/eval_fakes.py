"""A small text, questions about it, and a system that answers them from a table."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inquote.app.answering.answer import Answer, Citation
from inquote.eval.runs.predict import Prediction, predict
from inquote.eval.runs.questions import Evidence, Question
from inquote.eval.runs.run import Run, texts_of
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import QuestionError

TEXT = (
    "The tern was found in 1987. It eats small fish. It nests on flat rocks by the "
    "sea. It weighs 120 g."
)
DOCUMENT = Document("small/tern.md", "Tern", "", TEXT, hashlib.sha256(TEXT.encode()).hexdigest())
SENTENCES = [(0, 27), (28, 47), (48, 82), (83, 99)]
PASSAGES = [Passage(DOCUMENT.id, start, end, "", TEXT[start:end]) for start, end in SENTENCES]

FOUND = "The tern was found in 1987."
EATS = "It eats small fish."


def evidence(*quotes: str) -> tuple[tuple[Evidence, ...], ...]:
    """One group of one range a quote."""
    starts = [(quote, TEXT.index(quote)) for quote in quotes]
    return tuple((Evidence(DOCUMENT.id, at, at + len(quote), quote),) for quote, at in starts)


FACTOID = Question(
    "q-1", "When was it found?", "factoid", True, answers=("1987",), evidence=evidence(FOUND)
)
HOW = Question(
    "q-2", "What does it eat?", "definition", True, answers=("small fish",), evidence=evidence(EATS)
)
LIST = Question(
    *("q-3", "Year and food?", "list", True),
    **{
        "answers": ("1987", "small fish"),
        "items": (("1987",), ("small fish",)),
        "evidence": evidence(FOUND, EATS),
    },
)
UNANSWERABLE = Question("q-4", "What does it cost?", "factoid", False)
CRASHING = Question("q-5", "crash", "how", True, answers=("1987",), evidence=evidence(FOUND))
QUESTIONS = (FACTOID, HOW, LIST, UNANSWERABLE, CRASHING)


def citation(quote: str) -> Citation:
    """The first place of `quote`, its passage being its sentence."""
    start = TEXT.index(quote)
    a, b = next((a, b) for a, b in SENTENCES if a <= start < b)
    return Citation(
        DOCUMENT.id, DOCUMENT.sha256, "Tern", "", None, start, start + len(quote), quote, a, b
    )


@dataclass
class TableSystem:
    """Answers the quotes of `table`, refuses other questions; hits are the passages in text order.
    Answers the quotes of `table`, refuses other questions; hits are the passages in text order."""

    table: dict[str, tuple[list[str], float]] = field(
        default_factory=lambda: {
            FACTOID.question: (["1987"], 0.9),
            HOW.question: (["small fish"], 0.8),
            LIST.question: ([FOUND], 0.7),
        }
    )

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        if question == "crash":
            raise QuestionError("Please ask something else.")
        quotes, confidence = self.table.get(question, ([], 0.1))
        hits = tuple(
            Hit(p, 1 / rank, rank, 1 / rank, None, 0.0) for rank, p in enumerate(PASSAGES, 1)
        )
        cited = tuple(map(citation, quotes))
        stages = {"embed": 2.0, "read": 5.0}
        text = " ".join(quotes) or None
        return Answer(question, question, text, confidence, cited, hits, {}, 3, 8.0, stages)

    def document(self, id: str) -> Document:
        return {DOCUMENT.id: DOCUMENT}[id]


def make_run(system: TableSystem | None = None, questions: Sequence[Question] = QUESTIONS) -> Run:
    """A run of a table system over these questions, each taking 10 ms."""
    system = system or TableSystem()
    predictions = [replace(prediction, ms=10.0) for prediction in predict(system, questions)]
    about = {"questions": "tern.jsonl", "system": "table", "reader": "none", "generation": 3}
    return Run(about, texts_of(predictions, system.document), tuple(predictions))


def prediction_of(system: TableSystem, question: Question) -> Prediction:
    return predict(system, [question])[0]
