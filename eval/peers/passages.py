"""The span reader's network as a question-answering model that transformers loads, so that others can read with it.

What goes along are the encoder and the start and end heads; the heads for evidence and for "is there an answer" have no
place in such a model.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from inquote.index.models.embedder import packaged_model

if TYPE_CHECKING:
    from torch import Tensor

    from inquote.app.reader.model import SpanModel

_EMBEDDINGS = {
    "word": "word_embeddings",
    "position": "position_embeddings",
    "segment": "token_type_embeddings",
    "norm": "LayerNorm",
}
_PARTS = {
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "down_norm": "output.LayerNorm",
}


def export(model: "SpanModel", folder: Path) -> None:
    """Write `model` as a `BertForQuestionAnswering` to `folder`, with the packaged model's sizes and tokenizer."""
    from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

    base = packaged_model()
    made = BertForQuestionAnswering(BertConfig.from_pretrained(base, num_labels=2))
    made.load_state_dict(renamed(dict(model.float().state_dict())))
    made.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(folder)


def renamed(state: "dict[str, Tensor]") -> "dict[str, Tensor]":
    """A `SpanModel`'s tensors under the names of a `BertForQuestionAnswering`."""
    theirs = {}
    for name, tensor in state.items():
        part, *rest = name.split(".")
        if part == "embeddings":
            theirs[f"bert.embeddings.{_EMBEDDINGS[rest[0]]}.{rest[1]}"] = tensor
        elif part == "token_head":
            theirs[f"qa_outputs.{rest[0]}"] = tensor[:2]
        elif part == "layers":
            theirs |= _of_layer(f"bert.encoder.layer.{rest[0]}", rest[1], rest[2], tensor)
    return theirs


def _of_layer(layer: str, part: str, kind: str, tensor: "Tensor") -> "dict[str, Tensor]":
    if part != "projections":
        return {f"{layer}.{_PARTS[part]}.{kind}": tensor}
    names = (f"{layer}.attention.self.{name}.{kind}" for name in ("query", "key", "value"))
    return dict(zip(names, tensor.chunk(3), strict=True))
