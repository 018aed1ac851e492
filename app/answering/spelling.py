"""Correct the misspelt words of a question by the words of the passages found for it.

Only a word that can hardly be meant otherwise is corrected: another word in a question is another
question.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from inquote.app.language.english import (
    AMERICAN_SPELLING,
    BARE_NEGATION,
    BRITISH_SPELLING,
    QUESTION_VOCABULARY,
)
from inquote.index.retrieval.search import Hit
from inquote.ingest.english import FUNCTION_WORDS

_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]+(?![\w'’-])")
_SHORTEST = 4  # letters of a word that is looked at


def search_with_spelling(
    question: str, search: Callable[[str], list[Hit]], is_word: Callable[[str], bool]
) -> tuple[str, list[Hit]]:
    """Return a question that stands alone, its spelling corrected by its hits, and its hits.

    `is_word` is as in `correct_spelling`. A corrected question is searched for again.
    """
    hits = search(question)
    texts = [hit.passage.embedded_text for hit in hits]
    corrected = correct_spelling(question, texts, is_word)
    return corrected, hits if corrected == question else search(corrected)


def correct_spelling(question: str, texts: Iterable[str], is_word: Callable[[str], bool]) -> str:
    """Return a question with its misspelt words as `texts` spell them.

    `is_word` knows the words of the language and of the corpus. Any other word of four letters or
    more becomes the most frequent word of `texts`, or of the usual words of questions, that
    `_may_mean` allows. Words with a capital stay, for they may be names, and so do negations
    without their apostrophe ("cant"). "-ise" becomes "-ize" and nothing else.

    >>> correct_spelling("is imlygik aproved", ["IMLYGIC was approved."], lambda word: False)
    'is IMLYGIC approved'
    """
    # Find the words in doubt.
    words = _WORD.findall(question)
    doubtful = {word for word in words if _is_doubtful(word) and not is_word(word)}
    if not doubtful:
        return question
    # Count the words of the texts, as they are written and in lower case.
    written = Counter(word for text in texts for word in _WORD.findall(text))
    counts = Counter(word.lower() for word in written.elements())
    # Replace each word in doubt by the one that it most likely means.
    spellings = _spellings(written)

    def corrected(match: re.Match[str]) -> str:
        word = match[0]
        return _correct_word(word, spellings, counts) if word in doubtful else word

    return _WORD.sub(corrected, question)


def _is_doubtful(word: str) -> bool:
    """Tell whether a word may be a misspelt one, by its length and its letters."""
    return len(word) >= _SHORTEST and word.islower() and not BARE_NEGATION.fullmatch(word)


def _spellings(written: Counter[str]) -> dict[str, str]:
    """Return the most frequent spelling of each word in lower case, the usual words included.

    A word with a capital is taken for the first of a sentence and loses it; other capitals stay.
    """
    spellings = {word: word for word in FUNCTION_WORDS | QUESTION_VOCABULARY}
    rising = sorted(written.items(), key=lambda item: (item[1], item[0]))
    for spelling, _ in rising:
        word = spelling.lower()
        spellings[word] = word if spelling.istitle() else spelling
    return spellings


def _correct_word(word: str, spellings: Mapping[str, str], counts: Mapping[str, int]) -> str:
    """Return the spelling of the most frequent word that `word` may mean, or `word` itself."""
    if word in spellings:
        return word
    american = BRITISH_SPELLING.sub(AMERICAN_SPELLING, word)
    if american != word:
        return spellings.get(american, word)
    near = [other for other, spelling in spellings.items() if _may_mean(word, spelling)]
    if not near:
        return word
    best = max(near, key=lambda other: (counts[other], other))
    return spellings[best]


def _may_mean(word: str, spelling: str) -> bool:
    """Tell whether a misspelt word may mean a word spelt so, one edit away (Damerau 1964).

    The first letter must be the same: it is rarely mistyped (Pollock and Zamora 1984), and another
    one often makes another word ("asymptomatic"). So does another letter further on ("nitrite",
    "adduction"), which is allowed only in names written like IMLYGIC. A letter too many at the end
    is no misspelling either ("overt", "whats").
    """
    other = spelling.lower()
    if word[0] != other[0] or word[:-1] == other or not is_one_edit_apart(word, other):
        return False
    has_other_letter = len(word) == len(other) and sorted(word) != sorted(other)
    is_common_word = spelling.islower() or spelling.istitle()
    return not (has_other_letter and is_common_word)


def is_one_edit_apart(word: str, other: str) -> bool:
    """Tell whether a letter added, left out or exchanged, or two swapped, turn a word into another.

    >>> is_one_edit_apart("waht", "what"), is_one_edit_apart("wich", "which")
    (True, True)
    >>> is_one_edit_apart("what", "what")
    False
    """
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    at = _first_difference(word, other)
    rest, other_rest = word[at:], other[at:]
    is_swapped = rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:]
    is_exchanged = rest[1:] == other_rest[1:]
    is_longer = rest[1:] == other_rest
    is_shorter = rest == other_rest[1:]
    return is_swapped or is_exchanged or is_longer or is_shorter


def _first_difference(word: str, other: str) -> int:
    """Return the index of the first letter that differs, the shorter length where none does."""
    for at, (letter, other_letter) in enumerate(zip(word, other, strict=False)):
        if letter != other_letter:
            return at
    return min(len(word), len(other))
