"""Write a refusal: where was looked, what to try, and the passages that came nearest."""

from collections.abc import Sequence

from inquote.app.answering.answer import Answer, absence
from inquote.app.chat.trace import Documents, has_several, passage_link, percent
from inquote.app.marks import escape

REFUSAL = "The corpus does not say."
NEAREST_SHOWN = 3  # passages under a refusal


def refusal_html(
    answer: Answer, documents: Documents, limits: Sequence[str], searched: int | None
) -> str:
    """Write the refusal: what was searched, why it failed, what to try, what is nearest."""
    reason = absence(answer) or (
        f"No answer is likely enough to show; the best one was judged {percent(answer.confidence)}."
    )
    pieces = [
        f'<p class="refusal">{escape(_refusal_line(limits, searched))}</p>',
        f'<p class="held">{escape(reason)}</p>',
        f'<p class="held try">{_advice(answer, limits)}</p>',
    ]
    items = []
    several = has_several(answer, searched)
    for hit in answer.hits[:NEAREST_SHOWN]:
        passage = f'<p class="passage" dir="auto">{escape(hit.passage.text)}</p>'
        items.append(f"<li>{passage_link(hit, documents, several)}{passage}</li>")
    if items:
        pieces.append('<p class="label">Nearest passages, not an answer</p>')
        pieces.append(f'<ol class="nearest">{"".join(items)}</ol>')
    return "".join(pieces)


def _refusal_line(limits: Sequence[str], searched: int | None) -> str:
    """Say that there is no answer, and in how much it was looked for."""
    if limits:
        return f"I found no answer in {', '.join(limits)}."
    if searched is None:
        return REFUSAL
    return f"I found no answer in {searched:,} {'document' if searched == 1 else 'documents'}."


def _advice(answer: Answer, limits: Sequence[str]) -> str:
    """Say what to try after a refusal."""
    ways = ["name the person, thing or document in full", "use another word for it"]
    if limits:
        ways.append("ask everything")
    if " ".join(answer.understood_as.split()) != " ".join(answer.question.split()):
        ways.append("change what was understood")
    return f"Try: {', '.join(ways[:-1])}, or {ways[-1]}."
