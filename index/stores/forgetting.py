"""What decides whether an entry of the journal is forgotten."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from inquote.ingest.english import FUNCTION_WORDS

RUN = 6  # words in a row that make a quotation
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class JournalEntry:
    """What of a question or a feedback decides whether it is forgotten.

    `at` is its time in ISO 8601, `texts` are all texts in it, the question first, `places` the
    documents that it names, by citation or scope, and the folders of its scope.
    """

    at: str
    texts: tuple[str, ...]
    places: tuple[str, ...] = ()


IsMeant = Callable[[JournalEntry], bool]
"""Tells whether an entry is to be forgotten."""


def every_entry(entry: JournalEntry) -> bool:
    """Mean every entry."""
    return True


def forget_before(forget: Callable[[IsMeant], int], time: str) -> int:
    """Erase the entries before a time with `Journal.forget`, and return how many went.

    A later entry that has a question of them among its earlier ones goes too, for the question
    stands there; it stays where the question was asked later as well.
    """
    old: set[str] = set()
    recent: set[str] = set()

    def note(entry: JournalEntry) -> bool:
        questions = old if entry.at < time else recent
        questions.add(entry.texts[0])
        return False

    forget(note)
    gone = old - recent
    return forget(lambda entry: entry.at < time or not gone.isdisjoint(entry.texts))


class Traces:
    """Tells which entries may hold words of documents: those that name one, or quote it.

    Call `spare` with each text that stays: a word that stands there too gives nothing away.

    >>> traces = Traces(["a.md"], ["Otters eat crabs."])
    >>> traces.spare(["Owls eat mice."])
    >>> [traces(JournalEntry("", (text,))) for text in ("Who can eat?", "What of otters?")]
    [False, True]
    """

    def __init__(self, ids: Iterable[str], texts: Iterable[str]) -> None:
        self._ids = frozenset(ids)
        self._words: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()
        for text in texts:
            words = _words(text)
            self._words.update(word for word in words if word not in FUNCTION_WORDS)
            self._runs.update(_runs(words))

    def spare(self, texts: Iterable[str]) -> None:
        """Take words of texts that stay for no traces; the texts are read as far as needed."""
        for text in texts:
            self._words.difference_update(_words(text))

    def __call__(self, entry: JournalEntry) -> bool:
        """Return whether an entry names one of the documents or quotes it."""
        if not self._ids.isdisjoint(entry.places):
            return True
        for text in entry.texts:
            words = _words(text)
            if not self._words.isdisjoint(words) or not self._runs.isdisjoint(_runs(words)):
                return True
        return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield every run of words that is long enough to quote."""
    return zip(*(words[start:] for start in range(RUN)), strict=False)
