"""Turn training pairs into windows with targets, and plan which windows share a batch."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.reader.model import TextTokens, Window, WordPieces
from inquote.app.training.pairs import Pair
from inquote.ingest.text import sentence_ranges, touching


@dataclass(frozen=True)
class Example:
    """A training window with its targets.

    The targets are token positions in the window, all inclusive, -1 where the text does not answer.
    The evidence is the sentence, or the sentences, that hold the answer.
    """

    window: Window
    start: int = -1
    end: int = -1
    evidence_start: int = -1
    evidence_end: int = -1

    @property
    def answers(self) -> bool:
        """Tell whether the window holds the answer."""
        return self.start >= 0


class ExampleMaker:
    """Makes examples of pairs; a window has at most `longest` tokens."""

    def __init__(self, pieces: WordPieces, longest: int) -> None:
        self.pieces = pieces
        self.longest = longest

    def example(self, pair: Pair) -> Example:
        """Make an example of the first window that holds the whole answer.

        If there is none, the first window becomes an example without answer.
        """
        tokens = self.pieces.tokens(pair.text)
        question, _ = self.pieces.question(pair.question)
        context = self.pieces.context(pair.heading)
        windows = list(self.pieces.windows(question, context, tokens, self.longest))
        if pair.start is None or pair.end is None:
            return Example(windows[0])
        # Find the window of the answer.
        start, end = _token_range(tokens, pair.start, pair.end)
        holding = [window for window in windows if window.first <= start and end < window.last]
        if not holding or end < start:
            return Example(windows[0])
        window = holding[0]
        # Find the evidence, as far as the window shows it.
        sentences = touching(sentence_ranges(pair.text), pair.start, pair.end)
        first, last = _token_range(tokens, sentences[0][0], sentences[-1][1])
        first = max(first, window.first)
        last = min(last, window.last - 1)
        # Count the tokens from the window's beginning.
        shift = window.prefix - window.first
        return Example(
            window=window,
            start=start + shift,
            end=end + shift,
            evidence_start=first + shift,
            evidence_end=last + shift,
        )


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
