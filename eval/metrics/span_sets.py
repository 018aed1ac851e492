"""Measure answers of several spans: sets of texts against sets of texts, summed over a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from inquote.eval.metrics.answers import normalise_answer

Pairs = Sequence[tuple[Iterable[str], Iterable[str]]]
"""The given and the wanted spans of each question."""


@dataclass(frozen=True)
class SetScore:
    """Precision, recall and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return 2 P R / (P + R), 0.0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def exact_set_score(pairs: Pairs) -> SetScore:
    """Return how many of the spans given, and of the spans wanted, are the other side's exactly.

    Li et al. 2022, MultiSpanQA, 2022.naacl-main.90, section 4: spans are normalised as SQuAD's and
    counted once; correct, given and wanted ones are summed over all questions before they are
    divided. As in the official script, a question without spans on a side counts there as one of
    them, so that a refusal costs precision.

    >>> exact_set_score([(["Ann", "Eve"], ["Ann", "Bob", "Eve", "Dan"])])
    SetScore(precision=1.0, recall=0.5)
    """
    correct = 0
    sizes = [0, 0]
    for given, wanted in _normalised(pairs):
        correct += len(given & wanted) if given or wanted else 1
        sizes[0] += max(len(given), 1)
        sizes[1] += max(len(wanted), 1)
    return _divided((correct, correct), sizes)


def partial_set_score(pairs: Pairs) -> SetScore:
    """Return how much of each span given, and of each span wanted, stands in the other side's.

    Li et al. 2022, section 4: of each given span the longest common substring with any wanted one,
    in characters, divided by its length; of each wanted span likewise with the given ones; summed
    as in `exact_set_score`. The official script calls `SequenceMatcher` with its heuristic for
    texts of 200 characters and more, which overlooks frequent letters; here the substring is the
    longest in truth.

    >>> score = partial_set_score([(["Ann Lee"], ["Ann", "Eve"])])
    >>> round(score.precision, 3), score.recall
    (0.429, 0.667)
    """
    overlaps = [0.0, 0.0]
    sizes = [0, 0]
    for given, wanted in _normalised(pairs):
        if not given and not wanted:
            overlaps = [overlap + 1.0 for overlap in overlaps]
        for text in given:
            overlaps[0] += _best_overlap(text, wanted)
        for text in wanted:
            overlaps[1] += _best_overlap(text, given)
        sizes[0] += max(len(given), 1)
        sizes[1] += max(len(wanted), 1)
    return _divided(overlaps, sizes)


def _normalised(pairs: Pairs) -> list[tuple[set[str], set[str]]]:
    return [(_texts(given), _texts(wanted)) for given, wanted in pairs]


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


def _divided(sums: Sequence[float], sizes: Sequence[int]) -> SetScore:
    if not sizes[0] or not sizes[1]:
        return SetScore(0.0, 0.0)
    return SetScore(sums[0] / sizes[0], sums[1] / sizes[1])
