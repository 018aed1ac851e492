"""Export the span reader's network as a question-answering model that transformers loads.

So that others can read with it. The encoder and the heads for start and end go along; such a model
has no place for the heads for evidence and for "is there an answer".
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
    """Write `model` to `folder` as a `BertForQuestionAnswering`, with the packaged tokenizer."""
    from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

    base = packaged_model()
    exported = BertForQuestionAnswering(BertConfig.from_pretrained(base, num_labels=2))
    exported.load_state_dict(rename_tensors(dict(model.float().state_dict())))
    exported.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(folder)


def rename_tensors(state: "dict[str, Tensor]") -> "dict[str, Tensor]":
    """Return a `SpanModel`'s tensors under the names of a `BertForQuestionAnswering`."""
    theirs = {}
    for name, tensor in state.items():
        part, *rest = name.split(".")
        if part == "embeddings":
            theirs[f"bert.embeddings.{_EMBEDDINGS[rest[0]]}.{rest[1]}"] = tensor
        elif part == "token_head":
            theirs[f"qa_outputs.{rest[0]}"] = tensor[:2]
        elif part == "layers":
            theirs |= _layer_tensors(f"bert.encoder.layer.{rest[0]}", rest[1], rest[2], tensor)
    return theirs


def _layer_tensors(layer: str, part: str, kind: str, tensor: "Tensor") -> "dict[str, Tensor]":
    if part != "projections":
        return {f"{layer}.{_PARTS[part]}.{kind}": tensor}
    names = (f"{layer}.attention.self.{name}.{kind}" for name in ("query", "key", "value"))
    return dict(zip(names, tensor.chunk(3), strict=True))
