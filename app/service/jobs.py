"""Change the corpus while the chat runs: take files in, remove documents, bring them back.

One job runs at a time, in a thread of its own with an embedder of the jobs' own, so that questions
are answered meanwhile. It goes through the same `ingest` as the command line, and the next question
is answered from the new generation.
"""

import contextlib
import functools
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

from inquote.app.service.answer_changes import Turn, compare
from inquote.app.service.conflicts import Choice, Conflicts, conflicts_of, settle_conflicts
from inquote.app.service.job import Job, Stopped, Undo, count_of, let_go, tell_nobody
from inquote.app.service.service import Service, explain, log
from inquote.app.service.uploads import Batch, UploadError, Uploads
from inquote.app.system import System
from inquote.index.clock import utc_now
from inquote.index.models.embedder import PACKAGED, Embedder, SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.stores.base import Store
from inquote.index.stores.registry import open_store
from inquote.index.updating.ingest import ingest
from inquote.index.updating.plan import LibraryState
from inquote.index.updating.removal import remove, restore
from inquote.index.updating.report import IngestReport
from inquote.index.updating.retitling import retitle, title_of
from inquote.ingest.errors import InquoteError, LibraryBusy
from inquote.ingest.files.find import UPLOADS, SkippedFile
from inquote.ingest.text import printable

