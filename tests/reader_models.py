"""Tiny randomly initialised models for the reader's tests: the packaged tokenizer, almost no layers."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from inquote.app.reader.model import SpanModel, WordPieces
from inquote.app.reader.weights import save_weights
from inquote.index.models.bert import Size, base_embeddings
from inquote.index.models.embedder import packaged_model, sha256_of

TINY = Size(hidden=16, inner=32, layers=2, heads=2)


def pieces() -> WordPieces:
    return WordPieces(packaged_model() / "tokenizer.json")


def tiny_model(seed: int = 0) -> SpanModel:
    torch.manual_seed(seed)
    model = SpanModel(TINY).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def bert_config() -> dict[str, object]:
    return {
        "model_type": "bert",
        "vocab_size": TINY.vocabulary,
        "hidden_size": TINY.hidden,
        "intermediate_size": TINY.inner,
        "num_hidden_layers": TINY.layers,
        "num_attention_heads": TINY.heads,
        "max_position_embeddings": TINY.positions,
    }


def tiny_bert(folder: Path) -> None:
    """A folder as transformers writes it: a BERT encoder, random."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    folder.mkdir()
    encoder = BertModel(BertConfig(**bert_config()))
    save_file(encoder.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(bert_config()))
    shutil.copy(packaged_model() / "tokenizer.json", folder)


def tiny_question_answering(folder: Path) -> None:
    """A folder that `AutoModelForQuestionAnswering` loads."""
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(2)
    BertForQuestionAnswering(BertConfig(**bert_config())).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        shutil.copy(packaged_model() / name, folder)


def tiny_weights(folder: Path, base: Path) -> SpanModel:
    """Weights for the encoder in `base`, in `folder`; gives the model they were made from."""
    model = tiny_model(seed=3)
    model.load_state_dict(base_embeddings(base / "model.safetensors"), strict=False)
    names = ("model.safetensors", "tokenizer.json")
    save_weights(model, folder, {}, {name: sha256_of(base / name) for name in names})
    return model
