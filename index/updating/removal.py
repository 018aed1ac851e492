"""Documents out of a library, and back into it from an earlier generation."""

import time
from collections.abc import Sequence
from pathlib import Path

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.local.library import Library
from inquote.index.stores.local.lock import writing
from inquote.index.updating.ingest import carry_out
from inquote.index.updating.plan import DocumentRecord, IngestPlan
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError


def remove(
    path: Path, ids: Sequence[str], embedder: Embedder, *, progress: Progress = silent
) -> IngestReport:
    """Take documents out of the library at `path`; raises `IngestError` for one that it does not hold."""
    started = time.monotonic()
    Library.open(path).close()
    with writing(path) as library:
        with library.snapshot() as snapshot:
            known = snapshot.stored()
        unknown = next((id for id in ids if id not in known), None)
        if unknown is not None:
            raise IngestError(
                f"There is no document {unknown} in the library; inquote status lists them."
            )
        plan = IngestPlan(
            known, removed=list(dict.fromkeys(ids)), unchanged=len(known) - len(set(ids))
        )
        return carry_out(library, plan, iter(()), embedder, progress, started)


def restore(
    path: Path,
    ids: Sequence[str],
    generation: int,
    embedder: Embedder,
    *,
    progress: Progress = silent,
) -> IngestReport:
    """Bring documents back as they were in `generation`; those that are in the library again stay as they are.

    Raises `GenerationGone` where that generation is not kept any more, `IngestError` where it holds none of them.
    """
    started = time.monotonic()
    with writing(path) as library:
        with library.snapshot() as snapshot:
            known = snapshot.stored()
        with library.snapshot(generation) as snapshot:
            was = {
                id: stored
                for id, stored in snapshot.stored().items()
                if id in set(ids) - set(known)
            }
            records = [
                DocumentRecord(snapshot.document(id), s.root, s.state, s.file)
                for id, s in was.items()
            ]
        if not records:
            raise IngestError("There is nothing to bring back; the library was not changed.")
        written = {id: stored.sha256 for id, stored in was.items()}
        plan = IngestPlan(known, written=written, added=list(written), unchanged=len(known))
        return carry_out(library, plan, iter(records), embedder, progress, started)
