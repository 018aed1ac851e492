"""Questions as people type them: misspelt, as bare keywords, in other words. Training sees some of each."""

import random
import re
from collections.abc import Mapping, Sequence

from index.lexical import FUNCTION_WORDS

Synonyms = Mapping[str, Sequence[str]]  # a word to words that mean about the same

_MISSPELT = 0.08  # share of the questions with one or two misspelt words
_KEYWORDS = 0.06  # share of the questions left as their keywords
_OTHER_WORDS = 0.16  # share of the questions with one to three words exchanged for near ones
_WORD = re.compile(r"[A-Za-z]{5,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def as_asked(question: str, synonyms: Synonyms, rng: random.Random) -> str:
    """The question, or, for a share of them, the question as a hurried person or one without the text types it."""
    draw = rng.random()
    if draw < _MISSPELT:
        return misspelt(question, rng)
    if draw < _MISSPELT + _KEYWORDS:
        return keywords(question)
    return in_other_words(question, synonyms, rng) if draw < _MISSPELT + _KEYWORDS + _OTHER_WORDS else question


def in_other_words(question: str, synonyms: Synonyms, rng: random.Random) -> str:
    """One to three of the lower-case words that have synonyms exchanged for one.

    >>> in_other_words("Who built Hamar?", {"built": ["raised"]}, random.Random(0))
    'Who raised Hamar?'
    """
    words = [word for word in re.finditer(r"\b[a-z]+\b", question) if word.group() in synonyms]
    for word in sorted(rng.sample(words, min(len(words), rng.choice((1, 2, 3)))), key=lambda w: -w.start()):
        question = question[: word.start()] + rng.choice(synonyms[word.group()]) + question[word.end() :]
    return question


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
