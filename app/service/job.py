"""Hold a change of the corpus that runs, or ran last: how far it is, and its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inquote.app.service.answer_changes import AnswerChange
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
    is_closed: bool = False  # whether somebody has seen enough of its result

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
        }


@dataclass(frozen=True)
class Undo:
    """The job that takes another back: its title, and its work."""

    title: str
    work: Callable[[Job], None]
