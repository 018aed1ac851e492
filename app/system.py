"""A system answers questions from a library, always from one generation of it."""

import itertools
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from inquote.app.answering.answer import Answer
from inquote.app.answering.answerer import Answerer
from inquote.app.answering.cache import AnswerCache
from inquote.app.answering.cleaning import clean_question
from inquote.app.answering.findings import Followed
from inquote.app.answering.reception import Reception
from inquote.app.answering.reply import Reply, documents_of
from inquote.app.answering.scope import check_scope, read_scope
from inquote.app.answering.search_result import MOST_PASSAGES, SearchResult, cite_hit
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.small_talk import clean_turn
from inquote.app.answering.suggestions import (
    ATTACHMENT,
    Suggestion,
    draw_candidates,
    dump_suggestions,
    keep_answered,
    load_suggestions,
    opening_questions,
)
from inquote.app.answering.talk import Talk
from inquote.index.clock import Clock, utc_now
from inquote.index.models.allocator import return_freed_memory
from inquote.index.progress import Progress, silent
from inquote.index.retrieval.search import Search
from inquote.index.stores.base import DocumentInfo, Scope, Snapshot, Store
from inquote.index.stores.journal import Feedback, Journal, QuestionInContext
from inquote.index.stores.limited import LimitedStore
from inquote.index.stores.recipe import Recipe
from inquote.index.updating.notes import Notes, all_notes
from inquote.ingest.documents import Document, Page
from inquote.ingest.errors import GenerationGone, InquoteError, QuestionError


class Asking(Protocol):
    """Answers a question after others, from a generation: `System.answer`, in any thread."""

    def __call__(
        self,
        question: str,
        history: Sequence[str],
        generation: int | None,
        scope: Scope | None = ...,
    ) -> Answer:
        """Return the answer."""
        ...


_ANSWERS_A_TRIM = 50  # answers that are read between two times that freed memory is returned
_MOST_LIMITED = 64  # systems over parts of the library that are kept
_EXAMPLES = 3  # questions that the page names to who asks none
_ATTEMPTS = 3  # to answer while ingests are quicker than the reading of a snapshot


@dataclass(frozen=True)
class PagedDocument:
    """A document, its pages with the boxes of their lines, and the file that they are drawn from.

    `file` is None where the file was not kept or is damaged.
    """

    document: Document
    pages: tuple[Page, ...]
    file: Path | None


