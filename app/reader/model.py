"""The span reader's network and the windows it reads: one pass over question and passage, three outputs."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

QUESTION_TOKENS = 64
CONTEXT_TOKENS = 48
WINDOW_TOKENS = 384  # of question, context and text together
STRIDE_TOKENS = 96  # that neighbouring windows of a long text share


@dataclass(frozen=True)
class TextTokens:
    """A text as word pieces: `ids[i]` stands for `text[offsets[i][0]:offsets[i][1]]`.

    `opens[i]` and `closes[i]` tell whether piece i begins and whether it ends a word.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    opens: tuple[bool, ...]
    closes: tuple[bool, ...]


@dataclass(frozen=True)
class Window:
    """What the network sees at once: `[CLS] question [SEP] context text[first:last] [SEP]`.

    `first` and `last` count the text's tokens, half-open; `prefix` is how many tokens stand before them.
    """

    ids: tuple[int, ...]
    question_length: int
    prefix: int
    first: int
    last: int


class WordPieces:
    """The tokenizer of the packaged model; "[SEP]" in a text is five ordinary tokens, nothing is cut unasked."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self._cls, self._sep = self._tokenizer.encode("").ids  # what it puts around a text

    def tokens(self, text: str) -> TextTokens:
        """All word pieces of `text`."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        words = encoding.word_ids
        opens = [at == 0 or words[at] != words[at - 1] for at in range(len(words))]
        return TextTokens(
            tuple(encoding.ids), tuple(encoding.offsets), tuple(opens), (*opens[1:], True) if opens else ()
        )

    def question(self, question: str) -> tuple[tuple[int, ...], bool]:
        """The ids of a question, at most `QUESTION_TOKENS`, and whether it was cut."""
        ids = self._tokenizer.encode(question, add_special_tokens=False).ids
        return tuple(ids[:QUESTION_TOKENS]), len(ids) > QUESTION_TOKENS

    def context(self, *parts: str) -> tuple[int, ...]:
        """The ids of what introduces a text (heading, lead); of a long one the end is kept."""
        said = ": ".join(part for part in parts if part)
        return tuple(self._tokenizer.encode(said + ":", add_special_tokens=False).ids[-CONTEXT_TOKENS:]) if said else ()

    def windows(
        self, question: tuple[int, ...], context: tuple[int, ...], text: TextTokens, size: int = WINDOW_TOKENS
    ) -> Iterator[Window]:
        """The windows that cover `text`, one where it fits; an empty text gives one empty window."""
        head = (self._cls, *question, self._sep, *context)
        room = size - len(head) - 1
        first = 0
        while True:
            last = min(first + room, len(text.ids))
            ids = (*head, *text.ids[first:last], self._sep)
            yield Window(ids, len(question) + 2, len(head), first, last)
            if last == len(text.ids):
                return
            first = last - min(STRIDE_TOKENS, room // 2)


@dataclass(frozen=True)
class Batch:
    """Windows side by side, padded to the longest: (n, length) each."""

    ids: Tensor
    types: Tensor  # 1 where context or text stands
    text: Tensor  # bool, where the text stands
    padding: Tensor | None  # bool, where a window is over; None where all are of one length

    @classmethod
    def of(cls, windows: Sequence[Window]) -> "Batch":
        """Pad and stack."""
        lengths = [len(window.ids) for window in windows]
        shape = len(windows), max(lengths)
        ids, types = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        text = torch.zeros(shape, dtype=torch.bool)
        for row, window in enumerate(windows):
            ids[row, : lengths[row]] = torch.tensor(window.ids)
            types[row, window.question_length : lengths[row]] = 1
            text[row, window.prefix : window.prefix + window.last - window.first] = True
        padding = torch.arange(shape[1])[None, :] >= torch.tensor(lengths)[:, None]
        return cls(ids, types, text, padding if min(lengths) < shape[1] else None)


@dataclass(frozen=True)
class Logits:
    """The network's outputs in float32: `start`, `end`, `evidence` (n, length), the first two -inf outside the text;
    `answerable` (n,)."""

    start: Tensor
    end: Tensor
    evidence: Tensor
    answerable: Tensor


@dataclass(frozen=True)
class Size:
    """The sizes of a BERT encoder."""

    hidden: int = 384
    inner: int = 1536
    layers: int = 6
    heads: int = 12
    vocabulary: int = 30522
    positions: int = 512


class Embeddings(nn.Module):
    """Word, position and segment embeddings, summed and normed."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.word = nn.Embedding(size.vocabulary, size.hidden)
        self.position = nn.Embedding(size.positions, size.hidden)
        self.segment = nn.Embedding(2, size.hidden)
        self.norm = nn.LayerNorm(size.hidden, eps=1e-12)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        """(n, length) twice -> (n, length, hidden)."""
        return self.norm(self.word(ids) + self.position.weight[: ids.shape[1]] + self.segment(types))


class Layer(nn.Module):
    """A transformer layer of BERT (Devlin et al. 2019, arXiv:1810.04805), without dropout.

    The three projections are one matrix, and attention is plain products: on a CPU the fused kernels train slower.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.projections = nn.Linear(size.hidden, 3 * size.hidden)
        self.attended = nn.Linear(size.hidden, size.hidden)
        self.attended_norm = nn.LayerNorm(size.hidden, eps=1e-12)
        self.up = nn.Linear(size.hidden, size.inner)
        self.down = nn.Linear(size.inner, size.hidden)
        self.down_norm = nn.LayerNorm(size.hidden, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """(n, length, hidden) to the same; `bias` (n, 1, 1, length) is added to the attention scores."""
        n, length, hidden = x.shape
        split = self.projections(x).view(n, length, 3, self.heads, hidden // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ (key * (hidden // self.heads) ** -0.5).transpose(2, 3)
        weights = torch.softmax(scores if bias is None else scores + bias, -1)
        mixed = (weights @ value).transpose(1, 2).reshape(n, length, hidden)
        x = self.attended_norm(x + self.attended(mixed))
        return self.down_norm(x + self.down(functional.gelu(self.up(x))))


class SpanModel(nn.Module):
    """BERT over question and text; a linear head of three outputs a token, and one of the first token.

    `start` and `end` are relative to a "none" fixed at 0 (the no-answer option of Clark and Gardner 2018,
    arXiv:1710.10723), so `start[i] + end[j]` is comparable between texts.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.embeddings = Embeddings(size)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.token_head = nn.Linear(size.hidden, 3)
        self.answerable_head = nn.Linear(size.hidden, 1)

    def forward(self, batch: Batch) -> Logits:
        """The outputs for each window."""
        x = self.embeddings(batch.ids, batch.types)
        bias = None
        if batch.padding is not None:
            bias = torch.zeros(batch.padding.shape, dtype=x.dtype).masked_fill(batch.padding, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        start, end, evidence = self.token_head(x).float().unbind(-1)
        outside = ~batch.text
        return Logits(
            start.masked_fill(outside, -torch.inf),
            end.masked_fill(outside, -torch.inf),
            evidence,
            self.answerable_head(x[:, 0]).float().squeeze(-1),
        )


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
    """The embeddings in a BERT safetensors file, by our names; raises KeyError where one is missing."""
    with safe_open(weights_file, "pt") as file:
        stored = set(file.keys())
        for theirs in _EMBEDDING_NAMES.values():
            if f"embeddings.{theirs}" not in stored:
                raise KeyError(f"embeddings.{theirs}")
        return {
            f"embeddings.{ours}": file.get_tensor(f"embeddings.{theirs}") for ours, theirs in _EMBEDDING_NAMES.items()
        }


def base_layers(weights_file: Path, layers: int) -> dict[str, Tensor]:
    """The transformer layers in a BERT safetensors file, by our names; raises KeyError where one is missing."""
    stored = load_file(weights_file)
    renamed: dict[str, Tensor] = {}
    for at, kind in itertools.product(range(layers), ("weight", "bias")):
        theirs = f"encoder.layer.{at}"
        parts = [stored[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        renamed[f"layers.{at}.projections.{kind}"] = torch.cat(parts)
        for ours, other in _LAYER_NAMES.items():
            renamed[f"layers.{at}.{ours}.{kind}"] = stored[f"{theirs}.{other}.{kind}"]
    return renamed
