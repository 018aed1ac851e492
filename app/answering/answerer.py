"""Answer a question from a library: cited and calibrated, or refused."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter

from inquote.app.answering.agreement import (
    agreement_sentence,
    find_agreement,
    is_figure,
    promising_hits,
)
from inquote.app.answering.answer import (
    Answer,
    Inferred,
    cite,
    cite_headers,
    join_quotes,
    joint_form,
)
from inquote.app.answering.cells import has_rival, terms_of_cells
from inquote.app.answering.choice import Choice, Part, distinct_spans, doubted, interleave
from inquote.app.answering.clauses import clause_asked
from inquote.app.answering.companies import of_company
from inquote.app.answering.comparison import best_pair, sides_of
from inquote.app.answering.compose import compose, with_bracket
from inquote.app.answering.confidence import Calibration, features_of
from inquote.app.answering.counts import are_named, items_of, says_number, things_question
from inquote.app.answering.definitions import is_told_in
from inquote.app.answering.expanding import expansion_asked
from inquote.app.answering.findings import Findings, Followed, Place
from inquote.app.answering.forms import Form, form_of, requested_count
from inquote.app.answering.imprint import imprint_asked
from inquote.app.answering.lists import TextList, find_lists, read_lists
from inquote.app.answering.mentions import all_mentioned
from inquote.app.answering.names import names_in
from inquote.app.answering.neighbourhood import Neighbourhood
from inquote.app.answering.overview import CONFIDENCE, make_overview
from inquote.app.answering.parts import split_question
from inquote.app.answering.reasons import part_json, trace_of
from inquote.app.answering.requests import overview_request
from inquote.app.answering.scope import scope_of
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading, rank_spans, read_hits
from inquote.app.answering.table_parts import with_table_parts
from inquote.app.answering.verdict import verdict
from inquote.app.answering.wording import in_words_of_texts
from inquote.app.reader.base import Reader
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Scope

READ_AT_ONCE = 3  # passages; where they settle the question, the rest is not read
READ_FOR_HOPE = 9  # passages that must be read before a question is given up
UNSURE = 0.5  # a confidence below which a company's own report is asked as it speaks of itself
MORE_SHARE = 0.5  # of the confidence that an answer needs, where a person wants the next best
MOST_DOCUMENTS = 24  # that are heard where several answer


class Answerer:
    """Reads the hits of a question and decides on the answer."""

    def __init__(self, reader: Reader, calibration: Calibration) -> None:
        self.reader = reader
        self.calibration = calibration

    def choose(
        self,
        question: str,
        hits: Sequence[Hit],
        form: Form | None = None,
        without: Sequence[Place] = (),
    ) -> Choice:
        """Return the best answer of the hits to a question that stands alone.

        The question's words tell the form, unless it is given. No span touches a place of
        `without`.
        """
        form, most = form or form_of(question), requested_count(question)

        # Read the passages, then their lists as sentences.
        readings = self._read(question, form, hits)
        lists = find_lists(readings)
        read_lists(question, lists, self.reader, most)

        # Compare all spans, and compose the answer of the best.
        findings = self._gather(readings, lists, hits[len(readings) :])
        return self._compose(question, form, findings.without(without))

    def _compose(self, question: str, form: Form, findings: Findings) -> Choice:
        """Return the answer of the best span."""
        if not findings.spans:
            return Choice(form, findings)
        spans = compose(form, findings, requested_count(question), question)
        features = features_of(question, findings, spans)
        confidence = round(self.calibration.confidence(features), 4)
        return Choice(form, findings, tuple(spans), features, confidence)

    def _read(self, question: str, form: Form, hits: Sequence[Hit]) -> list[HitReading]:
        """Read the hits, a few at once, until they settle the question or leave no hope.

        For a list all are read, because its pieces may lie anywhere; those that tell what is asked
        for in the question's own words are always read.
        """
        terms = terms_of_cells(question, [hit.passage for hit in hits])
        read = partial(
            read_hits, question, reader=self.reader, in_headings=form.is_span, terms=terms
        )
        if form is Form.LIST or self.calibration.settled is None:
            return read(hits)
        readings: list[HitReading] = []
        told = (rank for rank, hit in enumerate(hits) if is_told_in(question, hit.passage))
        fewest = 1 + max(told, default=-1)
        for first in range(0, len(hits), READ_AT_ONCE):
            readings += read(hits[first : first + READ_AT_ONCE], first_rank=first)
            findings = self._gather(readings)
            confidence = self._confidence(question, findings)
            is_hopeless = confidence < self.calibration.hopeless and len(readings) >= READ_FOR_HOPE
            is_settled = confidence >= self.calibration.settled and len(readings) >= fewest
            if is_settled:
                best = findings.best
                rest = [hit.passage for hit in hits[len(readings) :]]
                is_settled = not has_rival(question, terms, best.passage, best.start, rest)
            if is_hopeless or is_settled:
                break
        return readings

    def _confidence(self, question: str, findings: Findings) -> float:
        """Return the confidence of the best span of some findings, 0 where there is none."""
        if not findings.spans:
            return 0.0
        return self.calibration.confidence(features_of(question, findings))

    def _gather(
        self,
        readings: Sequence[HitReading],
        lists: Sequence[TextList] = (),
        unread: Sequence[Hit] = (),
    ) -> Findings:
        return Findings.gather(readings, self.calibration.retrieval_weight, lists, unread)

    def answer(self, question: str, understood_as: str, shelf: Shelf) -> Answer:
        """Return the answer to a question, with citations checked against their documents.

        Where the question asks several things, each part is answered or refused by itself. The
        confidence is that of the least sure part answered, or of the surest where all are refused.
        The times are left to the caller. Raises `LibraryDamaged` where a passage differs from its
        document.
        """
        whole = None
        if not shelf.followed.without:
            whole = self._overview(understood_as, shelf) or all_mentioned(understood_as, shelf)
            whole = whole or imprint_asked(understood_as, shelf)
        if whole:
            parts = [Part(understood_as, whole.findings.hits, whole)]
            return self._cited(question, understood_as, parts, shelf)
        alone, scope = scope_of(understood_as, shelf)
        sides = sides_of(alone)
        questions = sides or split_question(alone)
        parts = [self._answer_part(part, shelf, scope) for part in questions]
        if sides:
            parts = self._told_apart(alone, parts)
        if [part.question for part in parts] != questions:
            understood_as = " ".join(part.question for part in parts)
        return self._cited(question, understood_as, parts, shelf)

    def _overview(self, question: str, shelf: Shelf) -> Choice | None:
        """Return what a text is about, None where the question asks for something else."""
        request = overview_request(question)
        overview = make_overview(request, shelf) if request else None
        if overview is None:
            return None
        sources = dict.fromkeys(span.source for span in overview.spans)
        findings = Findings(tuple(sources), overview.spans)
        inferred = None
        if overview.count > 1:
            shown = len({span.passage.document_id for span in overview.spans})
            rest = f", {shown} of them here" if shown < overview.count else ""
            inferred = Inferred("count", f"{overview.count} documents{rest}")
        return Choice(Form.OVERVIEW, findings, overview.spans, {}, CONFIDENCE, inferred)

    def _answer_part(self, question: str, shelf: Shelf, scope: Scope | None) -> Part:
        """Answer a question that asks one thing."""
        corrected, hits = shelf.spell_and_search(in_words_of_texts(question), scope)
        names = [] if scope else names_in(corrected)
        neighbourhood = Neighbourhood(names, shelf)
        near = neighbourhood.keep(hits)
        if hits and not near:
            absent = neighbourhood.absent_near(hits[0])
            choice = Choice(form_of(corrected), Findings((), (), (), tuple(hits)))
            return Part(corrected, tuple(hits), replace(choice, absent=tuple(absent)))
        known = None if shelf.followed.without else clause_asked(corrected, hits, shelf)
        known = known or expansion_asked(corrected, near)
        choice = doubted(known or self._decide(corrected, near, shelf.followed), shelf)
        part = Part(corrected, tuple(near), choice)
        if choice.confidence < UNSURE:
            part = self._of_company(part, names, shelf)
        if self._is_sure(part.choice):
            choice = self._inferred(part.question, part.choice, neighbourhood, shelf)
            part = replace(part, choice=choice)
        return part

    def _of_company(self, part: Part, names: Sequence[str], shelf: Shelf) -> Part:
        """Return the answer of a company's own report, where that is surer."""
        company = of_company(part.question, names, part.hits, shelf)
        if company is None:
            return part
        question, own = company
        hits = shelf.hits(question, scope=own)
        choice = doubted(self._decide(question, hits, shelf.followed), shelf)
        is_surer = choice.confidence > part.choice.confidence
        return Part(question, tuple(hits), choice) if is_surer else part

    def _decide(self, question: str, hits: Sequence[Hit], followed: Followed) -> Choice:
        """Return the answer of the hits; a count without a number is one of things listed."""
        if followed.without:
            return self.choose(question, hits, followed.form, followed.without)
        choice = with_table_parts(question, self.choose(question, hits), hits)
        if choice.form is not Form.COUNT or (says_number(choice.spans) and self._is_sure(choice)):
            return choice
        things = self.choose(things_question(question), hits, Form.LIST)
        items = items_of(things.findings)
        if not items or not self._is_sure(things) or not are_named(question, items):
            return choice
        inferred = Inferred("count", str(len(items)))
        return replace(things, form=Form.COUNT, spans=tuple(items), inferred=inferred)

    def _inferred(
        self, question: str, choice: Choice, neighbourhood: Neighbourhood, shelf: Shelf
    ) -> Choice:
        """Return a sure answer with what follows from it: a verdict, or how documents agree."""
        if choice.inferred:
            return choice
        if choice.form is Form.VERDICT:
            passage = choice.spans[0].passage
            title = shelf.document(passage.document_id).title
            said = verdict(question, choice.text, f"{passage.heading} {title}")
            return replace(choice, inferred=Inferred("verdict", said)) if said else choice
        is_value = choice.form is Form.SENTENCES and is_figure(choice.findings.best)
        if is_value or (choice.form.is_span and len(choice.spans) == 1):
            return self._with_other_documents(question, choice, neighbourhood, shelf)
        return choice

    def _with_other_documents(
        self, question: str, choice: Choice, neighbourhood: Neighbourhood, shelf: Shelf
    ) -> Choice:
        """Return an answer with those of other documents that answer about as surely."""
        spans = choice.findings.spans
        best = choice.spans[0] if choice.form.is_span else choice.findings.best
        not_read = neighbourhood.keep(choice.findings.unread)
        may_answer = promising_hits(question, best, not_read, shelf)
        if not may_answer and not find_agreement(question, best, spans, shelf):
            return choice
        # Hear every document that has something to say.
        read = {reading.passage.id for reading in choice.findings.readings}
        hits = neighbourhood.keep(shelf.hits_of_documents(question, MOST_DOCUMENTS))
        promising = promising_hits(question, best, hits, shelf)
        unread = [hit for hit in promising if hit.passage.id not in read]
        others = read_hits(question, unread, self.reader, len(read))
        spans = (*spans, *rank_spans(others, self.calibration.retrieval_weight))
        agreement = find_agreement(question, best, spans, shelf)
        if agreement is None:
            return choice
        inferred = Inferred("agreement", agreement_sentence(agreement, shelf))
        readings = (*choice.findings.readings, *others)
        unread_hits = tuple(hit for hit in choice.findings.unread if hit not in unread)
        findings = replace(choice.findings, readings=readings, unread=unread_hits)
        return replace(choice, findings=findings, spans=agreement.spans, inferred=inferred)

    def _told_apart(self, question: str, parts: list[Part]) -> list[Part]:
        """Return the sides of a comparison, no two answered by the same words of a text.

        A side is as sure as the whole question where both are answered in one passage.
        """
        choices = [part.choice for part in parts]
        are_spans = all(choice.form.is_span and choice.findings.spans for choice in choices)
        if not are_spans:
            return parts
        are_sure = all(map(self._is_sure, choices))
        if are_sure and not choices[0].spans[0].overlaps(choices[1].spans[0]):
            return parts
        pair = best_pair(*(choice.findings.spans for choice in choices))
        if pair is None:
            return parts
        whole = self.choose(question, parts[0].hits, Form.SHORT)
        return [self._side(part, span, whole) for part, span in zip(parts, pair, strict=True)]

    def _side(self, part: Part, span: AnswerSpan, whole: Choice) -> Part:
        """Return a side of a comparison with the span that answers it."""
        findings = replace(part.choice.findings, spans=(span,))
        features = features_of(part.question, findings)
        confidence = round(self.calibration.confidence(features), 4)
        is_there = bool(whole.spans) and whole.findings.best.passage.id == span.passage.id
        if is_there:
            confidence = max(confidence, whole.confidence)
        spans = (with_bracket(span),)
        choice = replace(part.choice, spans=spans, features=features, confidence=confidence)
        return replace(part, choice=choice)

    def _cited(
        self, question: str, understood_as: str, parts: Sequence[Part], shelf: Shelf
    ) -> Answer:
        """Return the answer of all parts, cited, with the reasons."""
        # Accept the parts that are sure enough.
        choices = [part.choice for part in parts]
        share = MORE_SHARE if shelf.followed.without else 1.0
        accepted = [choice for choice in choices if self._is_sure(choice, share)]
        confidence = attrgetter("confidence")
        decisive = min(accepted, key=confidence) if accepted else max(choices, key=confidence)

        # Cite them.
        spans = distinct_spans(accepted)
        citations = [cite(span, shelf.document(span.passage.document_id)) for span in spans]
        quotes = [citation.quote for citation in citations]

        # Say why.
        hits = interleave([choice.findings.hits for choice in choices])
        trace = trace_of(understood_as, decisive, hits, self.reader, self.calibration)
        if len(parts) > 1:
            trace["parts"] = [part_json(part, accepted) for part in parts]
        return Answer(
            question=question,
            understood_as=understood_as,
            text=join_quotes(quotes, joint_form(trace)) or None,
            confidence=decisive.confidence,
            citations=tuple(citations),
            hits=hits,
            trace=trace,
            generation=shelf.snapshot.generation,
            headers=tuple(cite_headers(spans, shelf.document)),
            inferred=accepted[0].inferred if len(parts) == 1 and accepted else None,
        )

    def _is_sure(self, choice: Choice, share: float = 1.0) -> bool:
        """Tell whether a choice has spans and the confidence, or a share, that an answer needs."""
        return bool(choice.spans) and choice.confidence >= share * self.calibration.threshold
