"""Ask questions of yes and no about abstracts, all abstracts of the file in one library.

The file is a list of objects: id, question, context (an abstract without its conclusion), verdict:
yes, no or maybe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.eval.metrics.calibration import expected_calibration_error
from inquote.eval.metrics.verdicts import verdict_accuracy, verdict_macro_f1
from inquote.eval.sets.asking import Outcome
from inquote.eval.sets.files import read_set
from inquote.eval.sets.multispan import SetQuestion

EXPECTED = "a JSON list of objects with id, question, context and verdict"
_VERDICTS = {"yes": "yes", "no": "no", "maybe": "unclear", "unclear": "unclear"}


@dataclass(frozen=True)
class VerdictQuestion(SetQuestion):
    """A question of yes or no about an abstract; it has no answers, but a verdict."""

    verdict: str


def load_verdicts(path: Path) -> list[VerdictQuestion]:
    """Read a file; raises `SetFileError`."""
    return read_set(path, _questions, EXPECTED)


def _questions(content: Any) -> list[VerdictQuestion]:
    questions = []
    for row in content:
        verdict = _VERDICTS[row["verdict"]]
        context = str(row["context"])
        questions.append(
            VerdictQuestion(str(row["id"]), str(row["question"]), context, (), verdict)
        )
    return questions


def verdict_figures(
    questions: Sequence[VerdictQuestion], outcomes: Sequence[Outcome]
) -> dict[str, float]:
    """Return the figures; shares in [0, 1].

    - `given`: the share of questions with a verdict; `right_of_given`: of these, the right ones.
    - `accuracy`, `macro_f1`: of all questions, none given being wrong.
    - `always_yes`: the accuracy of that word for every question.
    - `own_abstract`: a citation, or of a refusal the first passage, is of the question's abstract.
    - `ece`: the expected calibration error of the answers with a verdict.
    """
    given = [outcome.verdict for outcome in outcomes]
    wanted = [question.verdict for question in questions]
    pairs = list(zip(questions, outcomes, strict=True))
    count = len(pairs)
    with_verdict = [(q, outcome) for q, outcome in pairs if outcome.verdict is not None]
    right = [float(outcome.verdict == question.verdict) for question, outcome in with_verdict]
    figures = {
        "questions": count,
        "given": len(with_verdict) / count,
        "accuracy": verdict_accuracy(given, wanted),
        "macro_f1": verdict_macro_f1(given, wanted),
        "always_yes": wanted.count("yes") / count,
        "refused": sum(outcome.answer is None for outcome in outcomes) / count,
        "own_abstract": sum(_is_own(*pair) for pair in pairs) / count,
    }
    if with_verdict:
        confidences = [outcome.confidence for _, outcome in with_verdict]
        figures["right_of_given"] = sum(right) / len(right)
        figures["ece"] = expected_calibration_error(confidences, right)
    return {name: round(value, 4) for name, value in figures.items()}


def _is_own(question: VerdictQuestion, outcome: Outcome) -> bool:
    texts = outcome.quotes or outcome.shown[:1]
    context = " ".join(question.context.split())
    return any(" ".join(text.split()) in context for text in texts)
