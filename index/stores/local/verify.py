"""Check every row and file of a local library against what was written."""

import contextlib
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inquote.index.stores.base import MAX_NORM_ERROR
from inquote.index.stores.local.damage import damaged_file
from inquote.index.stores.local.database import (
    PASSAGES_SEAL,
    SEALED,
    Database,
    read_meta,
    sound,
)
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.purge import PURGE_MARK
from inquote.index.stores.local.search_files import (
    LEXICAL,
    VECTORS,
    attachments,
    check_search_files,
    read_attachment,
)
from inquote.index.stores.local.snapshot import LocalSnapshot
from inquote.index.stores.local.vectors import MAX_ROUNDING_ERROR, FaissIndex
from inquote.index.stores.recipe import content_hash
from inquote.index.stores.sqlite import as_bytes
from inquote.index.stores.verify_ranges import box_problems, range_problems
from inquote.ingest.errors import (
    FileSkipped,
    GenerationGone,
    InquoteError,
    LibraryDamaged,
    LibraryUnavailable,
)
from inquote.ingest.files.find import UPLOADS
from inquote.ingest.files.load import read_content
from inquote.ingest.text import printable

if TYPE_CHECKING:
    from inquote.index.stores.local.store import LocalStore

_NAMES = {
    "documents": "'the document ' || id || ' of generation ' || since",
    "passages": "'a passage of ' || document_id || ' of generation ' || since",
    "embeddings": "'the vector of a passage'",
}


def store_problems(store: "LocalStore", *, searched: bool = True) -> list[str]:
    """Say what is wrong with a library, a sentence each; [] for nothing.

    Search files are looked at where the library is to be `searched` with them.
    """
    store.require()
    try:
        with store.database.reading() as connection:
            problems = row_problems(connection)
    except LibraryDamaged as error:
        problems = [str(error)]
    if (store.folder / PURGE_MARK).exists():
        problems.append(
            "A purge was cut short, and what it erases may lie in some files yet; say it again, "
            "or run inquote ingest."
        )
    if not problems:
        with store.snapshot() as current:
            generations = range(current.oldest, current.generation + 1)
            problems += original_problems(current, store.folder)
        problems += kept_problems(store.database, store.kept)
        for generation in generations:
            with (
                contextlib.suppress(GenerationGone),  # an ingest let go of it meanwhile
                store.snapshot(generation) as snapshot,
            ):
                folder = store.generation_folder(generation) if searched else None
                problems += generation_problems(snapshot, folder)
    try:
        return [*problems, *store.journal.problems()]
    except LibraryUnavailable as error:
        return [*problems, str(error)]


def row_problems(connection: sqlite3.Connection) -> list[str]:
    """Say what is wrong with the rows of all generations, a sentence each; [] for nothing."""
    result = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if result != "ok":
        return [str(damaged_file(result))]
    try:
        if not int(read_meta(connection).get("generation", 0)):
            return ["The library is empty; fill it with: inquote ingest PATH..."]
    except LibraryDamaged as error:
        return [str(error)]
    return list(dict.fromkeys(_rows(connection)))


def _rows(connection: sqlite3.Connection) -> Iterator[str]:
    # Rows that differ from their digest.
    for table in SEALED:
        query = f"SELECT {_NAMES[table]} FROM {table} WHERE NOT coalesce({sound(table)}, 0)"
        for (name,) in connection.execute(query):
            yield f"In library.db {printable(name)} is not what was written."
    # Texts that differ from theirs, and documents that lack a passage.
    texts = f"SELECT id FROM documents WHERE sha256 <> sha256_of({as_bytes('text')})"
    for (id,) in connection.execute(texts):
        yield f"The text of {printable(id)} does not have its SHA-256."
    passages = f"SELECT id FROM documents WHERE passages NOT IN ('', {PASSAGES_SEAL})"
    for (id,) in connection.execute(passages):
        yield f"The passages of {printable(id)} are not those that were written."
    # Rows that belong to nothing.
    orphans = (
        "SELECT count(*) FROM passages WHERE NOT EXISTS (SELECT 1 FROM documents"
        " WHERE id = passages.document_id AND since = passages.since)"
    )
    if connection.execute(orphans).fetchone()[0]:
        yield "Passages belong to documents that are not in the library."
    vectors = "SELECT count(*) FROM passages WHERE content NOT IN (SELECT content FROM embeddings)"
    missing = connection.execute(vectors).fetchone()[0]
    if missing:
        yield f"{missing} passages have no embedding."


