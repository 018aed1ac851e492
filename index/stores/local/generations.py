"""The derived files of generations: made from the rows of one, made anew where they are damaged, swept when past."""

import shutil
from collections.abc import Iterable

from inquote.index.progress import Progress, silent
from inquote.index.stores.local.derived import check_derived, write_derived
from inquote.index.stores.local.faults import step
from inquote.index.stores.local.library import Library, Snapshot
from inquote.index.stores.local.lock import writing

KEPT_GENERATIONS = 3  # the current one and those before it that can still be asked


def generation_of(library: Library) -> int:
    """The generation that a library is at."""
    with library.snapshot() as snapshot:
        return snapshot.generation


def write_files(library: Library, snapshot: Snapshot, progress: Progress) -> None:
    """Write the derived files of the snapshot's generation."""
    library.derived.mkdir(exist_ok=True)
    rows, matrix = snapshot.vectors()
    total = len(rows)

    def texts() -> Iterable[tuple[int, str]]:
        for done, (row, passage) in enumerate(snapshot.all_passages(), 1):
            yield row, passage.embedded_text
            if done % 1000 == 0 or done == total:
                progress("indexing", done, total)

    write_derived(library.generation_folder(snapshot.generation), rows, matrix, texts())


def mend(library: Library, generation: int, progress: Progress = silent) -> None:
    """Write the derived files of a generation anew where they are missing or damaged; under the lock."""
    if generation and check_derived(library.generation_folder(generation)):
        with library.snapshot(generation) as snapshot:
            write_files(library, snapshot, progress)


def remake_derived(library: Library, generation: int | None = None) -> None:
    """As `mend`, of a library that is not locked yet; of the current generation by default."""
    with writing(library.path):
        mend(library, generation or generation_of(library))


def sweep(library: Library, generation: int) -> None:
    """Remove the folders of generations past and of ingests that were cut off; `generation` is the current one."""
    kept = {library.generation_folder(generation - back).name for back in range(KEPT_GENERATIONS)}
    for folder in library.derived.iterdir() if library.derived.exists() else ():
        if folder.name not in kept:
            step()
            shutil.rmtree(folder, ignore_errors=True)
