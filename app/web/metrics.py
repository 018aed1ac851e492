"""Count what the server does, for Prometheus: numbers alone, and no text of anybody's.

Names and labels are fixed here. What a person asked, what was answered, and how a document is
called stands in none of them.
"""

import asyncio
import contextlib
import math

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import generate_latest

from inquote import __version__
from inquote.app.answering.answer import Answer
from inquote.app.service.job import Job
from inquote.app.service.service import Busy, Service
from inquote.app.service.viewer import Person, see_as
from inquote.ingest.errors import InquoteError, QuestionError

MEASURING_SECONDS = 2.0  # that a scrape waits for the library; after it the last sizes stand
CONFIDENCES = tuple(tenth / 10 for tenth in range(1, 11))
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MONITORING = Person("", None)  # the whole library is measured, whoever asks
STATUSES = frozenset(range(100, 600))


class Metrics:
    """The numbers of one server, from what its parts tell of themselves."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._generation = 0  # that was measured last
        self._measuring: asyncio.Task[None] | None = None
        disable_created_metrics()  # type: ignore[no-untyped-call]  # nobody asks when it began
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        version = Gauge("inquote_info", "The version that runs.", ["version"], registry=registry)
        version.labels(__version__).set(1)
        self._questions = Counter(
            "inquote_questions",
            "Questions by their outcome: answered, refused, talk, invalid, busy, failed.",
            ["outcome"],
            registry=registry,
        )
        self._confidence = Histogram(
            "inquote_answer_confidence",
            "The calibrated probability that an answer is right, of refusals too.",
            buckets=CONFIDENCES,
            registry=registry,
        )
        self._stages = Histogram(
            "inquote_stage_seconds",
            "The time of each stage of an answer.",
            ["stage"],
            buckets=SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "inquote_requests", "HTTP requests by their status.", ["status"], registry=registry
        )
        _follow(service, registry)
        self._ingests = Counter(
            "inquote_ingests",
            "Changes of the library by their outcome: done, failed, stopped.",
            ["outcome"],
            registry=registry,
        )
        self._ingested = Counter(
            "inquote_ingest_documents",
            "Documents by what a change did: added, changed, renamed, removed, skipped.",
            ["change"],
            registry=registry,
        )
        self._sizes = _size_gauges(registry)

    def note_answer(self, answer: Answer | Exception) -> None:
        """Count an answer, or what was raised in its place."""
        self._questions.labels(_outcome(answer)).inc()
        if isinstance(answer, Exception) or answer.is_small_talk:
            return
        self._confidence.observe(answer.confidence)
        for stage, milliseconds in answer.stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def note_job(self, job: Job) -> None:
        """Count a change of the library that is over."""
        outcome = "stopped" if job.is_stopped else "failed" if job.problem else "done"
        self._ingests.labels(outcome).inc()
        report = job.report
        if report is None or job.problem:
            return
        for change in ("added", "changed", "renamed", "removed", "skipped"):
            self._ingested.labels(change).inc(len(getattr(report, change)))

    def note_request(self, status: int) -> None:
        """Count an HTTP request; 0 is one whose sender left before it was answered."""
        self._requests.labels(str(status) if status in STATUSES else "none").inc()

    async def text(self) -> bytes:
        """Write all numbers in Prometheus's text format."""
        if self._service.ready:
            await self._measure_for_a_while()
        return generate_latest(self.registry)

    async def _measure_for_a_while(self) -> None:
        """Measure the library; where that takes long, the next scrape has the numbers."""
        if self._measuring is None or self._measuring.done():
            see_as(MONITORING)
            self._measuring = asyncio.create_task(self._measure())
        await asyncio.wait([self._measuring], timeout=MEASURING_SECONDS)

    async def _measure(self) -> None:
        """Measure the library where it is another generation than before."""
        with contextlib.suppress(InquoteError):
            if await self._service.generation() == self._generation:
                return
            catalogue = await self._service.catalogue()
            self._sizes["bytes"].set(await self._service.size())
            self._sizes["generation"].set(catalogue.generation)
            self._sizes["documents"].set(len(catalogue.documents))
            self._sizes["passages"].set(catalogue.passages)
            self._generation = catalogue.generation


def _follow(service: Service, registry: CollectorRegistry) -> None:
    """Make the numbers that a service tells whenever they are asked for."""
    about = "Calls that wait for the library or work in it."
    waiting = Gauge("inquote_waiting", about, registry=registry)
    waiting.set_function(lambda: service.waiting)
    about = "Processes that answer questions."
    processes = Gauge("inquote_processes", about, registry=registry)
    processes.set_function(lambda: service.processes)


def _size_gauges(registry: CollectorRegistry) -> dict[str, Gauge]:
    """Make the numbers of the library itself, which nobody has measured yet."""
    gauges = {}
    for name in ("generation", "documents", "passages", "bytes"):
        about = f"{name.title()} of the library; not a number until it was measured."
        gauges[name] = Gauge(f"inquote_library_{name}", about, registry=registry)
        gauges[name].set(math.nan)
    return gauges


def _outcome(answer: Answer | Exception) -> str:
    """Name what became of a question."""
    if isinstance(answer, Exception):
        kinds = {QuestionError: "invalid", Busy: "busy"}
        return next((name for kind, name in kinds.items() if isinstance(answer, kind)), "failed")
    if answer.is_small_talk:
        return "talk"
    return "refused" if answer.text is None else "answered"
