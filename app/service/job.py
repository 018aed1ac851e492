"""Hold a change of the corpus that runs, or ran last: how far it is, and its result."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inquote.app.service.answer_changes import AnswerChange
from inquote.index.models.allocator import return_freed_memory
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import InquoteError


class Stopped(InquoteError):
    """Somebody stopped the job; it can be begun again."""


@dataclass
class Job:
    """The job that runs, or ran last: how far it is, and its result."""

    title: str
    since: str
    stage: str = ""
    done: int = 0
    total: int = 0
    running: bool = True
    problem: str = ""
    report: IngestReport | None = None
    changes: Sequence[AnswerChange] | None = None
    undo: "Undo | None" = None
    comparing: bool = False  # whether earlier questions are still asked again, quietly
    is_stopped: bool = False  # whether it ended because somebody stopped it
    is_closed: bool = False  # whether somebody has seen enough of its result
    opens: str = ""  # id of the document that it took in, to be looked at

    def as_json(self) -> dict[str, Any]:
        """Return how far it is, as `GET /api/corpus/work` gives it."""
        return {
            "title": self.title,
            "since": self.since,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "running": self.running,
            "comparing": self.comparing,
            "opens": self.opens,
        }


@dataclass(frozen=True)
class Undo:
    """The job that takes another back: its title, and its work."""

    title: str
    work: Callable[[Job], None]


def count_of(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> count_of(1, "file"), count_of(2, "file")
    ('1 file', '2 files')
    """
    return f"{number} {noun if number == 1 else noun + 's'}"


def let_go() -> None:
    """Return the memory of a job, some of which lies in cycles that Python seldom looks for."""
    gc.collect()
    return_freed_memory()


def tell_nobody(job: Job) -> None:
    """Tell nobody that a job has ended."""
