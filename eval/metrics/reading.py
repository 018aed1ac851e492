"""Measure a text that was read from a file against the text that another program read from it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

MAX_WORDS = 150_000  # of each text whose order is measured; the rest is not looked at

_LINE_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u2010\u2011][ \t]*\r?\n?[ \t]*(?=\w)")
_RAISED = re.compile("[\u2070-\u207f\u00b9\u00b2\u00b3]++|[\u2080-\u209c]++")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text, in NFKC and without case.

    Hyphens within a word are dropped, with the line end after one, so that both ways of joining a
    word at a line's end are the same. Each Chinese or Japanese character is a word. Raised and
    lowered figures are words of their own, for programs differ in what they set between.

    >>> words_of("A re-\\nport: ﬁne-tuned")
    ['a', 'report', 'finetuned']
    >>> words_of("x²")
    ['x', '2']
    """
    text = _RAISED.sub(r" \g<0> ", text)
    text = _LINE_HYPHEN.sub("", unicodedata.normalize("NFKC", text))
    return _WORD.findall(text.casefold())


def word_recall(words: Sequence[str], reference: Sequence[str]) -> float:
    """Return the share of the reference's words, each counted as often as it stands there.

    >>> word_recall(["a", "b"], ["a", "a", "b", "c"])
    0.5
    """
    shared = Counter(words) & Counter(reference)
    return shared.total() / len(reference) if reference else 1.0


def missing_words(words: Sequence[str], reference: Sequence[str]) -> list[str]:
    """Return the words of the reference that the text lacks, in the reference's order.

    Of a word that stands there too rarely, the last ones are missing.

    >>> missing_words(["a", "b"], ["a", "a", "b", "c"])
    ['a', 'c']
    """
    left = Counter(words)
    missing = []
    for word in reference:
        left[word] -= 1
        if left[word] < 0:
            missing.append(word)
    return missing


def word_order(words: Sequence[str], reference: Sequence[str]) -> float:
    """Return how many of the shared words stand in the reference's order.

    The length of the longest common subsequence over the number of shared words, 1.0 where nothing
    is shared. Of longer texts the first `MAX_WORDS` words count.

    >>> word_order(["c", "d", "a", "b"], ["a", "b", "c", "d"])
    0.5
    """
    words, reference = words[:MAX_WORDS], reference[:MAX_WORDS]
    shared = (Counter(words) & Counter(reference)).total()
    return _common_length(words, reference) / shared if shared else 1.0


def _common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    Hyyro 2004, "Bit-parallel LCS-length computation revisited": a column of the table of dynamic
    programming is one integer, whose zeros are the steps.
    """
    places: dict[str, int] = {}
    for at, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << at
    full = (1 << len(first)) - 1
    column = full
    for word in second:
        matches = column & places.get(word, 0)
        if matches:
            column = (column + matches | column - matches) & full
    return len(first) - column.bit_count()
