"""A larger encoder with the span reader's heads, from whose outputs the span reader learns; for training only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import Tensor, nn

from inquote.app.reader.model import Batch, Logits, WordPieces
from inquote.ingest.errors import ModelError


class Teacher(nn.Module):
    """An encoder of transformers with the heads of `SpanModel`, on the same windows.

    `pieces[i]` is the id that its vocabulary gives to our word piece i.
    """

    pieces: Tensor

    def __init__(self, encoder: Any, pieces: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        self.register_buffer("pieces", pieces)
        self.token_head = nn.Linear(encoder.config.hidden_size, 3)
        self.answerable_head = nn.Linear(encoder.config.hidden_size, 1)

    @property
    def layers(self) -> Any:
        """The encoder's layers, from the lowest up."""
        return self.encoder.encoder.layer

    @classmethod
    def untrained(cls, folder: Path, ours: WordPieces, seed: int) -> "Teacher":
        """The encoder in `folder`, as `save_pretrained` writes it, with fresh heads; raises `ModelError`."""
        from transformers import AutoModel

        torch.manual_seed(seed)
        try:
            encoder = AutoModel.from_pretrained(
                folder, local_files_only=True, add_pooling_layer=False, dtype=torch.float32
            )
        except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"{folder} holds no encoder that transformers loads ({error})."
            ) from error
        return cls(encoder, same_pieces(ours, folder / "tokenizer.json")).train()

    @classmethod
    def trained(cls, folder: Path, state: Mapping[str, Tensor]) -> "Teacher":
        """The teacher of the training run in `folder` with its weights, for use; raises `ModelError`."""
        from transformers import AutoConfig, AutoModel

        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
            teacher = cls(AutoModel.from_config(config, add_pooling_layer=False), state["pieces"])
            teacher.load_state_dict(state)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The run in {folder} was not one of a teacher ({error}); train one first."
            ) from error
        return teacher.eval()

    def forward(self, batch: Batch) -> Logits:
        """The outputs for each window."""
        device = self.token_head.weight.device
        absent = torch.zeros_like(batch.text) if batch.padding is None else batch.padding
        x = self.encoder(
            self.pieces[batch.ids.to(device)], attention_mask=(~absent).long().to(device)
        )[0]
        return Logits.of(self.token_head(x), self.answerable_head(x[:, 0]), batch.text)


def same_pieces(ours: WordPieces, theirs: Path) -> Tensor:
    """For each of our word pieces the id of the same one in another tokenizer file; raises `ModelError`."""
    if not theirs.is_file():
        raise ModelError(f"There is no {theirs}; the encoder needs its tokenizer beside it.")
    tokenizer = Tokenizer.from_file(str(theirs))
    tokenizer.no_padding()
    vocabulary, around = tokenizer.get_vocab(), tokenizer.encode("").ids
    if len(around) != 2:
        raise ModelError(
            f"{theirs} puts {len(around)} word pieces around a text, not two; give another encoder."
        )
    vocabulary["[CLS]"], vocabulary["[SEP]"] = around
    missing = [piece for piece in ours.vocabulary if piece not in vocabulary]
    if missing:
        raise ModelError(
            f"{theirs} lacks {len(missing)} of our word pieces, such as {missing[0]!r}; give another."
        )
    return torch.tensor([vocabulary[piece] for piece in ours.vocabulary])
