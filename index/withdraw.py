"""Documents out of a library, and back into it from an earlier generation."""

import time
from collections.abc import Sequence
from pathlib import Path

from index.build import Account, Progress, account_of, commit, silent
from index.changes import Files, Plan, Record
from index.embed import Embedder
from index.library import Library
from index.recipe import check_recipe
from index.writing import writing
from ingest.collect import Collected
from ingest.errors import IngestError
from ingest.find import Found


def remove(path: Path, ids: Sequence[str], embedder: Embedder, *, progress: Progress = silent) -> Account:
    """Take documents out of the library at `path`; raises `IngestError` for one that it does not hold."""
    Library.open(path).close()
    with writing(path) as library:
        with library.snapshot() as snapshot:
            known = snapshot.stored()
        unknown = next((id for id in ids if id not in known), None)
        if unknown is not None:
            raise IngestError(f"There is no document {unknown} in the library; inquote status lists them.")
        plan = Plan(removed=list(dict.fromkeys(ids)), unchanged=len(known) - len(set(ids)))
        return _carry_out(library, plan, embedder, progress)


def restore(
    path: Path, ids: Sequence[str], generation: int, embedder: Embedder, *, progress: Progress = silent
) -> Account:
    """Bring documents back as they were in `generation`; those that are in the library again stay as they are.

    Raises `GenerationGone` where that generation is not kept any more, `IngestError` where it holds none of them.
    """
    with writing(path) as library:
        with library.snapshot() as snapshot:
            known = snapshot.stored()
        with library.snapshot(generation) as snapshot:
            was = {id: stored for id, stored in snapshot.stored().items() if id in set(ids) - set(known)}
            write = {id: Record(snapshot.document(id), s.root, s.state, s.file) for id, s in was.items()}
        if not write:
            raise IngestError("There is nothing to bring back; the library was not changed.")
        return _carry_out(library, Plan(write=write, added=list(write), unchanged=len(known)), embedder, progress)


def _carry_out(library: Library, plan: Plan, embedder: Embedder, progress: Progress) -> Account:
    started = time.monotonic()
    with library.snapshot() as snapshot:
        generation = snapshot.generation
        if snapshot.recipe:
            check_recipe(snapshot.recipe, embedder)
    embedded = commit(library, plan, {}, embedder, progress)
    return account_of(plan, Files(Found(), Collected()), generation + 1, embedded, started)
