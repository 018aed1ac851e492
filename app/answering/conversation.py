"""A typed question and the ones before it, to a question that stands alone; rules only, no language model."""

import re
import unicodedata
from collections.abc import Sequence

from inquote.ingest.errors import QuestionError

MAX_CHARACTERS = 2_000
MAX_HISTORY = 20

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_OPENERS = re.compile(
    r"^(?:(?:and|but|or|so|also|then|ok|okay)[, ]+)*(?:(?:what|how) about|(?:and|but|or|also))\b[, ]*",
    re.IGNORECASE,
)
_KINDS = "drug|therapy|treatment|medicine|product|virus|company|study|trial"
_PRONOUN = re.compile(
    r"\b(?:(?P<possessive>its|their|his|her)|(?P<plain>it|they|them|he|she|him)"
    rf"|(?:this|that|these|those)(?: (?P<noun>{_KINDS})s?\b| (?:one|thing)s?\b)?)\b(?! that\b)",
    re.IGNORECASE,
)
# "it" that stands for what comes after it: "Is it allowed to ...?", "How common is it that ...?"
_EXPLETIVE = re.compile(
    r"\b(?:is|was) it(?: \w+)? (?:to|that|for|if)\b|\bit (?:is|was) \w+ (?:to|that|for|if)\b|\bdoes it mean\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"^who (?:is|was) ((?:\S+ ){0,6}\S+?)\??$", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|them|their|these|those)\b", re.IGNORECASE)
_ASKED_FOR = (  # what a question for several things asks for: "What are the side effects?", "Which cancers do ...?"
    re.compile(
        r"^(?:what|which|who|name|list)\b(?: \w+)? (?:are|were) (?P<what>(?:\S+ ){0,6}\S+?)\??$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:what|which) (?P<what>(?:\w+ ){0,2}\w+s) (?:(?:are|were|do|did|can|will)\b|(?P<which>have\b[^?]*))",
        re.IGNORECASE,
    ),
)
# Words that stand for something said before: "Which one?", "Who benefited more?", "What happens then?"
_LEANING = re.compile(
    r"\b(?:which|what|new|old|other|last|first|this|that) ones?\b|\b(?:theirs|hers|each of|both|neither|the same)\b"
    r"|\b(?:then|there|else|more|less|instead)\??$",
    re.IGNORECASE,
)
_SHORT_SENTENCE = 6  # words; one that opens with "and" leans on what was said before, unless it names something itself
_QUESTION_WORDS = frozenset(
    "what which who whom whose when where why how is are was were do does did can could will would should has have "
    "had the a an in on at of for to and or i tell give name list explain describe define summarise summarize".split()
)
_ASKING = frozenset("what which who whom whose when where why how".split())
_BEGINS = re.compile(
    rf"(?:(?:in|for|by|at|on|to|from|with) )?(?:{'|'.join(sorted(_ASKING))})\b", re.IGNORECASE
)
_JOINED = re.compile(rf",? and (?={_BEGINS.pattern})", re.IGNORECASE)
_SHORTEST_PART = 3  # words
_MOST_PARTS = 4  # that a question is taken apart into; one of more is asked as it stands
_ASKING_ON = tuple(
    map(str.split, ("such as", "like what", "for example", "for instance", "really"))
)
_HALF_ASKED = re.compile(
    r"(?:how|what|which|where|when|why|whose) (?:\w+|(?:so|not|too|very) \w+)"
)  # "why so often"
_PREPOSITIONS = frozenset(
    "in on at of for with without to from by about below above under over between during after before".split()
)
_AGAIN = re.compile(rf",? and (?P<prep>{'|'.join(sorted(_PREPOSITIONS))})\b ", re.IGNORECASE)
_VERBS = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must|\w{3,}(?:ed|es))\b",
    re.IGNORECASE,
)
_WORD = r"[\w®™’'-]+"
_NO_NOUN = (
    rf"(?:{_VERBS.pattern}|(?:{'|'.join(sorted(_PREPOSITIONS))}|and|or|that|which|who|than)\b)"
)
_WITH_ARTICLE = re.compile(rf"\bthe(?: (?!{_NO_NOUN}){_WORD})+", re.IGNORECASE)
_WITH_INFINITIVE = re.compile(
    r"\b(?:do|does|did|can|could|will|would|should|may|might|must)\b", re.IGNORECASE
)
_NAME = re.compile(r"[^\W\d_][\w®™’'-]*(?: [A-Z0-9][\w®™’'-]*)*")


