"""The span reader's network and the windows it reads: one pass over question and passage, three outputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

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
        self._cls = self._tokenizer.token_to_id("[CLS]")
        self._sep = self._tokenizer.token_to_id("[SEP]")

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
    attention: Tensor  # 1 where a window has a token
    text: Tensor  # bool, where the text stands

    @classmethod
    def of(cls, windows: Sequence[Window]) -> "Batch":
        """Pad and stack."""
        length = max(len(window.ids) for window in windows)
        ids, types, attention = (torch.zeros(len(windows), length, dtype=torch.long) for _ in range(3))
        text = torch.zeros(len(windows), length, dtype=torch.bool)
        for row, window in enumerate(windows):
            ids[row, : len(window.ids)] = torch.tensor(window.ids)
            types[row, window.question_length : len(window.ids)] = 1
            attention[row, : len(window.ids)] = 1
            text[row, window.prefix : window.prefix + window.last - window.first] = True
        return cls(ids, types, attention, text)

    @cached_property
    def padded(self) -> bool:
        """Whether any window is shorter than the batch."""
        return not bool(self.attention.all())


@dataclass(frozen=True)
class Logits:
    """The network's outputs: `start`, `end`, `evidence` (n, length), start and end -inf outside the text;
    `answerable` (n,)."""

    start: Tensor
    end: Tensor
    evidence: Tensor
    answerable: Tensor


class SpanModel(nn.Module):
    """BERT over question and text; a linear head of three outputs a token, and one of the first token.

    `start` and `end` are relative to a "none" fixed at 0 (the no-answer option of Clark and Gardner 2018,
    arXiv:1710.10723), so `start[i] + end[j]` is comparable between texts.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.token_head = nn.Linear(encoder.config.hidden_size, 3)
        self.answerable_head = nn.Linear(encoder.config.hidden_size, 1)

    def forward(self, batch: Batch) -> Logits:
        """All outputs in float32."""
        hidden = self.encoder(
            input_ids=batch.ids,
            token_type_ids=batch.types,
            attention_mask=batch.attention if batch.padded else None,
        ).last_hidden_state
        start, end, evidence = self.token_head(hidden).float().unbind(-1)
        outside = ~batch.text
        return Logits(
            start.masked_fill(outside, -torch.inf),
            end.masked_fill(outside, -torch.inf),
            evidence,
            self.answerable_head(hidden[:, 0]).float().squeeze(-1),
        )


def encoder_from(folder: Path) -> BertModel:
    """The encoder of a BERT model folder, safetensors only, without dropout, which training on a CPU pays dearly for."""
    config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    config._attn_implementation = "eager"
    encoder = BertModel(config, add_pooling_layer=False)
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    encoder.load_state_dict({name: value for name, value in weights.items() if not name.startswith("pooler.")}, strict=False)
    return encoder
