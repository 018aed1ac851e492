"""Measure one answer against its question: the text, the citations, the promises.

A range is `(document, start, end)`, half-open, in Unicode code points.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from inquote.app.answering.answer import join_quotes, joint_form

Range = tuple[str, int, int]

RIGHT_F1 = 0.6  # token F1 from which an answer that contains no accepted answer counts as right

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise_answer(text: str) -> str:
    """Return `text` in lower case, without ASCII punctuation, articles and superfluous white space.

    Rajpurkar et al. 2016, arXiv:1606.05250, section 6.1: the normalisation of the official SQuAD
    evaluation, in its order (punctuation goes before articles, so that "a." loses both).

    >>> normalise_answer("The  U.S. FDA, (an agency)")
    'us fda agency'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact_match(prediction: str, accepted: Iterable[str]) -> float:
    """Return 1.0 where the prediction equals an accepted answer, both normalised, else 0.0.

    Rajpurkar et al. 2016. Edge rules as in the official script for SQuAD 2.0: accepted answers that
    normalise to nothing are dropped; where none is left the question has no answer, and only an
    empty prediction is right.

    >>> exact_match("the FDA", ["FDA", "Food and Drug Administration"])
    1.0
    """
    normalised = normalise_answer(prediction)
    return float(any(normalised == normalise_answer(gold) for gold in _gold(accepted)))


def token_f1(prediction: str, accepted: Iterable[str]) -> float:
    """Return the harmonic mean of token precision and recall, the best over `accepted`.

    Rajpurkar et al. 2016: F1 = 2 P R / (P + R) on normalised, white-space separated tokens, each
    counted as often as both sides have it. Edge rule of the official script: where either side is
    empty F1 is 1.0 if both are, else 0.0.

    >>> round(token_f1("16.3% of patients", ["16.3%"]), 3)
    0.5
    """
    return max(_token_f1(prediction, gold) for gold in _gold(accepted))


def contains_answer(prediction: str, accepted: Iterable[str]) -> float:
    """Return 1.0 where an accepted answer stands in the prediction at word boundaries, else 0.0.

    Both are normalised.

    >>> contains_answer("It was approved in 2015.", ["2015"])
    1.0
    >>> contains_answer("It costs 20150.", ["2015"])
    0.0
    """
    text = normalise_answer(prediction)
    for gold in map(normalise_answer, accepted):
        if gold and re.search(rf"(?<!\w){re.escape(gold)}(?!\w)", text):
            return 1.0
    return 0.0


def answer_right(
    prediction: str, accepted: Sequence[str], items: Sequence[Sequence[str]] = ()
) -> float:
    """Return 1.0 where the prediction contains an accepted answer or nearly is one, else 0.0.

    Nearly: a token F1 of at least `RIGHT_F1`. For a list, `items` are the accepted wordings of each
    item, and the result is the share of items contained.

    >>> items = [["fatigue"], ["chills"], ["fever"], ["pain"]]
    >>> answer_right("chills and fever", ["unused"], items)
    0.5
    """
    if items:
        return sum(contains_answer(prediction, wordings) for wordings in items) / len(items)
    contained = contains_answer(prediction, accepted) > 0
    return float(contained or token_f1(prediction, accepted) >= RIGHT_F1)


