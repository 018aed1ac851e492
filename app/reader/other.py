"""Read with any extractive question-answering model that transformers loads from local files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inquote.app.reader.base import Reading, Span
from inquote.app.reader.decode import CANDIDATES, best_spans, merge_spans
from inquote.ingest.documents import Passage
from inquote.ingest.errors import ModelError
from inquote.ingest.text import Range, sentence_ranges

WINDOW_TOKENS = 384  # of question and text together
STRIDE_TOKENS = 96  # that neighbouring windows of a long text share
QUESTION_TOKENS = 64
_NO_EVIDENCE = -100.0  # the evidence of a sentence that holds no span


@dataclass(frozen=True)
class _Window:
    """The text tokens of a window.

    `offsets`: their ranges in the text. `opens`: whether each begins a word. `start`, `end`: their
    logits, (tokens,). `none`: the sum of the two logits of "no answer".
    """

    offsets: list[Range]
    opens: list[bool]
    start: np.ndarray
    end: np.ndarray
    none: float

    def best(self, within: Range, k: int) -> list[Span]:
        """Return the k best spans that lie in a range of the text."""
        opens, closes = [], []
        for token, (start, end) in enumerate(self.offsets):
            inside = within[0] <= start and end <= within[1]
            # A word ends where the next one begins.
            ends_word = token + 1 == len(self.opens) or self.opens[token + 1]
            opens.append(inside and self.opens[token])
            closes.append(inside and ends_word)
        best = best_spans(self.start, self.end, opens, closes, k)
        spans = []
        for first, last, score in best:
            spans.append(Span(self.offsets[first][0], self.offsets[last][1], score))
        return spans


class TransformersReader:
    """A model of `AutoModelForQuestionAnswering` in a folder, from safetensors alone.

    It runs no code of the model's own. Its scores are sums of start and end logits. Those of the
    first token, the model's "no answer", are `none_score`; a model trained without unanswerable
    questions gives them no meaning.
    """

    def __init__(self, folder: Path, name: str | None = None) -> None:
        self.name = name or folder.name
        if not any(folder.glob("*.safetensors")):
            raise ModelError(f"{self.name} holds no .safetensors weights; name a model that does.")
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                folder, split_special_tokens=True, **local
            )
            self._model = AutoModelForQuestionAnswering.from_pretrained(
                folder, use_safetensors=True, **local
            ).eval()
        except (OSError, ValueError, KeyError, json.JSONDecodeError) as error:
            raise ModelError(
                f"{self.name} cannot be loaded as a question-answering model: {error}"
            ) from error
        if not self._tokenizer.is_fast:
            raise ModelError(
                f"{self.name} has no tokenizer that knows character offsets; "
                "name a model that does."
            )
        positions = getattr(self._model.config, "max_position_embeddings", WINDOW_TOKENS)
        self._window = min(WINDOW_TOKENS, self._tokenizer.model_max_length, positions)
        self._none_token = self._tokenizer.cls_token_id

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one `Reading` a passage, in their order.

        A sentence's evidence is the score of the best span inside it.
        """
        if not passages:
            return []
        texts = [passage.text for passage in passages]
        windows = self._windows(self._shorten(question), texts)
        return list(map(_reading, texts, windows))

    def note(self, question: str) -> str | None:
        """Return a sentence for the user if the question is too long to be read to its end."""
        if self._shorten(question) == question:
            return None
        return f"The reader saw only the first {QUESTION_TOKENS} word pieces of the question."

    def _shorten(self, question: str) -> str:
        pieces = self._tokenizer(
            question, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        offsets = pieces["offset_mapping"]
        if len(offsets) <= QUESTION_TOKENS:
            return question
        return question[: offsets[QUESTION_TOKENS - 1][1]]

    def _windows(self, question: str, texts: Sequence[str]) -> list[list[_Window]]:
        """Return the windows of each text, read in one batch."""
        import torch

        # Cut the texts into windows.
        encoded = self._tokenizer(
            [question] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=self._window,
            stride=STRIDE_TOKENS,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        samples, offsets = encoded.pop("overflow_to_sample_mapping"), encoded.pop("offset_mapping")
        # Read them.
        with torch.inference_mode():
            outputs = self._model(**encoded)
        starts = outputs.start_logits.float().numpy()
        ends = outputs.end_logits.float().numpy()
        # Keep of each window the tokens of its text.
        windows: list[list[_Window]] = [[] for _ in texts]
        for row, sample in enumerate(samples.tolist()):
            parts, words = encoded.sequence_ids(row), encoded.word_ids(row)
            text = [token for token, part in enumerate(parts) if part == 1]
            none = encoded["input_ids"][row].tolist().index(self._none_token)
            window = _Window(
                offsets=[(start, end) for start, end in offsets[row, text].tolist()],
                opens=[token == text[0] or words[token] != words[token - 1] for token in text],
                start=starts[row, text],
                end=ends[row, text],
                none=float(starts[row, none] + ends[row, none]),
            )
            windows[sample].append(window)
        return windows


def _reading(text: str, windows: Sequence[_Window]) -> Reading:
    """Combine the windows of one text.

    "None" is as likely as in the window that doubts it most (Devlin et al. 2019, arXiv:1810.04805).
    """
    spans: list[Span] = []
    for window in windows:
        spans.extend(window.best((0, len(text)), CANDIDATES))
    evidence = []
    for start, end in sentence_ranges(text):
        scores: list[float] = []
        for window in windows:
            scores.extend(span.score for span in window.best((start, end), 1))
        evidence.append(Span(start, end, max(scores, default=_NO_EVIDENCE)))
    none_score = min(window.none for window in windows)
    return Reading(merge_spans(spans, text), tuple(evidence), none_score)
