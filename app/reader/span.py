"""The span reader: exact spans, evidence sentences and "no answer here", from one pass of the network in weights.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inquote.app.reader.base import Reading, Span
from inquote.app.reader.decode import best_spans, merged
from inquote.app.reader.weights import NAME, SHIPPED, load_weights
from inquote.index.models.allocator import keep_freed_memory
from inquote.index.models.embedder import has_bfloat16, packaged_model
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

if TYPE_CHECKING:
    from inquote.app.reader.model import SpanModel, TextTokens, Window, WordPieces

ANSWERABLE_WEIGHT = (
    1.0  # of the answerable output against the sum of a span's start and end; chosen on `calibrate`
)
_MOST_WINDOWS = 16  # that the network sees at once
_SILENT = -10.0  # the evidence of a sentence that has no word pieces


@dataclass(frozen=True)
class _Outputs:
    """What the network said of a window's text tokens [first, last)."""

    first: int
    last: int
    start: np.ndarray
    end: np.ndarray
    evidence: np.ndarray
    answerable: float


class SpanReader:
    """Reads question and passage together; a passage longer than the window is read in overlapping windows.

    `bfloat16` halves the time where the processor has instructions for it; by default it is used there.
    """

    name = NAME

    def __init__(self, folder: Path = SHIPPED, *, bfloat16: bool | None = None) -> None:
        model = load_weights(folder)
        from inquote.app.reader.model import WordPieces

        self._set(model, WordPieces(packaged_model() / "tokenizer.json"), bfloat16)

    @classmethod
    def of(
        cls, model: "SpanModel", pieces: "WordPieces", *, bfloat16: bool = False
    ) -> "SpanReader":
        """A reader of a model at hand."""
        reader = cls.__new__(cls)
        reader._set(model, pieces, bfloat16)
        return reader

    def _set(self, model: "SpanModel", pieces: "WordPieces", bfloat16: bool | None) -> None:
        import torch

        faster = has_bfloat16() if bfloat16 is None else bfloat16
        self._model = model.eval()
        if faster:  # the heads stay in float32: a score of 8 would be rounded by 0.03
            self._model.embeddings.to(torch.bfloat16)
            self._model.layers.to(torch.bfloat16)
            if has_bfloat16():
                self._model.for_inference()
        self._pieces = pieces
        keep_freed_memory()

    def note(self, question: str) -> str | None:
        """What a person should know about how this question is read."""
        from inquote.app.reader.model import QUESTION_TOKENS

        cut = self._pieces.question(question)[1]
        return (
            f"The reader saw only the first {QUESTION_TOKENS} word pieces of the question."
            if cut
            else None
        )

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One `Reading` a passage, in the order given.

        A span's score is the sum of its start and end logits, "none" being 0 in training; `none_score` is the negative
        logit of "this passage answers", weighted.
        """
        asked, _ = self._pieces.question(question)
        tokens = [self._pieces.tokens(passage.text) for passage in passages]
        windows = [
            list(
                self._pieces.windows(
                    asked, self._pieces.context(passage.heading, passage.lead), text
                )
            )
            for passage, text in zip(passages, tokens, strict=True)
        ]
        outputs = self._outputs([window for of_passage in windows for window in of_passage])
        return [
            _reading(passage.text, text, [next(outputs) for _ in of_passage])
            for passage, text, of_passage in zip(passages, tokens, windows, strict=True)
        ]

    def _outputs(self, windows: Sequence["Window"]) -> Iterator[_Outputs]:
        """The network's outputs in the order of the windows."""
        import torch

        from inquote.app.reader.model import Batch

        for first in range(0, len(windows), _MOST_WINDOWS):
            batch = windows[first : first + _MOST_WINDOWS]
            with torch.inference_mode():
                logits = self._model(Batch.of(batch))
            arrays = logits.start.numpy(), logits.end.numpy(), logits.evidence.numpy()
            for at, window in enumerate(batch):
                text = slice(window.prefix, window.prefix + window.last - window.first)
                start, end, evidence = (array[at, text] for array in arrays)
                yield _Outputs(
                    window.first, window.last, start, end, evidence, float(logits.answerable[at])
                )


def _reading(text: str, tokens: "TextTokens", windows: Sequence[_Outputs]) -> Reading:
    evidence, seen = np.zeros(len(tokens.ids)), np.zeros(len(tokens.ids))
    for window in windows:
        evidence[window.first : window.last] += window.evidence
        seen[window.first : window.last] += 1
    return Reading(
        spans=merged((span for window in windows for span in _spans(tokens, window)), text),
        evidence=tuple(_evidence(text, tokens, evidence / np.maximum(seen, 1))),
        none_score=-ANSWERABLE_WEIGHT * max(window.answerable for window in windows),
    )


def _spans(tokens: "TextTokens", window: _Outputs) -> Iterator[Span]:
    opens, closes = (words[window.first : window.last] for words in (tokens.opens, tokens.closes))
    offsets = tokens.offsets[window.first : window.last]
    for first, last, score in best_spans(window.start, window.end, opens, closes):
        yield Span(offsets[first][0], offsets[last][1], score)


def _evidence(text: str, tokens: "TextTokens", scores: np.ndarray) -> Iterator[Span]:
    """The sentences of the text, each with the mean of its tokens' scores."""
    begins = np.array([start for start, _ in tokens.offsets])
    for start, end in sentence_ranges(text):
        inside = scores[(begins >= start) & (begins < end)]
        yield Span(start, end, float(inside.mean()) if len(inside) else _SILENT)
