"""Metrics of one answer against its question: the text, the citations, the promises. One small pure function each.

Ranking metrics are in ranking.py, those of confidence in confidence.py. A range is `(document, start, end)`, half-open,
in Unicode code points.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Range = tuple[str, int, int]

RIGHT_F1 = 0.6  # token F1 from which an answer that contains no accepted answer counts as right

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise_answer(text: str) -> str:
    """Lower case, without ASCII punctuation, the articles a, an, the, and superfluous white space.

    Rajpurkar et al. 2016, arXiv:1606.05250, section 6.1: the normalisation of the official SQuAD evaluation, in its
    order (punctuation goes before articles, so that "a." loses both).

    >>> normalise_answer("The  U.S. FDA, (an agency)")
    'us fda agency'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact_match(prediction: str, accepted: Iterable[str]) -> float:
    """1.0 where the normalised prediction equals a normalised accepted answer, else 0.0.

    Rajpurkar et al. 2016. Edge rules as in the official script for SQuAD 2.0: accepted answers that normalise to
    nothing are dropped; where none is left the question has no answer, and only an empty prediction is right.

    >>> exact_match("the FDA", ["FDA", "Food and Drug Administration"])
    1.0
    """
    return max(
        float(normalise_answer(prediction) == normalise_answer(gold)) for gold in _gold(accepted)
    )


def token_f1(prediction: str, accepted: Iterable[str]) -> float:
    """The harmonic mean of token precision and recall, tokens counted as often as both have them; best over `accepted`.

    Rajpurkar et al. 2016: F1 = 2 P R / (P + R) on normalised, white-space separated tokens. Edge rule of the official
    script: where either side is empty F1 is 1.0 if both are, else 0.0.

    >>> round(token_f1("16.3% of patients", ["16.3%"]), 3)
    0.5
    """
    return max(_token_f1(prediction, gold) for gold in _gold(accepted))


def contains_answer(prediction: str, accepted: Iterable[str]) -> float:
    """1.0 where an accepted answer stands in the prediction, both normalised, at word boundaries; else 0.0.

    >>> contains_answer("It was approved in 2015.", ["2015"]), contains_answer("It costs 20150.", ["2015"])
    (1.0, 0.0)
    """
    text = normalise_answer(prediction)
    wanted = [gold for gold in map(normalise_answer, accepted) if gold]
    return float(any(re.search(rf"(?<!\w){re.escape(gold)}(?!\w)", text) for gold in wanted))


def answer_right(
    prediction: str, accepted: Sequence[str], items: Sequence[Sequence[str]] = ()
) -> float:
    """1.0 where the prediction contains an accepted answer or overlaps one by a token F1 of at least `RIGHT_F1`.

    For a list, `items` are the accepted wordings of each item, and the result is the share of items contained.

    >>> answer_right("chills and fever", ["unused"], items=[["fatigue"], ["chills"], ["fever"], ["pain"]])
    0.5
    """
    if items:
        return sum(contains_answer(prediction, wordings) for wordings in items) / len(items)
    return float(
        contains_answer(prediction, accepted) > 0 or token_f1(prediction, accepted) >= RIGHT_F1
    )


def citation_precision(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float | None:
    """The share of cited characters that lie in evidence; None where nothing is cited.

    Precision and recall of citations after Gao et al. 2023, arXiv:2305.14627, counted in characters instead of judged
    by a model: |cited and evidence| / |cited|. Overlapping citations count once.

    >>> citation_precision([("a", 0, 10)], [[("a", 5, 20)]])
    0.5
    """
    characters = _characters(cited)
    within = _characters(piece for group in evidence for piece in group)
    return len(characters & within) / len(characters) if characters else None


def citation_recall(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float:
    """The share of the evidence's characters that are cited, the mean over groups of the best alternative of each.

    See `citation_precision`; |cited and evidence| / |evidence|. A short answer inside a long evidence sentence has a
    precision of 1 and a low recall: read the two together. 0.0 where nothing is cited.

    >>> citation_recall([("a", 5, 10)], [[("a", 5, 15), ("b", 0, 8)], [("a", 0, 10)]])
    0.5
    """
    characters = _characters(cited)
    best = [
        max(len(_characters([r]) & characters) / (r[2] - r[1]) for r in group) for group in evidence
    ]
    return sum(best) / len(best)


def answer_in_evidence(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float:
    """1.0 where at least half of the first citation's characters lie in evidence, else 0.0; 0.0 without citations.

    >>> answer_in_evidence([("a", 0, 10), ("b", 0, 5)], [[("a", 5, 20)]])
    1.0
    """
    precision = citation_precision(cited[:1], evidence)
    return float(precision is not None and precision >= 0.5)


def verbatim_violations(answer: Mapping[str, Any], texts: Mapping[str, str]) -> int:
    """How often an answer object breaks the promise that it gives the corpus's own words.

    One for each citation and each nearest passage with `texts[document][start:end] != quote`, and one where the answer
    is not the citations' quotes joined with a space, or a refusal has citations. `texts` maps a document's id to its
    text; an unknown document is a violation.

    >>> citation = {"document": "a", "start": 0, "end": 3, "quote": "the"}
    >>> verbatim_violations({"answer": "a", "citations": [citation], "nearest": []}, {"a": "the cat"})
    1
    """
    quoted = [*answer["citations"], *answer["nearest"]]
    wrong = sum(
        texts.get(q["document"], "")[q["start"] : q["end"]] != q["quote"] or not q["quote"]
        for q in quoted
    )
    expected = " ".join(citation["quote"] for citation in answer["citations"]) or None
    return wrong + (answer["answer"] != expected)


def refusal_precision(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """Of the questions refused, the share that has no answer; None where none is refused.

    Rajpurkar, Jia, Liang 2018, arXiv:1806.03822, set the task; "refused" is the positive class.

    >>> refusal_precision([True, True, False], [True, False, False])
    0.5
    """
    chosen = [
        not has_answer for said_no, has_answer in zip(refused, answerable, strict=True) if said_no
    ]
    return sum(chosen) / len(chosen) if chosen else None


def refusal_recall(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """Of the questions without an answer, the share refused; None where every question has one.

    >>> refusal_recall([True, True, False], [True, False, False])
    0.5
    """
    chosen = [
        said_no for said_no, has_answer in zip(refused, answerable, strict=True) if not has_answer
    ]
    return sum(chosen) / len(chosen) if chosen else None


def refusal_f1(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """2 P R / (P + R) of refusal, which is 2 TP / (refused + unanswerable); None where both are none.

    >>> refusal_f1([True, True, False], [True, False, False])
    0.5
    """
    right = sum(
        said_no and not has_answer for said_no, has_answer in zip(refused, answerable, strict=True)
    )
    total = sum(refused) + sum(not has_answer for has_answer in answerable)
    return 2 * right / total if total else None


def _gold(accepted: Iterable[str]) -> list[str]:
    return [gold for gold in accepted if normalise_answer(gold)] or [""]


def _token_f1(prediction: str, gold: str) -> float:
    said, wanted = normalise_answer(prediction).split(), normalise_answer(gold).split()
    if not said or not wanted:
        return float(said == wanted)
    common = sum((Counter(said) & Counter(wanted)).values())
    return 2 * common / (len(said) + len(wanted))


def _characters(ranges: Iterable[Range]) -> set[tuple[str, int]]:
    return {(document, at) for document, start, end in ranges for at in range(start, end)}
