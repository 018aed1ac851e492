"""Cut documents into passages, embed what has no embedding yet, and store both in a draft.

This is done batch by batch, so that the memory taken does not grow with the corpus.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress
from inquote.index.stores.base import CutDocument, DocumentRecord, Draft
from inquote.index.stores.kept import join_lines
from inquote.index.stores.recipe import Recipe, content_hash, recipe_of
from inquote.ingest.chunk import chunk
from inquote.ingest.errors import IngestError

BATCH_CHARACTERS = 4_000_000  # of documents that are cut and embedded together
BATCH_PASSAGES = 64  # embedded and stored at a time


class PassageWriter:
    """Writes documents into a draft, and with `originals` the bytes of their files.

    `embedded` counts the passages that had to be embedded.
    """

    def __init__(
        self, draft: Draft, embedder: Embedder, progress: Progress, originals: bool = True
    ) -> None:
        self.embedded = 0
        self._originals = originals
        self._draft = draft
        self._embedder = embedder
        self._progress = progress

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe of what is written; reading it loads the embedder."""
        return recipe_of(self._embedder)

    def write(self, records: Iterable[DocumentRecord]) -> None:
        """Store documents, each at most once, with their passages and embeddings."""
        for batch in self._batches(records):
            texts = {}
            for document in batch:
                for key, passage in zip(document.keys, document.chunks.passages, strict=True):
                    texts[key] = passage.embedded_text
            self._embed(texts)
            self._draft.put_documents(batch)

    def _batches(self, records: Iterable[DocumentRecord]) -> Iterator[list[CutDocument]]:
        batch: list[CutDocument] = []
        size = 0
        for record in records:
            batch.append(self.cut(self._keep(record)))
            size += len(record.document.text)
            if size >= BATCH_CHARACTERS:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _keep(self, record: DocumentRecord) -> DocumentRecord:
        """Keep the file of a record and the boxes of its pages, and name them instead."""
        original, boxes = record.original, record.boxes
        if record.content and self._originals:
            original = self._draft.keep(record.content)
        lines = join_lines(record.document.pages)
        if lines:
            boxes = self._draft.keep(lines)
        return replace(record, original=original, boxes=boxes, content=b"")

    def cut(self, record: DocumentRecord) -> CutDocument:
        """Cut a document into its passages, each with the key of its embedding."""
        chunks = chunk(record.document, self._embedder.count_tokens, self.recipe.window)
        keys = tuple(content_hash(passage, self.recipe) for passage in chunks.passages)
        return CutDocument(record, chunks, keys)

    def _embed(self, texts: Mapping[str, str]) -> None:
        """Embed the texts, by key, that have no embedding; short ones first, for padding costs."""
        missing = self._draft.missing(texts, self.recipe.dimension)
        keys = sorted((key for key in texts if key in missing), key=lambda key: len(texts[key]))
        total = self.embedded + len(keys)
        for at in range(0, len(keys), BATCH_PASSAGES):
            batch = keys[at : at + BATCH_PASSAGES]
            matrix = self._embedder.embed_passages([texts[key] for key in batch])
            self.put(batch, matrix, total)

    def put(self, keys: Sequence[str], matrix: np.ndarray, total: int) -> None:
        """Store embeddings, (n, d) float32, of `total` that are wanted so far.

        Raises `IngestError` where they are of a wrong shape or not finite.
        """
        if matrix.shape != (len(keys), self.recipe.dimension) or not np.isfinite(matrix).all():
            raise IngestError(
                "The embedder gave vectors of a wrong shape or not finite; "
                "the library was not changed."
            )
        self._draft.put_embeddings(keys, matrix)
        self.embedded += len(keys)
        self._progress("embedding", self.embedded, total)
