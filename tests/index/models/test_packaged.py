"""The packaged embedder's short way, against sentence-transformers itself."""

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from inquote.index.models.embedder import (
    PACKAGED_WINDOW,
    SentenceTransformerEmbedder,
    packaged_model,
)
from inquote.index.models.precision import Precision, precisions

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

QUESTIONS = [
    "Who developed IMLYGIC?",
    "  Wie heißt er? \n",
    "what is [SEP] and [MASK]?",
    "naïve café 한국 🙂 İstanbul",
    "?",
    "word " * 400,
]


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="module")
def theirs() -> "SentenceTransformer":
    """The packaged model as sentence-transformers itself opens it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)


def test_a_question_gets_the_vector_that_sentence_transformers_gives(
    embedder: SentenceTransformerEmbedder, theirs: "SentenceTransformer"
) -> None:
    assert theirs.max_seq_length == embedder.window == PACKAGED_WINDOW
    expected = theirs.encode_query(QUESTIONS, batch_size=1, normalize_embeddings=True)
    ours = np.array([embedder.embed_query(question) for question in QUESTIONS])
    assert ours.dtype == np.float32
    assert np.allclose(ours, expected, atol=1e-6)


# 8-bit integers move a vector by an angle whose cosine is this at least, bfloat16 by less.
LEAST_COSINES = {"float32": 0.99999, "bfloat16": 0.999, "int8": 0.997}


@pytest.mark.parametrize("precision", precisions())
def test_passages_are_embedded_as_plain_encode_does(
    precision: Precision, theirs: "SentenceTransformer"
) -> None:
    texts = ["An otter weighs 12 kilograms.", "Owls hunt at night. " * 200, "x", " x \n"]
    expected = theirs.encode(texts, normalize_embeddings=True)
    ours = SentenceTransformerEmbedder(precision=precision).embed_passages(texts)
    assert (ours.dtype, ours.shape) == (np.float32, (4, 384))
    assert (expected * ours).sum(axis=1).min() >= LEAST_COSINES[precision]
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1)


def test_questions_and_passages_lie_in_one_space(embedder: SentenceTransformerEmbedder) -> None:
    passages = embedder.embed_passages(QUESTIONS[:1])
    assert float(passages[0] @ embedder.embed_query(QUESTIONS[0])) == pytest.approx(1, abs=1e-3)


def test_laid_out_weights_compute_the_same() -> None:
    from inquote.index.models.bert import Encoder, Size

    torch.manual_seed(0)
    size = Size(hidden=32, inner=64, layers=2, heads=2, vocabulary=50, positions=16)
    encoder, ids = Encoder(size).eval(), torch.arange(12)
    types = torch.zeros_like(ids)
    with torch.inference_mode():
        plain = encoder.encode(ids, types, (5, 7))
        encoder.for_inference()
        assert torch.allclose(encoder.encode(ids, types, (5, 7)), plain, atol=1e-5)


def test_a_text_sees_itself_only() -> None:
    from inquote.index.models.bert import Encoder, Size

    torch.manual_seed(0)
    encoder = Encoder(
        Size(hidden=32, inner=64, layers=2, heads=2, vocabulary=50, positions=16)
    ).eval()
    ids, types = torch.arange(12), torch.zeros(12, dtype=torch.long)
    with torch.inference_mode():
        together = encoder.encode(ids, types, (5, 7))
        alone = torch.cat(
            [encoder.encode(ids[:5], types[:5], (5,)), encoder.encode(ids[5:], types[5:], (7,))]
        )
    assert torch.allclose(together, alone, atol=1e-6)


def test_a_question_needs_neither_sentence_transformers_nor_transformers() -> None:
    code = """
import sys
from inquote.index.models.embedder import SentenceTransformerEmbedder
SentenceTransformerEmbedder().embed_query("Who?")
print({"sentence_transformers", "transformers", "sklearn", "scipy"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
