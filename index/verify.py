"""Every offset, hash and derived file of a library, checked against what it was made from."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from inquote.index.stores.local.derived import LEXICAL, VECTORS, check_derived
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.library import NORM_OFF, Library, Snapshot
from inquote.index.stores.local.vectors import ROUNDED, FaissStore
from inquote.index.stores.recipe import content_hash
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError, LibraryDamaged


def verify(library: Library) -> list[str]:
    """What is wrong with `library`, a sentence each; [] when all is well. Raises where it cannot be read at all."""
    damaged = library.connection().execute("PRAGMA integrity_check").fetchone()[0]
    if damaged != "ok":
        return [f"library.db is damaged: {damaged}."]
    with library.snapshot() as snapshot:
        if not snapshot.generation:
            return ["The library is empty; fill it with: inquote ingest PATH..."]
        folder = library.generation_folder(snapshot.generation)
        problems = [*_documents(snapshot), *_passages(snapshot), *_vectors(snapshot)]
        broken = check_derived(folder)
        return list(dict.fromkeys([*problems, *(broken or _derived(snapshot, folder))]))


def verify_export(library: Library, content: bytes) -> tuple[int, list[str]]:
    """How many citations an exported conversation holds, and what is wrong with them, a sentence each.

    `content` is the page's JSON export, or what `inquote ask --json` printed. Raises `InquoteError` for anything else.
    """
    try:
        exported = json.loads(content)
        answers = exported.get("answers", [exported])
        cited = [
            (
                str(c["document"]),
                str(c["document_sha256"]),
                int(c["start"]),
                int(c["end"]),
                str(c["quote"]),
            )
            for answer in answers
            for c in answer["citations"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InquoteError(
            "The file is no export of a conversation; save one as JSON from the page."
        ) from error
    with library.snapshot() as snapshot:
        return len(cited), [problem for one in cited for problem in _citation(snapshot, *one)]


def _citation(
    snapshot: Snapshot, id: str, sha256: str, start: int, end: int, quote: str
) -> Iterator[str]:
    try:
        document = snapshot.document(id)
    except KeyError:
        yield f"{id} is not in the library."
        return
    if document.text[start:end] != quote:
        yield f"{id} {start}-{end} does not say: {quote}"
    elif document.sha256 != sha256:
        yield f"{id} has changed since, but says the same at {start}-{end}."


def _documents(snapshot: Snapshot) -> Iterator[str]:
    for document in snapshot.documents():
        if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
            yield f"The text of {document.id} does not have its SHA-256."
        yield from _sections(document)


def _sections(document: Document) -> Iterator[str]:
    for section in document.sections:
        if document.text[section.start : section.start + len(section.title)] != section.title:
            yield f"The section {section.title!r} of {document.id} does not begin with its heading."
        if not 0 <= section.start <= section.end <= len(document.text):
            yield f"The section {section.title!r} of {document.id} has a range outside the text."


def _passages(snapshot: Snapshot) -> Iterator[str]:
    recipe = snapshot.recipe
    contents = snapshot.contents()
    for row, passage in snapshot.all_passages():
        if len(passage.text) != passage.end - passage.start or not passage.text.strip():
            yield f"The passage {passage.id} is not a range of its document."
        elif recipe and content_hash(passage, recipe) != contents[row]:
            yield f"The passage {passage.id} is not what was embedded."
    if len(contents) != sum(1 for _ in snapshot.all_passages()):
        yield "Passages belong to documents that are not in the library."


def _vectors(snapshot: Snapshot) -> Iterator[str]:
    try:
        rows, matrix = snapshot.vectors()
    except LibraryDamaged as error:
        yield str(error)
        return
    missing = set(snapshot.contents()) - set(rows.tolist())
    if missing:
        yield f"{len(missing)} passages have no embedding."
    recipe = snapshot.recipe
    if recipe and len(rows) and matrix.shape[1] != recipe.dimension:
        yield f"The embeddings have {matrix.shape[1]} dimensions, the recipe says {recipe.dimension}."
    elif not np.allclose(np.linalg.norm(matrix, axis=1), 1, rtol=0, atol=NORM_OFF):
        yield "Some embeddings are not of norm 1."


def _derived(snapshot: Snapshot, folder: Path) -> Iterator[str]:
    """The derived files say the same as the rows; their hashes have been checked."""
    try:
        rows, matrix = snapshot.vectors()
        store = FaissStore.load(folder / VECTORS)
        ids, stored = store.vectors()
        lexical = LexicalIndex.load(folder / LEXICAL)
    except InquoteError as error:
        yield str(error)
        return
    order = np.argsort(ids)
    tolerance = 0.0 if store.exact else ROUNDED
    if not np.array_equal(ids[order], rows) or not np.allclose(
        stored[order], matrix, rtol=0, atol=tolerance
    ):
        yield f"{folder.name}/{VECTORS} does not hold the library's embeddings."
    if len(lexical) != len(rows):
        yield f"{folder.name}/{LEXICAL} holds {len(lexical)} passages, the library {len(rows)}."
