"""A teacher: a larger encoder with the span reader's heads, which the span reader learns from.

It is for training only.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import Tensor, nn

from inquote.app.reader.model import TOKEN_OUTPUTS, Batch, Logits, WordPieces
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
        self.token_head = nn.Linear(encoder.config.hidden_size, TOKEN_OUTPUTS)
        self.answerable_head = nn.Linear(encoder.config.hidden_size, 1)

    @property
    def layers(self) -> Any:
        """Return the encoder's layers, from the lowest up."""
        return self.encoder.encoder.layer

    @classmethod
    def from_encoder(cls, folder: Path, ours: WordPieces, seed: int) -> "Teacher":
        """Make a teacher, in training mode, of the encoder in `folder` with fresh heads.

        The folder is one that `save_pretrained` wrote. Raises `ModelError` if it holds no encoder
        or one that does not fit.
        """
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
        return cls(encoder, match_pieces(ours, folder / "tokenizer.json")).train()

    @classmethod
    def from_run(cls, folder: Path, state: Mapping[str, Tensor]) -> "Teacher":
        """Return the teacher of the training run in `folder`, for use.

        `state` are the weights of its checkpoint. Raises `ModelError` if they are not a teacher's.
        """
        from transformers import AutoConfig, AutoModel

        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
            encoder = AutoModel.from_config(config, add_pooling_layer=False)
            teacher = cls(encoder, state["pieces"])
            teacher.load_state_dict(state)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The run in {folder} was not one of a teacher ({error}); train one first."
            ) from error
        return teacher.eval()

    def forward(self, batch: Batch) -> Logits:
        """Return the outputs for each window."""
        device = self.token_head.weight.device
        padding = torch.zeros_like(batch.text) if batch.padding is None else batch.padding
        ids = self.pieces[batch.ids.to(device)]
        hidden = self.encoder(ids, attention_mask=(~padding).long().to(device))[0]
        return Logits.of(self.token_head(hidden), self.answerable_head(hidden[:, 0]), batch.text)


def match_pieces(ours: WordPieces, theirs: Path) -> Tensor:
    """Return for each of our word pieces the id of the same one in another tokenizer file.

    The tensor is (pieces,). Raises `ModelError` if the file is missing, lacks one, or puts other
    pieces around a text.
    """
    if not theirs.is_file():
        raise ModelError(f"There is no {theirs}; the encoder needs its tokenizer beside it.")
    tokenizer = Tokenizer.from_file(str(theirs))
    tokenizer.no_padding()
    vocabulary = tokenizer.get_vocab()
    # What stands around a text has other names in other tokenizers.
    around = tokenizer.encode("").ids
    if len(around) != 2:
        raise ModelError(
            f"{theirs} puts {len(around)} word pieces around a text, not two; give another encoder."
        )
    vocabulary["[CLS]"], vocabulary["[SEP]"] = around
    pieces = ours.vocabulary
    missing = [piece for piece in pieces if piece not in vocabulary]
    if missing:
        raise ModelError(
            f"{theirs} lacks {len(missing)} of our word pieces, such as {missing[0]!r}; "
            "give another."
        )
    return torch.tensor([vocabulary[piece] for piece in pieces])
