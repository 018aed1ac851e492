"""Answer what is no question in the page's own voice: greetings, thanks, calls for help."""

from collections.abc import Sequence

from inquote.app.answering.cleaning import clean_question
from inquote.app.language.small_talk import (
    EXAMPLES,
    FAREWELL,
    GREETING,
    HELP,
    INSULT,
    LINES,
    SUBJECTS,
    THANKS,
    WEB_ADDRESS,
)

_MOST_EXAMPLES = 3
_KINDS = (
    ("greeting", GREETING),
    ("thanks", THANKS),
    ("farewell", FAREWELL),
    ("help", HELP),
    ("insult", INSULT),
    ("address", WEB_ADDRESS),
)
_WITH_EXAMPLES = ("greeting", "help", "letter", "address")


def kind_of_talk(typed: str) -> str:
    """Return what kind of small talk a turn is, "" for a question.

    >>> kind_of_talk("hello!"), kind_of_talk("thanks a lot"), kind_of_talk("Who helps?")
    ('greeting', 'thanks', '')
    """
    if sum(map(str.isalnum, typed)) == 1:
        return "letter"
    for kind, pattern in _KINDS:
        if pattern.match(typed.strip()):
            return kind
    return ""


def page_line(kind: str, questions: Sequence[str], titles: Sequence[str]) -> str:
    """Return what the page says to a turn, with what can be asked of these texts."""
    line = LINES[kind]
    if kind not in _WITH_EXAMPLES:
        return line
    if questions:
        return line + EXAMPLES.format(questions=" ".join(questions[:_MOST_EXAMPLES]))
    shown = [title for title in titles if title][:_MOST_EXAMPLES]
    return line + SUBJECTS.format(titles="; ".join(shown)) if shown else line


def clean_turn(typed: object) -> str:
    """Return a turn as `clean_question` does; a single letter is one that the page answers."""
    is_letter = isinstance(typed, str) and kind_of_talk(typed) == "letter"
    return str(typed).strip() if is_letter else clean_question(typed)
