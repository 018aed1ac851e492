"""Change the corpus while the chat runs: take files in, remove documents, bring them back.

One job runs at a time, in a thread of its own with an embedder of the jobs' own, so that questions
are answered meanwhile. It goes through the same `ingest` as the command line, and the next question
is answered from the new generation.
"""

import contextlib
import functools
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inquote.app.service.answer_changes import AnswerChange, Turn, compare
from inquote.app.service.service import Service, explain
from inquote.app.service.uploads import Batch, Uploads
from inquote.app.system import System
from inquote.index.clock import utc_now
from inquote.index.models.allocator import return_freed_memory
from inquote.index.models.embedder import PACKAGED, Embedder, SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.stores.base import Store
from inquote.index.stores.registry import open_store
from inquote.index.updating.ingest import ingest
from inquote.index.updating.removal import remove, restore
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import InquoteError, LibraryBusy
from inquote.ingest.files.find import UPLOADS, SkippedFile
from inquote.ingest.text import printable

# The article that comes with inquote; in the repository and in the installed package alike.
DEMONSTRATION = Path(__file__).parents[2] / "corpus"
RECENT_QUESTIONS = 50  # that are asked again after a change


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
    removed: str = ""  # the id of a document that can be brought back

    def as_json(self) -> dict[str, Any]:
        """Return how far it is, as `GET /api/corpus/work` gives it."""
        return {
            "title": self.title,
            "since": self.since,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "running": self.running,
        }


