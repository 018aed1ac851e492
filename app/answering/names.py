"""Find the companies, persons and things that a question names, and where they are written."""

import re
from collections.abc import Iterable, Sequence

from inquote.app.answering.acronyms import is_spelt_out
from inquote.app.answering.spelling import is_one_edit_apart
from inquote.app.language.english import NO_NAME, without_possessive
from inquote.app.language.forms import NATIONALITY, NO_ENTITY

_WORD = re.compile(r"\w[\w®™’'&.-]*")
_PART = re.compile(r"[^\W_]+")
_DASH = re.compile(r"[-\u2010-\u2014]")
_DOT_OF_INITIAL = re.compile(r"(?<=\b[A-Z])\.")
_SHORT = 4  # letters of a name that may begin other words by chance
_MISSPELT = 5  # letters of a name of which one may be wrong


def names_in(question: str) -> list[str]:
    """Return the names that a question holds, without the titles and articles around them.

    A question that is all in capitals, or in a title's, names nothing.

    >>> names_in("Who is the chairman of Morvane Inc?"), names_in("Why Is It So Good?")
    (['Morvane'], [])
    """
    words = _WORD.findall(question)
    with_capital = [word for word in words if word[0].isupper()]
    if len(words) > 2 and len(with_capital) > 0.6 * len(words):
        return []
    names: list[list[str]] = []
    goes_on = False
    for place, word in enumerate(words):
        bare = _bare(word)
        is_name = _is_name(word, is_first=place == 0)
        is_acronym = bare.isupper() and len(bare) > 1
        if is_name and goes_on and not is_acronym:
            names[-1].append(bare)
        elif is_name:
            names.append([bare])
        goes_on = is_name and bare == word and not is_acronym
    return [" ".join(name) for name in names]


def _bare(word: str) -> str:
    return without_possessive(word.rstrip(".")).strip("®™'’")


def _is_name(word: str, is_first: bool) -> bool:
    """Tell whether a word of a question names something; the first has a capital anyway."""
    bare = _bare(word)
    parts = _DASH.split(bare.lower().replace(".", ""))
    if not any(map(str.isupper, bare)) or all(part in NO_ENTITY | NO_NAME for part in parts):
        return False
    if NATIONALITY.fullmatch(bare):
        return False
    return not is_first or any(map(str.isupper, bare[1:])) or bare != word.rstrip(".")


def stands_in(name: str, text: str) -> bool:
    """Tell whether a text holds a name, its last word, its initials, or what it abbreviates."""
    name, lower = _DASH.sub("-", name), _DASH.sub("-", text.lower())
    last = name.split()[-1]
    if written(name.lower(), lower) or written(last.lower(), lower):
        return True
    if "-" in last and last.lower().replace("-", "") in lower.replace("-", ""):
        return True
    plain = _DOT_OF_INITIAL.sub("", text)
    words = _PART.findall(plain)
    return (
        _is_abbreviated(name, words)
        or is_spelt_out(last, plain)
        or (len(last) >= _MISSPELT and _is_misspelt(last.lower(), words))
    )


def written(name: str, text: str) -> list[str]:
    """Return the places of a text where a word begins with a name, or is it if it is short."""
    end = r"s?\b" if len(name) <= _SHORT else ""
    return re.findall(rf"(?<![^\W_]){re.escape(name)}{end}", text)


def _is_abbreviated(name: str, words: Sequence[str]) -> bool:
    """Tell whether the initials of a name are a word: "United States" and "US"."""
    initials = "".join(word[0] for word in _PART.findall(name) if word[0].isupper())
    return len(initials) > 1 and initials in words


def _is_misspelt(name: str, words: Iterable[str]) -> bool:
    return any(is_one_edit_apart(name, word.lower()) for word in words)
