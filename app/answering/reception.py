"""Receive a turn: what is no question is answered by the page, the rest from the texts."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from inquote.app.answering.answer import Answer, cite_range
from inquote.app.answering.foreign import is_of_texts, language_of, searchable
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.small_talk import kind_of_talk, page_line
from inquote.app.answering.talk import Talk
from inquote.app.answering.verbatim import is_paragraph, look_up
from inquote.app.language.small_talk import LINES
from inquote.index.retrieval.search import Hit


class Reception:
    """Answers turns from one state of a library; `examples` gives questions that can be asked."""

    def __init__(self, talk: Talk, shelf: Shelf, examples: Callable[[], Sequence[str]]) -> None:
        self._talk = talk
        self._shelf = shelf
        self._examples = examples

    def answer(self, typed: str, history: Sequence[str]) -> Answer:
        """Return the answer to a turn, or what the page says to it."""
        kind = kind_of_talk(typed)
        if kind:
            titles = [info.title for info in self._shelf.infos]
            return self._said(typed, page_line(kind, self._examples(), titles))
        if is_paragraph(typed):
            return self._paragraph(typed)
        foreign = self._foreign(typed)
        return foreign or self._talk.answer(typed, history)

    def _said(self, typed: str, notice: str, hits: Sequence[Hit] = ()) -> Answer:
        """Return what the page says, with no answer."""
        generation = self._shelf.snapshot.generation
        return Answer(typed, typed, None, 0.0, (), tuple(hits), {}, generation, notice=notice)

    def _paragraph(self, typed: str) -> Answer:
        """Return the place where a paragraph stands, or what comes nearest to it."""
        place = look_up(typed, self._shelf)
        if place is None:
            return self._said(typed, LINES["paragraph"], self._shelf.hits(typed))
        hit, (start, end) = place
        document = self._shelf.document(hit.passage.document_id)
        citation = cite_range(hit.passage, document, start, end)
        answer = self._said(typed, "", [hit])
        return replace(answer, text=citation.quote, confidence=1.0, citations=(citation,))

    def _foreign(self, typed: str) -> Answer | None:
        """Return the answer to a question in another language than the texts', None for others."""
        language = language_of(typed)
        has_word = self._shelf.snapshot.has_word
        if language is None or is_of_texts(language, has_word):
            return None
        words = searchable(typed, language, has_word)
        if not words:
            return self._said(typed, language.nothing)
        answer = self._talk.answer(" ".join(words), ())
        notice = language.searched.format(words=", ".join(words))
        return replace(answer, question=typed, notice=notice)
