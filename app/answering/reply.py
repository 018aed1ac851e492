"""Hold an answer together with the documents that a page shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from inquote.app.answering.answer import Answer
from inquote.index.stores.base import Snapshot
from inquote.ingest.documents import Document


@dataclass(frozen=True)
class Reply:
    """An answer with the documents of its hits, as they were when it was made."""

    answer: Answer
    documents: Mapping[str, Document]


def documents_of(answer: Answer, snapshot: Snapshot) -> dict[str, Document]:
    """Return the documents of an answer's hits, by id."""
    ids = sorted({hit.passage.document_id for hit in answer.hits})
    return {id: snapshot.document(id) for id in ids}
