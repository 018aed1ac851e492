"""Take a comparison apart: the same question about each side."""

import math
import re
from collections.abc import Sequence

from inquote.app.answering.spans import AnswerSpan
from inquote.app.language.english import INTERROGATIVES, PREPOSITIONS, VERB
from inquote.app.language.forms import (
    COMPARE,
    HOW_COMPARES,
    SIDE_QUESTION,
    VERSUS,
    YES_NO_QUESTION,
)

_LONGEST_SIDE = 5  # words
_TRIED = 20  # spans of a side
FIGURE = re.compile(r"\d")


def sides_of(question: str) -> list[str]:
    """Return the question about each of two sides, empty where it compares none.

    >>> sides_of("What percentage responded with IMLYGIC versus GM-CSF?")
    ['What percentage responded with IMLYGIC?', 'What percentage responded with GM-CSF?']
    >>> sides_of("Compare the range of the Arlo and the Brisk")
    ['What is the range of the Arlo?', 'What is the range of the Brisk?']
    """
    for pattern in (COMPARE, HOW_COMPARES):
        match = pattern.match(question)
        if match:
            sides = (match["first"], match["second"])
            return [SIDE_QUESTION.format(f"{match['what']}{side}") for side in sides]
    joint = VERSUS.search(question)
    if not joint or YES_NO_QUESTION.search(question):
        return []
    return _sides_around(question, joint)


def _sides_around(question: str, joint: re.Match[str]) -> list[str]:
    """Return the question with either of the words around "versus"."""
    before = question[: joint.start()].split()
    after = question[joint.end() :].rstrip("?. ").split()
    first = _phrase(list(reversed(before)))
    second = _phrase(after)
    if not first or not second:
        return []
    if len(first) == len(before):  # keywords: nothing tells where the second side ends
        second = second[: len(first)]
    opening = before[: len(before) - len(first)]
    rest = after[len(second) :]
    preposition = opening[-1].lower() if opening else ""
    if len(rest) > 1 and not second:
        return []
    if rest and rest[0].lower() == preposition:
        rest = rest[1:]
    sides = [list(reversed(first)), second]
    return [f"{' '.join([*opening, *side, *rest])}?" for side in sides]


def _phrase(words: list[str]) -> list[str]:
    """Return the words up to the first that belongs to no name."""
    phrase = []
    for word in words[:_LONGEST_SIDE]:
        bare = word.lower().strip(",;")
        if bare in PREPOSITIONS | INTERROGATIVES or VERB.fullmatch(bare) or word.endswith(","):
            break
        phrase.append(word)
    return phrase


def best_pair(
    first: Sequence[AnswerSpan], second: Sequence[AnswerSpan]
) -> tuple[AnswerSpan, AnswerSpan] | None:
    """Return the spans that answer two sides best together, apart from each other.

    Where the best is a figure, both are. None where there is no such pair.
    """
    is_figure = bool(FIGURE.search(first[0].text)) and bool(FIGURE.search(second[0].text))
    best = None
    best_score = -math.inf
    for span in first[:_TRIED]:
        for other in second[:_TRIED]:
            figures = bool(FIGURE.search(span.text)) and bool(FIGURE.search(other.text))
            if span.overlaps(other) or (is_figure and not figures):
                continue
            if span.score + other.score > best_score:
                best, best_score = (span, other), span.score + other.score
    return best
