"""Embed a question with the packaged model's encoder and tokenizer, and load nothing else.

Importing sentence-transformers takes several times as long as answering a question; passages are
embedded with it, and a question from a cold start is not. The vectors are the same
(tests/index/models/test_query.py).
"""

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from inquote.index.models.bert import Encoder, Size, base_embeddings, base_layers


class QueryEncoder:
    """all-MiniLM-L6-v2 in float32: the mean of the last states, at norm 1.

    Mean pooling: Reimers and Gurevych 2019.
    """

    def __init__(self, folder: Path, window: int) -> None:
        size, weights = Size(), folder / "model.safetensors"
        self._encoder = Encoder(size, device="meta")
        state = {**base_embeddings(weights), **base_layers(weights, size.layers)}
        self._encoder.load_state_dict(state, assign=True)
        self._encoder.eval()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(window)

    def embed(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1; of a long text only the first tokens count."""
        ids = torch.tensor(self.tokenizer.encode(text.strip()).ids)
        with torch.inference_mode():
            mean = self._encoder.encode(ids, torch.zeros_like(ids), (len(ids),)).mean(0)
            return np.asarray(torch.nn.functional.normalize(mean, dim=0), np.float32)