# The article that comes with inquote; in the repository and in the installed package alike.
DEMONSTRATION = Path(__file__).parents[2] / "corpus"
RECENT_QUESTIONS = 50  # that are asked again after a change
MOST_HELD = 8  # uploads that wait for a choice; the oldest goes when another comes


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
        self.on_end: Callable[[Job], None] = tell_nobody
        self._held: dict[str, tuple[Batch, Conflicts]] = {}
        self._endings: list[Callable[[], None]] = []
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote-jobs")
        self._later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote-changes")

    def hold(self, batch: Batch) -> tuple[str, Conflicts]:
        """Keep a batch for `settle` where files of it are there already.

        The result is a key and what is to be chosen; the key is "" where there is nothing to
        choose.
        """
        with self._store() as store:
            records = LibraryState.of(store, mends=False).records
        ids = {record.original: id for id, record in records.items() if record.original}
        conflicts = conflicts_of(batch, self.uploads.folder, ids)
        if not conflicts:
            return "", conflicts
        while len(self._held) >= MOST_HELD:
            self._held.pop(next(iter(self._held)))[0].drop()
        key = secrets.token_urlsafe(12)
        self._held[key] = batch, conflicts
        return key, conflicts

    def settle(self, key: str, choice: Choice | None) -> Job | None:
        """Begin to ingest a batch that was held; None for the choice drops it.

        Raises `UploadError` where it is not there any more, or no file of it is left.
        """
        if key not in self._held:
            raise UploadError("Those files are not here any more; add them again.")
        batch, conflicts = self._held.pop(key)
        if choice is None:
            batch.drop()
            return self.latest
        return self.take(settle_conflicts(batch, conflicts, choice, self.uploads.folder))

    def take(self, batch: Batch) -> Job:
        """Begin to ingest uploaded files; raise `LibraryBusy` while another job runs."""
        title = f"Taking in {count_of(len(batch.names), 'file')}"
        try:
            return self._start(title, lambda job: self._take(job, batch))
        except LibraryBusy:
            batch.drop()
            raise

    def take_demonstration(self) -> Job:
        """Begin to ingest the packaged article; raise `LibraryBusy` while another job runs."""
        return self._start("Taking in the demonstration text", self._take_demonstration)

    def remove(self, *ids: str) -> Job:
        """Begin to take documents out of the library."""
        name = printable(ids[0]) if len(ids) == 1 else count_of(len(ids), "document")
        return self._start(f"Removing {name}", lambda job: self._remove(job, ids, name))

    def rename(self, id: str, title: str) -> Job:
        """Begin to give a document a title, which stays when its file is taken in anew."""
        return self._start(f"Renaming {printable(id)}", lambda job: self._rename(job, id, title))

    def undo(self) -> Job:
        """Begin to take the latest job back; raise `InquoteError` where it cannot be."""
        undo = self.latest.undo if self.latest else None
        if undo is None:
            raise InquoteError("There is nothing to bring back.")

        def work(job: Job) -> None:
            job.undo = undo  # can be tried again, unless this does it
            undo.work(job)
            job.undo = None

        return self._start(undo.title, work)

    def compare(self) -> Job:
        """Begin to ask recent questions again, of the generation before and of the current one."""

        def work(job: Job) -> None:
            self._compare(job, self._progress(job))

        return self._start("Asking again what was asked before", work)

    def dismiss(self) -> None:
        """Show the result of the latest job no longer."""
        if self.latest and not self.latest.running:
            self.latest.is_closed = True

    def follow(self, title: str, work: Callable[[Store, Embedder, Progress], IngestReport]) -> Job:
        """Begin an ingest, shown if it changed something; raise `LibraryBusy` during another."""

        def run(job: Job) -> None:
            with self._store() as store:
                job.report = work(store, self._make_embedder(), self._progress(job))
            job.is_closed = not job.report.has_changes and not job.report.skipped

        return self._start(title, run)

    def at_close(self, end: Callable[[], None]) -> None:
        """Call a function when the jobs are closed; no job begins after it."""
        self._endings.append(end)

    def stop(self) -> None:
        """Stop the running job; what it did not commit is undone."""
        self._stop.set()

    def close(self) -> None:
        """Stop the running job and wait for its end."""
        for end in self._endings:
            end()
        self._stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._later.shutdown(wait=True, cancel_futures=True)
        for batch, _ in self._held.values():
            batch.drop()

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
            self._follow_up(job)
        except Exception as error:
            job.is_stopped = isinstance(error, Stopped)
            job.problem = explain(error).replace(f"{printable(self.uploads.folder)}/", "")
        finally:
            job.running = False
            self.on_end(job)
            let_go()

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
            report = self._ingest_uploads(job)
            # Report the skipped files of this batch by the names that a person gave them.
            reasons = {skipped.path: skipped.reason for skipped in report.skipped}
            paths = {name: printable(self.uploads.folder / name) for name in batch.names}
            useless = {name for name, path in paths.items() if path in reasons}
            skipped = [SkippedFile(str(name), reasons[paths[name]]) for name in sorted(useless)]
            warnings = self.uploads.named(report.warnings)
            job.report = replace(report, skipped=(*batch.skipped, *skipped), warnings=warnings)
            job.opens = _first_new(report)
        finally:
            self.uploads.settle(batch, useless)
        names = [name for name in batch.names if name not in useless]
        if report.has_changes and self._has_others(report.added):
            title = f"Taking {count_of(len(names), 'file')} back"
            job.undo = Undo(title, lambda undoing: self._take_back(undoing, names))

    def _take_back(self, job: Job, names: Sequence[PurePosixPath]) -> None:
        """Put the files in place that uploaded ones have replaced, and follow them."""
        self.uploads.swap(names)
        try:
            job.report = self._ingest_uploads(job)
        except BaseException:
            self.uploads.swap(names)
            raise

    def _ingest_uploads(self, job: Job) -> IngestReport:
        """Bring the library up to date with the folder of uploads, which may be empty by now."""
        embedder, progress = self._make_embedder(), self._progress(job)
        with self._store() as store:
            if self.uploads.has_files():
                return ingest(store, [self.uploads.folder], embedder, progress=progress)
            state = LibraryState.of(store)
            ids = [id for id, record in state.records.items() if record.root == UPLOADS]
            return remove(store, ids, embedder, progress=progress)

    def _has_others(self, ids: Sequence[str]) -> bool:
        """Say whether the library holds documents beside these."""
        with self._store() as store, store.snapshot() as snapshot:
            return len(snapshot.document_infos()) > len(ids)

    def _take_demonstration(self, job: Job) -> None:
        embedder, progress = self._make_embedder(), self._progress(job)
        with self._store() as store:
            job.report = ingest(store, [DEMONSTRATION], embedder, progress=progress)
        job.opens = _first_new(job.report)

    def _remove(self, job: Job, ids: Sequence[str], name: str) -> None:
        files = [file for file in map(self._upload_name, ids) if file]
        self.uploads.set_aside(files)
        try:
            with self._store() as store:
                job.report = remove(store, ids, self._make_embedder(), progress=self._progress(job))
        except BaseException:
            self.uploads.put_back(files)
            raise
        before = job.report.generation - 1

        def bring_back(undoing: Job) -> None:
            self.uploads.put_back(files)
            embedder, progress = self._make_embedder(), self._progress(undoing)
            with self._store() as store:
                undoing.report = restore(store, ids, before, embedder, progress=progress)

        job.undo = Undo(f"Bringing back {name}", bring_back)

    def _rename(self, job: Job, id: str, title: str, is_given: bool = True) -> None:
        embedder, progress = self._make_embedder(), self._progress(job)
        with self._store() as store:
            before, was_given = title_of(store, id)
            retitle(store, id, title, embedder, is_given=is_given, progress=progress)
        undo = f"Giving {printable(id)} its earlier title back"
        job.undo = Undo(undo, lambda undoing: self._rename(undoing, id, before, was_given))

    def _upload_name(self, id: str) -> str | None:
        """Return the name of the uploaded file of a document; None for one from elsewhere."""
        with self._store() as store, store.snapshot() as snapshot:
            root = snapshot.roots().get(UPLOADS)
        return id.removeprefix(f"{root}/") if root and id.startswith(f"{root}/") else None

    def _follow_up(self, job: Job) -> None:
        """After a change, find questions to suggest, and compare recent answers, both quietly."""
        if job.report and job.report.has_changes:
            job.comparing = True
            self._service.look_ahead()
            self._later.submit(self._compare_quietly, job)

    def _compare_quietly(self, job: Job) -> None:
        """Compare recent answers until the next job begins."""

        def note(stage: str, done: int, total: int) -> None:
            if job is not self.latest or self._stop.is_set():
                raise Stopped("There is another job.")

        try:
            self._compare(job, note)
        except Exception:  # the job itself is done
            log.info("answers were not compared", exc_info=True)
        finally:
            job.comparing = False
            let_go()

    def _compare(self, job: Job, progress: Progress) -> None:
        system = self._service.run(lambda system: system)
        generations = self._service.run(lambda system: system.generations)
        questions = system.store.journal.questions()[-RECENT_QUESTIONS:]
        if len(generations) < 2 or not questions:
            job.changes = ()
            return

        def walk(turns: Sequence[Turn]) -> Iterator[Turn]:
            for done, turn in enumerate(turns, 1):
                yield turn
                progress("asking again", done, len(turns))

        # A store of its own loads the earlier generation, and lets go of it in the end.
        with contextlib.suppress(Stopped), self._store() as store:
            ask = self._service.asking(System(store, system.search, system.answerer))
            job.changes = compare(questions, (generations[-2], generations[-1]), ask, walk)


def _first_new(report: IngestReport) -> str:
    """Return the id of the first document that is new or changed, "" for none."""
    return next(iter((*report.added, *report.changed)), "")


def open_jobs(service: Service, library: Path, embedder: str | None) -> LibraryJobs:
    """Return the jobs of a library; `embedder` is a name or path, None the packaged one."""

    @functools.cache
    def make_embedder() -> Embedder:
        return SentenceTransformerEmbedder(embedder or PACKAGED)

    return LibraryJobs(service, library, make_embedder)
