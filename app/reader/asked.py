"""Questions as people ask them: misspelt, as bare keywords, or in other words than the text. Training sees some."""

import random
import re

from app.reader.thesaurus import Thesaurus
from index.lexical import FUNCTION_WORDS

_MISSPELT = 0.08  # share of the questions with one or two misspelt words
_KEYWORDS = 0.06  # share of the questions left as their keywords
_REPHRASED = 0.3  # share of the questions put in other words, where there is a thesaurus
_WORD = re.compile(r"[A-Za-z]{5,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def as_asked(question: str, rng: random.Random, thesaurus: Thesaurus | None = None) -> str:
    """The question, or, for a share of them, the question in other words, or as a hurried person types it."""
    question = rephrased(question, rng, thesaurus)
    draw = rng.random()
    if draw < _MISSPELT:
        return misspelt(question, rng)
    return keywords(question) if draw < _MISSPELT + _KEYWORDS else question


def rephrased(question: str, rng: random.Random, thesaurus: Thesaurus | None) -> str:
    """The question, or, for a share of them, in the words of the thesaurus."""
    return thesaurus.rephrased(question, rng) if thesaurus is not None and rng.random() < _REPHRASED else question


def misspelt(question: str, rng: random.Random) -> str:
    """One or two words of five letters or more with a letter lost, doubled, exchanged or two of them swapped.

    >>> misspelt("Who was he?", random.Random(0))
    'Who was he?'
    """
    words = list(_WORD.finditer(question))
    for word in sorted(rng.sample(words, min(len(words), rng.choice((1, 1, 2)))), key=lambda w: -w.start()):
        question = question[: word.start()] + _slip(word.group(), rng) + question[word.end() :]
    return question


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    lost, doubled, swapped = before + after, before + letter * 2 + after, before + after[0] + letter + after[1:]
    return rng.choice((lost, doubled, swapped, before + rng.choice(_LETTERS) + after))


def keywords(question: str) -> str:
    """The question's words but for function words and the question mark; the question where fewer than two are left.

    >>> keywords("What is the capital of northern Italy?")
    'capital northern Italy'
    """
    kept = [word for word in question.rstrip("? ").split() if word.lower().strip(",.") not in FUNCTION_WORDS]
    return " ".join(kept) if len(kept) > 1 else question
