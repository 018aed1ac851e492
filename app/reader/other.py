"""Any extractive question-answering model that transformers loads, from local files, as a reader."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inquote.app.reader.base import Reading, Span
from inquote.app.reader.decode import CANDIDATES, best_spans, merged
from inquote.ingest.documents import Passage
from inquote.ingest.errors import ModelError
from inquote.ingest.text import sentence_ranges

WINDOW_TOKENS = 384
STRIDE_TOKENS = 96
QUESTION_TOKENS = 64
_NOWHERE = -100.0  # the evidence of a sentence that no span lies in


@dataclass(frozen=True)
class _Window:
    """The text tokens of a window, with their logits, and the sum of the logits of "no answer"."""

    offsets: list[tuple[int, int]]
    opens: list[bool]
    start: np.ndarray
    end: np.ndarray
    none: float

    def best(self, within: tuple[int, int], k: int) -> list[Span]:
        """The k best spans that lie in a range of the text."""
        inside = [within[0] <= a and b <= within[1] for a, b in self.offsets]
        closes = [*self.opens, True][1:]  # a word ends where the next one begins
        opens = [ok and here for ok, here in zip(self.opens, inside, strict=True)]
        closes = [ok and here for ok, here in zip(closes, inside, strict=True)]
        found = best_spans(self.start, self.end, opens, closes, k)
        return [
            Span(self.offsets[first][0], self.offsets[last][1], score)
            for first, last, score in found
        ]


class TransformersReader:
    """A model of `AutoModelForQuestionAnswering` in the folder `folder`: safetensors only, no code of its own.

    Its scores are sums of start and end logits. Those of the first token, the model's "no answer", are `none_score`;
    a model trained without unanswerable questions gives them no meaning.
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
                f"{self.name} has no tokenizer that knows character offsets; name a model that does."
            )
        positions = getattr(self._model.config, "max_position_embeddings", WINDOW_TOKENS)
        self._window = min(WINDOW_TOKENS, self._tokenizer.model_max_length, positions)
        self._none_token = self._tokenizer.cls_token_id

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One `Reading` a passage, in the order given; a sentence's evidence is the best span inside it."""
        if not passages:
            return []
        windows = self._windows(self._cut(question), [passage.text for passage in passages])
        return [
            _reading(passage.text, of_text)
            for passage, of_text in zip(passages, windows, strict=True)
        ]

    def note(self, question: str) -> str | None:
        """What a person should know about how this question is read."""
        cut = self._cut(question) != question
        return (
            f"The reader saw only the first {QUESTION_TOKENS} word pieces of the question."
            if cut
            else None
        )

    def _cut(self, question: str) -> str:
        pieces = self._tokenizer(
            question, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        offsets = pieces["offset_mapping"]
        return (
            question[: offsets[QUESTION_TOKENS - 1][1]]
            if len(offsets) > QUESTION_TOKENS
            else question
        )

    def _windows(self, question: str, texts: Sequence[str]) -> list[list[_Window]]:
        """The windows of each text, read in one batch."""
        import torch

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
        with torch.inference_mode():
            outputs = self._model(**encoded)
        windows: list[list[_Window]] = [[] for _ in texts]
        for row, sample in enumerate(samples.tolist()):
            text = [at for at, part in enumerate(encoded.sequence_ids(row)) if part == 1]
            words = encoded.word_ids(row)
            start, end = (
                outputs.start_logits[row].float().numpy(),
                outputs.end_logits[row].float().numpy(),
            )
            none = encoded["input_ids"][row].tolist().index(self._none_token)
            windows[sample].append(
                _Window(
                    offsets=[tuple(pair) for pair in offsets[row, text].tolist()],
                    opens=[at == text[0] or words[at] != words[at - 1] for at in text],
                    start=start[text],
                    end=end[text],
                    none=float(start[none] + end[none]),
                )
            )
        return windows


def _reading(text: str, windows: Sequence[_Window]) -> Reading:
    """The windows' spans together; "none" is as likely as in the window that doubts it most (Devlin et al. 2019)."""
    evidence = [
        Span(
            *sentence,
            max((s.score for w in windows for s in w.best(sentence, 1)), default=_NOWHERE),
        )
        for sentence in sentence_ranges(text)
    ]
    spans = merged(
        (span for window in windows for span in window.best((0, len(text)), CANDIDATES)), text
    )
    return Reading(spans, tuple(evidence), min(window.none for window in windows))