def citation_precision(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float | None:
    """Return the share of cited characters that lie in evidence, None where nothing is cited.

    Precision and recall of citations after Gao et al. 2023, arXiv:2305.14627, counted in characters
    instead of judged by a model: |cited and evidence| / |cited|. Overlapping citations count once.

    >>> citation_precision([("a", 0, 10)], [[("a", 5, 20)]])
    0.5
    """
    characters = _characters(cited)
    within = _characters(chain.from_iterable(evidence))
    return len(characters & within) / len(characters) if characters else None


def citation_recall(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float:
    """Return the share of the evidence's characters that are cited: the mean over its groups.

    Of each group the alternative with the best share counts. See `citation_precision`; |cited and
    evidence| / |evidence|. A short answer inside a long evidence sentence has a precision of 1 and
    a low recall: read the two together. 0.0 where nothing is cited.

    >>> citation_recall([("a", 5, 10)], [[("a", 5, 15), ("b", 0, 8)], [("a", 0, 10)]])
    0.5
    """
    characters = _characters(cited)
    best = [_best_share(characters, group) for group in evidence]
    return sum(best) / len(best)


def _best_share(characters: set[tuple[str, int]], group: Sequence[Range]) -> float:
    """Return the largest share of a piece of evidence that lies in `characters`."""
    best = 0.0
    for document, start, end in group:
        piece = _characters([(document, start, end)])
        best = max(best, len(piece & characters) / (end - start))
    return best


def answer_in_evidence(cited: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> float:
    """Return 1.0 where at least half of the first citation's characters lie in evidence, else 0.0.

    >>> answer_in_evidence([("a", 0, 10), ("b", 0, 5)], [[("a", 5, 20)]])
    1.0
    """
    precision = citation_precision(cited[:1], evidence)
    return float(precision is not None and precision >= 0.5)


def verbatim_violations(answer: Mapping[str, Any], texts: Mapping[str, str]) -> int:
    """Count how often an answer object breaks the promise to give the corpus's own words.

    A violation is each citation and each nearest passage with `texts[document][start:end] !=
    quote`, and an answer that is not its citations' quotes as `join_quotes` joins them. `texts`
    maps a document's id to its text; an unknown document is a violation.

    >>> citation = {"document": "a", "start": 0, "end": 3, "quote": "the"}
    >>> answer = {"answer": "a", "citations": [citation], "nearest": []}
    >>> verbatim_violations(answer, {"a": "the cat"})
    1
    """
    violations = 0
    for quoted in (*answer["citations"], *answer["nearest"]):
        text = texts.get(quoted["document"], "")
        quote = quoted["quote"]
        if not quote or text[quoted["start"] : quoted["end"]] != quote:
            violations += 1
    quotes = [citation["quote"] for citation in answer["citations"]]
    form = joint_form(answer.get("trace", {}))
    if answer["answer"] != (join_quotes(quotes, form) or None):
        violations += 1
    return violations


def refusal_precision(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """Return the share of the refused questions that has no answer, None where none is refused.

    Rajpurkar, Jia, Liang 2018, arXiv:1806.03822, set the task; "refused" is the positive class.

    >>> refusal_precision([True, True, False], [True, False, False])
    0.5
    """
    refusals = sum(refused)
    return _right_refusals(refused, answerable) / refusals if refusals else None


def refusal_recall(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """Return the share of the questions without an answer that is refused, None where all have one.

    >>> refusal_recall([True, True, False], [True, False, False])
    0.5
    """
    unanswerable = _unanswerable(answerable)
    return _right_refusals(refused, answerable) / unanswerable if unanswerable else None


def refusal_f1(refused: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """Return the harmonic mean of precision and recall of refusal.

    2 P R / (P + R) = 2 TP / (refused + unanswerable); None where no question is refused and none
    unanswerable.

    >>> refusal_f1([True, True, False], [True, False, False])
    0.5
    """
    total = sum(refused) + _unanswerable(answerable)
    return 2 * _right_refusals(refused, answerable) / total if total else None


def _right_refusals(refused: Sequence[bool], answerable: Sequence[bool]) -> int:
    pairs = zip(refused, answerable, strict=True)
    return sum(bool(is_refused) and not has_answer for is_refused, has_answer in pairs)


def _unanswerable(answerable: Sequence[bool]) -> int:
    return sum(not has_answer for has_answer in answerable)


def _gold(accepted: Iterable[str]) -> list[str]:
    """Drop accepted answers that normalise to nothing; where none is left, only "" is accepted."""
    return [gold for gold in accepted if normalise_answer(gold)] or [""]


def _token_f1(prediction: str, gold: str) -> float:
    tokens = normalise_answer(prediction).split()
    gold_tokens = normalise_answer(gold).split()
    if not tokens or not gold_tokens:
        return float(tokens == gold_tokens)
    common = sum((Counter(tokens) & Counter(gold_tokens)).values())
    return 2 * common / (len(tokens) + len(gold_tokens))


def _characters(ranges: Iterable[Range]) -> set[tuple[str, int]]:
    """Return the (document, offset) of every character in `ranges`."""
    characters: set[tuple[str, int]] = set()
    for document, start, end in ranges:
        characters.update((document, at) for at in range(start, end))
    return characters
