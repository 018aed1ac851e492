"""Share files out among tasks, so that the processors of a cluster end together."""

from collections.abc import Sequence
from operator import itemgetter

from inquote.ingest.files.collect import file_size
from inquote.ingest.files.find import SourceFile

MAX_FILES = 64  # of a task
SMALLEST_SHARE = 32  # the smallest task is that part of what a processor has to do
FILE_COST = 50_000  # what a file costs beside its bytes, in bytes

Files = Sequence[tuple[SourceFile, str]]
"""Files, each with the digest that it had at the last ingest, or ""."""


def share_out(files: Files, processors: float) -> list[Files]:
    """Return the files of each task: large files first, smaller tasks the nearer the end is.

    A task is half of a processor's part of what is left, so that few tasks are handed out and none
    is long at the end (guided self-scheduling, Polychronopoulos and Kuck 1987).
    """
    sized = [(file_size(file[0]) + FILE_COST, file) for file in files]
    sized.sort(key=itemgetter(0), reverse=True)
    left: float = sum(size for size, _ in sized)
    smallest = left / (SMALLEST_SHARE * processors)
    tasks: list[list[tuple[SourceFile, str]]] = []
    room = 0.0
    for size, file in sized:
        if room <= 0 or len(tasks[-1]) == MAX_FILES:
            tasks.append([])
            room = max(left / (2 * processors), smallest)
        tasks[-1].append(file)
        room -= size
        left -= size
    return list(tasks)
