"""From a start and an end logit a token to the best spans."""

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
    """The k best (first, last, score), both tokens included, best first; ties by position.

    `start`, `end`: (tokens,) logits; the score is their sum. A span begins where a word does (`opens`) and ends where
    one does (`closes`), and has at most `longest` tokens.

    >>> best_spans(np.array([2.0, 0.0]), np.array([0.0, 1.0]), [True, True], [True, True], k=2)
    [(0, 1, 3.0), (0, 0, 2.0)]
    """
    count = len(start)
    if count == 0:
        return []
    width = min(longest, count)
    padded = np.concatenate([np.where(closes, end, -np.inf), np.full(width - 1, -np.inf)])
    scores = np.where(opens, start, -np.inf)[:, None] + np.lib.stride_tricks.sliding_window_view(
        padded, width
    )
    flat = scores.ravel()
    order = np.argsort(-flat, kind="stable")[:k]
    return [
        (int(i // width), int(i // width + i % width), float(flat[i]))
        for i in order
        if np.isfinite(flat[i])
    ]


def merged(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """The best of the spans of all windows, each range once with its best score, best first; ties by position.

    A span is lengthened by the combining marks and joiners that follow it in `text`.
    """
    scores: dict[tuple[int, int], float] = {}
    for span in spans:
        place = span.start, _past_marks(text, span.end)
        scores[place] = max(span.score, scores.get(place, span.score))
    ordered = sorted(
        (Span(*place, score) for place, score in scores.items()),
        key=lambda s: (-s.score, s.start, s.end),
    )
    return tuple(ordered[:CANDIDATES])


def _past_marks(text: str, end: int) -> int:
    while end < len(text) and (unicodedata.category(text[end])[0] == "M" or text[end] == "\u200d"):
        end += 1
    return end
