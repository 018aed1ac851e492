"""Give a document another title; its text and its passages stay as they are."""

import time
from dataclasses import replace

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Store
from inquote.index.updating.ingest import write_plan
from inquote.index.updating.plan import IngestPlan, begun, document_state
from inquote.index.updating.report import IngestReport
from inquote.index.updating.titles import put_title, read_titles
from inquote.ingest.errors import IngestError

NO_DOCUMENT = "There is no document {} in the library any more."


def title_of(store: Store, id: str) -> tuple[str, bool]:
    """Return a document's title, and whether a person gave it; raise `IngestError` for none."""
    with store.snapshot() as snapshot:
        try:
            title = snapshot.document(id).title
        except KeyError:
            raise IngestError(NO_DOCUMENT.format(id)) from None
    return title, id in read_titles(store.journal)


def retitle(
    store: Store,
    id: str,
    title: str,
    embedder: Embedder,
    *,
    is_given: bool = True,
    progress: Progress = silent,
) -> IngestReport:
    """Write a document with a new title, and remember it where a person has given it.

    A title that `is_given` by nobody is that of the file: it may change with the file. Raises
    `IngestError` for a document that the library does not hold.
    """
    started = time.monotonic()
    with begun(store, progress) as (draft, records):
        if id not in records:
            raise IngestError(NO_DOCUMENT.format(id))
        with store.snapshot() as snapshot:
            pages = snapshot.pages(id)
            document = replace(snapshot.document(id), title=title, pages=pages)
        record = replace(records[id].as_stored(document), state=document_state(document))
        plan = IngestPlan(records, unchanged=len(records) - 1)
        plan.changed.append(id)
        plan.written[id] = document.sha256
        report = write_plan(store, draft, plan, iter([record]), embedder, progress, started)
    put_title(store.journal, id, title if is_given else None)
    return report
