"""Find the spans that answer together, wherever in the passages they stand."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from inquote.app.answering.cells import row_around
from inquote.app.answering.findings import Findings
from inquote.app.answering.spans import AnswerSpan, HitReading, normalize_words
from inquote.app.language.phrases import (
    COMPOUND,
    ENDS_WITH_MODIFIERS,
    ENUMERATES,
    JOINS_A_PHRASE,
    MODIFIERS,
    MODIFIERS_BEFORE,
    NAME_AFTER,
    NAME_BEFORE,
    NOUN_AFTER,
    ONE_THING_ASKED,
)
from inquote.ingest.english import FUNCTION_WORDS
from inquote.ingest.text import sentence_ranges, touching

EMPTY_WORDS = FUNCTION_WORDS | {"no", "not", "none", "other", "others", "such", "also"}
MEMBER_SCORE = 0.0  # of "belongs to the answer" that a span needs
PASSAGE_MARGIN = 0.5  # by which the best span of another passage may score less


def several_spans(
    findings: Findings, most: int | None = None, question: str = ""
) -> list[AnswerSpan]:
    """Return the spans that answer together, [] unless there are two or more.

    The best span's passage must hold one of them there. Others come from passages of the same
    document that answer about as well, each text once, at most `most`. What a question asks for in
    the singular stands in one sentence.
    """
    best = findings.best
    own = _members(best.source)
    is_of_one = bool(ONE_THING_ASKED.match(question))
    if is_of_one:
        sentences = touching(sentence_ranges(best.passage.text), best.start, best.end)
        own = [member for member in own if touching(sentences, member.start, member.end)]
    marked = [member for member in own if member.touches(best)]
    if not marked or _is_one_phrase(marked, best):
        return []
    spans = list(own)
    for source in [] if is_of_one else _like_sources(findings):
        spans.extend(_members(source))
    distinct = _distinct(spans)
    if most is not None:
        distinct = distinct[:most]
    return distinct if len(distinct) > 1 else []


def _members(source: HitReading) -> list[AnswerSpan]:
    """Return the spans of a passage that belong to the answer, in text order."""
    members: list[AnswerSpan] = []
    for span in source.reading.members:
        member = _whole_name(_whole_words(AnswerSpan(source, span.start, span.end, span.score)))
        if span.score < MEMBER_SCORE or _says_nothing(member.text):
            continue
        if members and _is_other_name(members[-1], member):
            continue
        if members and _is_one_name(members[-1], member):
            member = replace(member, start=members.pop().start)
        members.append(member)
    return _with_heads(_with_compounds(members))


def _with_heads(members: Sequence[AnswerSpan]) -> list[AnswerSpan]:
    """Return members with the adjectives that share a noun in one: "nodal or cutaneous lesions"."""
    joined: list[AnswerSpan] = []
    waiting: list[AnswerSpan] = []  # adjectives of one enumeration, whose noun may follow
    for member in members:
        is_enumerated = waiting and ENUMERATES.fullmatch(_between(waiting[-1], member))
        noun = NOUN_AFTER.match(member.passage.text, member.end)
        if is_enumerated and MODIFIERS.fullmatch(member.text) and not noun:
            waiting.append(member)
        elif is_enumerated and MODIFIERS.match(member.text):
            end = noun.end() if noun and MODIFIERS.fullmatch(member.text) else member.end
            start = waiting[0].start
            before = MODIFIERS_BEFORE.search(member.passage.text, max(0, start - 99), start)
            joined.append(replace(member, start=before.start() if before else start, end=end))
            waiting = []
        else:
            joined.extend(waiting)
            waiting = [member] if ENDS_WITH_MODIFIERS.search(member.text) else []
            joined.extend([] if waiting else [member])
    return [*joined, *waiting]


def _between(first: AnswerSpan, second: AnswerSpan) -> str:
    return first.passage.text[first.end : second.start]


def _is_other_name(first: AnswerSpan, second: AnswerSpan) -> bool:
    """Tell whether a span in brackets names the one before it again: "(HSV-1)"."""
    return _between(first, second).strip() == "("


def _with_compounds(members: Sequence[AnswerSpan]) -> list[AnswerSpan]:
    """Return members with the parts of "head and neck cancers, lung cancer" in one.

    A bare "and" parts no items where commas do, but for the last two.
    """
    commas = [at for at, pair in enumerate(pairwise(members)) if "," in _between(*pair)]
    joined: list[AnswerSpan] = []
    for at, member in enumerate(members):
        is_inside = bool(commas) and at - 1 < commas[-1]
        if joined and is_inside and _between(joined[-1], member).strip() == COMPOUND:
            member = replace(member, start=joined.pop().start)
        joined.append(member)
    return joined


def _is_one_phrase(members: Sequence[AnswerSpan], best: AnswerSpan) -> bool:
    """Tell whether members are parts of the best span that no enumeration parts.

    "1294" and "1307" of "1294 to 1307" are; "salt" and "iron" of "salt and iron" are not.
    """
    text = best.passage.text
    for member, after in pairwise(members):
        is_inside = best.start <= member.start and after.end <= best.end
        if is_inside and not ENUMERATES.fullmatch(text[member.end : after.start]):
            return True
    return False


def _is_one_name(first: AnswerSpan, second: AnswerSpan) -> bool:
    """Tell whether two spans are parts of one name or phrase: "T. R." and "Knight".

    No more than a hyphen, an apostrophe, the stop after an initial, or words like "of" part them.
    """
    between = _between(first, second)
    has_initial = len(first.text.split()[-1].strip(".")) == 1
    if JOINS_A_PHRASE.fullmatch(between) or _is_bridged(first.text, between, second.text):
        return True
    return not between.strip("'’-") or (has_initial and not between.strip(" ."))


def _is_bridged(first: str, between: str, second: str) -> bool:
    """Tell whether one plain word parts the words of a phrase: "subsequent [loop] iterations"."""
    word = between.strip()
    is_plain = word.isalpha() and word.islower() and between == f" {word} "
    return is_plain and word not in EMPTY_WORDS and first[-1:].islower() and second[:1].islower()


def _whole_words(span: AnswerSpan) -> AnswerSpan:
    """Return a span that was marked in the middle of a word up to the borders of the word.

    "R" of "J. R. Knight's" becomes "R."; a name keeps its inner stops and hyphens.
    """
    if row_around(span.passage, span.start):
        return span
    text = span.passage.text
    start, end = span.start, span.end
    while start > 0 and _joins(text, start - 1):
        start -= 1
    while end < len(text) and _joins(text, end):
        end += 1
    return replace(span, start=start, end=end)


def _whole_name(span: AnswerSpan) -> AnswerSpan:
    """Return a span that was marked within a name up to the borders of the name.

    "Lunceford" of "the song by Jimmie Lunceford" becomes "Jimmie Lunceford".
    """
    if row_around(span.passage, span.start):
        return span
    text = span.passage.text
    before = NAME_BEFORE.search(text, 0, span.start) if span.text[:1].isupper() else None
    last = span.text.split()[-1] if span.text.split() else ""
    after = NAME_AFTER.match(text, span.end) if last[:1].isupper() else None
    start = before.start("name") if before else span.start
    return replace(span, start=start, end=after.end() if after else span.end)


def _joins(text: str, at: int) -> bool:
    """Tell whether a character belongs to the word around it: a letter, or a mark between two."""
    if text[at].isalnum():
        return True
    if not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    if before.isdigit() and after.isdigit():
        return text[at] in ".,:/-–'’"  # "17,81,841"
    return text[at] in "'’.-&@_" and before.isalnum() and after.isalnum()


def _says_nothing(words: str) -> bool:
    """Tell whether words are function words alone, or none."""
    return all(word in EMPTY_WORDS for word in normalize_words(words).split())


def _like_sources(findings: Findings) -> list[HitReading]:
    """Return the other passages of the best span's document that answer about as well."""
    best = findings.best
    sources: list[HitReading] = []
    for span in findings.spans:
        is_near = span.score >= best.score - PASSAGE_MARGIN
        is_same = span.passage.document_id == best.passage.document_id
        if is_near and is_same and span.source not in (best.source, *sources):
            sources.append(span.source)
    return sources


def _distinct(spans: Sequence[AnswerSpan]) -> list[AnswerSpan]:
    """Return the first of the spans that have the same words or share a character.

    A number that stands in another one says nothing more: "45" beside "45 days".
    """
    distinct: dict[str, AnswerSpan] = {}
    for span in spans:
        if not any(span.overlaps(other) for other in distinct.values()):
            distinct.setdefault(normalize_words(span.text) or span.text, span)
    return [
        span
        for words, span in distinct.items()
        if not words.isdigit() or not any(words in other.split()[:-1] for other in distinct)
    ]
