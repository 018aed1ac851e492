"""Training pairs to windows with targets, and windows to batches."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.reader.model import TextTokens, Window, WordPieces
from inquote.app.training.data import Pair
from inquote.ingest.text import sentence_ranges


@dataclass(frozen=True)
class Example:
    """A training window with its targets as token positions, all inclusive; -1 where the text does not answer.

    The evidence is the sentence, or the sentences, that hold the answer.
    """

    window: Window
    start: int = -1
    end: int = -1
    evidence_start: int = -1
    evidence_end: int = -1

    @property
    def answers(self) -> bool:
        """Whether the window holds the answer."""
        return self.start >= 0


class ExampleMaker:
    """Makes examples of pairs; `longest` is the size of a window in tokens."""

    def __init__(self, pieces: WordPieces, longest: int) -> None:
        self.pieces, self.longest = pieces, longest

    def example(self, pair: Pair) -> Example:
        """The first window of the pair that holds the whole answer, the first one if there is none."""
        tokens = self.pieces.tokens(pair.text)
        question, _ = self.pieces.question(pair.question)
        windows = list(
            self.pieces.windows(question, self.pieces.context(pair.heading), tokens, self.longest)
        )
        if pair.start is None or pair.end is None:
            return Example(windows[0])
        start, end = _tokens_of(tokens, pair.start, pair.end)
        window = next((w for w in windows if w.first <= start and end < w.last), None)
        if window is None or end < start:
            return Example(windows[0])
        sentences = [
            (a, b) for a, b in sentence_ranges(pair.text) if a < pair.end and pair.start < b
        ]
        first, last = _tokens_of(tokens, sentences[0][0], sentences[-1][1])
        shift = window.prefix - window.first
        return Example(
            window,
            start + shift,
            end + shift,
            max(first, window.first) + shift,
            min(last, window.last - 1) + shift,
        )


def _tokens_of(tokens: TextTokens, start: int, end: int) -> tuple[int, int]:
    """The first and the last token that overlap a range of the text; (0, -1) if none does."""
    inside = [at for at, (a, b) in enumerate(tokens.offsets) if a < end and start < b]
    return (inside[0], inside[-1]) if inside else (0, -1)


def batches(lengths: Sequence[Sequence[int]], size: int, seed: int) -> list[list[int]]:
    """Group numbers batch by batch: groups of like length together, about `size` windows each, in random order.

    `lengths[g]` are the lengths of the windows of group g.
    """
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for at in range(0, len(order), size * 50):
        pool = sorted(order[at : at + size * 50], key=lambda g: max(lengths[g]))
        batch: list[int] = []
        for group in pool:
            batch.append(group)
            if sum(len(lengths[g]) for g in batch) >= size:
                made.append(batch)
                batch = []
        if batch:
            made.append(batch)
    rng.shuffle(made)
    return made
