"""Say which title a document has: what its file gives for one, where that says something."""

import re

from inquote.ingest.english import EMPTY_HEADINGS

_MOST_BAD = 0.2  # of the words of a title that look like none
_WORD = re.compile(r"[^\W\d_]{1,30}(?:[-'’/&.][^\W_]{1,30}){0,4}")
_AROUND = "()[]{}\"'“”‘’„«»‹›.,:;!?–—-…"
_ALONE = frozenset("aioàéöyеиовксуя")  # letters that are words
_MARK = re.compile(
    r"(?<=\w\w)\s{0,2}[*†‡]{1,3}$|(?<=\w{4})[¹²³⁰⁴-⁹]{1,2}$"
    r"|(?<=\S)(?:\s{1,2}\d{1,2}\)|\s{0,2}\[\d{1,2}\])$"
)
_LATIN = re.compile(r"[a-z]{4,}")
_VOWEL = re.compile(r"[aeiouy]")


def without_note_mark(title: str) -> str:
    """Return a title without the mark of a note at its end.

    >>> without_note_mark("Results for 2019 1)"), without_note_mark("Part (1)")
    ('Results for 2019', 'Part (1)')
    """
    return _MARK.sub("", title.rstrip())


def says_something(title: str) -> bool:
    """Return whether a title is more than the name of a part that many documents have.

    >>> says_something("1 Introduction"), says_something("Introduction to otters")
    (False, True)
    """
    return title.lstrip("0123456789. ").rstrip(" .:").casefold() not in EMPTY_HEADINGS


def is_worded(text: str) -> bool:
    """Return whether the words of a text that was read from a picture look like words.

    >>> is_worded("The Annual Report, 2019"), is_worded("toi n»Bfl. iseorty n u t")
    (True, False)
    """
    tokens = [token for token in text.split() if any(map(str.isalpha, token))]
    bad = sum(not _is_word(token) for token in tokens)
    return bool(tokens) and bad <= _MOST_BAD * len(tokens)


def _is_word(token: str) -> bool:
    """Return whether a token has the letters and the case of a word, or of a name."""
    word = token.strip(_AROUND)
    if not _WORD.fullmatch(word):
        return False
    if len(word) == 1:
        return word.isupper() or word in _ALONE
    has_case = word.lower() != word.upper()
    is_regular = not has_case or word.isupper() or word[1:].islower() or word.istitle()
    has_sounds = not _LATIN.fullmatch(word) or _VOWEL.search(word) is not None
    return is_regular and has_sounds
