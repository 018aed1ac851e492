"""Run BERT's encoder (Devlin et al. 2019, arXiv:1810.04805) on texts laid end to end.

Laid so, no padding is computed.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn


@dataclass(frozen=True)
class Size:
    """The sizes of a BERT encoder."""

    hidden: int = 384
    inner: int = 1536
    layers: int = 6
    heads: int = 12
    vocabulary: int = 30522
    positions: int = 512


def _table(rows: int, width: int, device: str | None) -> nn.Embedding:
    """Random, or left empty on a device: filling it on "meta" would load torch's compiler."""
    table = nn.Embedding(rows, width, _weight=torch.empty(rows, width, device=device))
    if device is None:
        table.reset_parameters()
    return table


class Embeddings(nn.Module):
    """Word, position and segment embeddings, summed and normed."""

    def __init__(self, size: Size, device: str | None = None) -> None:
        super().__init__()
        self.word = _table(size.vocabulary, size.hidden, device)
        self.position = _table(size.positions, size.hidden, device)
        self.segment = _table(2, size.hidden, device)
        self.norm = nn.LayerNorm(size.hidden, eps=1e-12, device=device)
        self.dropout = nn.Dropout(0.0)

    def forward(self, ids: Tensor, types: Tensor, lengths: Sequence[int]) -> Tensor:
        """Turn ids and types, (tokens,) each, into (tokens, hidden).

        Positions count anew in each of the texts with these lengths.
        """
        positions = torch.cat([self.position.weight[:length] for length in lengths])
        total = self.word(ids) + positions + self.segment(types)
        embedded: Tensor = self.dropout(self.norm(total))
        return embedded


class Layer(nn.Module):
    """A transformer layer; in training `dropout` drops a share of outputs, no attention weights.

    The three projections are one matrix, and attention is plain products: with heads of 32 numbers
    the fused kernels of a CPU take nearly twice the time. The softmax is taken in float32.
    """

    def __init__(self, size: Size, device: str | None = None) -> None:
        super().__init__()
        self.heads = size.heads
        self.dropout = nn.Dropout(0.0)
        self.projections = nn.Linear(size.hidden, 3 * size.hidden, device=device)
        self.attended = nn.Linear(size.hidden, size.hidden, device=device)
        self.attended_norm = nn.LayerNorm(size.hidden, eps=1e-12, device=device)
        self.up = nn.Linear(size.hidden, size.inner, device=device)
        self.activation: nn.Module = nn.GELU()
        self.down = nn.Linear(size.inner, size.hidden, device=device)
        self.down_norm = nn.LayerNorm(size.hidden, eps=1e-12, device=device)

    def forward(self, x: Tensor, lengths: Sequence[int]) -> Tensor:
        """Turn (tokens, hidden) into the same shape; a text of `lengths` sees itself only."""
        projected = self.projections(x)
        if x.is_cuda:
            mixed = self._attention_on_cuda(projected, lengths)
        else:
            mixed = torch.cat(
                [self._attention(of_text) for of_text in projected.split(list(lengths))]
            )
        x = self.attended_norm(x + self.dropout(self.attended(mixed)))
        inner = self.down(self.activation(self.up(x)))
        output: Tensor = self.down_norm(x + self.dropout(inner))
        return output

    def _attention(self, projected: Tensor) -> Tensor:
        """Turn (length, 3 * hidden) of one text into (length, hidden)."""
        by_head = projected.view(len(projected), 3, self.heads, -1).permute(1, 2, 0, 3)
        query, key, value = by_head.contiguous().unbind(0)  # each (heads, length, of a head)
        scores = query @ (key * key.shape[-1] ** -0.5).transpose(1, 2)
        weights = torch.softmax(scores, -1, dtype=torch.float32).to(value.dtype)
        return (weights @ value).transpose(0, 1).reshape(len(projected), -1)

    def _attention_on_cuda(self, projected: Tensor, lengths: Sequence[int]) -> Tensor:
        """Turn (tokens, 3 * hidden) into (tokens, hidden), all texts in one kernel, for training.

        Half precision only.
        """
        from torch.nn.attention.varlen import varlen_attn

        query, key, value = projected.view(len(projected), 3, self.heads, -1).unbind(1)
        borders = torch.tensor(
            [0, *itertools.accumulate(lengths)], dtype=torch.int32, device=projected.device
        )
        mixed = varlen_attn(query, key, value, borders, borders, max(lengths), max(lengths))
        assert isinstance(mixed, Tensor)
        return mixed.reshape(len(projected), -1)


