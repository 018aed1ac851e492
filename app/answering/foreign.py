"""Tell a question in another language than the texts', and what of it can be searched for."""

import re
from collections.abc import Callable

from inquote.app.language.foreign import FOREIGN, Foreign
from inquote.ingest.english import FUNCTION_WORDS
from inquote.ingest.languages import LANGUAGES

_WORD = re.compile(r"\w[\w®'’-]*")
_ENGLISH = FUNCTION_WORDS | LANGUAGES["en"].words | {"per"}
_MISSPELT = {"wat", "wen"}  # words of other languages, and "what" and "when" as people type them
_FEWEST = 2  # words of a language that a question in it has
_MOST_SIGNS = 3  # of the signs of a language that texts in it hold


def language_of(question: str) -> Foreign | None:
    """Return the language of a question, None for English and for what cannot be told.

    >>> language_of("Wer hat das Medikament entwickelt?") is FOREIGN["de"]
    True
    >>> language_of("Who made it in Baden?") is language_of("wat dose per day") is None
    True
    """
    words = [word.lower() for word in _WORD.findall(question)]
    english = sum(word in _ENGLISH for word in words)
    best, most = None, max(english, _FEWEST - 1)
    for language in FOREIGN.values():
        own = [word for word in words if word in language.words]
        if len(own) > most and not _ENGLISH.union(_MISSPELT).issuperset(own):
            best, most = language, len(own)
    return best


def is_of_texts(language: Foreign, has_word: Callable[[str], bool]) -> bool:
    """Tell whether a library holds texts in a language, by its words."""
    return sum(map(has_word, language.signs)) >= _MOST_SIGNS


def searchable(question: str, language: Foreign, has_word: Callable[[str], bool]) -> list[str]:
    """Return the words of a question that the texts hold too: names, numbers, terms."""
    kept = []
    for word in _WORD.findall(question):
        is_empty = word.lower() in language.words or word.lower() in FUNCTION_WORDS
        if not is_empty and has_word(word):
            kept.append(word)
    return list(dict.fromkeys(kept))
