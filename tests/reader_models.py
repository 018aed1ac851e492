"""Tiny randomly initialised models and a few training examples for the reader's tests.

The tokenizer is the packaged one; the models have almost no layers.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from inquote.app.reader.model import SpanModel, WordPieces
from inquote.app.reader.weights import save_weights
from inquote.app.training.examples import ExampleMaker
from inquote.app.training.pairs import Pair
from inquote.app.training.squad import Article, Paragraph, Question
from inquote.index.models.bert import Size, base_embeddings
from inquote.index.models.embedder import packaged_model, sha256_of

TINY = Size(hidden=16, inner=32, layers=2, heads=2)
TEXT = "Anna Lind built it in 1932. It spans the Glomma. The work took four years."


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


def maker(longest: int = 64) -> ExampleMaker:
    return ExampleMaker(pieces(), longest)


def pair(answer: str | None = "four years", question: str = "How long did it take?") -> Pair:
    start = None if answer is None else TEXT.index(answer)
    return Pair(
        question, "", TEXT, start, None if start is None or answer is None else start + len(answer)
    )


def articles() -> list[Article]:
    facts = [
        ("Who built it?", "Anna Lind"),
        ("When was it built?", "1932"),
        ("How long did it take?", "four years"),
    ]
    questions = [
        Question(str(i), text, ((TEXT.index(a), a),)) for i, (text, a) in enumerate(facts * 4)
    ]
    return [Article("Bridge", (Paragraph(TEXT, (*questions, Question("no", "Who sank it?", ()))),))]