class LibraryJobs:
    """Changes the library in the folder `library`, from which `service` answers.

    `make_embedder` gives the embedder of a job; no two jobs use it at once.
    """

    def __init__(
        self, service: Service, library: Path, make_embedder: Callable[[], Embedder]
    ) -> None:
        self._service = service
        self._library = library
        self._make_embedder = make_embedder
        self.uploads = Uploads(library)
        self.latest: Job | None = None
        self._before_removal = 0  # the generation that still holds the document removed last
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote-jobs")

    def take(self, batch: Batch) -> Job:
        """Begin to ingest uploaded files; raise `LibraryBusy` while another job runs."""
        count = len(batch.names)
        title = f"Taking in {count} {'file' if count == 1 else 'files'}"
        try:
            return self._start(title, lambda job: self._take(job, batch))
        except LibraryBusy:
            batch.drop()
            raise

    def take_demonstration(self) -> Job:
        """Begin to ingest the packaged article; raise `LibraryBusy` while another job runs."""
        return self._start("Taking in the demonstration text", self._take_demonstration)

    def remove(self, id: str) -> Job:
        """Begin to take a document out of the library."""
        return self._start(f"Removing {printable(id)}", lambda job: self._remove(job, id))

    def undo(self) -> Job:
        """Begin to bring back the document removed last; raise `InquoteError` if there is none."""
        if self.latest is None or not self.latest.removed:
            raise InquoteError("There is nothing to bring back.")
        id = self.latest.removed
        return self._start(f"Bringing back {printable(id)}", lambda job: self._undo(job, id))

    def compare(self) -> Job:
        """Begin to ask recent questions again, of the generation before and of the current one."""
        return self._start("Asking again what was asked before", self._compare)

    def stop(self) -> None:
        """Stop the running job; what it did not commit is undone."""
        self._stop.set()

    def close(self) -> None:
        """Stop the running job and wait for its end."""
        self._stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _start(self, title: str, work: Callable[[Job], None]) -> Job:
        with self._starting:
            if self.latest is not None and self.latest.running:
                raise LibraryBusy(
                    "Busy: another ingest is running since "
                    f"{self.latest.since[11:19]} UTC; try again when it is done."
                )
            self._stop.clear()
            self.latest = Job(title, utc_now())
            self._thread.submit(self._run, self.latest, work)
            return self.latest

    def _run(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            work(job)
        except Exception as error:
            job.problem = explain(error).replace(f"{printable(self.uploads.folder)}/", "")
        finally:
            job.running = False
            _let_go()

    def _progress(self, job: Job) -> Progress:
        """Return what a job reports its progress to; it raises `Stopped` where it was stopped."""

        def progress(stage: str, done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped("It was stopped; the library was not changed.")
            job.stage, job.done, job.total = stage, done, total

        return progress

    @contextlib.contextmanager
    def _store(self) -> Iterator[Store]:
        """Open the library, which may not be there yet, for the length of a job."""
        with contextlib.closing(open_store(self._library, must_exist=False)) as store:
            yield store

    def _take(self, job: Job, batch: Batch) -> None:
        useless = set(batch.names)
        try:
            # Ingest the whole folder of uploads.
            self.uploads.lay(batch)
            embedder, progress = self._make_embedder(), self._progress(job)
            with self._store() as store:
                report = ingest(store, [self.uploads.folder], embedder, progress=progress)
            # Report the skipped files of this batch by the names that a person gave them.
            reasons = {skipped.path: skipped.reason for skipped in report.skipped}
            paths = {name: printable(self.uploads.folder / name) for name in batch.names}
            useless = {name for name, path in paths.items() if path in reasons}
            skipped = [SkippedFile(str(name), reasons[paths[name]]) for name in sorted(useless)]
            job.report = replace(report, skipped=(*batch.skipped, *skipped))
        finally:
            self.uploads.settle(batch, useless)
        self._follow_up(job)

    def _take_demonstration(self, job: Job) -> None:
        embedder, progress = self._make_embedder(), self._progress(job)
        with self._store() as store:
            job.report = ingest(store, [DEMONSTRATION], embedder, progress=progress)
        self._follow_up(job)

    def _remove(self, job: Job, id: str) -> None:
        name = self._upload_name(id)
        if name:
            self.uploads.set_aside(name)
        try:
            with self._store() as store:
                job.report = remove(
                    store, [id], self._make_embedder(), progress=self._progress(job)
                )
        except BaseException:
            if name:
                self.uploads.put_back(name)
            raise
        self._before_removal = job.report.generation - 1
        job.removed = id
        self._follow_up(job)

    def _undo(self, job: Job, id: str) -> None:
        job.removed = id  # can be brought back again, unless this does it
        name = self._upload_name(id)
        if name:
            self.uploads.put_back(name)
        embedder, progress = self._make_embedder(), self._progress(job)
        with self._store() as store:
            job.report = restore(store, [id], self._before_removal, embedder, progress=progress)
        job.removed = ""
        self._follow_up(job)

    def _upload_name(self, id: str) -> str | None:
        """Return the name of the uploaded file of a document; None for one from elsewhere."""
        with self._store() as store, store.snapshot() as snapshot:
            root = snapshot.roots().get(UPLOADS)
        return id.removeprefix(f"{root}/") if root and id.startswith(f"{root}/") else None

    def _follow_up(self, job: Job) -> None:
        """After a change, find questions to suggest, and compare recent answers."""
        self._service.look_ahead()
        if job.report and job.report.has_changes:
            self._compare(job)

    def _compare(self, job: Job) -> None:
        system = self._service.run(lambda system: system)
        generations = self._service.run(lambda system: system.generations)
        questions = system.store.journal.questions()[-RECENT_QUESTIONS:]
        if len(generations) < 2 or not questions:
            job.changes = ()
            return
        progress = self._progress(job)

        def walk(turns: Sequence[Turn]) -> Iterator[Turn]:
            for done, turn in enumerate(turns, 1):
                yield turn
                progress("asking again", done, len(turns))

        # A store of its own loads the earlier generation, and lets go of it in the end.
        job.changes = ()
        with contextlib.suppress(Stopped), self._store() as store:
            ask = self._service.asking(System(store, system.search, system.answerer))
            job.changes = compare(questions, (generations[-2], generations[-1]), ask, walk)


def _let_go() -> None:
    """Return the memory of a job, some of which lies in cycles that Python seldom looks for."""
    gc.collect()
    return_freed_memory()


def open_jobs(service: Service, library: Path, embedder: str | None) -> LibraryJobs:
    """Return the jobs of a library; `embedder` is a name or path, None the packaged one."""

    @functools.cache
    def make_embedder() -> Embedder:
        return SentenceTransformerEmbedder(embedder or PACKAGED)

    return LibraryJobs(service, library, make_embedder)
