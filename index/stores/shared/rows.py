"""Documents and passages as rows of tables, each row with a digest of itself, and back again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from inquote.index.stores.base import MAX_NORM_ERROR, CutDocument, DocumentInfo, FileRecord
from inquote.index.stores.shared.engine import pa
from inquote.index.stores.sqlite import digest_of, sha256_of
from inquote.index.terms import analyzer
from inquote.ingest.documents import Block, Document, Hidden, Page, Passage, Section, Segment
from inquote.ingest.errors import LibraryDamaged
from inquote.ingest.text import printable

Row = Mapping[str, Any]

_DOCUMENT = (
    "id since writer root state file ingested_at characters sha256 title source about_sha256"
    " original boxes passages passages_sha256"
).split()
_NUMBERS = {"since", "characters", "passages", "start", "stop", "body", "length", "size"}
_PASSAGE = (
    "id document_id since writer start stop passage passage_digest terms length key vector_digest"
).split()
INFO = ["id", "title", "source", "sha256", "characters", "passages", "ingested_at"]
RECORD = ["id", "root", "state", "file", "sha256", "original", "boxes"]
SEALED_DOCUMENT = [*_DOCUMENT, "digest"]
SEALED_PASSAGE = [*_PASSAGE, "digest"]
# What a search reads of a passage, in few columns: each takes a millisecond for a dozen rows.
_SHOWN = ["id", "document_id", "passage"]
SHOWN_PASSAGE = [*_SHOWN, "passage_digest"]


def _schema(names: Sequence[str], *others: Any) -> Any:
    """Return a schema of texts and whole numbers, a digest, and other fields."""
    fields = []
    for name in names:
        fields.append(pa.field(name, pa.int64() if name in _NUMBERS else pa.string()))
    return pa.schema([*fields, pa.field("digest", pa.string()), *others])


DOCUMENTS = _schema(
    _DOCUMENT, pa.field("text", pa.large_string()), pa.field("about", pa.large_string())
)
KEPT = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("since", pa.int64()),
        pa.field("writer", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("content", pa.large_binary()),
    ]
)


def passages_schema(dimension: int) -> Any:
    """Return the schema of passages whose vectors have a dimension."""
    return _schema(_PASSAGE, pa.field("vector", pa.list_(pa.float32(), dimension)))


def vectors_schema(dimension: int) -> Any:
    """Return the schema of vectors that wait for their passages."""
    vector = pa.field("vector", pa.list_(pa.float32(), dimension))
    return pa.schema([pa.field("key", pa.string()), pa.field("digest", pa.string()), vector])


def seal(row: Row, names: Sequence[str]) -> str:
    """Return the digest of some columns of a row."""
    return digest_of(*(row[name] for name in names))


def vector_digest(vector: np.ndarray) -> str:
    """Return the digest of a vector, (d,) float32."""
    return digest_of(vector.astype(np.float32).tobytes())


def is_sound(vector: np.ndarray, dimension: int) -> bool:
    """Return whether a vector has its dimension and norm 1."""
    if vector.shape != (dimension,):
        return False
    return abs(float(np.linalg.norm(vector)) - 1) <= MAX_NORM_ERROR


# Documents


def document_row(cut: CutDocument, since: int, writer: str, at: str) -> dict[str, Any]:
    """Return the row of a document that was ingested at the time `at`."""
    record, document = cut.record, cut.record.document
    about = _dump_about(cut)
    row: dict[str, Any] = {
        "id": document.id,
        "since": since,
        "writer": writer,
        "root": record.root,
        "state": record.state,
        "file": record.file,
        "ingested_at": at,
        "characters": len(document.text),
        "sha256": document.sha256,
        "title": document.title,
        "source": document.source,
        "about_sha256": sha256_of(about),
        "original": record.original,
        "boxes": record.boxes,
        "passages": len(cut.chunks.passages),
        "passages_sha256": passages_digest(p.id for p in cut.chunks.passages),
        "text": document.text,
        "about": about,
    }
    return row | {"digest": seal(row, _DOCUMENT)}


def passages_digest(ids: Any) -> str:
    """Return the digest of the ids of a document's passages."""
    return sha256_of("\n".join(sorted(ids)))


def _dump_about(cut: CutDocument) -> str:
    document = cut.record.document
    pages = [(p.number, p.start, p.end, p.label, p.width, p.height) for p in document.pages]
    sections = [(s.title, s.level, s.start, s.end) for s in document.sections]
    about = {
        "sections": sections,
        "pages": pages,
        "asides": document.asides,
        "left_out": [(left.start, left.end, left.reason) for left in cut.chunks.left_out],
        "hidden": [(place.start, place.end, place.reason) for place in document.hidden],
        "blocks": document.blocks,
        "recognised": document.recognised,
    }
    return json.dumps(about, ensure_ascii=False, separators=(",", ":"))


