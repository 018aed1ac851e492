"""Tell what a text is about by its title: what "it" stands for where nothing was said before."""

import re

from inquote.app.answering.completing import place_of_pronoun
from inquote.app.answering.entities import is_in, noun_phrases
from inquote.app.answering.topics import find_pronoun
from inquote.app.language.dialogue import ABSTRACT_NOUNS
from inquote.app.language.forms import IS_A_TEXT, NO_ENTITY

IT = ("it", "its")
OFTEN = 4  # mentions that make something of a title the subject of its text
MOSTLY = 0.9  # of the mentions have the capitals of a name
MOST_WORDS = 3  # of a subject


def subject_of(title: str, text: str) -> str:
    """Return the first name of a title that a text often has, and with the same capitals, else "".

    Words with capitals inside are names by themselves. A text is not about itself, nor about a day.

    >>> subject_of("NORVA Sales: What Drives Them", "NORVA is new. " * 4)
    'NORVA'
    """
    if title.isupper() and " " in title:
        return ""  # its capitals say nothing
    for phrase in noun_phrases(f"- {title}"):
        words = phrase.text.split()
        names = [word for word in words if any(letter.isupper() for letter in word[1:])]
        subject = " ".join(names) or phrase.text
        parts = subject.lower().split()
        is_general = is_in(parts[-1], ABSTRACT_NOUNS) or IS_A_TEXT.search(subject)
        if len(parts) > MOST_WORDS or is_general or not NO_ENTITY.isdisjoint(parts):
            continue
        mentions = re.findall(rf"\b{re.escape(subject)}\b", text, re.IGNORECASE)
        if mentions.count(subject) >= max(OFTEN, MOSTLY * len(mentions)):
            return subject
    return ""


def of_subject(question: str, subject: str) -> str:
    """Return a question with a subject in the place of its pronoun, "" for one without.

    >>> of_subject("How does it work?", "NORVA"), of_subject("Who is he?", "NORVA")
    ('How does NORVA work?', '')
    """
    pronoun = find_pronoun(question)
    if not subject or pronoun is None or pronoun[0].lower() not in IT:
        return ""
    return place_of_pronoun(question, pronoun, subject)
