"""Measure answers of several spans: sets of texts against sets of texts, summed over a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from inquote.eval.metrics.answers import normalise_answer

Pairs = Sequence[tuple[Iterable[str], Iterable[str]]]
"""The given and the wanted spans of each question."""


@dataclass(frozen=True)
class SetCounts:
    """What one question adds to the sums: spans given, wanted, and correct on each side.

    `given` and `wanted` are at least 1, so that a refusal costs precision. Of the exact measure
    `correct` is the same for both sides; of the partial one `overlap_given` and `overlap_wanted`
    add up shares in [0, 1].
    """

    given: int
    wanted: int
    correct: int
    overlap_given: float
    overlap_wanted: float


@dataclass(frozen=True)
class SetScore:
    """Precision and recall, each in [0, 1]."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return 2 P R / (P + R), 0.0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def set_counts(given: Iterable[str], wanted: Iterable[str]) -> SetCounts:
    """Count the spans of one question.

    Li et al. 2022, MultiSpanQA, 2022.naacl-main.90, section 4, and its official script: spans are
    normalised as SQuAD's and counted once. A span's overlap is the longest substring, in
    characters, that it has in common with a span of the other side, divided by its own length. A
    side without spans counts as one span, right where the other has none either. The script's
    `SequenceMatcher` overlooks frequent letters in texts of 200 characters and more; here the
    substring is the longest in truth.

    >>> counts = set_counts(["Ann Lee", "Bob"], ["Ann", "Bob", "Eve"])
    >>> counts.correct, round(counts.overlap_given, 2), round(counts.overlap_wanted, 2)
    (1, 1.43, 2.33)
    """
    mine, theirs = _texts(given), _texts(wanted)
    if not mine and not theirs:
        return SetCounts(1, 1, 1, 1.0, 1.0)
    return SetCounts(
        given=max(len(mine), 1),
        wanted=max(len(theirs), 1),
        correct=len(mine & theirs),
        overlap_given=sum(_best_overlap(text, theirs) for text in sorted(mine)),
        overlap_wanted=sum(_best_overlap(text, mine) for text in sorted(theirs)),
    )


def exact_set_score(pairs: Pairs) -> SetScore:
    """Return the shares of spans given, and of spans wanted, that are the other side's exactly.

    Li et al. 2022: sums over all questions are divided. See `set_counts`.

    >>> exact_set_score([(["Ann", "Eve"], ["Ann", "Bob", "Eve", "Dan"])])
    SetScore(precision=1.0, recall=0.5)
    """
    counts = [set_counts(*pair) for pair in pairs]
    correct = sum(count.correct for count in counts)
    return _divided(correct, correct, counts)


def partial_set_score(pairs: Pairs) -> SetScore:
    """Return the shares of spans given, and of spans wanted, that the other side's overlap.

    Li et al. 2022: sums over all questions are divided. See `set_counts`.

    >>> score = partial_set_score([(["Ann Lee"], ["Ann", "Eve"])])
    >>> round(score.precision, 3), round(score.recall, 3)
    (0.429, 0.667)
    """
    counts = [set_counts(*pair) for pair in pairs]
    given = sum(count.overlap_given for count in counts)
    wanted = sum(count.overlap_wanted for count in counts)
    return _divided(given, wanted, counts)


def summed_f1(
    right_given: Sequence[float],
    right_wanted: Sequence[float],
    given: Sequence[float],
    wanted: Sequence[float],
) -> float:
    """Return F1 of the sums of four columns, a value a question: `SetCounts` as arrays.

    >>> summed_f1([1, 1], [1, 1], [1, 2], [2, 2])
    0.5714285714285715
    """
    return SetScore(sum(right_given) / sum(given), sum(right_wanted) / sum(wanted)).f1


def _texts(spans: Iterable[str]) -> set[str]:
    """Return the normalised texts, without those of which nothing is left."""
    return set(filter(None, map(normalise_answer, spans)))


def _best_overlap(text: str, others: Iterable[str]) -> float:
    """Return the largest share of `text` that is a substring of one of `others` too."""
    longest = 0
    for other in others:
        matcher = SequenceMatcher(None, text, other, autojunk=False)
        longest = max(longest, matcher.find_longest_match().size)
    return longest / len(text)


def _divided(given: float, wanted: float, counts: Sequence[SetCounts]) -> SetScore:
    if not counts:
        return SetScore(0.0, 0.0)
    return SetScore(
        given / sum(count.given for count in counts), wanted / sum(count.wanted for count in counts)
    )
