"""Write a question and its answer as the conversation shows them.

Every function is pure and makes HTML of an `Answer`. Every text of the corpus and of people goes
through `escape`; Gradio's sanitiser then keeps classes and `href="#..."` and drops the rest. A
citation's link carries all that is needed to open the document pane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from inquote.app.answering.answer import Answer, Citation
from inquote.app.answering.cleaning import capitalise
from inquote.app.chat.limiting import limit_html, only_html
from inquote.app.chat.ranges import Mark, is_wrapped, range_html
from inquote.app.chat.refusal import REFUSAL, refusal_html
from inquote.app.chat.source import page_in, source_line
from inquote.app.chat.trace import Documents, has_several, link, percent, trace_html
from inquote.app.marks import escape, escape_attribute
from inquote.ingest.documents import Document
from inquote.ingest.text import sentence_ranges, touching

DOCUMENTS_SHOWN = 3  # of several that answer; the others are folded
LISTED = ("list", "count")  # forms whose quotes are shown as one numbered list
SURE_ENOUGH = 0.5  # an answer of less confidence is shown as a possibility
LONGEST_TITLE = 240  # characters of the sentence that a citation's number shows
LONGEST_ECHO = 600  # characters of a question that the conversation repeats
COPIED_FORMS = {
    "answer": "Copy with citations",
    "txt": "Text",
    "ris": "RIS",
    "bib": "BibTeX",
}  # of an answer, each with the label of its link; the first one is the answer itself
CONFIDENCE_WORDS = (
    (0.9, "very likely"),
    (0.7, "likely"),
    (0.5, "more likely than not"),
    (0.0, "possibly"),
)  # each with the lowest probability that it stands for


@dataclass(frozen=True)
class Context:
    """Sentences `text[start:end]` of a document, with the citations in them by their numbers."""

    start: int
    end: int
    citations: dict[int, Citation]

    @property
    def first_citation(self) -> Citation:
        """Return the citation that was added first."""
        return next(iter(self.citations.values()))

    @property
    def first_number(self) -> int:
        """Return the lowest number of a citation."""
        return min(self.citations)


def question_html(question: str) -> str:
    """Write a question as it was typed, cut at `LONGEST_ECHO` characters."""
    rest = len(question) - LONGEST_ECHO
    note = f'<span class="cut"> ... and {rest:,} more characters</span>' if rest > 0 else ""
    return f'<div class="question" dir="auto">{escape(question[:LONGEST_ECHO])}{note}</div>'


def sentence_html(sentence: str) -> str:
    """Write a message of the page itself, such as why a question was not answered."""
    return f'<div class="answer"><p class="notice">{escape(sentence)}</p></div>'


def copying_html(turn_id: str) -> str:
    """Write the control that copies an answer with its citations; `copying.js` does the work."""
    links = []
    for form, label in COPIED_FORMS.items():
        address = escape_attribute(urlencode({"turn": turn_id, "form": form}))
        links.append(f'<a class="copy" role="button" href="#{address}">{label}</a>')
    first, *others = links
    return (
        f'<div class="copying">{first}<details class="forms"><summary>Citations only</summary>'
        f"{' '.join(others)}</details></div>"
    )


def waiting_html() -> str:
    """Write the placeholder for an answer that is not there yet."""
    return '<div class="answer waiting"><p class="notice">Looking in the text ...</p></div>'


def answer_html(
    answer: Answer, documents: Documents, limits: Sequence[str] = (), searched: int | None = None
) -> str:
    """Write an answer or a refusal.

    `documents` holds at least the cited documents, as they were when the answer was made; `limits`
    are the titles of those that the question was limited to, `searched` is the number of documents
    that were searched, None where it is not known.
    """
    if answer.is_small_talk:
        return f'<div class="answer">{page_line_html(answer.notice)}</div>'
    if answer.text is None:
        body = refusal_html(answer, documents, limits, searched)
    else:
        body = _spans_html(answer, documents, has_several(answer, searched))
    understood = ""
    if " ".join(answer.understood_as.split()) != " ".join(answer.question.split()):
        understood = _understood_html(answer)
    notice = page_line_html(answer.notice) if answer.notice else ""
    head = notice + limit_html(limits) + understood
    is_possible = answer.text is not None and round(answer.confidence, 2) < SURE_ENOUGH
    kind = "answer possible" if is_possible else "answer"
    if "shows" in answer.trace:
        kind += " shows"  # its first place is opened, on a phone too
    return f'<div class="{kind}">{head}{body}{trace_html(answer, documents)}</div>'


def page_line_html(line: str) -> str:
    """Write what the page itself says, marked as no quote."""
    mark = '<span class="mark">inquote</span>'
    return f'<p class="notice" dir="auto">{escape(line)} {mark}</p>'


def _understood_html(answer: Answer) -> str:
    """Write the question as it was understood, and what else it may mean behind "Change"."""
    others = []
    for reading in answer.readings:
        address = escape_attribute(urlencode({"ask": reading}))
        others.append(f'<a class="reading" role="button" href="#{address}">{escape(reading)}</a>')
    readings = f'<span class="readings">{" ".join(others)}</span>' if others else ""
    return (
        f'<p class="understood">Understood as: <q>{escape(answer.understood_as)}</q> '
        '<a class="edit" role="button" href="#edit" title="Change it and ask again">Change</a>'
        f"{readings}</p>"
    )


def confidence_words(confidence: float) -> str:
    """Format a probability in words and percent; the words follow the percent that is shown.

    >>> confidence_words(0.82)
    'likely, 82\\xa0%'
    """
    shown = round(confidence, 2)
    words = next(words for lowest, words in CONFIDENCE_WORDS if shown >= lowest)
    return f"{words}, {percent(confidence)}"


def sentences_around(text: str, citation: Citation) -> tuple[int, int]:
    """Return the range of the sentences that a citation touches, kept within its passage.

    The range counts in the document, whose text is `text`.
    """
    sentences = sentence_ranges(text, citation.passage_start, citation.passage_end)
    touched = touching(sentences, citation.start, citation.end)
    if not touched:
        return citation.start, citation.end
    return min(citation.start, touched[0][0]), max(citation.end, touched[-1][1])


def sentences_of(answer: Answer, documents: Documents) -> tuple[str, ...]:
    """Return the sentences around each citation; "" where a quote is all of them."""
    sentences = []
    for citation in answer.citations:
        text = documents[citation.document_id].text
        start, end = sentences_around(text, citation)
        around = text[start:end].strip()
        sentences.append("" if around == citation.quote.strip() else around)
    return tuple(sentences)


def _citation_link(citation: Citation, number: int, document: Document) -> str:
    """Write the number that opens a citation; its title is the place and the sentence."""
    target: dict[str, str | int] = {
        "document": citation.document_id,
        "sha256": citation.document_sha256,
        "start": citation.start,
        "end": citation.end,
    }
    label = f'<span class="unseen">citation </span>[{number}]'
    text = document.text
    start, end = sentences_around(text, citation)
    sentence = " ".join(text[start:end].split())
    if len(sentence) > LONGEST_TITLE:
        sentence = sentence[:LONGEST_TITLE].rsplit(" ", 1)[0] + " ..."
    page = page_in(document, citation.page)
    place = source_line(citation.title or citation.document_id, citation.heading, page)
    return link("cite", target, f"{place}: \u201c{sentence}\u201d", label)


def _confidence_html(answer: Answer) -> str:
    """Write the confidence, with a tooltip that says how often such answers were right."""
    tip = "The calibrated probability that this answer is right."
    observed = answer.trace.get("observed")
    if observed:
        tip += (
            f" Of the {observed['answers']} answers at this level in the calibration, "
            f"{percent(observed['right'])} were right."
        )
    return (
        f'<p class="confidence" tabindex="0">{confidence_words(answer.confidence)}'
        f'<span class="tip" role="tooltip">{tip}</span></p>'
    )


def _spans_html(answer: Answer, documents: Documents, several: bool) -> str:
    """Write the cited spans, large, the confidence beside them, then the sentences around them.

    Where `several` documents were searched, places name theirs.
    """
    is_list = len(answer.citations) > 1 and answer.trace.get("form") in LISTED
    tag = "li" if is_list else "p"
    pieces = []
    for number, citation in enumerate(answer.citations, start=1):
        pieces.append(
            f'<{tag} class="span" dir="auto"><span class="quote{_flow(citation.quote)}">'
            f"{escape(citation.quote)}</span>"
            f"{_citation_link(citation, number, documents[citation.document_id])}</{tag}>"
        )
    contexts = _contexts(answer, documents)
    around = [_context_html(context, documents, several, not is_list) for context in contexts]
    if several:
        around = _with_limits(around, contexts)
    if answer.inferred and answer.inferred.kind == "agreement":
        pieces, around = _fold(pieces, around)
    if is_list:
        # The items stand above; below them, each place once.
        pieces = [f'<ol class="items">{"".join(pieces)}</ol>']
        around = list(dict.fromkeys(around))
    held = [f'<p class="held">{REFUSAL} <q>{escape(q)}</q></p>' for q in answer.unanswered]
    spans = "".join([_inferred_html(answer), _headers_html(answer), *pieces])
    return "".join([spans, _confidence_html(answer), *around, *held])


def _headers_html(answer: Answer) -> str:
    """Write the row and the column of a table that the answer stands in; "" for prose."""
    line = answer.under_headers
    return f'<p class="headers" dir="auto">{escape(line)}</p>' if line else ""


def _inferred_html(answer: Answer) -> str:
    """Write what follows from the quotes, marked as no quote; "" where nothing does."""
    if answer.inferred is None:
        return ""
    tip = "This is no quote: it was inferred from the quotes below."
    text = escape(capitalise(answer.inferred.text))
    return (
        f'<p class="inferred" dir="auto" title="{tip}">{text} '
        '<span class="mark">inferred</span></p>'
    )


def _fold(spans: list[str], contexts: list[str]) -> tuple[list[str], list[str]]:
    """Put what several documents say behind "show all", but for the first of them."""
    if len(spans) <= DOCUMENTS_SHOWN:
        return spans, contexts
    rest = "".join([*spans[DOCUMENTS_SHOWN:], *contexts[DOCUMENTS_SHOWN:]])
    folded = f'<details class="more"><summary>Show all {len(spans)}</summary>{rest}</details>'
    return spans[:DOCUMENTS_SHOWN], [*contexts[:DOCUMENTS_SHOWN], folded]


def _flow(text: str) -> str:
    """Return the class of a text whose lines flow, after a space, else ""."""
    return " flowing" if is_wrapped(text) else ""


def _contexts(answer: Answer, documents: Documents) -> list[Context]:
    """Return the sentences around the citations; those that share a sentence share a context."""
    contexts: list[Context] = []
    for number, citation in enumerate(answer.citations, start=1):
        start, end = sentences_around(documents[citation.document_id].text, citation)
        new = Context(start, end, {number: citation})
        for context in list(contexts):
            if _overlap(context, new):
                contexts.remove(context)
                new = _merge(context, new)
        contexts.append(new)
    return sorted(contexts, key=lambda context: context.first_number)


def _overlap(earlier: Context, later: Context) -> bool:
    """Say whether two contexts share a character of a document."""
    same_document = earlier.first_citation.document_id == later.first_citation.document_id
    return same_document and earlier.start < later.end and later.start < earlier.end


def _merge(earlier: Context, later: Context) -> Context:
    start, end = min(earlier.start, later.start), max(earlier.end, later.end)
    return Context(start, end, {**earlier.citations, **later.citations})


def _context_html(
    context: Context, documents: Documents, several: bool, quotes_sentences: bool
) -> str:
    """Write the sentences of a context, marked, and their place.

    Where a citation is all there is, or `quotes_sentences` is false, only the place: the words
    stand above already.
    """
    first = context.first_citation
    document = documents[first.document_id]
    text = document.text
    title = first.title or first.document_id
    page = page_in(document, first.page)
    place = source_line(title, first.heading, page, names_title=several)
    place_html = f'<p class="where" dir="auto">{escape(place)}</p>'
    quotes = [citation.quote.strip() for citation in context.citations.values()]
    if not quotes_sentences or text[context.start : context.end].strip() in quotes:
        return place_html
    sentences = _marked_html(document, context)
    kind = f"sentence{_flow(text[context.start : context.end])}"
    return f'<blockquote class="{kind}" dir="auto">{sentences}</blockquote>{place_html}'


def _with_limits(around: Sequence[str], contexts: Sequence[Context]) -> list[str]:
    """Add to the first place of each document the link that limits the next questions to it."""
    limited = []
    seen = set()
    for html, context in zip(around, contexts, strict=True):
        first = context.first_citation
        link = "" if first.document_id in seen else only_html(first.document_id, first.title)
        seen.add(first.document_id)
        limited.append(html.removesuffix("</p>") + f"{link}</p>" if link else html)
    return limited


def _marked_html(document: Document, context: Context) -> str:
    """Write the sentences with every citation marked, and its number after it."""
    text = document.text
    numbered = sorted(context.citations.items(), key=lambda item: (item[1].end, item[0]))
    marks = []
    for number, citation in context.citations.items():
        marks.append(Mark(number, citation.start, citation.end))
    pieces, left = [], context.start
    for number, citation in numbered:
        pieces.append(range_html(text, left, citation.end, marks))
        pieces.append(_citation_link(citation, number, document))
        left = citation.end
    return "".join(pieces) + escape(text[left : context.end])
