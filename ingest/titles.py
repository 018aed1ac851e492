"""Say which title a document has: what its file gives for one, where that says something."""

import re

from inquote.ingest.english import EMPTY_HEADINGS

MOST_CHARACTERS = 120  # of a title
_DIGITS_OF_A_FILE = 4  # in a name of one word, and more
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

    Neither is a paragraph one, a date, or the name of a file.

    >>> says_something("1 Introduction"), says_something("Introduction to otters")
    (False, True)
    >>> says_something("November 21, 2023"), says_something("Addendum_v202109")
    (False, False)
    """
    tokens = title.split()
    if not tokens or len(title) > MOST_CHARACTERS:
        return False
    if title.lstrip("0123456789. ").rstrip(" .:").casefold() in EMPTY_HEADINGS:
        return False
    if len(tokens) == 1:
        digits = sum(map(str.isdigit, title))
        return not (title.isascii() and (digits >= _DIGITS_OF_A_FILE or "_" in title))
    numbers = [token for token in tokens if token.strip(_AROUND).isdigit()]
    return 2 * len(numbers) <= len(tokens)


def is_of(title: str, text: str) -> bool:
    """Return whether a word of a title stands in a text; the title of a template does not.

    >>> is_of("Board minutes", "The minutes of May."), is_of("Letter template", "Dear Ann,")
    (True, False)
    """
    words = [token.strip(_AROUND).casefold() for token in title.split()]
    long = [word for word in words if len(word) > 2]
    known = text.casefold()
    return not long or any(word in known for word in long)


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
