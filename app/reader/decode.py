"""Find the best spans, from a start and an end logit a token."""

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from inquote.app.reader.base import Span

LONGEST = 30  # tokens of a span
CANDIDATES = 20  # spans kept of a passage


def best_spans(
    start: np.ndarray,
    end: np.ndarray,
    opens: Sequence[bool],
    closes: Sequence[bool],
    k: int = CANDIDATES,
    longest: int = LONGEST,
) -> list[tuple[int, int, float]]:
    """Return the k best (first, last, score), best first.

    `start`, `end`: logits, (tokens,); a span's score is the sum of the two. Both tokens belong to
    the span. A span begins where a word does (`opens`), ends where a word does (`closes`), and has
    at most `longest` tokens. Ties are broken by position.

    >>> best_spans(np.array([2.0, 0.0]), np.array([0.0, 1.0]), [True, True], [True, True], k=2)
    [(0, 1, 3.0), (0, 0, 2.0)]
    """
    count = len(start)
    if count == 0:
        return []
    # Row i, column j of `scores` is the span from token i to token i + j.
    width = min(longest, count)
    beginnings = np.where(opens, start, -np.inf)
    endings = np.where(closes, end, -np.inf)
    endings = np.concatenate([endings, np.full(width - 1, -np.inf)])
    scores = beginnings[:, None] + np.lib.stride_tricks.sliding_window_view(endings, width)
    # A stable sort keeps equal scores in the order of their positions.
    flat = scores.ravel()
    spans = []
    for place in np.argsort(-flat, kind="stable")[:k]:
        if np.isfinite(flat[place]):
            first, length = divmod(int(place), width)
            spans.append((first, first + length, float(flat[place])))
    return spans


def member_spans(
    scores: np.ndarray, opens: Sequence[bool], closes: Sequence[bool]
) -> list[tuple[int, int, float]]:
    """Return the runs of words that belong to an answer as (first, last, score), in text order.

    `scores`: logits of "belongs", (tokens,). A word belongs where the mean of its tokens exceeds 0;
    a run scores the mean of its words. A token in no word ends a run.

    >>> member_spans(np.array([2.0, -1.0, 1.0]), [True] * 3, [True] * 3)
    [(0, 0, 2.0), (2, 2, 1.0)]
    """
    runs: list[tuple[int, int, list[float]]] = []
    first = -1  # of the open word, -1 outside of words
    is_running = False
    for token, (opens_word, closes_word) in enumerate(zip(opens, closes, strict=True)):
        first = token if opens_word else first
        if first < 0:
            is_running = False
        if first < 0 or not closes_word:
            continue
        score = float(scores[first : token + 1].mean())
        if score <= 0:
            is_running = False
        elif is_running:
            begin, _, members = runs[-1]
            runs[-1] = begin, token, [*members, score]
        else:
            runs.append((first, token, [score]))
            is_running = True
        first = -1
    return [(begin, end, sum(members) / len(members)) for begin, end, members in runs]


def merge_spans(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Return the best of the spans of all windows, best first.

    Each range comes once, with its best score; ties are broken by position. A span is lengthened by
    the combining marks and joiners that follow it in `text`.
    """
    scores: dict[tuple[int, int], float] = {}
    for span in spans:
        place = span.start, _skip_marks(text, span.end)
        scores[place] = max(span.score, scores.get(place, span.score))
    merged = [Span(start, end, score) for (start, end), score in scores.items()]
    merged.sort(key=lambda span: (-span.score, span.start, span.end))
    return tuple(merged[:CANDIDATES])


def _skip_marks(text: str, end: int) -> int:
    while end < len(text) and (unicodedata.category(text[end])[0] == "M" or text[end] == "\u200d"):
        end += 1
    return end
