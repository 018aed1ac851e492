"""Turn training pairs into windows with targets, and plan which windows share a batch."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.reader.model import TextTokens, Window, WordPieces
from inquote.app.training.pairs import Pair
from inquote.ingest.text import Range, sentence_ranges, touching


@dataclass(frozen=True)
class Example:
    """A training window with its targets: token ranges in the window, both ends inclusive.

    - `spans`: those that may be marked as the answer; () where the text does not answer.
    - `members`: those that make up the answer together.
    - `evidence`: the sentences that hold the answer.

    `is_new` is the pair's.
    """

    window: Window
    spans: tuple[Range, ...] = ()
    members: tuple[Range, ...] = ()
    evidence: tuple[Range, ...] = ()
    is_new: bool = False

    @property
    def answers(self) -> bool:
        """Tell whether the window holds the answer."""
        return bool(self.spans)


class ExampleMaker:
    """Makes examples of pairs; a window has at most `longest` tokens."""

    def __init__(self, pieces: WordPieces, longest: int) -> None:
        self.pieces = pieces
        self.longest = longest

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of a text with the two around it."""
        return len(self.pieces.tokens(text).ids) + 2

    def example(self, pair: Pair) -> Example:
        """Make an example of the first window that holds most of the answer.

        If there is none, the first window becomes an example without answer.
        """
        tokens = self.pieces.tokens(pair.text)
        question, _ = self.pieces.question(pair.question)
        context = self.pieces.context(pair.heading)
        windows = list(self.pieces.windows(question, context, tokens, self.longest))
        # Find the window of the answer.
        spans = _token_ranges(tokens, pair.spans)
        window = max(windows, key=lambda window: len(_inside(window, spans)))
        if not _inside(window, spans):
            return Example(windows[0], is_new=pair.is_new)
        # Find the evidence, as far as the window shows it.
        members = _token_ranges(tokens, pair.members or pair.spans)
        sentences = sentence_ranges(pair.text)
        holding = [touching(sentences, *place) for place in pair.members or pair.spans]
        evidence = _token_ranges(tokens, sorted(set(itertools.chain.from_iterable(holding))))
        shown = []
        for first, last in evidence:
            shown.append((max(first, window.first), min(last, window.last - 1)))
        # Count the tokens from the window's beginning.
        return Example(
            window,
            _shift(window, _inside(window, spans)),
            _shift(window, _inside(window, members)),
            _shift(window, _inside(window, shown)),
            pair.is_new,
        )


def _inside(window: Window, ranges: Sequence[Range]) -> list[Range]:
    """Return the token ranges that lie in a window as a whole."""
    return [(first, last) for first, last in ranges if window.first <= first <= last < window.last]


def _shift(window: Window, ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Return token ranges of a text, counted from the beginning of a window."""
    shift = window.prefix - window.first
    return tuple((first + shift, last + shift) for first, last in ranges)


def _token_ranges(tokens: TextTokens, places: Sequence[Range]) -> list[Range]:
    """Return the token ranges that touch ranges of the text, those that none touches left out."""
    ranges = [_token_range(tokens, *place) for place in places]
    return [(first, last) for first, last in ranges if first <= last]


def _token_range(tokens: TextTokens, start: int, end: int) -> tuple[int, int]:
    """Return the first and the last token that touch a range of the text, (0, -1) if none does."""
    inside = []
    for token, (first, last) in enumerate(tokens.offsets):
        if first < end and start < last:
            inside.append(token)
    return (inside[0], inside[-1]) if inside else (0, -1)


def plan_batches(lengths: Sequence[Sequence[int]], size: int, seed: int) -> list[list[int]]:
    """Return the numbers of the groups of each batch, in random order.

    `lengths[g]` are the lengths of the windows of group g. A batch has groups of like length, about
    `size` windows together.
    """
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches: list[list[int]] = []
    # Sort some batches at a time by length, so that lengths differ little within a batch.
    for first in range(0, len(order), size * 50):
        pool = order[first : first + size * 50]
        pool.sort(key=lambda group: max(lengths[group]))
        batch: list[int] = []
        windows = 0
        for group in pool:
            batch.append(group)
            windows += len(lengths[group])
            if windows >= size:
                batches.append(batch)
                batch, windows = [], 0
        if batch:
            batches.append(batch)
    rng.shuffle(batches)
    return batches
