"""Embed with the packaged model's encoder and tokenizer, and load nothing else.

Importing sentence-transformers takes several times as long as answering a question, and its
`encode` computes padding. The vectors are the same (tests/index/models/test_packaged.py).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from inquote.index.models.bert import Encoder, Size, base_embeddings, base_layers
from inquote.index.models.int8 import load_ranges, quantize
from inquote.index.models.precision import Precision

RANGES = Path(__file__).parent / "all-MiniLM-L6-v2-ranges.safetensors"
_TOKENS = 1024  # that are encoded at once: as many as stay in a processor's cache
_SORTED = 512  # texts of which those of like lengths are encoded together


class PackagedEncoder:
    """all-MiniLM-L6-v2: the mean of the last states, at norm 1.

    Mean pooling: Reimers and Gurevych 2019. A text is cut after `window` tokens. Questions are
    embedded in float32, passages in `precision`; where ranges for integers are missing, in float32.
    """

    def __init__(self, folder: Path, window: int, precision: Precision = "float32") -> None:
        self._weights = folder / "model.safetensors"
        self._precision = precision
        self.dimension = Size().hidden
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(window)
        self.encoder = self._load()

    def _load(self) -> Encoder:
        size = Size()
        encoder = Encoder(size, device="meta")
        state = {**base_embeddings(self._weights), **base_layers(self._weights, size.layers)}
        encoder.load_state_dict(state, assign=True)
        return encoder.eval()

    @cached_property
    def _passage_encoder(self) -> Encoder:
        """The encoder of passages, which shares nothing with that of questions but in float32."""
        ranges = load_ranges(RANGES, self._weights) if self._precision == "int8" else None
        if ranges is not None:
            encoder = self._load()
            quantize(encoder, ranges)
            return encoder
        if self._precision == "bfloat16":
            encoder = self._load().to(torch.bfloat16)
            encoder.for_inference()
            return encoder
        return self.encoder

    def embed_query(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1."""
        ids = self.tokenizer.encode(text.strip()).ids
        return np.asarray(_embed(self.encoder, [ids])[0], np.float32)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dimension) float32, rows of norm 1."""
        matrix = np.empty((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), _SORTED):
            encodings = self.tokenizer.encode_batch(
                [text.strip() for text in texts[first : first + _SORTED]]
            )
            token_ids = [encoding.ids for encoding in encodings]
            for rows in _batches(token_ids):
                embedded = _embed(self._passage_encoder, [token_ids[row] for row in rows])
                matrix[[first + row for row in rows]] = embedded.numpy()
        return matrix


def _batches(token_ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of texts in batches of at most `_TOKENS` tokens, the longest first.

    A text longer than that has a batch of its own.
    """
    order = sorted(range(len(token_ids)), key=lambda row: -len(token_ids[row]))
    batch: list[int] = []
    tokens = 0
    for row in order:
        if batch and tokens + len(token_ids[row]) > _TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(row)
        tokens += len(token_ids[row])
    if batch:
        yield batch


@torch.inference_mode()
def _embed(encoder: Encoder, token_ids: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return the vectors of texts, (n, dimension) float32 of norm 1."""
    lengths = [len(ids) for ids in token_ids]
    row = torch.tensor([id for ids in token_ids for id in ids])
    states = encoder.encode(row, torch.zeros_like(row), lengths).float()
    means = torch.stack([text.mean(0) for text in states.split(lengths)])
    return torch.nn.functional.normalize(means, dim=1)
