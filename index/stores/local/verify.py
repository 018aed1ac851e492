"""Check every row and file of a local library against what it was made from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from inquote.index.stores.base import MAX_NORM_ERROR
from inquote.index.stores.local.database import Database
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.search_files import LEXICAL, VECTORS, check_search_files
from inquote.index.stores.local.snapshot import LocalSnapshot
from inquote.index.stores.local.vectors import MAX_ROUNDING_ERROR, FaissIndex
from inquote.index.stores.recipe import content_hash
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError, LibraryDamaged


def database_problems(database: Database) -> list[str]:
    """Say what SQLite itself finds wrong with its file; [] when nothing is."""
    result = database.connection().execute("PRAGMA integrity_check").fetchone()[0]
    return [] if result == "ok" else [f"library.db is damaged: {result}."]


def problems(snapshot: LocalSnapshot, folder: Path) -> list[str]:
    """Say what is wrong with a generation and with its search files in `folder`; [] for nothing."""
    if not snapshot.generation:
        return ["The library is empty; fill it with: inquote ingest PATH..."]
    sentences = [*_documents(snapshot), *_passages(snapshot), *_vectors(snapshot)]
    sentences += check_search_files(folder) or _search_files(snapshot, folder)
    return list(dict.fromkeys(sentences))


def _documents(snapshot: LocalSnapshot) -> Iterator[str]:
    for document in snapshot.documents():
        if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
            yield f"The text of {document.id} does not have its SHA-256."
        yield from _sections(document)


def _sections(document: Document) -> Iterator[str]:
    for section in document.sections:
        name = f"The section {section.title!r} of {document.id}"
        if document.text[section.start : section.start + len(section.title)] != section.title:
            yield f"{name} does not begin with its heading."
        if not 0 <= section.start <= section.end <= len(document.text):
            yield f"{name} has a range outside the text."


def _passages(snapshot: LocalSnapshot) -> Iterator[str]:
    recipe = snapshot.recipe
    hashes = snapshot.content_hashes()
    count = 0
    for row, passage in snapshot.numbered_passages():
        count += 1
        if len(passage.text) != passage.end - passage.start or not passage.text.strip():
            yield f"The passage {passage.id} is not a range of its document."
        elif recipe and content_hash(passage, recipe) != hashes[row]:
            yield f"The passage {passage.id} is not what was embedded."
    if len(hashes) != count:
        yield "Passages belong to documents that are not in the library."


def _vectors(snapshot: LocalSnapshot) -> Iterator[str]:
    try:
        rows, matrix = snapshot.vectors()
    except LibraryDamaged as error:
        yield str(error)
        return
    missing = set(snapshot.content_hashes()) - set(rows.tolist())
    if missing:
        yield f"{len(missing)} passages have no embedding."
    recipe = snapshot.recipe
    dimension = matrix.shape[1]
    if recipe and len(rows) and dimension != recipe.dimension:
        yield f"The embeddings have {dimension} dimensions, the recipe says {recipe.dimension}."
    elif not np.allclose(np.linalg.norm(matrix, axis=1), 1, rtol=0, atol=MAX_NORM_ERROR):
        yield "Some embeddings are not of norm 1."


def _search_files(snapshot: LocalSnapshot, folder: Path) -> list[str]:
    """Say where search files whose hashes are right hold something else than the rows."""
    try:
        rows, matrix = snapshot.vectors()
        index = FaissIndex.load(folder / VECTORS)
        ids, vectors = index.vectors()
        lexical = LexicalIndex.load(folder / LEXICAL)
    except InquoteError as error:
        return [str(error)]
    sentences = []
    order = np.argsort(ids)
    tolerance = 0.0 if index.exact else MAX_ROUNDING_ERROR
    same_ids = np.array_equal(ids[order], rows)
    if not same_ids or not np.allclose(vectors[order], matrix, rtol=0, atol=tolerance):
        sentences.append(f"{folder.name}/{VECTORS} does not hold the library's embeddings.")
    if len(lexical) != len(rows):
        sentences.append(
            f"{folder.name}/{LEXICAL} holds {len(lexical)} passages, the library {len(rows)}."
        )
    return sentences
