"""Find what acronyms stand for: the words beside them, or words with their initials."""

import re
from collections.abc import Iterator

from inquote.app.language.phrases import ACRONYM_QUESTION, SPELLS_OUT
from inquote.ingest.english import FUNCTION_WORDS
from inquote.ingest.text import Range

MORE_WORDS = 5  # than letters that the words for an acronym may be
_BEFORE = 200  # characters in which they stand before it

_ENTRY = (
    r"^\W{{0,3}}{name}\W{{0,3}}(?:\s[:=–—|-]\s|: |\t|\n{{1,2}}| stands for )"
    r"\W{{0,3}}(?P<words>\w[^\n\t.,;|]{{2,120}})"
)  # of a glossary
_CLAUSE = re.compile(r"[^.,;:()\[\]!?\n]{1,400}")
_PART = re.compile(r"[^\W_]+")


def acronym_asked(question: str) -> str:
    """Return the acronym whose words a question asks for, "" where it asks for none.

    >>> acronym_asked("What does DRR stand for?"), acronym_asked("What is the DRR?")
    ('DRR', '')
    """
    asked = ACRONYM_QUESTION.search(question)
    return next(filter(None, asked.groups()), "").strip("\"'“”‘’.") if asked else ""


def expansions(acronym: str, text: str) -> Iterator[Range]:
    """Yield the words for an acronym beside it: "response rate (RR)", "RR (response rate)".

    An entry of a glossary has them too: "RR: response rate", "RR | response rate".

    The words are found as Schwartz and Hearst do (2003, "A simple algorithm for identifying
    abbreviation definitions in biomedical text").
    """
    name = re.escape(acronym)
    most = min(len(acronym) + MORE_WORDS, 2 * len(acronym))
    for bracket in re.finditer(rf"\(\s?{name}\.?\s?[),;]", text, re.IGNORECASE):
        shift = max(0, bracket.start() - _BEFORE)
        words = list(re.finditer(r"\S+", text[shift : bracket.start()]))[-most:]
        if words:
            first, end = shift + words[0].start(), shift + words[-1].end()
            start = _first_letter(acronym, text[first:end])
            if start is not None:
                yield first + start, end
    after = (rf"\b{name}\b ?\((?P<words>[^()]{{3,120}})\)", _ENTRY.format(name=name))
    for pattern in after:
        for given in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
            if _first_letter(acronym, given["words"]) == 0:
                yield given.span("words")


def tells_expansion(acronym: str, sentence: str) -> bool:
    """Tell whether a sentence says, or has beside it, what an acronym stands for."""
    is_said = SPELLS_OUT.search(sentence) or is_spelt_out(acronym.upper(), sentence)
    return bool(is_said) or any(True for _ in expansions(acronym, sentence))


def _first_letter(acronym: str, words: str) -> int | None:
    """Return where the words for an acronym begin: its letters are in them, the first at a start.

    Both are gone through from their ends.
    """
    at = len(words)
    letters = [letter for letter in acronym.lower() if letter.isalnum()]
    lower = words.lower()
    for number, letter in enumerate(reversed(letters), start=1):
        at = lower.rfind(letter, 0, at)
        while number == len(letters) and at > 0 and words[at - 1].isalnum():
            at = lower.rfind(letter, 0, at)
        if at < 0:
            return None
    return at if letters else None


def is_spelt_out(acronym: str, text: str) -> bool:
    """Tell whether words that follow each other in a text have an acronym's letters as initials.

    They stand in one clause, and neither the first nor the last is a word such as "of"; where all
    have capitals, the words between them do not count.
    """
    letters = acronym.replace(".", "")
    if not letters.isupper() or len(letters) < 2:
        return False
    for clause in _CLAUSE.finditer(text):
        words = _PART.findall(clause[0])
        if letters in "".join(word[0] for word in words if word[0].isupper()):
            return True
        initials = "".join(word[0] for word in words).lower()
        start = initials.find(letters.lower()) if len(letters) > 2 else -1
        while start >= 0:
            ends = {words[start].lower(), words[start + len(letters) - 1].lower()}
            if ends.isdisjoint(FUNCTION_WORDS):
                return True
            start = initials.find(letters.lower(), start + 1)
    return False
