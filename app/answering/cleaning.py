"""Clean a question as it was typed, or refuse it."""

import unicodedata

from inquote.ingest.errors import QuestionError

MAX_CHARACTERS = 2_000

_WHITE_SPACE = "\n\r\t\v\f\x85\u2028\u2029"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories of Unicode


def clean_question(text: object) -> str:
    """Return a typed question in NFKC, on one line, without invisible characters.

    Raises `QuestionError` for anything that is no question, with a sentence for the person.

    >>> clean_question("  What\\u200b is\\nthis? ")
    'What is this?'
    """
    if not isinstance(text, str):
        raise QuestionError("Please type a question: a text is needed.")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question is {len(text):,} characters long; "
            f"please ask in at most {MAX_CHARACTERS:,} characters."
        )
    spaced = "".join(" " if c in _WHITE_SPACE else c for c in text)
    normal = unicodedata.normalize("NFKC", spaced)
    visible = "".join(c for c in normal if unicodedata.category(c) not in _INVISIBLE)
    cleaned = " ".join(visible.split())
    if sum(map(str.isalnum, cleaned)) < 2:
        raise QuestionError("Please type a question: at least two letters or digits are needed.")
    return cleaned


def capitalise(text: str) -> str:
    """Return a text with a capital at its start and the rest as it is.

    >>> capitalise("why was OPTiM stopped?")
    'Why was OPTiM stopped?'
    """
    return text[:1].upper() + text[1:]
