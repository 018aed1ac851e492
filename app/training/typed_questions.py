"""Write questions as people type them, misspelt or as bare keywords, so that training sees some."""

import random
import re

from inquote.ingest.english import FUNCTION_WORDS

_MISSPELT = 0.08  # share of the questions with one or two misspelt words
_KEYWORDS = 0.06  # share of the questions left as their keywords
_WORD = re.compile(r"[A-Za-z]{5,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def imitate_typing(question: str, rng: random.Random) -> str:
    """Return a question as a hurried person types it, unchanged in most draws."""
    draw = rng.random()
    if draw < _MISSPELT:
        return misspell(question, rng)
    if draw < _MISSPELT + _KEYWORDS:
        return keep_keywords(question)
    return question


def misspell(question: str, rng: random.Random) -> str:
    """Misspell one or two words of five letters or more.

    A letter is lost, doubled or exchanged, or two letters are swapped.

    >>> misspell("Who was he?", random.Random(0))
    'Who was he?'
    """
    words = list(_WORD.finditer(question))
    count = min(len(words), rng.choice((1, 1, 2)))
    chosen = rng.sample(words, count)
    # From the last word to the first, so that the places of the others stay.
    for word in sorted(chosen, key=lambda match: match.start(), reverse=True):
        before, after = question[: word.start()], question[word.end() :]
        question = before + _slip(word.group(), rng) + after
    return question


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    lost = before + after
    doubled = before + letter * 2 + after
    swapped = before + after[0] + letter + after[1:]
    exchanged = before + rng.choice(_LETTERS) + after
    return rng.choice((lost, doubled, swapped, exchanged))


def keep_keywords(question: str) -> str:
    """Remove function words and the question mark; keep the question if that leaves one word.

    >>> keep_keywords("What is the capital of northern Italy?")
    'capital northern Italy'
    """
    words = question.rstrip("? ").split()
    kept = [word for word in words if word.lower().strip(",.") not in FUNCTION_WORDS]
    return " ".join(kept) if len(kept) > 1 else question