def generation_problems(snapshot: LocalSnapshot, folder: Path | None) -> list[str]:
    """Say what is wrong with a generation, and with its files in `folder`; [] for nothing."""
    sentences = []
    try:
        sentences += [*_documents(snapshot), *_passages(snapshot), *_vectors(snapshot)]
    except LibraryDamaged as error:
        sentences.append(str(error))
    if folder is not None:
        sentences += check_search_files(folder) or _search_files(snapshot, folder)
        for file in attachments(folder):
            if read_attachment(file) is None:
                sentences.append(f"{folder.name}/{file.name} is not what was written.")
    return list(dict.fromkeys(sentences))


def kept_problems(database: Database, kept_files: KeptFiles) -> Iterator[str]:
    """Say which kept files of all generations are not what was written, or missing."""
    with database.reading() as connection:
        rows = connection.execute("SELECT id, original, boxes FROM documents").fetchall()
    for id, original, boxes in rows:
        for kind, name in (("original", original), ("boxes of the pages", boxes)):
            if kept_files.damaged([[name]]):
                yield f"The {kind} of {printable(id)} (kept/{name}) is not what was written."


def original_problems(snapshot: LocalSnapshot, folder: Path) -> Iterator[str]:
    """Say which files that came through the page are not those that were taken in.

    Where an upload or a removal was cut short, the file is where it was moved meanwhile.
    """
    root = snapshot.roots().get(UPLOADS)
    for id, record in snapshot.file_records().items():
        if not root or not id.startswith(f"{root}/"):
            continue
        name = id.removeprefix(f"{root}/")
        moved = [*folder.glob(f"{UPLOADS}/.incoming-*/before"), folder / UPLOADS / ".removed"]
        files = [place / name for place in (folder / UPLOADS, *moved)]
        if not any(_is_original(file, record.file) for file in files):
            state = "not the file that was taken in" if files[0].exists() else "missing"
            yield f"{UPLOADS}/{printable(name)} is {state}."


def _is_original(file: Path, digest: str) -> bool:
    """Return whether a file is there and has a digest."""
    try:
        content = read_content(file, max_bytes=file.stat().st_size)
    except (OSError, FileSkipped):
        return False
    return content.has_digest(digest)


def _documents(snapshot: LocalSnapshot) -> Iterator[str]:
    for document in snapshot.documents():
        yield from range_problems(document)
        if document.pages:
            yield from _boxes(snapshot, document.id)


def _boxes(snapshot: LocalSnapshot, id: str) -> Iterator[str]:
    try:
        pages = snapshot.pages(id)
    except struct.error:
        yield f"The boxes of the pages of {printable(id)} cannot be told apart."
        return
    yield from box_problems(id, pages)


def _passages(snapshot: LocalSnapshot) -> Iterator[str]:
    recipe = snapshot.recipe
    hashes = snapshot.content_hashes()
    for row, passage in snapshot.numbered_passages():
        if len(passage.text) != passage.end - passage.start or not passage.text.strip():
            yield f"The passage {printable(passage.id)} is not a range of its document."
        elif recipe and content_hash(passage, recipe) != hashes[row]:
            yield f"The passage {printable(passage.id)} is not what was embedded."


def _vectors(snapshot: LocalSnapshot) -> Iterator[str]:
    rows, matrix = snapshot.vectors()
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
