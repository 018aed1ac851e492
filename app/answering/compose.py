"""Choose the spans of an answer: which, how many, in which order."""

import math
from collections.abc import Sequence
from dataclasses import replace

from inquote.app.answering.cells import row_around
from inquote.app.answering.cells_together import cells_together
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.mail import is_field_value
from inquote.app.answering.several import several_spans
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.index.terms import content_terms
from inquote.ingest.text import block_ranges, sentence_ranges, touching

MOST_SENTENCES = 3
MOST_STEPS = 5  # sentences that tell how something works
STEPS_MARGIN = 1.5  # by which a span may score less where the text goes on after it
WEAK_EVIDENCE = 0.5  # an explanation that scores less goes on to the sentences that follow
SENTENCE_MARGIN = 1.0  # a further sentence may score so much less than the best one

EXTENT_MARGIN = 1.0  # a longer extent of the best span may score so much less
SURE_SCORE = 4.0  # a span that scores less is given with its sentence (both from eval/LOG.md)


def compose(
    form: Form, findings: Findings, most: int | None = None, question: str = ""
) -> list[AnswerSpan]:
    """Return the spans of the answer: best passage first, in text order within a passage.

    A list is given with all its items where it is the best span, or where the question asks for a
    list of at most `most` items. Values of a row are those whose columns the question names.
    """
    if not findings.spans:
        return []
    best = findings.best

    # A list answers as a whole.
    around = findings.list_around_best
    if around:
        is_requested = form is Form.LIST and around.has_at_most(most)
        if is_requested or around.has_piece(best):
            return [replace(item, score=best.score) for item in around.items]

    # A cell of a table and a field of an e-mail answer by themselves, several spans together.
    named = cells_together(question, best.passage, best.start)
    if (named and form.is_span) or (len(named) > 1 and form is Form.LIST):
        return [replace(best, start=start, end=end) for start, end in named]
    if form in (Form.SHORT, Form.LIST):
        several = several_spans(findings, most, question)
        if several:
            return several
    is_told = form in (Form.EXPLANATION, Form.PROCESS)
    if not is_told and row_around(best.passage, best.start):
        return [best]
    if is_field_value(best.passage, best.start, best.end):
        return [best]

    # A fact is a span, anything else sentences.
    if form.is_span:
        return [_extend_best(findings, question)]
    sentences = _supporting_sentences(findings)
    if form is Form.PROCESS:
        return _steps(findings) or sentences
    is_alone = form is Form.EXPLANATION and len(sentences) == 1
    if is_alone and _evidence_score(sentences[0]) < WEAK_EVIDENCE:
        sentences += _following_sentences(sentences[0], MOST_SENTENCES - 1)
    return sentences


def _extend_best(findings: Findings, question: str) -> AnswerSpan:
    """Return the best span at the longest of its extents that score about alike.

    So "oncologists" becomes "oncologists and patients", but "the FDA" no "approval by the FDA"
    where the approval was asked for: a longer one does not repeat the question. Where the best
    score is low, the span's sentences are returned, so that an unsure answer comes with the words
    around it.
    """
    best = findings.best
    longest = best
    asked = set(content_terms(question)) - set(content_terms(best.text))
    for span in findings.spans:
        has_best = span.source is best.source and span.start <= best.start and best.end <= span.end
        is_longer = span.end - span.start > longest.end - longest.start
        if not has_best or not is_longer or span.score < best.score - EXTENT_MARGIN:
            continue
        if len(asked & set(content_terms(span.text))) < 2:
            longest = span
    longest = with_bracket(longest)
    if best.score >= SURE_SCORE:
        return longest
    sentences = touching(sentence_ranges(best.passage.text), longest.start, longest.end)
    if not sentences:
        return longest
    return replace(longest, start=sentences[0][0], end=sentences[-1][1])


def with_bracket(span: AnswerSpan) -> AnswerSpan:
    """Return a span with the bracket that closes the one opened last in it."""
    is_open = span.text.rfind("(") > span.text.rfind(")")
    closes = span.passage.text[span.end : span.end + 1] == ")"
    return replace(span, end=span.end + 1) if is_open and closes else span


def _supporting_sentences(findings: Findings) -> list[AnswerSpan]:
    """Return the sentences of the best span, and those that support an answer about as well."""
    best = findings.best
    sentences = _weigh_sentences(findings.readings)
    own = [sentence for sentence in sentences if sentence.touches(best)]
    if not own:
        return [best]
    # A heading is no sentence, unless the best span stands in it.
    sentences = [each for each in sentences if each in own or each.start >= each.passage.body]

    # Take further sentences, the best first, each place of a document once.
    floor = max(0.0, max(sentence.score for sentence in own) - SENTENCE_MARGIN)
    chosen = list(own)
    for sentence in sorted(sentences, key=lambda sentence: -sentence.score):
        if len(chosen) >= MOST_SENTENCES or sentence.score < floor:
            break
        if not any(sentence.overlaps(other) for other in chosen):
            chosen.append(sentence)
    return [sentence for sentence in sentences if sentence in chosen]


def _weigh_sentences(readings: Sequence[HitReading]) -> list[AnswerSpan]:
    """Return the sentences of the readings in their order, with their scores over "none".

    What has neither a letter nor a digit, such as a stop that stands alone, is none.
    """
    sentences = []
    for source in readings:
        for span in source.reading.evidence:
            if not any(map(str.isalnum, source.passage.text[span.start : span.end])):
                continue
            score = span.score - source.reading.none_score
            sentences.append(AnswerSpan(source, span.start, span.end, score))
    return sentences


def _evidence_score(sentence: AnswerSpan) -> float:
    """Return the reader's score for "this sentence supports an answer"; infinite without one."""
    for span in sentence.source.reading.evidence:
        if (span.start, span.end) == (sentence.start, sentence.end):
            return span.score
    return math.inf


def _steps(findings: Findings) -> list[AnswerSpan]:
    """Return the sentences of a span and those that follow it, which tell what happens.

    The span is the best of those about as good as the best of all after which its block goes on;
    [] where there is none.
    """
    for span in findings.spans:
        if span.score < findings.best.score - STEPS_MARGIN:
            break
        ranges = sentence_ranges(span.passage.text, span.passage.body)
        own = [
            replace(span, start=start, end=end)
            for start, end in touching(ranges, span.start, span.end)
        ]
        following = _following_sentences(own[-1], MOST_STEPS - len(own)) if own else []
        if following:
            return [*own, *following]
    return []


def _following_sentences(sentence: AnswerSpan, most: int) -> list[AnswerSpan]:
    """Return the next sentences of the same block, to go on with an explanation."""
    text = sentence.passage.text
    blocks = touching(block_ranges(text), sentence.start, sentence.start + 1)
    if not blocks:
        return []
    following = []
    for start, end in sentence_ranges(text, *blocks[0]):
        if start >= sentence.end:
            following.append(replace(sentence, start=start, end=end))
    return following[:most]
