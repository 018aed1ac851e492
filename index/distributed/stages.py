"""The stages of the pipeline, as they run in the workers: read, parse and cut; embed.

A row goes through as bytes. Reading gives it a file with its document and passages ("file") and
the texts of these by key ("texts"); embedding gives it the embeddings that were missing ("vectors")
in place of the texts.
"""

import pickle
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from inquote import __version__
from inquote.index.distributed.work import CutFile, Trouble, Work
from inquote.index.models.embedder import Embedder, SentenceTransformerEmbedder
from inquote.index.stores.recipe import content_hash, recipe_of
from inquote.index.updating.writer import BATCH_PASSAGES
from inquote.ingest.chunk import chunk
from inquote.ingest.errors import InquoteError, LibraryMismatch
from inquote.ingest.files.collect import FileOutcome, LoadedFile, read_source
from inquote.ingest.files.find import SkippedFile, SourceFile
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.text import printable

Embeddings = tuple[list[str], np.ndarray]
"""Keys, and their embeddings, (n, d) float32."""


def rows(**columns: Sequence[object]) -> pa.Table:
    """Return a table of pickled values, a column each."""
    arrays = {}
    for name, values in columns.items():
        arrays[name] = pa.array([pickle.dumps(value) for value in values], pa.large_binary())
    return pa.table(arrays)


def values(table: pa.Table, column: str) -> Iterator[Any]:
    """Yield the values of a column."""
    for value in table.column(column):
        yield pickle.loads(value.as_buffer())


def check_worker(work: Work) -> None:
    """Raise `LibraryMismatch` where this machine would make another library."""
    if (work.release, work.recipe) != (__version__, recipe_of(work.embedder)):
        raise LibraryMismatch(
            f"The machine {socket.gethostname()} of the Ray cluster has another version of inquote "
            "or of the embedder; install the same on all of them."
        )


class FileReader:
    """Reads files, parses them in a limited child process, and cuts them into passages."""

    def __init__(self, work: Work) -> None:
        check_worker(work)
        self._work = work
        self._sandbox = Sandbox(work.limits.max_seconds)

    def close(self) -> None:
        """End the child process."""
        self._sandbox.__exit__()

    def read(self, source: SourceFile, digest: str) -> CutFile | Trouble:
        """Return what became of a file; one that cannot be read or cut is skipped.

        A whole folder that is not here is trouble.
        """
        try:
            outcome = self._outcome(source, digest)
            if not isinstance(outcome, LoadedFile):
                return self._unless_out_of_sight(source, outcome)
            work = self._work
            chunks = chunk(outcome.document, work.embedder.count_tokens, work.recipe.window)
        except Exception as error:  # one file of a million must not end the ingest
            reason = f"it cannot be parsed ({type(error).__name__}: {error})"
            return CutFile(SkippedFile(printable(source.path), reason))
        keys = tuple(content_hash(passage, work.recipe) for passage in chunks.passages)
        return CutFile(outcome, chunks, keys)

    def _outcome(self, source: SourceFile, digest: str) -> FileOutcome:
        outcome = read_source(source, {source.id: digest}, self._work.limits, self._sandbox)
        if isinstance(outcome, LoadedFile) and not self._work.originals:
            return replace(outcome, content=b"")
        return outcome

    def _unless_out_of_sight(self, source: SourceFile, outcome: FileOutcome) -> CutFile | Trouble:
        folder = self._work.folders.get(source.root, "")
        if isinstance(outcome, SkippedFile) and folder and not Path(folder).exists():
            return Trouble(
                f"The machine {socket.gethostname()} of the Ray cluster cannot see the folder "
                f"{printable(folder)}; files must lie in a folder that all machines of the cluster "
                "see under the same path."
            )
        return CutFile(outcome)


_readers: dict[str, FileReader] = {}
"""The reader of the ingest that this worker works for, by its id: it outlasts a task."""


def _reader(work: Work) -> FileReader:
    if work.id not in _readers:
        for reader in _readers.values():
            reader.close()
        _readers.clear()
        _readers[work.id] = FileReader(work)
    return _readers[work.id]


def read_and_cut(batch: pa.Table, work: Work) -> Iterator[pa.Table]:
    """Yield a row for each file of a batch, as soon as it is read."""
    try:
        reader = _reader(work)
    except InquoteError as error:
        yield rows(file=[Trouble(str(error))], texts=[{}])
        return
    for source, digest in values(batch, "source"):
        file = reader.read(source, digest)
        texts = {}
        if isinstance(file, CutFile) and file.chunks:
            for key, passage in zip(file.keys, file.chunks.passages, strict=True):
                texts[key] = passage.embedded_text
        yield rows(file=[file], texts=[texts])


class Embedding:
    """Embeds the passages of batches whose embeddings the library lacks, as `missing` says.

    The model is loaded once, onto the GPU where this worker has one.
    """

    def __init__(
        self,
        work: Work,
        missing: Callable[[list[str]], list[str]],
        device: Callable[[], str] = lambda: "cpu",
    ) -> None:
        self._work = work
        self._missing = missing
        self._device = device

    @cached_property
    def _embedder(self) -> Embedder:
        check_worker(self._work)
        embedder, device = self._work.embedder, self._device()
        if device != "cpu" and isinstance(embedder, SentenceTransformerEmbedder):
            return SentenceTransformerEmbedder(embedder.name, device=device)
        return embedder

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return the files of a batch, each with embeddings; those of a text come once."""
        texts: dict[str, str] = {}
        of_files = list(values(batch, "texts"))
        for of_file in of_files:
            texts.update(of_file)
        try:
            vectors = self._embed(texts)
        except InquoteError as error:
            return rows(file=[Trouble(str(error))], vectors=[([], None)])
        embeddings = rows(vectors=[_take(vectors, of_file) for of_file in of_files])
        return batch.select(["file"]).append_column("vectors", embeddings.column("vectors"))

    def _embed(self, texts: Mapping[str, str]) -> dict[str, np.ndarray]:
        """Return the missing embeddings by key; short texts go first, for padding costs."""
        keys = self._missing(list(texts)) if texts else []
        keys.sort(key=lambda key: len(texts[key]))
        vectors: dict[str, np.ndarray] = {}
        for at in range(0, len(keys), BATCH_PASSAGES):
            batch = keys[at : at + BATCH_PASSAGES]
            matrix = self._embedder.embed_passages([texts[key] for key in batch])
            vectors.update(zip(batch, matrix, strict=True))
        return vectors


def _take(vectors: dict[str, np.ndarray], keys: Mapping[str, str]) -> Embeddings:
    """Take the embeddings of these keys out of `vectors`."""
    taken = [key for key in keys if key in vectors]
    return taken, np.array([vectors.pop(key) for key in taken], np.float32)
