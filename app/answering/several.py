"""Find the spans that answer together, wherever in the passages they stand."""

from collections.abc import Sequence

from inquote.app.answering.findings import Findings
from inquote.app.answering.spans import AnswerSpan, HitReading, normalize_words

MEMBER_SCORE = 0.0  # of "belongs to the answer" that a span needs
PASSAGE_MARGIN = 2.0  # by which the best span of another passage may score less


def several_spans(findings: Findings, most: int | None = None) -> list[AnswerSpan]:
    """Return the spans that answer together, [] unless there are two or more.

    The best span's passage must hold one of them there. Others come from passages of the same
    document that answer about as well, each text once, at most `most`.
    """
    best = findings.best
    own = _members(best.source)
    if not any(member.touches(best) for member in own):
        return []
    spans = list(own)
    for source in _like_sources(findings):
        spans.extend(_members(source))
    distinct = _distinct(spans)
    if most is not None:
        distinct = distinct[:most]
    return distinct if len(distinct) > 1 else []


def _members(source: HitReading) -> list[AnswerSpan]:
    """Return the spans of a passage that belong to the answer, in text order."""
    members = []
    for span in source.reading.members:
        if span.score > MEMBER_SCORE:
            members.append(AnswerSpan(source, span.start, span.end, span.score))
    return members


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
    """Return the first of the spans that have the same words or share a character."""
    distinct: dict[str, AnswerSpan] = {}
    for span in spans:
        if not any(span.overlaps(other) for other in distinct.values()):
            distinct.setdefault(normalize_words(span.text) or span.text, span)
    return list(distinct.values())
