"""The generations of a shared library as a reader sees them: the newest one followed, some open.

A store that is out of reach is answered from this machine's disk where a whole generation is kept
there, and a thread looks for it until it is back, so that no question waits for that.
"""

import contextlib
import logging
import threading
import time
from collections import OrderedDict

from inquote.index.stores.shared.cache import Cache
from inquote.index.stores.shared.errors import NotThere
from inquote.index.stores.shared.records import Record, Records
from inquote.index.stores.shared.snapshot import Generation
from inquote.index.stores.shared.tables import Table
from inquote.ingest.errors import (
    GenerationGone,
    InquoteError,
    LibraryMissing,
    LibraryUnavailable,
)
from inquote.ingest.text import printable

FOLLOW_SECONDS = 0.5  # within which a new generation is noticed, behind an object store
RETRY_SECONDS = 3.0  # until a store that was out of reach is tried again
_MOST_OPEN = 4  # generations

_log = logging.getLogger("inquote.library")


class Generations:
    """The generations of the library at `location`; safe to use from several threads."""

    def __init__(self, location: str, records: Records) -> None:
        self.location = location
        self.cache = Cache(location)
        self.is_out_of_reach = False
        self._records = records
        self._is_folder = location.startswith("file://")
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._newest: Record | None = None
        self._next_look = float("-inf")
        self._open: OrderedDict[int, Generation] = OrderedDict()
        self._mirrored: dict[int, Record] = {}
        self._mirroring: threading.Thread | None = None
        self._to_mirror: Generation | None = None

    def newest(self) -> Record:
        """Return the record of the current generation; raise `LibraryMissing` for none."""
        with self._lock:
            return self._current()

    def look_again(self) -> None:
        """Look for a newer generation at the next question, whenever the last look was."""
        with self._lock:
            self._next_look = float("-inf")

    def forget(self) -> None:
        """Open all generations anew, for their tables may be others."""
        with self._lock:
            self._open.clear()
            self._mirrored.clear()
            self._newest = None
            self._next_look = float("-inf")

    def opened(self, number: int | None) -> tuple[Generation, Record]:
        """Return a generation, by default the current one, and the record of the current one.

        Raises `GenerationGone` for one that is not kept.
        """
        with self._lock:
            newest = self._current()
            wanted = newest.generation if number is None else number
            try:
                if not newest.oldest <= wanted <= newest.generation:
                    raise NotThere
                return self._at(wanted), newest
            except NotThere:
                raise GenerationGone(
                    f"Generation {wanted} of the library is not kept any more."
                ) from None

    # Following

    def _current(self) -> Record:
        now = time.monotonic()
        if self._newest and now < self._next_look:
            return self._newest
        try:
            newest = self._look()
        except LibraryUnavailable as error:
            newest = self._kept_here(error)
        else:
            self._next_look = now + (0.0 if self._is_folder else FOLLOW_SECONDS)
            self._note_return()
        self._newest = newest
        return newest

    def _look(self) -> Record:
        """Return the newest record that the store has."""
        try:
            if self._newest is None:
                number = max(self._records.generations(), default=0)
            else:
                number = self._records.newest_after(self._newest.generation)
        except NotThere:
            number = 0
        if not number:
            raise LibraryMissing(
                f"There is no library at {printable(self.location)}; "
                "make one with: inquote ingest PATH..."
            )
        if self._newest and number == self._newest.generation:
            return self._newest
        record = self._records.read(number)
        if self._newest and record.purged > self._newest.purged:
            self._open.clear()  # what is erased is in no table any more
            self._mirrored.clear()
        self.cache.drop_files(record)
        return record

    def _kept_here(self, error: LibraryUnavailable) -> Record:
        """Return the record to answer from without the store; raise `error` where there is none."""
        record = self._newest
        if record is None or record.generation not in self._mirrored:
            record = self.cache.last_record()
        if record is None or self._is_folder:
            raise error
        self._mirrored[record.generation] = record
        if not self.is_out_of_reach:
            self.is_out_of_reach = True
            _log.warning(
                "%s Until then, answers come from generation %d, which is kept on this machine.",
                error,
                record.generation,
            )
            threading.Thread(target=self._await_store, daemon=True).start()
        self._next_look = float("inf")
        return record

    def _await_store(self) -> None:
        """Look for the store until it is there again."""
        records = Records(self.location)
        while self.is_out_of_reach and not self._closing.wait(RETRY_SECONDS):
            try:
                records.generations()
            except LibraryUnavailable:
                continue
            except InquoteError:  # there, and the next question meets what is wrong
                pass
            with self._lock:
                self._note_return()
                self._next_look = float("-inf")

    def _note_return(self) -> None:
        """Note that the store is within reach; the lock is held."""
        if self.is_out_of_reach:
            self.is_out_of_reach = False
            _log.warning("The store of %s is there again.", printable(self.location))

    # Opening

    def _at(self, number: int) -> Generation:
        held = self._open.pop(number, None)
        if held is None:
            held = self._make(number)
        self._open[number] = held
        while len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)
        return held

    def _make(self, number: int) -> Generation:
        if number in self._mirrored:
            return self._make_from(self.cache.tables, self._mirrored[number])
        is_newest = self._newest is not None and self._newest.generation == number
        record = self._newest if is_newest else None
        held = self._make_from(self.location, record or self._records.read(number))
        if is_newest and not self._is_folder and self.cache.budget:
            self._begin_mirror(held)
        return held

    def _make_from(self, place: str, record: Record) -> Generation:
        """Return a generation whose tables lie at a place; files may be in the store alone."""
        versions = record.versions

        def open_kept() -> Table | None:
            if not versions.get("kept"):
                return None
            with contextlib.suppress(NotThere):
                return Table(place, "kept", versions["kept"])
            return Table(self.location, "kept", versions["kept"])

        documents = Table(place, "documents", versions["documents"])
        passages = Table(place, "passages", versions["passages"])
        return Generation(record, documents, passages, open_kept)

    def _begin_mirror(self, held: Generation) -> None:
        """Fetch the files of a generation beside the questions that are asked meanwhile.

        The lock is held.
        """
        self._to_mirror = held
        if self._mirroring is None:
            self._mirroring = threading.Thread(target=self._mirror_all, daemon=True)
            self._mirroring.start()

    def _mirror_all(self) -> None:
        """Fetch the generation that came last, until none came meanwhile."""
        while True:
            with self._lock:
                held, self._to_mirror = self._to_mirror, None
                if held is None:
                    self._mirroring = None
                    return
            self._mirror(held)

    def _mirror(self, held: Generation) -> None:
        tables = [held.documents, held.passages]
        try:
            kept = held.kept
            is_here = kept is not None and self.cache.mirror(held.record, [*tables, kept])
            if not is_here and not self.cache.mirror(held.record, tables):
                return
            number = held.record.generation
            mirrored = self._make_from(self.cache.tables, held.record)
        except (InquoteError, OSError) as error:
            _log.warning("The library is not kept on this machine: %s", error)
            return
        with self._lock:
            if self._newest is None or held.record.purged < self._newest.purged:
                return
            self._mirrored[number] = held.record
            for old in sorted(self._mirrored)[:-2]:
                del self._mirrored[old]
            self._open[number] = mirrored

    def wait_for_mirror(self) -> None:
        """Wait until what is being fetched is here."""
        mirroring = self._mirroring
        if mirroring is not None:
            mirroring.join()

    def close(self) -> None:
        """Let go of the tables."""
        self._closing.set()
        with self._lock:
            self._open.clear()