class System:
    """Answers questions from a library, following its generations; safe to use from many threads.

    Where a `journal` is given, it keeps what is asked.
    """

    def __init__(
        self, store: Store, search: Search, answerer: Answerer, journal: Journal | None = None
    ) -> None:
        self.store = store
        self.search = search
        self.answerer = answerer
        self.journal = journal
        self._cache = AnswerCache()
        self._read = itertools.count(1)
        self._notes: tuple[int, dict[str, Notes]] = (-1, {})
        self._listed: tuple[int, list[DocumentInfo]] = (-1, [])
        self._limited: OrderedDict[tuple[str, ...], System] = OrderedDict()

    def limited_to(self, visible: Scope) -> "System":
        """Return a system for which only the documents of a scope are there.

        It shares models and journal with this one, and no answers. One thread makes them all.
        """
        key = tuple(visible)
        system = self._limited.pop(key, None)
        if system is None:
            store = LimitedStore(self.store, key)
            system = System(store, self.search, self.answerer, self.journal)
        self._limited[key] = system
        if len(self._limited) > _MOST_LIMITED:
            self._limited.popitem(last=False)
        return system

    def ask(
        self, question: object, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer a question, typed after the questions `history`, oldest first, and record it.

        Only documents in `scope` are searched; None is everything. Raises `QuestionError` for what
        is no question and for a scope that the library has not, `LibraryDamaged` for a library that
        is not as written.
        """
        scope = read_scope(scope)
        reply = self._answer(question, history, None, scope, is_new=True)
        self.record(reply.answer, history)
        return reply.answer

    def reply(
        self, question: object, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Reply:
        """Answer as `ask` does, with the documents out of the same snapshot."""
        scope = read_scope(scope)
        reply = self._answer(question, history, None, scope, with_documents=True, is_new=True)
        self.record(reply.answer, history)
        return reply

    def answer(
        self,
        question: object,
        history: Sequence[str] = (),
        generation: int | None = None,
        scope: Scope | None = None,
    ) -> Answer:
        """Answer as `ask` does, unrecorded, from a generation that is kept, by default the current.

        Raises `GenerationGone` where it is not kept. A generation may lack what `scope` names.
        """
        return self._answer(question, history, generation, scope).answer

    def retrieve(self, query: object, limit: int, scope: Scope | None = None) -> SearchResult:
        """Return the passages that the searches list for a query, best first, at most `limit`.

        Nothing is read and nothing recorded. Raises as `ask` does, and `QuestionError` for a
        `limit` that is not within 1 and `MOST_PASSAGES`.
        """
        cleaned, scope = clean_question(query), read_scope(scope)
        if not 1 <= limit <= MOST_PASSAGES:
            raise QuestionError(f"Please ask for 1 to {MOST_PASSAGES} passages.")
        with self.store.snapshot() as snapshot:
            check_scope(scope, snapshot)
            hits = self.search.search(snapshot, cleaned, limit, scope=scope)
            ids = {hit.passage.document_id for hit in hits}
            documents = {id: snapshot.document(id) for id in sorted(ids)}
            passages = [cite_hit(hit, documents[hit.passage.document_id]) for hit in hits]
            return SearchResult(cleaned, snapshot.generation, tuple(passages))

    def record(self, answer: Answer, history: Sequence[str]) -> None:
        """Record the question of an answer, where questions are kept."""
        if self.journal is not None and not answer.is_small_talk:
            context = QuestionInContext(answer.question, tuple(history), answer.scope)
            self.journal.record_question(context, utc_now())

    def with_documents(self, answer: Answer) -> Reply:
        """Return an answer with the documents of its hits; raise `GenerationGone`."""
        with self.store.snapshot(answer.generation) as snapshot:
            return Reply(answer, documents_of(answer, snapshot))

    def _answer(
        self,
        question: object,
        history: Sequence[str],
        generation: int | None,
        scope: Scope | None = None,
        with_documents: bool = False,
        is_new: bool = False,
    ) -> Reply:
        """Answer a question; of one that `is_new`, the library must have what `scope` names."""
        clock = Clock()
        typed = clean_turn(question)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.store.snapshot(generation) as snapshot:
                    clock.lap("open")
                    if is_new:
                        check_scope(scope, snapshot)
                    answer = self._answer_from(snapshot, typed, history, scope, clock)
                    documents = documents_of(answer, snapshot) if with_documents else {}
            except GenerationGone:
                if generation is not None or attempt == _ATTEMPTS:
                    raise
            else:
                break
        return Reply(answer.with_times(clock.laps), documents)

    def _answer_from(
        self,
        snapshot: Snapshot,
        typed: str,
        history: Sequence[str],
        scope: Scope | None,
        clock: Clock,
    ) -> Answer:
        """Answer from a snapshot, or return what was answered before."""
        listing = partial(self.documents_of, snapshot)
        shelf = Shelf(snapshot, self.search, clock, scope, listing=listing)

        def ask(typed: str, understood: str, within: Scope | None, followed: Followed) -> Answer:
            limits = shelf.following(within, followed)
            return self._ask(typed, understood, limits)

        talk = Talk(ask, self.answerer, shelf)
        answer = Reception(talk, shelf, partial(self._examples, snapshot)).answer(typed, history)
        clock.lap("read")
        return replace(answer, scope=tuple(scope or ()))

    def _examples(self, snapshot: Snapshot) -> list[str]:
        """Return questions that the corpus answers, where they are known already."""
        return opening_questions(self._known_suggestions(snapshot) or [], _EXAMPLES)

    def _known_suggestions(self, snapshot: Snapshot) -> list[Suggestion] | None:
        """Return the suggestions about what a snapshot holds, None where none were made yet.

        Those that are attached to a generation are the whole library's.
        """
        reader = self.answerer.reader.name
        known = load_suggestions(snapshot.attachment(ATTACHMENT), reader)
        if known is None:
            return None
        return [item for item in known if snapshot.has_place(item.document_id)]

    def _ask(self, typed: str, understood: str, shelf: Shelf) -> Answer:
        """Answer a question that stands alone, or return what was answered before."""
        key = (shelf.snapshot.generation, typed, understood, shelf.limits)
        answer = self._cache.get(key)
        if answer is None:
            answer = self.answerer.answer(typed, understood, shelf)
            self._cache.put(key, answer)
            if next(self._read) % _ANSWERS_A_TRIM == 0:
                return_freed_memory()
        return answer

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep what a person said of an answer; raise `InquoteError` where that cannot be."""
        if self.journal is None:
            raise InquoteError(
                "Feedback is not kept here: this chat was started with --no-history."
            )
        self.journal.record_feedback(feedback)

    def warm_up(self) -> None:
        """Load everything that a first question would load."""
        self.search.embedder.embed_query("warm up")
        with self.store.snapshot() as snapshot:
            snapshot.has_word("warm")

    @property
    def generation(self) -> int:
        """The generation that the next question will be answered from."""
        with self.store.snapshot() as snapshot:
            return snapshot.generation

    @property
    def generations(self) -> range:
        """The generations that can still be asked, the current one last."""
        with self.store.snapshot() as snapshot:
            return range(snapshot.oldest, snapshot.generation + 1)

    @property
    def recipe(self) -> Recipe:
        """How the library was made."""
        with self.store.snapshot() as snapshot:
            recipe = snapshot.recipe
        assert recipe is not None  # open_system refuses a library without one
        return recipe

    def document(self, id: str, generation: int | None = None) -> Document:
        """Return a document as it is, or was in a generation that is kept.

        Raises `KeyError` where there is none, `GenerationGone` where the generation is not kept.
        """
        with self.store.snapshot(generation) as snapshot:
            return snapshot.document(id)

    def paged(self, id: str) -> PagedDocument:
        """Return a document with its pages; raise `KeyError` where there is none."""
        with self.store.snapshot() as snapshot:
            document = snapshot.document(id)
            file = snapshot.original_file(id) if document.pages else None
            return PagedDocument(document, snapshot.pages(id), file)

    def documents(self, generation: int | None = None) -> list[DocumentInfo]:
        """List the documents in the order of ids, of the current generation or an earlier one."""
        with self.store.snapshot(generation) as snapshot:
            return list(self.documents_of(snapshot))

    def documents_of(self, snapshot: Snapshot) -> Sequence[DocumentInfo]:
        """List the documents of a snapshot; the list of the latest generation is read once."""
        if self._listed[0] != snapshot.generation:
            infos = snapshot.document_infos()
            if snapshot.generation < self._listed[0]:
                return infos
            self._listed = snapshot.generation, infos
        return self._listed[1]

    def notes(self) -> Mapping[str, Notes]:
        """Return what is to be known of documents, by id; see `notes_of`."""
        with self.store.snapshot() as snapshot:
            if self._notes[0] != snapshot.generation:
                notes = all_notes(snapshot, self.documents_of(snapshot))
                self._notes = snapshot.generation, notes
        return self._notes[1]

    def suggestions(
        self, ask: Asking | None = None, progress: Progress = silent
    ) -> list[Suggestion]:
        """Return questions drawn from the corpus that this system answers, as they were drawn.

        They are found once a generation. `ask`, by default `answer`, is called for each candidate.
        """
        asking, reader = ask or self.answer, self.answerer.reader.name
        with self.store.snapshot() as snapshot:
            generation = snapshot.generation
            known = self._known_suggestions(snapshot)
            if known is not None:
                return known
            candidates = draw_candidates(snapshot)
        kept = keep_answered(candidates, lambda text: asking(text, (), generation), progress)
        self.store.attach(generation, ATTACHMENT, dump_suggestions(reader, kept))
        return kept

    def close(self) -> None:
        """Close the library; no question may be running."""
        self.store.close()
