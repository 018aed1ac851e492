"""Find the topic of a question, and the pronoun of the next one that stands for it."""

import re

from inquote.app.language.english import (
    EXPLETIVE_IT,
    NO_NAME,
    PLURAL_PRONOUN,
    PRONOUN,
    REQUESTED_THINGS,
    VERB,
    WHO_IS,
    name_with_kind,
    with_article,
    with_clause,
    without_possessive,
)

_CAPITALISED = re.compile(r"[^\W\d_][\w®™’'-]*(?: [A-Z0-9][\w®™’'-]*)*")
_WORD = re.compile(r"[\w®™][\w®™’'.-]*")
_LONGEST_TOPIC = 3  # words, where no capital tells where the topic begins


def topic_of(question: str) -> str:
    """Return the name that a question speaks of, "" for none.

    A name is the first run of words with a capital or a digit inside the question; the kind of
    thing that it is belongs to it where the question says so.

    >>> topic_of("What was the OPTiM trial about?")
    'the OPTiM trial'
    """
    for run in _CAPITALISED.finditer(question):
        name = _without_other_words(run.group())
        if name:
            kind = name_with_kind(name).search(question)
            return with_article(name, kind[1]) if kind else without_possessive(name)
    person = WHO_IS.match(question)
    return person[1] if person else _last_words(question)


def _without_other_words(run: str) -> str:
    """Drop the words before a name from a run of words that may hold one."""
    words = run.split()
    while words and _is_outside_name(words[0]):
        words.pop(0)
    return " ".join(words)


def _is_outside_name(word: str) -> bool:
    return word.islower() or word.lower() in NO_NAME or not word[0].isalpha()


def _last_words(question: str) -> str:
    """Return the noun that ends a question typed without capitals, "" for none.

    It is the run of last words in which no verb, pronoun or function word stands.
    """
    run: list[str] = []
    for match in reversed(_WORD.findall(question)):
        word = match.rstrip(".")
        if not any(map(str.isalpha, word)):
            break
        if word.lower() in NO_NAME or VERB.fullmatch(word) or PRONOUN.fullmatch(word):
            break
        run.insert(0, word)
    return " ".join(run[-_LONGEST_TOPIC:])


def antecedent_of(question: str, earlier: str) -> str:
    """Return the words of the earlier question that a pronoun of `question` stands for.

    "They" stands for the things that the earlier question asks for, where it does; any other
    pronoun for its topic.

    >>> antecedent_of("Are they severe?", "What are the side effects of IMLYGIC?")
    'the side effects of IMLYGIC'
    """
    things = _requested_things(earlier) if PLURAL_PRONOUN.search(question) else None
    return topic_of(earlier) if things is None else things


def _requested_things(question: str) -> str | None:
    """Return what a question for several things asks for, None where it asks for one."""
    for pattern in REQUESTED_THINGS:
        match = pattern.search(question)
        if match:
            clause = match.groupdict().get("clause")
            return with_clause(match["things"], clause) if clause else match["things"]
    return None


def find_pronoun(question: str) -> re.Match[str] | None:
    """Find the first pronoun that stands for something said before the question.

    A pronoun that follows a name stands for that name.
    """
    if EXPLETIVE_IT.search(question):
        return None
    pronoun = PRONOUN.search(question)
    if pronoun and names_something(question[: pronoun.start()]):
        return None
    return pronoun


def names_something(question: str) -> bool:
    """Tell whether a word after the first has a capital or a digit."""
    after_first = "".join(question.split()[1:])
    return any(c.isupper() or c.isdigit() for c in after_first)
