"""Read exact spans, evidence sentences and "no answer here" from one pass of the network.

model.py holds the network, weights.py its weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inquote.app.reader.base import Reading, Span
from inquote.app.reader.decode import best_spans, member_spans, merge_spans
from inquote.app.reader.read_text import ReadText
from inquote.app.reader.weights import NAME, SHIPPED, load_weights
from inquote.index.models.allocator import keep_freed_memory
from inquote.index.models.embedder import packaged_model
from inquote.index.models.precision import Precision, fastest_precision
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

if TYPE_CHECKING:
    from inquote.app.reader.model import SpanModel, Window, WordPieces
    from inquote.index.models.int8 import Ranges

# The weight of the answerable logit against a span's score, chosen on the calibration articles.
ANSWERABLE_WEIGHT = 1.0
RANGES = f"{NAME}-ranges.safetensors"  # of the inputs of its products, for integers
_BATCH = 16  # windows that the network reads at once, at most
_NO_EVIDENCE = -10.0  # the evidence of a sentence that has no word pieces


@dataclass(frozen=True)
class _Outputs:
    """The network's logits for the tokens [first, last) of a text.

    The arrays are (last - first,); `answerable` belongs to the whole window.
    """

    first: int
    last: int
    start: np.ndarray
    end: np.ndarray
    evidence: np.ndarray
    member: np.ndarray
    answerable: float


class SpanReader:
    """Reads question and passage together, a long passage in overlapping windows.

    `precision` says in which numbers the layers multiply, by default those in which the processor
    is fastest; weights without ranges for integers are multiplied in float32 instead of these.
    """

    name = NAME

    def __init__(self, folder: Path = SHIPPED, *, precision: Precision | None = None) -> None:
        precision = precision or fastest_precision()
        model = load_weights(folder)
        from inquote.app.reader.model import WordPieces
        from inquote.index.models.int8 import load_ranges

        pieces = WordPieces(packaged_model() / "tokenizer.json")
        weights = folder / f"{NAME}.safetensors"
        ranges = load_ranges(folder / RANGES, weights) if precision == "int8" else None
        self._set(model, pieces, precision, ranges)

    @classmethod
    def of(
        cls, model: "SpanModel", pieces: "WordPieces", *, precision: Precision = "float32"
    ) -> "SpanReader":
        """Make a reader of a model that is loaded already."""
        reader = cls.__new__(cls)
        reader._set(model, pieces, precision, None)
        return reader

    def _set(
        self,
        model: "SpanModel",
        pieces: "WordPieces",
        precision: Precision,
        ranges: "Ranges | None",
    ) -> None:
        self._model = model.eval()
        self._pieces = pieces
        # The heads stay in float32: bfloat16 would round a score of 8 by 0.03.
        if precision == "bfloat16":
            _halve(self._model)
        elif ranges is not None:
            from inquote.index.models.int8 import quantize

            quantize(self._model, ranges)
        else:
            precision = "float32"
        self.precision: Precision = precision
        keep_freed_memory()

    def note(self, question: str) -> str | None:
        """Return a sentence for the user if the question is too long to be read to its end."""
        from inquote.app.reader.model import QUESTION_TOKENS

        _, is_cut = self._pieces.question(question)
        if not is_cut:
            return None
        return f"The reader saw only the first {QUESTION_TOKENS} word pieces of the question."

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one `Reading` a passage, in their order.

        A span's score is the sum of its start and end logits, "none" being 0 in training;
        `none_score` is the negative logit of "this passage answers", weighted.
        """
        question_ids, _ = self._pieces.question(question)
        # Cut the passages into windows, and read all windows together.
        texts = [ReadText(passage, self._pieces) for passage in passages]
        windows: list[Window] = []
        counts: list[int] = []
        for passage, text in zip(passages, texts, strict=True):
            context = self._pieces.context(passage.outer_heading, passage.lead)
            before = len(windows)
            windows.extend(self._pieces.windows(question_ids, context, text.tokens))
            counts.append(len(windows) - before)
        outputs = list(self._outputs(windows))
        # Put the windows of each passage together again.
        readings = []
        first = 0
        for passage, text, count in zip(passages, texts, counts, strict=True):
            readings.append(_reading(passage, text, outputs[first : first + count]))
            first += count
        return readings

    def _outputs(self, windows: Sequence["Window"]) -> Iterator[_Outputs]:
        """Yield the network's outputs in the order of the windows."""
        import torch

        from inquote.app.reader.model import Batch

        for first in range(0, len(windows), _BATCH):
            batch = windows[first : first + _BATCH]
            with torch.inference_mode():
                logits = self._model(Batch.of(batch))
            start, end = logits.start.numpy(), logits.end.numpy()
            evidence, member = logits.evidence.numpy(), logits.member.numpy()
            for row, window in enumerate(batch):
                text = slice(window.prefix, window.prefix + window.last - window.first)
                yield _Outputs(
                    first=window.first,
                    last=window.last,
                    start=start[row, text],
                    end=end[row, text],
                    evidence=evidence[row, text],
                    member=member[row, text],
                    answerable=float(logits.answerable[row]),
                )


