"""Misspelt words of a question, put right by the words of the passages that were found for it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from index.lexical import FUNCTION_WORDS, content_terms
from index.search import Hit

# What questions are made of, beside function words; a text need not have these.
_ASKING = frozenset("definition explain describe list many meaning much purpose reason reasons summary".split())
_WORD = re.compile(r"[^\W\d_]+")
_BRITISH = re.compile(r"is(?=(?:e[drs]?|ing|ations?)$)")
SHORT = 4  # letters, of the shortest words that are looked at
_ALONE = re.compile(rf"(?<![\w'’-])[^\W\d_]{{{SHORT},}}(?![\w'’-])")


def found_for(
    question: str, search: Callable[[str], list[Hit]], is_word: Callable[[str], bool]
) -> tuple[str, list[Hit]]:
    """A question that stands alone as the passages found for it spell its words, and its hits."""
    hits = search(question)
    right = respelt(question, [hit.passage.embedded_text for hit in hits], is_word)
    return right, hits if right == question else search(right)


def respelt(question: str, texts: Iterable[str], is_word: Callable[[str], bool]) -> str:
    """`question` with the words that are misspelt as `texts` spell them.

    A word of at least four letters is misspelt if it is no word of the language (`is_word`), no form of one of the
    texts, and one edit away from one of these (an insertion, deletion, substitution or transposition: Damerau 1964),
    with the same first letter: that is rarely the wrong one (Pollock and Zamora 1984), and often means another word
    ("asymptomatic"). So does a substitution in a word of four letters. Of several the most frequent is taken. What has
    a capital may be a name, and is left as it is; "-ise" is taken for "-ize" and for nothing else.

    >>> respelt("is imlygik aproved", ["IMLYGIC was approved."], lambda word: False)
    'is IMLYGIC approved'
    """
    doubtful = {word for word in _ALONE.findall(question) if word.islower() and not is_word(word)}
    if not doubtful:
        return question
    forms = Counter(word for text in texts for word in _WORD.findall(text))
    count = Counter(word.lower() for word in forms.elements())
    spelt = {word: word for word in FUNCTION_WORDS | _ASKING}
    for form, _ in sorted(forms.items(), key=lambda found: (found[1], found[0])):
        spelt[form.lower()] = form.lower() if form.istitle() else form
    stems = set(content_terms(" ".join(spelt)))

    def right(word: str) -> str:
        american = _BRITISH.sub("iz", word)
        if american != word:
            return spelt.get(american, word)
        near = [other for other in spelt if other[0] == word[0] and _takes(word, other)]
        if not near or word in spelt or stems.intersection(content_terms(word)):
            return word
        return spelt[max(near, key=lambda other: (count[other], other))]

    return _ALONE.sub(lambda found: right(found[0]) if found[0] in doubtful else found[0], question)


def _takes(word: str, other: str) -> bool:
    """Whether `other` may be meant by a misspelt `word`."""
    substituted = len(word) == len(other) and sorted(word) != sorted(other)
    return one_edit_apart(word, other) and not (substituted and len(word) <= SHORT)


def one_edit_apart(word: str, other: str) -> bool:
    """Whether one letter put in, left out or exchanged, or two neighbours swapped, make `other` of `word`.

    >>> one_edit_apart("waht", "what"), one_edit_apart("wich", "which"), one_edit_apart("what", "what")
    (True, True, False)
    """
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    rest, others = word[same:], other[same:]
    swapped = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]
