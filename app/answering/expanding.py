"""Answer "What does DRR stand for?" with the words that stand beside the acronym."""

from collections.abc import Sequence

from inquote.app.answering.acronyms import acronym_asked, expansions
from inquote.app.answering.choice import Choice
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.index.retrieval.search import Hit

CONFIDENCE = 0.9


def expansion_asked(question: str, hits: Sequence[Hit]) -> Choice | None:
    """Return the words for the acronym that a question asks for, those of the first hit with them.

    None where it asks for none, or no hit has them beside it.
    """
    acronym = acronym_asked(question)
    for rank, hit in enumerate(hits if acronym else ()):
        place = next(expansions(acronym, hit.passage.text), None)
        if place:
            span = AnswerSpan(HitReading.unread(hit, rank), *place)
            findings = Findings((span.source,), (span,), (), (*hits[:rank], *hits[rank + 1 :]))
            return Choice(Form.SHORT, findings, (span,), {}, CONFIDENCE)
    return None
