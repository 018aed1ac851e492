"""Changes to the corpus while the chat runs: files taken in, documents removed and brought back, one at a time.

The work is done in a thread of its own, with an embedder of its own, so that questions are answered meanwhile. It goes
through the same `ingest` as the command line, and whoever asks next is answered from the new generation.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inquote.app.service.answer_changes import AnswerChange, AskedOf, compare
from inquote.app.service.service import Service, explain
from inquote.app.service.uploads import Batch, Uploads
from inquote.app.system import System
from inquote.index.models.embedder import PACKAGED, Embedder, SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.stores.journal import Journal
from inquote.index.stores.local.library import Library
from inquote.index.stores.local.lock import now
from inquote.index.updating.ingest import ingest
from inquote.index.updating.removal import remove, restore
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import InquoteError, LibraryBusy
from inquote.ingest.files.find import UPLOADS, SkippedFile
from inquote.ingest.text import printable

# The article that comes with inquote; in the repository and in the installed package alike.
DEMONSTRATION = Path(__file__).parents[2] / "corpus"
ASKED_AGAIN = 50  # questions, those asked last, of which is told what became of their answers


class Stopped(InquoteError):
    """The work was stopped by somebody; it can be begun again."""


@dataclass
class Job:
    """What goes on, or went on last: how far it is, and what came of it."""

    title: str
    since: str
    stage: str = ""
    done: int = 0
    total: int = 0
    running: bool = True
    problem: str = ""
    account: IngestReport | None = None
    changes: Sequence[AnswerChange] | None = None
    removed: str = ""  # the id of a document that can be brought back

    def as_json(self) -> dict[str, Any]:
        """How far it is."""
        return {
            name: getattr(self, name)
            for name in ("title", "since", "stage", "done", "total", "running")
        }


class LibraryJobs:
    """Changes the library at `library`, which `service` answers from, with embedders that `make_embedder` makes."""

    def __init__(
        self, service: Service, library: Path, make_embedder: Callable[[], Embedder]
    ) -> None:
        self._service = service
        self._library = library
        self._make_embedder = make_embedder
        self.uploads = Uploads(library)
        self.work: Job | None = None
        self._before_removal = 0  # the generation that still holds the document removed last
        self._begin = threading.Lock()
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote-keeper")

    def take(self, batch: Batch) -> Job:
        """Begin to ingest a batch of uploaded files; raises `LibraryBusy` while other work goes on."""
        count = len(batch.names)
        try:
            return self._start(
                f"Taking in {count} {'file' if count == 1 else 'files'}",
                lambda w: self._take(w, batch),
            )
        except LibraryBusy:
            batch.drop()
            raise

    def take_demonstration(self) -> Job:
        """Begin to ingest the packaged article; raises `LibraryBusy` while another job runs."""
        return self._start("Taking in the demonstration text", self._take_demonstration)

    def remove(self, id: str) -> Job:
        """Begin to take a document out of the library."""
        return self._start(f"Removing {printable(id)}", lambda work: self._remove(work, id))

    def undo(self) -> Job:
        """Begin to bring back the document that was removed last; raises `InquoteError` where there is none."""
        if self.work is None or not self.work.removed:
            raise InquoteError("There is nothing to bring back.")
        id = self.work.removed
        return self._start(f"Bringing back {printable(id)}", lambda work: self._undo(work, id))

    def compare(self) -> Job:
        """Begin to ask again what was asked last, of the generation before and of the current one."""
        return self._start("Asking again what was asked before", self._compare)

    def stop(self) -> None:
        """Stop what goes on; what was not committed is undone."""
        self._stop.set()

    def close(self) -> None:
        """Stop what goes on and wait until it has."""
        self._stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _start(self, title: str, job: Callable[[Job], None]) -> Job:
        with self._begin:
            if self.work is not None and self.work.running:
                raise LibraryBusy(
                    f"Busy: another ingest is running since {self.work.since[11:19]} UTC; try again when it is done."
                )
            self._stop.clear()
            self.work = Job(title, now())
            self._thread.submit(self._run, self.work, job)
            return self.work

    def _run(self, work: Job, job: Callable[[Job], None]) -> None:
        try:
            job(work)
        except Exception as error:
            work.problem = explain(error).replace(f"{printable(self.uploads.folder)}/", "")
        finally:
            work.running = False

    def _progress(self, work: Job) -> Progress:
        def progress(stage: str, done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped("It was stopped; the library was not changed.")
            work.stage, work.done, work.total = stage, done, total

        return progress

    def _take(self, work: Job, batch: Batch) -> None:
        useless = set(batch.names)
        try:
            self.uploads.lay(batch)
            account = ingest(
                self._library,
                [self.uploads.folder],
                self._make_embedder(),
                progress=self._progress(work),
            )
            skipped = {skipped.path: skipped.reason for skipped in account.skipped}
            paths = {name: printable(self.uploads.folder / name) for name in batch.names}
            useless = {name for name, path in paths.items() if path in skipped}
            reasons = [
                *batch.skipped,
                *(SkippedFile(str(name), skipped[paths[name]]) for name in sorted(useless)),
            ]
            work.account = replace(account, skipped=tuple(reasons))
        finally:
            self.uploads.settle(batch, useless)
        self._follow_up(work)

    def _take_demonstration(self, job: Job) -> None:
        job.account = ingest(
            self._library, [DEMONSTRATION], self._make_embedder(), progress=self._progress(job)
        )
        self._follow_up(job)

    def _remove(self, work: Job, id: str) -> None:
        name = self._upload_name(id)
        if name:
            self.uploads.set_aside(name)
        try:
            work.account = remove(
                self._library, [id], self._make_embedder(), progress=self._progress(work)
            )
        except BaseException:
            if name:
                self.uploads.put_back(name)
            raise
        self._before_removal = work.account.generation - 1
        work.removed = id
        self._follow_up(work)

    def _undo(self, work: Job, id: str) -> None:
        work.removed = id  # can be brought back again, unless this does it
        name = self._upload_name(id)
        if name:
            self.uploads.put_back(name)
        work.account = restore(
            self._library,
            [id],
            self._before_removal,
            self._make_embedder(),
            progress=self._progress(work),
        )
        work.removed = ""
        self._follow_up(work)

    def _upload_name(self, id: str) -> str | None:
        """The name of the uploaded file that a document was made of; None for one from elsewhere."""
        library = Library.open(self._library)
        try:
            with library.snapshot() as snapshot:
                root = snapshot.roots().get(UPLOADS)
        finally:
            library.close()
        return id.removeprefix(f"{root}/") if root and id.startswith(f"{root}/") else None

    def _follow_up(self, work: Job) -> None:
        """After a change: find questions to suggest, and tell what became of answers given before."""
        self._service.look_ahead()
        if work.account and work.account.has_changes:
            self._compare(work)

    def _compare(self, work: Job) -> None:
        system = self._service.run(lambda system: system)
        generations = self._service.run(lambda system: system.generations)
        asked = Journal(self._library).asked()[-ASKED_AGAIN:]
        if len(generations) < 2 or not asked:
            work.changes = ()
            return
        beside = System(
            system.library, system.search, system.answerer
        )  # holds the earlier generation, and for now
        progress = self._progress(work)

        def shown(turns: Sequence[AskedOf]) -> Iterator[AskedOf]:
            for done, turn in enumerate(turns, 1):
                yield turn
                progress("asking again", done, len(turns))

        try:
            work.changes = compare(
                asked, (generations[-2], generations[-1]), self._service.asking(beside), shown
            )
        except Stopped:
            work.changes = ()


def open_jobs(service: Service, library: Path, embedder: str | None) -> LibraryJobs:
    """The keeper of a library made with `embedder`, a name or path; None is the packaged one."""
    return LibraryJobs(service, library, lambda: SentenceTransformerEmbedder(embedder or PACKAGED))
