"""Misspelt words of a question, put right by the words of the passages that were found for it.

Only what can hardly be meant otherwise: another word in a question is another question.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from inquote.index.retrieval.search import Hit
from inquote.ingest.english import FUNCTION_WORDS

# What questions are made of, beside function words; a text need not have these.
_ASKING = frozenset(
    "definition explain describe list many meaning much purpose reason reasons summary".split()
)
_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]+(?![\w'’-])")
_SHORTEST = 4  # letters, of a word that is looked at
_BRITISH = re.compile(r"is(?=(?:e[drs]?|ing|ations?)$)")
_NEGATED = re.compile(
    r"(?:ca|wo|do|is|are|was|were|does|did|has|have|had|should|could|would|must|need)nt"
)


def found_for(
    question: str, search: Callable[[str], list[Hit]], is_word: Callable[[str], bool]
) -> tuple[str, list[Hit]]:
    """A question that stands alone as the passages found for it spell its words, and its hits."""
    hits = search(question)
    right = respelt(question, [hit.passage.embedded_text for hit in hits], is_word)
    return right, hits if right == question else search(right)


def respelt(question: str, texts: Iterable[str], is_word: Callable[[str], bool]) -> str:
    """`question` with the words that are misspelt as `texts` spell them.

    `is_word` tells what is a word, of the language or of the corpus. Any other of at least four letters is taken for
    the most frequent word of `texts`, or of those that questions are made of, that `_meant` allows. Words with a
    capital stay as they are, for they may be names, and so do negations without their apostrophe ("cant"). "-ise" is
    taken for "-ize" and for nothing else.

    >>> respelt("is imlygik aproved", ["IMLYGIC was approved."], lambda word: False)
    'is IMLYGIC approved'
    """
    doubtful = {
        word for word in _WORD.findall(question) if _is_doubtful(word) and not is_word(word)
    }
    if not doubtful:
        return question
    forms = Counter(word for text in texts for word in _WORD.findall(text))
    count = Counter(word.lower() for word in forms.elements())
    spelt = {word: word for word in FUNCTION_WORDS | _ASKING}
    for form, _ in sorted(forms.items(), key=lambda found: (found[1], found[0])):
        spelt[form.lower()] = form.lower() if form.istitle() else form

    def right(word: str) -> str:
        if word in spelt:
            return word
        american = _BRITISH.sub("iz", word)
        if american != word:
            return spelt.get(american, word)
        near = [other for other, form in spelt.items() if _meant(word, form)]
        return spelt[max(near, key=lambda other: (count[other], other))] if near else word

    return _WORD.sub(lambda found: right(found[0]) if found[0] in doubtful else found[0], question)


def _is_doubtful(word: str) -> bool:
    return len(word) >= _SHORTEST and word.islower() and not _NEGATED.fullmatch(word)


def _meant(word: str, form: str) -> bool:
    """Whether a misspelt word may be meant as this form, which is one edit away (Damerau 1964).

    Its first letter must be the same: that is rarely mistyped (Pollock and Zamora 1984), and another often makes
    another word ("asymptomatic"). So does another letter further on ("nitrite", "adduction"), which is allowed in names
    written like IMLYGIC only. A letter too many at the end is no misspelling either ("overt", "whats").
    """
    other = form.lower()
    if word[0] != other[0] or word[:-1] == other or not one_edit_apart(word, other):
        return False
    exchanged = len(word) == len(other) and sorted(word) != sorted(other)
    return not exchanged or not (form.islower() or form.istitle())


def one_edit_apart(word: str, other: str) -> bool:
    """Whether one letter put in, left out or exchanged, or two neighbours swapped, make `other` of `word`.

    >>> one_edit_apart("waht", "what"), one_edit_apart("wich", "which"), one_edit_apart("what", "what")
    (True, True, False)
    """
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    same = next(
        (at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b),
        min(len(word), len(other)),
    )
    rest, others = word[same:], other[same:]
    swapped = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]