def load_document(row: Row) -> Document:
    """Return the document of a whole row; raise `LibraryDamaged` for one not as written."""
    about = json.loads(load_about(row))
    if sha256_of(row["text"]) != row["sha256"]:
        raise damaged(row["id"])
    return Document(
        row["id"],
        row["title"],
        row["source"],
        row["text"],
        row["sha256"],
        sections=tuple(Section(*section) for section in about["sections"]),
        pages=tuple(Page(*page) for page in about["pages"]),
        asides=tuple((start, end) for start, end in about["asides"]),
        hidden=tuple(Hidden(*place) for place in about["hidden"]),
        blocks=tuple(Block(*block) for block in about["blocks"]),
        recognised=tuple((start, end, score) for start, end, score in about["recognised"]),
    )


def load_about(row: Row) -> str:
    """Return the ranges of a document as JSON; raise `LibraryDamaged` where not as written."""
    check_document(row)
    if sha256_of(row["about"]) != row["about_sha256"]:
        raise damaged(row["id"])
    return str(row["about"])


def is_document_sound(row: Row) -> bool:
    """Return whether the sealed columns of a document are as they were written."""
    return bool(row["digest"] == seal(row, _DOCUMENT))


def check_document(row: Row) -> None:
    """Raise `LibraryDamaged` for a document whose row is not as it was written."""
    if not is_document_sound(row):
        raise damaged(row["id"])


def load_info(row: Row) -> DocumentInfo:
    """Return the line of the list of documents; raise `LibraryDamaged` as `check_document`."""
    check_document(row)
    return DocumentInfo(*(row[name] for name in INFO))


def load_file_record(row: Row, file: str | None) -> FileRecord:
    """Return what is remembered of a file; `file` is a digest that was noted later."""
    _, root, state, digest, *rest = (row[name] for name in RECORD)
    if not is_document_sound(row):
        state = digest = ""
    elif file is not None:
        digest = file
    return FileRecord(root, state, digest, *rest)


def damaged(id: str) -> LibraryDamaged:
    """Return the error for a document of which something is not as it was written."""
    return LibraryDamaged(
        f"What the library keeps of {printable(str(id))} is damaged, so it is not quoted; "
        "ingest its file again with inquote ingest --rebuild, which mends it."
    )


# Passages


def passage_row(
    passage: Passage, key: str, vector: np.ndarray, since: int, writer: str
) -> dict[str, Any]:
    """Return the row of a passage; `terms` are its words as the lexical search compares them."""
    terms = analyzer().analyze(passage.embedded_text)
    row: dict[str, Any] = {
        "id": passage.id,
        "document_id": passage.document_id,
        "since": since,
        "writer": writer,
        "start": passage.start,
        "stop": passage.end,
        "passage": _dump_passage(passage),
        "terms": " ".join(terms),
        "length": len(terms),
        "key": key,
        "vector_digest": vector_digest(vector),
        "vector": vector,
    }
    row["passage_digest"] = seal(row, _SHOWN)
    return row | {"digest": seal(row, _PASSAGE)}


def _dump_passage(passage: Passage) -> str:
    segments = [(s.text, s.start, int(s.is_cell)) for s in passage.segments]
    fields = (passage.start, passage.end, passage.heading, passage.text, passage.lead, passage.body)
    return json.dumps((*fields, segments), ensure_ascii=False, separators=(",", ":"))


def load_passage(row: Row) -> Passage:
    """Return the passage of a row; raise `LibraryDamaged` for one not as written."""
    if row["passage_digest"] != seal(row, _SHOWN):
        raise damaged(row["document_id"])
    start, end, heading, text, lead, body, segments = json.loads(row["passage"])
    loaded = tuple(Segment(words, place, bool(is_cell)) for words, place, is_cell in segments)
    return Passage(row["document_id"], start, end, heading, text, lead, body, loaded)


def is_passage_sound(row: Row) -> bool:
    """Return whether the sealed columns of a passage are as they were written."""
    return bool(row["digest"] == seal(row, _PASSAGE))


def as_table(rows: Sequence[Row], schema: Any) -> Any:
    """Return rows as a table of Arrow."""
    columns = []
    for field in schema:
        values = [row[field.name] for row in rows]
        if field.name == "vector":
            flat = pa.array(np.concatenate(values).astype(np.float32))
            columns.append(pa.FixedSizeListArray.from_arrays(flat, field.type.list_size))
        else:
            columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def as_matrix(column: Any) -> np.ndarray:
    """Return a column of vectors as (n, d) float32."""
    arrays = column.chunks if hasattr(column, "chunks") else [column]
    dimension = column.type.list_size
    flat = [array.flatten().to_numpy(zero_copy_only=False) for array in arrays]
    joined = np.concatenate(flat) if flat else np.zeros(0, np.float32)
    return joined.reshape(-1, dimension).astype(np.float32, copy=False)
