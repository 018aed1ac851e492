"""Take documents out of a library, and bring them back from an earlier generation."""

import time
from collections.abc import Sequence

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Store
from inquote.index.updating.ingest import write_plan
from inquote.index.updating.notes import read_notes
from inquote.index.updating.plan import IngestPlan, begun
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError


def remove(
    store: Store, ids: Sequence[str], embedder: Embedder, *, progress: Progress = silent
) -> IngestReport:
    """Take documents out of a library; raise `IngestError` for one that it does not hold.

    Raises `LibraryMissing` where there is no library.
    """
    started = time.monotonic()
    with begun(store, progress) as (draft, records):
        for id in ids:
            if id not in records:
                raise IngestError(
                    f"There is no document {id} in the library; inquote status lists them."
                )
        distinct = list(dict.fromkeys(ids))
        plan = IngestPlan(records, removed=distinct, unchanged=len(records) - len(distinct))
        return write_plan(store, draft, plan, iter(()), embedder, progress, started)


def restore(
    store: Store,
    ids: Sequence[str],
    generation: int,
    embedder: Embedder,
    *,
    progress: Progress = silent,
) -> IngestReport:
    """Bring documents back as they were in a generation; those that are there stay as they are.

    Raises `GenerationGone` where that generation is not kept any more, `IngestError` where it holds
    none of them.
    """
    started = time.monotonic()
    with begun(store, progress) as (draft, current):
        wanted = set(ids) - set(current)
        restored = []
        with store.snapshot(generation) as snapshot:
            for id, record in snapshot.file_records().items():
                if id in wanted:
                    document = snapshot.document(id)
                    restored.append(record.as_stored(document))
            notes = read_notes(snapshot)
        if not restored:
            raise IngestError("There is nothing to bring back; the library was not changed.")
        texts = {record.document.id: record.document.sha256 for record in restored}
        plan = IngestPlan(current, written=texts, added=list(texts), unchanged=len(current))
        plan.notes |= {id: notes[id] for id in texts if id in notes}
        return write_plan(store, draft, plan, iter(restored), embedder, progress, started)
