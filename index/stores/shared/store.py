"""A library at a URL: tables of Lance, a generation a record, any number of readers."""

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from inquote.index.progress import Progress, silent
from inquote.index.stores.shared.attachments import Attachments
from inquote.index.stores.shared.draft import GENERATIONS_A_SWEEP, SharedDraft
from inquote.index.stores.shared.errors import NotThere, unchanged
from inquote.index.stores.shared.generations import Generations
from inquote.index.stores.shared.journal import SharedJournal
from inquote.index.stores.shared.lease import Lease
from inquote.index.stores.shared.purge import purge
from inquote.index.stores.shared.records import Record, Records
from inquote.index.stores.shared.snapshot import SharedSnapshot
from inquote.index.stores.shared.tables import ALL_NAMES, open_table
from inquote.index.stores.shared.verify import problems_of
from inquote.ingest.errors import GenerationGone, InquoteError

AWAY = (
    "The store of this library is out of reach. Until it is back, answers come from what this "
    "machine keeps of it, and nothing can be changed."
)


class SharedStore:
    """A `Store` at the URL `location`; safe to use from several threads.

    Making the object opens nothing.
    """

    folder: Path | None = None

    def __init__(self, location: str) -> None:
        self.location = location
        self.journal = SharedJournal(location)
        self.generations = Generations(location, Records(location))
        self._records = Records(location)
        self._attachments = Attachments(location)

    @property
    def size(self) -> int:
        """The bytes of all files of all tables, of all generations that are kept."""
        total = 0
        for name in ALL_NAMES:
            table = open_table(self.location, name)
            total += table.size if table else 0
        return total

    @property
    def notice(self) -> str:
        """What people should know of the store now: whether it is out of reach."""
        return AWAY if self.generations.is_out_of_reach else ""

    def require(self) -> None:
        """Raise `LibraryMissing` for no library, `LibraryMismatch` for one of another format."""
        self.generations.newest()

    # Reading

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[SharedSnapshot]:
        """Open one generation; see `Store.snapshot`."""
        held, newest = self.generations.opened(generation)
        cache = self.generations.cache
        yield SharedSnapshot(held, newest, self._attachments.get, cache.file)

    # Writing

    @contextmanager
    def begin(self, progress: Progress = silent, after: int = 0) -> Iterator[SharedDraft]:
        """Become the one writer and begin the next generation; see `Store.begin`."""
        with unchanged(self.location):
            lease = Lease(self.location, secrets.token_hex(8))
            with lease.held():
                draft = SharedDraft(
                    self.location, self._records, self._base(), lease, self._attachments, after
                )
                try:
                    yield draft
                    draft.finish()
                finally:
                    if not draft.committed:
                        with contextlib.suppress(InquoteError, OSError):
                            draft.keep_embeddings()
                    self.generations.look_again()
                draft.clean_up()
                if draft.committed and draft.generation % GENERATIONS_A_SWEEP == 0:
                    with contextlib.suppress(InquoteError):
                        self.journal.drop_questions()

    def _base(self) -> Record | None:
        """Return the record of the current generation, as it is now; None for none."""
        try:
            numbers = self._records.generations()
        except NotThere:
            return None
        return self._records.read(max(numbers)) if numbers else None

    def recover(self) -> str:
        """Return "": what a store holds cannot be saved by reading it again."""
        return ""

    def attach(self, generation: int, name: str, text: str) -> None:
        """Keep a text beside a generation; see `Store.attach`."""
        with contextlib.suppress(InquoteError, OSError):
            newest = self._base()
            is_kept = newest is not None and generation >= newest.purged
            if is_kept and self._records.is_there(generation):
                self._attachments.put(generation, name, text)

    def purge(self, ids: Sequence[str], progress: Progress = silent) -> int:
        """Erase documents from all kept generations; see `Store.purge`."""
        with unchanged(self.location):
            self.require()
            lease = Lease(self.location, secrets.token_hex(8))
            with lease.held():
                try:
                    return purge(self.location, self._records, lease, ids)
                finally:
                    self.generations.forget()

    def back_up(self, target: Path, progress: Progress = silent) -> None:
        """Raise `InquoteError`: a shared library is copied, to a folder too."""
        raise InquoteError(
            f"A backup is of a library in a folder; copy this one with: "
            f"inquote copy {self.location} FOLDER"
        )

    def verify(self) -> list[str]:
        """Say what is wrong with the library, a sentence each; [] when all is well."""
        self.require()
        sentences: list[str] = []
        with self.snapshot() as current:
            generations = range(current.oldest, current.generation + 1)
        for generation in generations:
            # An ingest may let go of it meanwhile.
            with contextlib.suppress(GenerationGone), self.snapshot(generation) as snapshot:
                sentences += problems_of(snapshot)
        return [*dict.fromkeys(sentences), *self.journal.problems()]

    def close(self) -> None:
        """Write what waits, and let go of the tables; no snapshot may be open."""
        with contextlib.suppress(InquoteError):
            self.journal.flush()
        self.generations.close()