class Encoder(nn.Module):
    """Embeddings and layers; on the device "meta" they are empty, for weights to be assigned."""

    def __init__(self, size: Size, device: str | None = None) -> None:
        super().__init__()
        self.embeddings = Embeddings(size, device)
        self.layers = nn.ModuleList(Layer(size, device) for _ in range(size.layers))

    def encode(self, ids: Tensor, types: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return the (tokens, hidden) states of texts laid end to end.

        `ids` and `types` are (tokens,), `lengths` those of the texts.
        """
        x: Tensor = self.embeddings(ids, types, lengths)
        for layer in self.layers:
            x = layer(x, lengths)
        return x

    def for_inference(self) -> None:
        """Lay the weights out as oneDNN multiplies them, once and in place, not at every call."""
        for layer in self.layers:
            assert isinstance(layer, Layer)
            for name in ("projections", "attended", "up", "down"):
                activation = "gelu" if name == "up" else "none"
                setattr(layer, name, LaidOut(getattr(layer, name), activation))
            layer.activation = nn.Identity()  # done by `up`


class LaidOut(nn.Module):
    """A linear layer whose weights oneDNN has laid out, with an activation in the same pass."""

    def __init__(self, linear: nn.Linear, activation: str = "none") -> None:
        super().__init__()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach())
        self._bias, self._activation = linear.bias.detach(), activation

    def forward(self, x: Tensor) -> Tensor:
        """Turn (tokens, in) into (tokens, out)."""
        output: Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self._weight, self._bias, self._activation, [], "none"
        )
        return output


_EMBEDDING_NAMES = {  # ours: theirs
    "word.weight": "word_embeddings.weight",
    "position.weight": "position_embeddings.weight",
    "segment.weight": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}
_LAYER_NAMES = {
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "down_norm": "output.LayerNorm",
}


def base_embeddings(weights_file: Path) -> dict[str, Tensor]:
    """Return the embeddings in a BERT safetensors file, by our names.

    Raises `KeyError` where one is missing.
    """
    with safe_open(weights_file, "pt") as file:
        stored = set(file.keys())
        for theirs in _EMBEDDING_NAMES.values():
            if f"embeddings.{theirs}" not in stored:
                raise KeyError(f"embeddings.{theirs}")
        return {
            f"embeddings.{ours}": file.get_tensor(f"embeddings.{theirs}")
            for ours, theirs in _EMBEDDING_NAMES.items()
        }


def base_layers(weights_file: Path, layers: int) -> dict[str, Tensor]:
    """Return the transformer layers in a BERT safetensors file, by our names."""
    renamed: dict[str, Tensor] = {}
    with safe_open(weights_file, "pt") as file:
        for at, kind in itertools.product(range(layers), ("weight", "bias")):
            theirs = f"encoder.layer.{at}"
            parts = [
                file.get_tensor(f"{theirs}.attention.self.{part}.{kind}")
                for part in ("query", "key", "value")
            ]
            renamed[f"layers.{at}.projections.{kind}"] = torch.cat(parts)
            for ours, other in _LAYER_NAMES.items():
                renamed[f"layers.{at}.{ours}.{kind}"] = file.get_tensor(f"{theirs}.{other}.{kind}")
    return renamed
