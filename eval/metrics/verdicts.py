"""Measure verdicts: a word a question, against the word that people gave."""

from collections.abc import Sequence

VERDICTS = ("yes", "no", "unclear")


def verdict_accuracy(given: Sequence[str | None], wanted: Sequence[str]) -> float:
    """Return the share of questions with the right verdict; None given is never right.

    Jin et al. 2019, PubMedQA, arXiv:1909.06146, section 4.

    >>> verdict_accuracy(["yes", None], ["yes", "no"])
    0.5
    """
    right = [mine == theirs for mine, theirs in zip(given, wanted, strict=True)]
    return sum(right) / len(right)


def verdict_macro_f1(given: Sequence[str | None], wanted: Sequence[str]) -> float:
    """Return the mean over the three verdicts of F1 = 2 TP / (given + wanted), 0.0 for 0 / 0.

    Jin et al. 2019, section 4: macro-averaged F1, which a constant "yes" does not win.

    >>> round(verdict_macro_f1(["yes", "yes", "no"], ["yes", "no", "no"]), 3)
    0.444
    """
    scores = []
    for verdict in VERDICTS:
        pairs = zip(given, wanted, strict=True)
        hits = sum(mine == theirs == verdict for mine, theirs in pairs)
        total = list(given).count(verdict) + list(wanted).count(verdict)
        scores.append(2 * hits / total if total else 0.0)
    return sum(scores) / len(scores)
