"""Ask for several things at once, all paragraphs of the file in one library.

The file is a list of objects: id, question, context (a paragraph), answers (its spans).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from inquote.eval.metrics.span_sets import exact_set_score, partial_set_score
from inquote.eval.sets.asking import Kept, Machinery, Outcome, ask
from inquote.eval.sets.files import SetFileError, is_in_part, read_set
from inquote.index.progress import Progress

EXPECTED = "a JSON list of objects with id, question, context and answers"


@dataclass(frozen=True)
class SetQuestion:
    """A question about a paragraph, with the spans that answer it together."""

    id: str
    question: str
    context: str
    answers: tuple[str, ...]


Chosen = TypeVar("Chosen", bound=SetQuestion)


def load_multispan(path: Path) -> list[SetQuestion]:
    """Read a file; raises `SetFileError`."""
    return read_set(path, _questions, EXPECTED)


def _questions(content: Any) -> list[SetQuestion]:
    questions = []
    for row in content:
        answers = tuple(map(str, row["answers"]))
        questions.append(SetQuestion(str(row["id"]), row["question"], row["context"], answers))
    return questions


def choose(questions: Sequence[Chosen], chosen_part: str, limit: int | None) -> list[Chosen]:
    """Return the first `limit` of all questions of a file that are in a part of it.

    Raises `SetFileError` where there are none; see `is_in_part`.
    """
    chosen = [q for number, q in enumerate(questions) if is_in_part(number, chosen_part)]
    if not chosen:
        raise SetFileError(f"The file has no question in the part {chosen_part}; ask another.")
    return chosen[:limit]


def ask_multispan(
    questions: Sequence[SetQuestion],
    contexts: Sequence[str],
    machinery: Machinery,
    kept: Kept,
    progress: Progress,
) -> list[Outcome]:
    """Ask each question of a library of all contexts; those in `kept` are not asked."""
    missing = [question for question in questions if question.id not in kept]
    if missing:
        files = {f"{number:05d}.txt": f"{text}\n" for number, text in enumerate(contexts)}
        progress("making the library", 0, len(missing))
        with machinery.system_of(files) as system:
            for done, question in enumerate(missing, 1):
                kept.add(ask(system, question.id, question.question))
                progress("asking", done, len(missing))
    return kept.of([question.id for question in questions])


def multispan_figures(
    questions: Sequence[SetQuestion], outcomes: Sequence[Outcome]
) -> dict[str, float]:
    """Return exact and partial precision, recall and F1 in percent, and spans an answer.

    A refusal gives no span.
    """
    pairs = []
    for question, outcome in zip(questions, outcomes, strict=True):
        pairs.append((outcome.quotes, question.answers))
    exact, partial = exact_set_score(pairs), partial_set_score(pairs)
    answered = [outcome for outcome in outcomes if outcome.answer is not None]
    given = sum(len(outcome.quotes) for outcome in answered)
    wanted = sum(len(question.answers) for question in questions)
    return {
        "questions": len(questions),
        "exact_precision": round(100 * exact.precision, 2),
        "exact_recall": round(100 * exact.recall, 2),
        "exact_f1": round(100 * exact.f1, 2),
        "partial_precision": round(100 * partial.precision, 2),
        "partial_recall": round(100 * partial.recall, 2),
        "partial_f1": round(100 * partial.f1, 2),
        "refused": round(1 - len(answered) / len(questions), 4),
        "spans_an_answer": round(given / max(len(answered), 1), 2),
        "spans_wanted": round(wanted / len(questions), 2),
    }
