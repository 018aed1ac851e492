"""Questions as people type them: misspelt, or as bare keywords. Training sees some, for users write many."""

import random
import re

from inquote.ingest.english import FUNCTION_WORDS

_MISSPELT = 0.08  # share of the questions with one or two misspelt words
_KEYWORDS = 0.06  # share of the questions left as their keywords
_WORD = re.compile(r"[A-Za-z]{5,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def as_asked(question: str, rng: random.Random) -> str:
    """The question, or, for a share of them, the question as a hurried person types it."""
    draw = rng.random()
    if draw < _MISSPELT:
        return misspelt(question, rng)
    return keywords(question) if draw < _MISSPELT + _KEYWORDS else question


def misspelt(question: str, rng: random.Random) -> str:
    """One or two words of five letters or more with a letter lost, doubled, exchanged or two of them swapped.

    >>> misspelt("Who was he?", random.Random(0))
    'Who was he?'
    """
    words = list(_WORD.finditer(question))
    for word in sorted(
        rng.sample(words, min(len(words), rng.choice((1, 1, 2)))), key=lambda w: -w.start()
    ):
        question = question[: word.start()] + _slip(word.group(), rng) + question[word.end() :]
    return question


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    lost, doubled, swapped = (
        before + after,
        before + letter * 2 + after,
        before + after[0] + letter + after[1:],
    )
    return rng.choice((lost, doubled, swapped, before + rng.choice(_LETTERS) + after))


def keywords(question: str) -> str:
    """The question's words but for function words and the question mark; the question where fewer than two are left.

    >>> keywords("What is the capital of northern Italy?")
    'capital northern Italy'
    """
    kept = [
        word
        for word in question.rstrip("? ").split()
        if word.lower().strip(",.") not in FUNCTION_WORDS
    ]
    return " ".join(kept) if len(kept) > 1 else question
