"""The one place where everything is constructed: a library's folder to a system that answers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from inquote.app.answering.answer import READ_PASSAGES, Answer, Answerer
from inquote.app.answering.cache import AnswerCache
from inquote.app.answering.cleaning import clean_question
from inquote.app.answering.conversation import understand
from inquote.app.answering.parts import split_question
from inquote.app.answering.spelling import search_with_spelling
from inquote.app.answering.suggestions import (
    Suggestion,
    draw_candidates,
    keep_answered,
    store,
    stored,
)
from inquote.index.progress import Progress, silent
from inquote.index.retrieval.search import Clock, Hit, Search
from inquote.index.stores.journal import Feedback, Journal, QuestionInContext
from inquote.index.stores.local.derived import Derived, load_derived
from inquote.index.stores.local.generations import remake_derived
from inquote.index.stores.local.library import DocumentInfo, Library, Snapshot
from inquote.index.stores.local.lock import now
from inquote.index.stores.recipe import Recipe
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError, LibraryDamaged

Asking = Callable[[str, Sequence[str], int | None], Answer]
"""Answers a question that follows others, from a generation: `System.answer`, called here or in another thread."""

_ATTEMPTS = 5  # to find the derived files of a generation that is being replaced


class System:
    """Answers questions from a library, following its generations; safe to use from several threads."""

    def __init__(
        self, library: Library, search: Search, answerer: Answerer, journal: Journal | None = None
    ) -> None:
        self.library = library
        self.search = search
        self.answerer = answerer
        self.journal = journal
        self._remembered = AnswerCache()
        self._derived: Derived | None = None
        self._reload = threading.Lock()

    def ask(self, question: object, history: Sequence[str] = ()) -> Answer:
        """Answer `question`, a text typed after the earlier questions `history`, oldest first, and note it.

        Raises `QuestionError` for what is no question, `LibraryDamaged` for a library that is not as written.
        """
        answer = self.answer(question, history)
        if self.journal is not None:
            self.journal.note(QuestionInContext(answer.question, tuple(history)), now())
        return answer

    def note_feedback(self, feedback: Feedback) -> None:
        """Keep what a person said of an answer; raises `InquoteError` where nothing is kept, or cannot be."""
        if self.journal is None:
            raise InquoteError(
                "Feedback is not kept here: this chat was started with --no-history."
            )
        self.journal.note_feedback(feedback)

    def answer(
        self, question: object, history: Sequence[str] = (), generation: int | None = None
    ) -> Answer:
        """As `ask`, without a note; from an earlier `generation` that is kept, where one is given."""
        clock = Clock()
        asked, understood = clean_question(question), understand(question, history)
        clock.lap("understand")
        with self._reading(generation) as (snapshot, derived):
            clock.lap("open")
            key = (snapshot.generation, asked, understood)
            answer = self._remembered.get(key)
            if answer is None:
                typed = split_question(understood)
                parts = self._found(snapshot, derived, typed, clock)
                if [part for part, _ in parts] != typed:
                    understood = " ".join(part for part, _ in parts)
                answer = self.answerer.answer(asked, understood, parts, snapshot)
                clock.lap("read")
                self._remembered.put(key, answer)
        return answer.with_times(clock.laps)

    def _found(
        self, snapshot: Snapshot, derived: Derived, parts: Sequence[str], clock: Clock
    ) -> list[tuple[str, list[Hit]]]:
        """Each question with its misspelt words put right, and its hits."""

        def search(question: str) -> list[Hit]:
            return self.search.search(snapshot, derived, question, READ_PASSAGES, clock)

        is_word = partial(self.search.is_word, derived)
        return [search_with_spelling(part, search, is_word) for part in parts]

    @contextmanager
    def _reading(self, generation: int | None = None) -> Iterator[tuple[Snapshot, Derived]]:
        """A snapshot and the derived files of its generation, which are made anew where they are missing or damaged.

        Files that are gone because an ingest has moved on in between are no damage: the next snapshot has newer ones.
        """
        for attempt in range(_ATTEMPTS):
            with self.library.snapshot(generation) as snapshot:
                loaded = self._derived
                if (
                    generation is None
                    and loaded is not None
                    and loaded.generation > snapshot.generation
                ):
                    continue  # an ingest ended after the snapshot was taken, and another thread has moved on
                try:
                    derived = self._derived_of(snapshot)
                except LibraryDamaged:
                    if attempt + 1 == _ATTEMPTS:
                        raise
                else:
                    yield snapshot, derived
                    return
            remake_derived(self.library, generation)

    def _derived_of(self, snapshot: Snapshot) -> Derived:
        """The searchable files of the snapshot's generation, loaded once a generation."""
        current = self._derived
        if current is not None and current.generation == snapshot.generation:
            return current
        with self._reload:
            if self._derived is None or self._derived.generation != snapshot.generation:
                folder = self.library.generation_folder(snapshot.generation)
                self._derived = load_derived(folder, snapshot.generation)
            return self._derived

    def warm_up(self) -> None:
        """Load everything that a first question would load."""
        with self._reading():
            self.search.embedder.embed_query("warm up")

    @property
    def generation(self) -> int:
        """The generation that the next question will be answered from."""
        with self.library.snapshot() as snapshot:
            return snapshot.generation

    @property
    def recipe(self) -> Recipe:
        """How the library was made."""
        with self.library.snapshot() as snapshot:
            recipe = snapshot.recipe
        assert recipe is not None  # open_system refuses a library without one
        return recipe

    def document(self, id: str, generation: int | None = None) -> Document:
        """The whole document called `id`, as it is or was in a `generation` that is kept.

        Raises `KeyError` where there is none, `GenerationGone` where the generation is not kept.
        """
        with self.library.snapshot(generation) as snapshot:
            return snapshot.document(id)

    @property
    def generations(self) -> range:
        """Those that can still be asked, the current one last."""
        with self.library.snapshot() as snapshot:
            return range(snapshot.oldest, snapshot.generation + 1)

    def documents(self, generation: int | None = None) -> list[DocumentInfo]:
        """What the library holds, or held in an earlier `generation` that is kept, in the order of ids."""
        with self.library.snapshot(generation) as snapshot:
            return snapshot.document_infos()

    def suggestions(
        self, ask: Asking | None = None, progress: Progress = silent
    ) -> list[Suggestion]:
        """Questions drawn from the corpus that this system answers, the surest first; found once a generation.

        `ask`, by default `answer`, is called for each candidate.
        """
        asking, reader = ask or self.answer, self.answerer.reader.name
        with self.library.snapshot() as snapshot:
            generation = snapshot.generation
            folder = self.library.generation_folder(generation)
            found = stored(folder, reader)
            if found is not None:
                return found
            drawn = draw_candidates(snapshot)
        found = keep_answered(drawn, lambda question: asking(question, (), generation), progress)
        store(folder, reader, found)
        return found

    def close(self) -> None:
        """Close the library; no question may be running."""
        self.library.close()