def _halve(model: "SpanModel") -> None:
    """Let the layers multiply in bfloat16."""
    import torch

    model.embeddings.to(torch.bfloat16)
    model.layers.to(torch.bfloat16)
    if fastest_precision() == "bfloat16":
        model.for_inference()


def _reading(passage: Passage, text: ReadText, windows: Sequence[_Outputs]) -> Reading:
    """Combine the outputs for the windows of one passage."""
    spans: list[Span] = []
    evidence, member, seen = np.zeros((3, len(text.tokens.ids)))
    for window in windows:
        spans.extend(_spans(text, window))
        evidence[window.first : window.last] += window.evidence
        member[window.first : window.last] += window.member
        seen[window.first : window.last] += 1
    # A token in several windows has the mean of their evidence and membership.
    evidence /= np.maximum(seen, 1)
    member /= np.maximum(seen, 1)
    answerable = max(window.answerable for window in windows)
    return Reading(
        spans=merge_spans(spans, passage.text),
        evidence=tuple(_evidence(passage.text, text.token_starts(), evidence)),
        none_score=-ANSWERABLE_WEIGHT * answerable,
        members=tuple(_members(text, member)),
    )


def _spans(text: ReadText, window: _Outputs) -> Iterator[Span]:
    """Yield the best spans of a window that stand in the passage, best first."""
    inside, tokens = slice(window.first, window.last), text.tokens
    opens, closes, offsets = tokens.opens[inside], tokens.closes[inside], tokens.offsets[inside]
    for first, last, score in best_spans(window.start, window.end, opens, closes):
        place = text.place(offsets[first][0], offsets[last][1])
        if place is not None:
            yield Span(*place, score)


def _members(text: ReadText, scores: np.ndarray) -> list[Span]:
    """Return the spans that belong to the answer and stand in the passage, in text order.

    A header that is read with each cell stands before the cells of other rows.
    """
    tokens = text.tokens
    members = []
    for first, last, score in member_spans(scores, tokens.opens, tokens.closes):
        place = text.place(tokens.offsets[first][0], tokens.offsets[last][1])
        if place is not None:
            members.append(Span(*place, score))
    return sorted(members, key=attrgetter("start"))


def _evidence(text: str, starts: np.ndarray, scores: np.ndarray) -> Iterator[Span]:
    """Yield the sentences of the text, each with the mean score of its tokens.

    `starts` and `scores` are (tokens,): where each begins in the text, and its evidence.
    """
    for start, end in sentence_ranges(text):
        inside = scores[(starts >= start) & (starts < end)]
        yield Span(start, end, float(inside.mean()) if len(inside) else _NO_EVIDENCE)