def clean_question(text: object) -> str:
    """NFKC, one line, invisible characters gone; raises `QuestionError` for what is no question.

    >>> clean_question("  What\\u200b is\\nthis? ")
    'What is this?'
    """
    if not isinstance(text, str):
        raise QuestionError("Please type a question: a text is needed.")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question is {len(text):,} characters long; please ask in at most {MAX_CHARACTERS:,} characters."
        )
    spaced = "".join(" " if c in "\n\r\t\v\f\x85\u2028\u2029" else c for c in text)
    visible = "".join(
        c
        for c in unicodedata.normalize("NFKC", spaced)
        if unicodedata.category(c) not in _INVISIBLE
    )
    cleaned = " ".join(visible.split())
    if sum(c.isalnum() for c in cleaned) < 2:
        raise QuestionError("Please type a question: at least two letters or digits are needed.")
    return cleaned


def understand(question: object, history: Sequence[str] = ()) -> str:
    """The question as it stands alone, given the earlier questions, oldest first.

    A follow-up by its form ("And in the control group?", "Which one?") continues the question before it; a pronoun
    takes the topic that was named last, "they" what was asked for last. Anything else is left as it is, so that a
    change of topic drags nothing along. Earlier questions that are no questions are passed over. Raises
    `QuestionError` as `clean_question` does.

    >>> understand("What about the control group?", ["What was the response rate in the IMLYGIC group?"])
    'What was the response rate in the control group?'
    >>> understand("When was it approved?", ["Who makes IMLYGIC?"])
    'When was IMLYGIC approved?'
    """
    cleaned = clean_question(question)
    earlier = ""
    for typed in list(history)[-MAX_HISTORY:]:
        try:
            earlier = _continue(clean_question(typed), earlier)
        except QuestionError:
            continue
    return _continue(cleaned, earlier)


def parts_of(question: str) -> list[str]:
    """The questions that a question asks at once, joined by "and", each standing alone; mostly itself alone.

    >>> parts_of("Who makes IMLYGIC and when was it approved?")
    ['Who makes IMLYGIC?', 'When was IMLYGIC approved?']
    >>> parts_of("What does it say about costs and about side effects?")
    ['What does it say about costs?', 'What does it say about side effects?']
    """
    apart = _with_each_object(question)
    if apart:
        return apart
    said = [part.strip(" ,?") for part in _JOINED.split(question)]
    several = 2 <= len(said) <= _MOST_PARTS
    if (
        not several
        or not _BEGINS.match(question)
        or any(len(part.split()) < _SHORTEST_PART for part in said)
    ):
        return [question]
    whole = [f"{_capitalised(part)}?" for part in said]
    return list(dict.fromkeys([whole[0], *(_continue(part, whole[0]) for part in whole[1:])]))


def _with_each_object(question: str) -> list[str]:
    """The question with each of two objects that end it after the same preposition: "about A and about B"."""
    again = _AGAIN.search(question)
    first = again and re.search(rf"\b{again['prep']}\b ", question[: again.start()], re.IGNORECASE)
    if not again or not first or _VERBS.search(question[first.end() :]):
        return []
    opening, objects = (
        question[: first.end()],
        (question[first.end() : again.start()], question[again.end() :]),
    )
    return [f"{opening}{said.rstrip(' ?')}?" for said in objects]


def _continue(question: str, earlier: str) -> str:
    if not earlier:
        return question
    opener = _OPENERS.match(question)
    if opener:
        question = _capitalised(question[opener.end() :])
    if _is_elliptical(question, bool(opener)):
        return _with_phrase(earlier, question)
    topic = _topic_for(question, earlier)
    pronoun = _pronoun(question)
    if pronoun and topic:
        return question[: pronoun.start()] + _named(pronoun, topic) + question[pronoun.end() :]
    if _names_something(question):
        return question
    leans = (
        pronoun
        or _LEANING.search(question)
        or (opener and len(question.split()) <= _SHORT_SENTENCE)
    )
    return f"{earlier} {_capitalised(question)}" if leans else question


def _with_phrase(earlier: str, phrase: str) -> str:
    """The question before with a phrase that continues it.

    The phrase takes the place of what it answers to: the words after the same preposition that end the question
    ("And in Spain?"), or the only noun with an article, or the one with the same last word ("And the other group?").
    Where there is none it stands behind the question.

    >>> _with_phrase("How often is the vane checked?", "The gauge?")
    'How often is the gauge checked?'
    >>> _with_phrase("How much is paid for the use of a car?", "For a meal?")
    'How much is paid for a meal?'
    """
    said = (phrase[:1].lower() + phrase[1:]).rstrip("? ")
    if not said:
        return earlier
    place = None if "? " in earlier else _ending(earlier, said.split()[0]) or _noun(earlier, said)
    if place is None:
        return f"{earlier} {_capitalised(phrase)}"
    return f"{earlier[: place[0]]}{said}{earlier[place[1] :]}"


