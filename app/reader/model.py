"""The span reader's network and the windows it reads.

One pass over question and passage gives spans, evidence and "answers here".
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from inquote.index.models.bert import Encoder, Size

QUESTION_TOKENS = 64  # of a question, at most
CONTEXT_TOKENS = 48  # of heading and lead together, at most
WINDOW_TOKENS = 384  # of question, context and text together
TOKEN_OUTPUTS = 4  # of each token: start, end, evidence, member
STRIDE_TOKENS = 96  # that neighbouring windows of a long text share


@dataclass(frozen=True)
class TextTokens:
    """A text as word pieces.

    Piece i, `ids[i]`, stands for `text[start:end]` with `start, end = offsets[i]`. `opens[i]` says
    whether it begins a word, `closes[i]` whether it ends one.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    opens: tuple[bool, ...]
    closes: tuple[bool, ...]


@dataclass(frozen=True)
class Window:
    """The tokens that the network reads at once: `[CLS] question [SEP] context text [SEP]`.

    The text's tokens are those from `first` up to `last`, which is not included; `prefix` tokens
    stand before them in the window. `question_length` counts `[CLS] question [SEP]`.
    """

    ids: tuple[int, ...]
    question_length: int
    prefix: int
    first: int
    last: int


class WordPieces:
    """The tokenizer of the packaged model.

    A "[SEP]" in a text is read as its five characters. A text is never cut.
    """

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self._cls, self._sep = self._tokenizer.encode("").ids  # it puts them around a text

    @property
    def vocabulary(self) -> list[str]:
        """Return all word pieces in the order of their ids."""
        ids = self._tokenizer.get_vocab()
        return sorted(ids, key=ids.__getitem__)

    def tokens(self, text: str) -> TextTokens:
        """Return all word pieces of `text`."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        opens = []
        before = None
        for word in encoding.word_ids:
            opens.append(word != before)
            before = word
        closes = [*opens[1:], True] if opens else []  # a word ends where the next one begins
        return TextTokens(
            ids=tuple(encoding.ids),
            offsets=tuple(encoding.offsets),
            opens=tuple(opens),
            closes=tuple(closes),
        )

    def question(self, question: str) -> tuple[tuple[int, ...], bool]:
        """Return the first `QUESTION_TOKENS` ids of a question, and whether it has more."""
        ids = self._tokenizer.encode(question, add_special_tokens=False).ids
        return tuple(ids[:QUESTION_TOKENS]), len(ids) > QUESTION_TOKENS

    def context(self, *parts: str) -> tuple[int, ...]:
        """Return the last `CONTEXT_TOKENS` ids of a text's introduction: heading and lead."""
        context = ": ".join(filter(None, parts))
        if not context:
            return ()
        ids = self._tokenizer.encode(f"{context}:", add_special_tokens=False).ids
        return tuple(ids[-CONTEXT_TOKENS:])

    def windows(
        self,
        question: tuple[int, ...],
        context: tuple[int, ...],
        text: TextTokens,
        size: int = WINDOW_TOKENS,
    ) -> Iterator[Window]:
        """Yield the windows that cover `text`, each of at most `size` tokens.

        A text that fits gives one window, an empty text one empty window.
        """
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
        """Pad and stack windows."""
        lengths = tuple(len(window.ids) for window in windows)
        longest = max(lengths)
        ids = torch.zeros(len(windows), longest, dtype=torch.long)
        types = torch.zeros_like(ids)
        text = torch.zeros_like(ids, dtype=torch.bool)
        for row, window in enumerate(windows):
            ids[row, : lengths[row]] = torch.tensor(window.ids)
            types[row, window.question_length : lengths[row]] = 1
            text[row, window.prefix : window.prefix + window.last - window.first] = True
        if min(lengths) == longest:
            return cls(ids, types, text, None, lengths)
        padding = torch.arange(longest)[None, :] >= torch.tensor(lengths)[:, None]
        return cls(ids, types, text, padding, lengths)


@dataclass(frozen=True)
class Logits:
    """The network's outputs, in float32.

    `start`, `end`, `evidence`, `member` are (n, length), the first two -inf outside the text;
    `answerable` is (n,).
    """

    start: Tensor
    end: Tensor
    evidence: Tensor
    member: Tensor
    answerable: Tensor

    @classmethod
    def of(cls, tokens: Tensor, answerable: Tensor, text: Tensor) -> "Logits":
        """Make them of the heads' outputs.

        `tokens` is (n, length, 4), `answerable` (n, 1), `text` the batch's, (n, length).
        """
        start, end, evidence, member = tokens.float().unbind(-1)
        outside = ~text.to(tokens.device)
        return cls(
            start=start.masked_fill(outside, -torch.inf),
            end=end.masked_fill(outside, -torch.inf),
            evidence=evidence,
            member=member,
            answerable=answerable.float().squeeze(-1),
        )

    def at(self, rows: Tensor) -> "Logits":
        """Return the outputs for some windows; `rows` is (n,) bool."""
        return Logits(
            start=self.start[rows],
            end=self.end[rows],
            evidence=self.evidence[rows],
            member=self.member[rows],
            answerable=self.answerable[rows],
        )


class SpanModel(Encoder):
    """BERT over question and text, with one linear head a token and one on the first token.

    The first gives start, end, evidence and "member of an answer", the second "answerable". `start`
    and `end` are relative to a "none" fixed at 0 (the no-answer option of Clark and Gardner 2018,
    arXiv:1710.10723), so `start[i] + end[j]` is comparable between texts. The members are all spans
    of an answer that has several, token by token (Segal et al. 2020, arXiv:1909.13375).
    """

    def __init__(self, size: Size, device: str | None = None) -> None:
        super().__init__(size, device)
        self.token_head = nn.Linear(size.hidden, TOKEN_OUTPUTS, device=device)
        self.answerable_head = nn.Linear(size.hidden, 1, device=device)

    def forward(self, batch: Batch) -> Logits:
        """Return the outputs for each window."""
        # Encode the tokens of all windows in one row, without padding: (tokens, hidden).
        present = slice(None) if batch.padding is None else ~batch.padding
        device = self.token_head.weight.device
        ids = batch.ids[present].flatten().to(device)
        types = batch.types[present].flatten().to(device)
        hidden = self.encode(ids, types, batch.lengths).to(self.token_head.weight.dtype)
        # Cut the row into windows again.
        rows = self.token_head(hidden).split(list(batch.lengths))
        tokens = pad_sequence(list(rows), batch_first=True)
        firsts = torch.tensor([0, *itertools.accumulate(batch.lengths[:-1])])
        answerable = self.answerable_head(hidden[firsts.to(device)])
        return Logits.of(tokens, answerable, batch.text)
