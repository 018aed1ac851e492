"""What the conversation shows of a question and its answer: pure functions, Answer -> HTML.

Every text of the corpus and of people goes through `escape`; Gradio's sanitiser then keeps classes and
`href="#..."` and drops the rest. A citation's link carries all that is needed to open the document pane.
"""

from html import escape

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.evidence import Mark, marked, readable
from inquote.app.chat.trace import Documents, link, passage_link, percent, trace_html
from inquote.ingest.text import sentence_ranges

REFUSAL = "The corpus does not say."
NEAREST_SHOWN = 3
SHORT_SPAN = 120  # characters; a longer span is set in the size of a sentence
LONGEST_ECHO = 600  # characters of a question that the conversation repeats


def question_html(question: str) -> str:
    """A question as it was typed, cut where it is too long to read."""
    cut = len(question) - LONGEST_ECHO
    note = f'<span class="cut"> ... and {cut:,} more characters</span>' if cut > 0 else ""
    return f'<div class="question">{escape(question[:LONGEST_ECHO])}{note}</div>'


def sentence_html(sentence: str) -> str:
    """A message of our own: why a question was not answered, and what to do."""
    return f'<div class="answer"><p class="notice">{escape(sentence)}</p></div>'


def waiting_html() -> str:
    """What stands in the answer's place while it is looked for."""
    return '<div class="answer waiting"><p class="notice">Looking in the text ...</p></div>'


def answer_html(answer: Answer, documents: Documents) -> str:
    """An answer or a refusal; `documents` holds at least those that are cited, as they were when it was made."""
    body = (
        _refusal_html(answer, documents) if answer.text is None else _spans_html(answer, documents)
    )
    understood = ""
    if " ".join(answer.understood_as.split()) != " ".join(answer.question.split()):
        understood = (
            f'<p class="understood">Understood as: <q>{escape(answer.understood_as)}</q> '
            '<a class="edit" role="button" href="#edit" title="Change it and ask again">Change</a></p>'
        )
    return f'<div class="answer">{understood}{body}{trace_html(answer, documents)}</div>'


def confidence_words(confidence: float) -> str:
    """A probability in words and percent.

    >>> confidence_words(0.82)
    'likely, 82\\xa0%'
    """
    steps = (
        (0.9, "very likely"),
        (0.7, "likely"),
        (0.5, "more likely than not"),
        (0.0, "unlikely"),
    )
    words = next(words for floor, words in steps if confidence >= floor)
    return f"{words}, {percent(confidence)}"


def sentences_around(text: str, citation: Citation) -> tuple[int, int]:
    """The range, in the document, of the whole sentences that the citation touches; never beyond its passage."""
    first = citation.passage_start
    touched = [
        (first + start, first + end)
        for start, end in sentence_ranges(text[first : citation.passage_end])
        if first + start < citation.end and first + end > citation.start
    ]
    return (
        min([citation.start, *(start for start, _ in touched)]),
        max([citation.end, *(end for _, end in touched)]),
    )


def _citation_link(citation: Citation, number: int) -> str:
    target: dict[str, str | int] = {
        "document": citation.document_id,
        "sha256": citation.document_sha256,
        "start": citation.start,
        "end": citation.end,
    }
    return link(
        "cite", target, _where(citation), f'<span class="unseen">citation </span>[{number}]'
    )


def _where(citation: Citation) -> str:
    """Title, heading and page of a citation on one line."""
    return " · ".join(filter(None, (citation.title, _heading(citation))))


def _heading(citation: Citation) -> str:
    page = f"page {citation.page}" if citation.page else ""
    return " · ".join(filter(None, (readable(citation.heading), page)))


def _confidence_html(answer: Answer) -> str:
    tip = "The calibrated probability that this answer is right."
    observed = answer.trace.get("observed")
    if observed:
        right = percent(observed["right"])
        tip += f" Of the {observed['answers']} answers at this level in the calibration, {right} were right."
    return (
        f'<p class="confidence" tabindex="0">{confidence_words(answer.confidence)}'
        f'<span class="tip" role="tooltip">{tip}</span></p>'
    )


def _spans_html(answer: Answer, documents: Documents) -> str:
    """The cited spans, large; under them the sentences that they stand in; then how sure this is."""
    spans = "".join(
        f'<p class="span{" short" if len(c.quote) <= SHORT_SPAN else ""}"><span class="quote">{escape(c.quote)}</span>'
        f"{_citation_link(c, number)}</p>"
        for number, c in enumerate(answer.citations, start=1)
    )
    contexts = "".join(
        _context_html(answer, group, documents) for group in _groups(answer, documents)
    )
    missing = "".join(
        f'<p class="held">{REFUSAL} <q>{escape(part)}</q></p>' for part in answer.unanswered
    )
    return f"{spans}{contexts}{missing}{_confidence_html(answer)}"


def _groups(answer: Answer, documents: Documents) -> list[tuple[int, int, dict[int, Citation]]]:
    """(start, end, citations by number) of the sentences to show; citations that share a sentence stand together."""
    groups: list[tuple[int, int, dict[int, Citation]]] = []
    for number, citation in enumerate(answer.citations, start=1):
        start, end = sentences_around(documents[citation.document_id].text, citation)
        members = {number: citation}
        for group in list(groups):
            same_document = citation.document_id == next(iter(group[2].values())).document_id
            if same_document and start < group[1] and end > group[0]:
                groups.remove(group)
                start, end, members = (
                    min(start, group[0]),
                    max(end, group[1]),
                    {**group[2], **members},
                )
        groups.append((start, end, members))
    return sorted(groups, key=lambda group: min(group[2]))


def _context_html(
    answer: Answer, group: tuple[int, int, dict[int, Citation]], documents: Documents
) -> str:
    """The sentences around a group of citations, unless a citation is all of them, and where they stand."""
    start, end, citations = group
    first = next(iter(citations.values()))
    text = documents[first.document_id].text
    several = len({hit.passage.document_id for hit in answer.hits}) > 1
    where = escape(_where(first) if several or not first.heading else _heading(first))
    if any(text[start:end].strip() == citation.quote.strip() for citation in citations.values()):
        return f'<p class="where">{where}</p>'
    marks = [Mark(number, c.start, c.end) for number, c in citations.items()]
    pieces, left = [], start
    for number, citation in sorted(citations.items(), key=lambda item: (item[1].end, item[0])):
        pieces += [marked(text, left, citation.end, marks), _citation_link(citation, number)]
        left = citation.end
    sentence = "".join([*pieces, escape(text[left:end])])
    return f'<blockquote class="sentence">{sentence}</blockquote><p class="where">{where}</p>'


def _refusal_html(answer: Answer, documents: Documents) -> str:
    """The refusal, how likely the answer held back was, and the nearest passages, labelled as such."""
    passages = "".join(
        f'<li>{passage_link(hit, documents)}<p class="passage">{escape(hit.passage.text)}</p></li>'
        for hit in answer.hits[:NEAREST_SHOWN]
    )
    nearest = (
        f'<p class="label">Nearest passages, not an answer</p><ol class="nearest">{passages}</ol>'
    )
    return (
        f'<p class="refusal">{REFUSAL}</p>'
        f'<p class="held">No answer is likely enough to show; the best one was judged {percent(answer.confidence)}.</p>'
        f"{nearest if passages else ''}"
    )
