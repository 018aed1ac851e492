"""The span reader's network and the windows it reads: one pass over question and passage, three outputs."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from inquote.index.models.bert import Encoder, Size

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

    @property
    def vocabulary(self) -> list[str]:
        """All word pieces by their ids."""
        ids = self._tokenizer.get_vocab()
        return sorted(ids, key=ids.__getitem__)

    def tokens(self, text: str) -> TextTokens:
        """All word pieces of `text`."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        words = encoding.word_ids
        opens = [at == 0 or words[at] != words[at - 1] for at in range(len(words))]
        return TextTokens(
            tuple(encoding.ids),
            tuple(encoding.offsets),
            tuple(opens),
            (*opens[1:], True) if opens else (),
        )

    def question(self, question: str) -> tuple[tuple[int, ...], bool]:
        """The ids of a question, at most `QUESTION_TOKENS`, and whether it was cut."""
        ids = self._tokenizer.encode(question, add_special_tokens=False).ids
        return tuple(ids[:QUESTION_TOKENS]), len(ids) > QUESTION_TOKENS

    def context(self, *parts: str) -> tuple[int, ...]:
        """The ids of what introduces a text (heading, lead); of a long one the end is kept."""
        said = ": ".join(part for part in parts if part)
        return (
            tuple(
                self._tokenizer.encode(said + ":", add_special_tokens=False).ids[-CONTEXT_TOKENS:]
            )
            if said
            else ()
        )

    def windows(
        self,
        question: tuple[int, ...],
        context: tuple[int, ...],
        text: TextTokens,
        size: int = WINDOW_TOKENS,
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
    lengths: tuple[int, ...]  # of the windows

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
        return cls(ids, types, text, padding if min(lengths) < shape[1] else None, tuple(lengths))


@dataclass(frozen=True)
class Logits:
    """The network's outputs, in float32.

    `start`, `end`, `evidence` (n, length), the first two -inf outside the text; `answerable` (n,).
    """

    start: Tensor
    end: Tensor
    evidence: Tensor
    answerable: Tensor

    @classmethod
    def of(cls, tokens: Tensor, answerable: Tensor, text: Tensor) -> "Logits":
        """From what the heads give, (n, length, 3) a token and (n, 1), and `text`, a batch's."""
        start, end, evidence = tokens.float().unbind(-1)
        outside = ~text.to(tokens.device)
        nowhere = -torch.inf
        return cls(
            start.masked_fill(outside, nowhere),
            end.masked_fill(outside, nowhere),
            evidence,
            answerable.float().squeeze(-1),
        )


class SpanModel(Encoder):
    """BERT over question and text; a linear head of three outputs a token, and one of the first token.

    `start` and `end` are relative to a "none" fixed at 0 (the no-answer option of Clark and Gardner 2018,
    arXiv:1710.10723), so `start[i] + end[j]` is comparable between texts.
    """

    def __init__(self, size: Size, device: str | None = None) -> None:
        super().__init__(size, device)
        self.token_head = nn.Linear(size.hidden, 3, device=device)
        self.answerable_head = nn.Linear(size.hidden, 1, device=device)

    def forward(self, batch: Batch) -> Logits:
        """The outputs for each window."""
        present = slice(None) if batch.padding is None else ~batch.padding
        device = self.token_head.weight.device
        ids, types = (
            batch.ids[present].flatten().to(device),
            batch.types[present].flatten().to(device),
        )
        x = self.encode(ids, types, batch.lengths).to(self.token_head.weight.dtype)
        tokens = pad_sequence(list(self.token_head(x).split(list(batch.lengths))), batch_first=True)
        firsts = torch.tensor([0, *itertools.accumulate(batch.lengths[:-1])])
        return Logits.of(tokens, self.answerable_head(x[firsts.to(device)]), batch.text)
