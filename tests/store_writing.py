"""Write documents into a store without files, as an ingest does."""

import hashlib
from collections.abc import Sequence

from fakes import FakeEmbedder
from inquote.index.stores.base import CutDocument, DocumentRecord, Store
from inquote.index.stores.recipe import Recipe, content_hash, recipe_of
from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document

EMBEDDER = FakeEmbedder()
RECIPE = recipe_of(EMBEDDER)


def cut(id: str, text: str) -> CutDocument:
    document = Document(id, id, "", text, hashlib.sha256(text.encode()).hexdigest())
    chunks = chunk(document, EMBEDDER.count_tokens, RECIPE.window)
    keys = tuple(content_hash(passage, RECIPE) for passage in chunks.passages)
    return CutDocument(
        DocumentRecord(document, "/zoo", document.sha256, f"file of {id}"), chunks, keys
    )


def write(
    store: Store, texts: dict[str, str], removed: Sequence[str] = (), recipe: Recipe = RECIPE
) -> int:
    """Write documents in one generation, as an ingest does."""
    with store.begin() as draft:
        documents = [cut(id, text) for id, text in texts.items()]
        embedded = {
            key: passage.embedded_text
            for document in documents
            for key, passage in zip(document.keys, document.chunks.passages, strict=True)
        }
        unknown = draft.missing(embedded, EMBEDDER.dimension)
        if missing := [key for key in embedded if key in unknown]:
            draft.put_embeddings(missing, EMBEDDER.embed_passages([embedded[k] for k in missing]))
        draft.put_documents(documents)
        draft.put_roots({"/zoo": "zoo"})
        draft.remove(removed)
        return draft.commit(recipe)
