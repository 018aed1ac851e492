"""List what a follow-up may mean: the questions that compete, the likeliest by its wording first.

What the last answer cites widens what wording alone can tell: a pronoun may stand for a name in
the answer, or for what the document or the section around it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.answering.answer import Answer
from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.completing import place_of_pronoun, with_topic
from inquote.app.answering.conversation import resolve_follow_up
from inquote.app.answering.entities import Phrase, is_in, noun_phrases
from inquote.app.answering.replacing import first_question, other_places
from inquote.app.answering.topics import find_pronoun, lacks_topic, names_something
from inquote.app.answering.wording import unwrapped
from inquote.app.language.dialogue import (
    ABSTRACT_NOUNS,
    DEFINITE_NOUN,
    ONES,
    PERSONAL_PRONOUN,
    QUESTION_PHRASE,
    RECORD,
)
from inquote.app.language.forms import QUESTION_WORD
from inquote.index.terms import content_terms

MOST = 4  # readings that are retrieved


@dataclass(frozen=True)
class Reading:
    """A question that a turn may mean, and the documents that it is limited to, None for all."""

    question: str
    scope: tuple[str, ...] | None = None


def leans(typed: str, turns: Sequence[str]) -> bool:
    """Tell whether a turn may mean more than its words say."""
    if not turns:
        return False
    is_changed = resolve_follow_up(typed, turns) != unwrapped(typed)
    return is_changed or bool(find_pronoun(typed)) or lacks_topic(typed, turns)


def readings_of(
    typed: str, turns: Sequence[str], last: Answer | None = None, within: bool = False
) -> list[Reading]:
    """Return the readings of a turn after `turns`, each question once, the likeliest first.

    `last` is the answer to the last turn; without it, wording alone counts. With `within`, one is
    limited to the documents that it cites.
    """
    understood = resolve_follow_up(typed, turns)
    readings = [Reading(understood), *map(Reading, _in_other_places(understood, turns))]
    pronoun = find_pronoun(unwrapped(typed))
    is_of_person = pronoun is not None and bool(PERSONAL_PRONOUN.fullmatch(pronoun[0]))
    if last is not None:
        names = [*_names_in_answer(last), *([] if is_of_person else _subjects(last))]
        for name in names:
            question = _about(typed, name, turns)
            if question:
                readings.append(Reading(question))
    if last is not None and within:
        readings += _in_last_document(understood, last)
    is_question = QUESTION_WORD.search(typed) and not QUESTION_PHRASE.match(typed)
    if is_question and not set(content_terms(typed)) <= ONES:
        readings.append(Reading(typed))
    if turns:
        readings.append(Reading(f"{turns[-1]} {capitalise(unwrapped(typed))}"))
    return list(dict.fromkeys(readings))[: MOST + 1]


def of_record(typed: str, last: Answer | None) -> str:
    """Return a turn with the record that was last answered from in the place of "the contract".

    A record is a section whose heading counts it with others: "Contract 3: Oxygen". "" where the
    turn names something itself, or speaks of no such thing.
    """
    headings = {citation.heading for citation in last.citations} if last else set()
    record = RECORD.match(next(iter(headings))) if len(headings) == 1 else None
    if record is None or names_something(typed):
        return ""
    for thing in DEFINITE_NOUN.finditer(typed):
        if thing["noun"].lower() == record["noun"].lower():
            return f"{typed[: thing.start()]}{record[0]}{typed[thing.end() :]}"
    return ""


def _in_other_places(understood: str, turns: Sequence[str]) -> list[str]:
    """Return the last question with a phrase that only follows it in the place of its phrases."""
    earlier = first_question(turns[-1]) if turns else ""
    phrase = understood.removeprefix(f"{earlier} ")
    if not earlier or phrase == understood or QUESTION_WORD.search(phrase):
        return []
    return other_places(earlier, phrase)


def _about(typed: str, name: str, turns: Sequence[str]) -> str:
    """Return a turn with a name in the place of its pronoun, or as its topic; "" for neither."""
    bare = unwrapped(typed)
    pronoun = find_pronoun(bare)
    if pronoun:
        return place_of_pronoun(bare, pronoun, name)
    if set(content_terms(name)) & set(content_terms(bare)):
        return ""
    return with_topic(bare, name) if lacks_topic(bare, turns) else ""


def _names_in_answer(last: Answer) -> list[str]:
    """Return the first name of an answer that its question does not hold."""
    known = set(content_terms(last.understood_as))
    text = f". {last.text or ''}"
    for phrase in noun_phrases(text):
        name = _capitals(phrase.text)
        opens_sentence = text[: phrase.start].rstrip().endswith((".", "!", "?", ";"))
        is_doubtful = (
            opens_sentence and len(name.split()) == 1 and name.istitle() and " " in text[2:]
        )
        if name and not is_doubtful and not set(content_terms(name)) & known:
            return [name]
    return []


def _capitals(phrase: str) -> str:
    """Return the words with a capital that a phrase begins with."""
    name = []
    for word in phrase.split():
        if not any(letter.isupper() for letter in word):
            break
        name.append(word)
    return " ".join(name)


def _subjects(last: Answer) -> list[str]:
    """Return what the section and the document around the last answer are about."""
    headings = [citation.heading for citation in last.citations[:1]]
    titles = [citation.title for citation in last.citations[:1]]
    if not last.citations:
        headings = [hit.passage.heading for hit in last.hits[:1]]
    subjects = []
    for text in [*titles, *headings]:
        phrases = sorted(noun_phrases(f"- {text}"), key=_is_no_name)
        if phrases and is_in(phrases[0].text.lower(), ABSTRACT_NOUNS):
            continue  # "Risks" heads a section of anything
        subjects += [_written_in_capitals(phrase.text) for phrase in phrases[:1]]
    return list(dict.fromkeys(subjects))


def _written_in_capitals(phrase: str) -> str:
    """Return the words of a title's phrase that are names by their letters, else all of it."""
    names = []
    for word in phrase.split():
        if any(letter.isupper() for letter in word[1:]):
            names.append(word)
    return " ".join(names) or phrase


def _is_no_name(phrase: Phrase) -> bool:
    return not any(letter.isupper() for letter in phrase.text[1:])


def _in_last_document(understood: str, last: Answer) -> list[Reading]:
    """Return the understood question within the documents that the last answer cites."""
    documents = tuple(dict.fromkeys(citation.document_id for citation in last.citations))
    return [Reading(understood, documents)] if documents else []