def _ending(question: str, preposition: str) -> tuple[int, int] | None:
    """The range of the last phrase with a preposition, where no verb follows it."""
    found = [
        match.start()
        for match in re.finditer(rf"\b{re.escape(preposition)} ", question, re.IGNORECASE)
    ]
    if preposition not in _PREPOSITIONS or not found or _VERBS.search(question[found[-1] :]):
        return None
    return found[-1], len(question.rstrip("?"))


def _noun(question: str, other: str) -> tuple[int, int] | None:
    """The range of the noun with "the" that `other`, a noun with "the" itself, takes the place of."""
    words = other.split()
    if words[0] != "the" or not _PREPOSITIONS.isdisjoint(words):
        return None
    alike = re.compile(
        rf"\bthe (?:(?!{_NO_NOUN}){_WORD} ){{0,3}}{re.escape(words[-1])}\b", re.IGNORECASE
    )
    any_one = [] if _WITH_INFINITIVE.search(question) else _WITH_ARTICLE.findall(question)
    for found in ([match.group() for match in alike.finditer(question)], any_one):
        if len(found) == 1:
            start = question.index(found[0])
            return start, start + len(found[0])
    return None


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pronoun(question: str) -> re.Match[str] | None:
    """The first pronoun that stands for something said before; one that follows a name stands for that name."""
    found = None if _EXPLETIVE.search(question) else _PRONOUN.search(question)
    return found if found and not _names_something(question[: found.start()]) else None


def _topic_for(question: str, earlier: str) -> str:
    """What a pronoun of `question` stands for: for "they" the things that `earlier` asked for, else what it names."""
    if _PLURAL.search(question):
        found = next((match for pattern in _ASKED_FOR if (match := pattern.search(earlier))), None)
        if found:
            which = found.groupdict().get("which")
            return found["what"] + (f" that {which}" if which else "")
    return topic_of(earlier)


def _names_something(question: str) -> bool:
    """Whether a word after the first has a capital or a digit."""
    return any(any(c.isupper() or c.isdigit() for c in word) for word in question.split()[1:])


def _is_elliptical(rest: str, opened: bool) -> bool:
    """Whether what follows the opener is no sentence: words without a verb.

    Without an opener only a phrase with a question word ("why so often?") or a preposition ("in the control group?")
    counts, for keywords without a verb may well be a question of their own.
    """
    words = [word.lower().strip("?,.") for word in rest.split()]
    if not words or _VERBS.search(rest):
        return not words
    if words[0] in _ASKING:
        return len(words) == 1 or bool(_HALF_ASKED.fullmatch(" ".join(words)))
    return opened or (len(words) <= 5 and words[0] in _PREPOSITIONS) or words in _ASKING_ON


def _named(found: re.Match[str], topic: str) -> str:
    if found["noun"] and found["noun"].lower() not in topic.lower():
        return f"the {topic.removeprefix('the ')} {found['noun']}"
    if not found["possessive"]:
        return topic
    return topic + ("'" if topic.endswith("s") else "'s")


def topic_of(question: str) -> str:
    """The name that a question speaks of: the first run of words with a capital or a digit inside, with what kind of
    thing it is if the question says so; "" for none.

    >>> topic_of("What was the OPTiM trial about?")
    'the OPTiM trial'
    """
    for found in _NAME.finditer(question):
        words = found.group().split()
        while words and (
            words[0].islower() or words[0].lower() in _QUESTION_WORDS or not words[0][0].isalpha()
        ):
            words.pop(0)
        if words:
            name = " ".join(words)
            kind = re.search(rf"\bthe {re.escape(name)} ({_KINDS})\b", question, re.IGNORECASE)
            return f"the {name} {kind[1]}" if kind else name.removesuffix("'s").removesuffix("’s")
    person = _WHO_IS.match(question)
    return person[1] if person else _last_words(question)


def _last_words(question: str) -> str:
    """The run of words without a verb or a function word that ends the question, for those who type no capitals."""
    run: list[str] = []
    for word in reversed(re.findall(r"[\w®™][\w®™’'.-]*", question)):
        word = word.rstrip(".")
        if not any(c.isalpha() for c in word):
            break
        if word.lower() in _QUESTION_WORDS or _VERBS.fullmatch(word) or _PRONOUN.fullmatch(word):
            break
        run.insert(0, word)
    return " ".join(run[-3:])
