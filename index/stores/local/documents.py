"""Read the documents of one generation out of library.db."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from inquote.index.stores.base import DocumentInfo, FileRecord
from inquote.index.stores.kept import split_lines
from inquote.index.stores.local.damage import damaged_document, damaged_file
from inquote.index.stores.local.database import LIVE, SOUND_DOCUMENT, read_meta, sound
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.sqlite import sha256_of
from inquote.ingest.chunk import LeftOut
from inquote.ingest.documents import Block, Document, Hidden, Page, Section

_DOCUMENT = (
    f"SELECT {sound('documents')}, id, title, source, text, sha256, sections, pages, asides,"
    f" hidden, blocks, recognised FROM documents WHERE {LIVE}"
)
# Documents of which something is not as it was written: the row, the text, a passage, a vector.
_DAMAGED = f"""
SELECT id FROM documents WHERE {LIVE}
AND NOT coalesce({SOUND_DOCUMENT}, 0)
UNION SELECT document_id FROM passages
LEFT JOIN embeddings ON embeddings.content = passages.content
WHERE {LIVE} AND NOT coalesce({sound("passages")} AND {sound("embeddings")}, 0)
"""


class DocumentReader:
    """The documents of one generation, over a connection that is in a transaction.

    `checked` are the generations and ids of documents whose texts were compared with their SHA-256;
    each is compared once. Whatever is read and not as it was written raises `LibraryDamaged`.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        checked: set[tuple[int, str]],
        kept: KeptFiles,
        generation: int | None = None,
    ) -> None:
        self._connection = connection
        self._checked = checked
        self._kept = kept
        self._meta = read_meta(connection)
        if generation is None:
            generation = int(self._meta.get("generation", 0))
        self.generation = generation

    def _live(self, query: str, **values: object) -> sqlite3.Cursor:
        """Return the rows of a query, "{live}" in it standing for: of this generation."""
        return self._connection.execute(query.format(live=LIVE), {"at": self.generation, **values})

    @property
    def oldest(self) -> int:
        """The first generation that can still be read."""
        return int(self._meta.get("oldest", 1))

    @property
    def changed_at(self) -> str:
        """The time of the newest generation in ISO 8601, UTC; "" before the first."""
        return self._meta.get("changed_at", "")

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made; None before its first ingest."""
        recipe = json.loads(self._meta.get("recipe", "null"))
        return Recipe(**recipe) if recipe else None

    def document(self, id: str) -> Document:
        """Return one document; see `Snapshot.document`."""
        row = self._connection.execute(
            f"{_DOCUMENT} AND id = :id", {"at": self.generation, "id": id}
        ).fetchone()
        if row is None:
            raise KeyError(id)
        return self._document(row)

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order of their ids."""
        rows = self._connection.execute(f"{_DOCUMENT} ORDER BY id", {"at": self.generation})
        return map(self._document, rows)

    def _document(self, row: Sequence[Any]) -> Document:
        is_sound, id, title, source, text, sha256, sections, *ranges = row
        pages, asides, hidden, blocks, recognised = map(json.loads, ranges)
        self._check_text(is_sound, id, text, sha256)
        return Document(
            id,
            title,
            source,
            text,
            sha256,
            sections=tuple(Section(*section) for section in json.loads(sections)),
            pages=_pages(pages, len(text)),
            asides=tuple((start, end) for start, end in asides),
            hidden=tuple(Hidden(*place) for place in hidden),
            blocks=tuple(Block(*block) for block in blocks),
            recognised=tuple((start, end, score) for start, end, score in recognised),
        )

    def _check_text(self, is_sound: object, id: str, text: str, sha256: str) -> None:
        """Raise `LibraryDamaged` for a document that is not as written; hash its text once."""
        if not (is_sound and isinstance(text, str)):
            raise damaged_document(id)
        key = (self.generation, id)
        if key not in self._checked:
            if sha256_of(text) != sha256:
                raise damaged_document(id)
            self._checked.add(key)

    def damaged_documents(self) -> set[str]:
        """Return the ids of documents of which anything is not as it was written; reads them all.

        These are the ids of the rows, which may be damaged themselves. Raises `LibraryDamaged`
        where SQLite finds the file itself damaged.
        """
        result = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if result != "ok":
            raise damaged_file(result)
        return {id for (id,) in self._live(_DAMAGED)}

    def document_infos(self) -> list[DocumentInfo]:
        """List the documents; see `Snapshot.document_infos`."""
        rows = self._live(
            f"SELECT {sound('documents')},"
            " id, title, source, sha256, characters, coalesce(count, 0), ingested_at"
            " FROM documents LEFT JOIN (SELECT document_id, count(*) AS count FROM passages"
            " WHERE {live} GROUP BY document_id) ON document_id = id WHERE {live} ORDER BY id"
        )
        infos = []
        for is_sound, *fields in rows:
            info = DocumentInfo(*fields)
            if not is_sound:
                raise damaged_document(info.id)
            infos.append(info)
        return infos

    def file_records(self) -> dict[str, FileRecord]:
        """Return what is remembered of each document's file; see `Snapshot.file_records`."""
        damaged = self.damaged_documents()
        rows = self._live(
            "SELECT id, root, state, file, sha256, original, boxes FROM documents"
            " WHERE {live} ORDER BY id"
        )
        records = {}
        for id, root, state, file, sha256, *kept in rows:
            if id in damaged or any(name and self._kept.read(name) is None for name in kept):
                state = file = ""
            records[id] = FileRecord(root, state, file, sha256, *kept)
        return records

    def roots(self) -> dict[str, str]:
        """Return root folders, each with the name that its documents' ids begin with."""
        return dict(self._connection.execute("SELECT root, name FROM roots"))

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """Yield what is in no passage; see `Snapshot.left_out`."""
        rows = self._live(
            f"SELECT {sound('documents')}, id, text, sha256, left_out FROM documents"
            " WHERE {live} ORDER BY id"
        )
        for is_sound, id, text, sha256, ranges in rows:
            self._check_text(is_sound, id, text, sha256)
            for start, end, reason in json.loads(ranges):
                yield id, LeftOut(start, end, reason), text[start:end]

    def original(self, id: str) -> bytes | None:
        """Return the bytes of a document's file; see `Snapshot.original`."""
        return self._kept.read(self._kept_names(id)[0])

    def original_file(self, id: str) -> Path | None:
        """Return the file that holds a document's file; see `Snapshot.original_file`."""
        return self._kept.file(self._kept_names(id)[0])

    @property
    def originals_size(self) -> int:
        """The bytes of the documents' files that are kept, of all kept generations."""
        rows = self._connection.execute("SELECT original FROM documents").fetchall()
        return self._kept.size({name for (name,) in rows})

    def pages(self, id: str) -> tuple[Page, ...]:
        """Return the pages of a document with the boxes of their lines; see `Snapshot.pages`."""
        boxes = self._kept.read(self._kept_names(id)[1])
        return split_lines(self.document(id).pages, boxes or b"")

    def _kept_names(self, id: str) -> tuple[str, str]:
        row = self._connection.execute(
            f"SELECT {sound('documents')}, original, boxes FROM documents"
            f" WHERE {LIVE} AND id = :id",
            {"at": self.generation, "id": id},
        ).fetchone()
        if row is None:
            raise KeyError(id)
        if not row[0]:
            raise damaged_document(id)
        return row[1], row[2]


def _pages(stored: Sequence[Any], length: int) -> tuple[Page, ...]:
    """Return the pages of a text of this length; version 0.1 stored the starts alone."""
    if stored and isinstance(stored[0], int):
        ends = [*stored[1:], length]
        stored = list(zip(count(1), stored, ends, strict=False))
    return tuple(Page(*page) for page in stored)
