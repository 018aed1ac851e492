"""Check every row of a generation of a shared library against what was written."""

import struct
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from inquote.index.stores.recipe import content_hash
from inquote.index.stores.shared import rows
from inquote.index.stores.shared.snapshot import SharedSnapshot
from inquote.index.stores.verify_ranges import box_problems, range_problems
from inquote.ingest.errors import LibraryDamaged
from inquote.ingest.text import printable

_COLUMNS = [*rows.SEALED_PASSAGE, "vector"]


def problems_of(snapshot: SharedSnapshot) -> list[str]:
    """Say what is wrong with a generation, a sentence each; [] for nothing."""
    sentences: list[str] = []
    # Documents and passages come in the same order, so that one text is held at a time.
    groups = groupby(snapshot.passage_rows(_COLUMNS), key=lambda row: str(row["document_id"]))
    id, passages = next(groups, ("", iter(())))
    for document in snapshot.document_rows("text", "about"):
        sentences += _document(snapshot, document)
        while id and id < document["id"]:
            sentences.append(f"Passages of {printable(id)} belong to no document.")
            id, passages = next(groups, ("", iter(())))
        if id == document["id"]:
            sentences += _passages(snapshot, document, passages)
            id, passages = next(groups, ("", iter(())))
        else:
            sentences += _passages(snapshot, document, iter(()))
    if id:
        sentences.append(f"Passages of {printable(id)} belong to no document.")
    return sentences + snapshot.index_problems()


def _document(snapshot: SharedSnapshot, row: rows.Row) -> Iterator[str]:
    id = row["id"]
    try:
        document = rows.load_document(row)
    except LibraryDamaged as error:
        yield str(error)
        return
    yield from range_problems(document)
    for kind, column in (("original", "original"), ("boxes of the pages", "boxes")):
        if row[column] and snapshot.content(row[column]) is None:
            yield f"The {kind} of {printable(id)} is not what was written."
    if document.pages and row["boxes"]:
        try:
            yield from box_problems(id, snapshot.pages(id))
        except struct.error:
            yield f"The boxes of the pages of {printable(id)} cannot be told apart."


def _passages(
    snapshot: SharedSnapshot, document: rows.Row, passages: Iterator[rows.Row]
) -> Iterator[str]:
    """Check the passages and vectors of a document against its text, and that none is missing."""
    ids = []
    for row in passages:
        ids.append(row["id"])
        yield from _passage(snapshot, document["text"], row)
    if rows.passages_digest(ids) != document["passages_sha256"]:
        yield f"The passages of {printable(document['id'])} are not those that were written."


def _passage(snapshot: SharedSnapshot, text: str, row: rows.Row) -> Iterator[str]:
    name, recipe = printable(row["id"]), snapshot.recipe
    try:
        if not rows.is_passage_sound(row):
            raise rows.damaged(row["document_id"])
        passage = rows.load_passage(row)
    except LibraryDamaged as error:
        yield str(error)
        return
    if text[passage.start : passage.end] != passage.text or not passage.text.strip():
        yield f"The passage {name} is not a range of its document."
    elif recipe and content_hash(passage, recipe) != row["key"]:
        yield f"The passage {name} is not what was embedded."
    vector = np.array(row["vector"], np.float32)
    is_as_written = rows.vector_digest(vector) == row["vector_digest"]
    if not is_as_written or not recipe or not rows.is_sound(vector, recipe.dimension):
        yield f"The vector of {name} is not what was written."
