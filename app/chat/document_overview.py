"""Write the overview of a document, which stands above its text: sentences of its own.

Every function is pure, and every text goes through `escape`.
"""

from urllib.parse import urlencode

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.source import page_in
from inquote.app.marks import escape, escape_attribute
from inquote.ingest.documents import Document

NOTHING = "The document says nowhere in a few sentences what it is about."


def overview_html(answer: Answer, document: Document) -> str:
    """Write the sentences that say what a document is about, each a link to its place."""
    if not answer.citations:
        return f'<p class="source">{NOTHING}</p>'
    items = "".join([_sentence_html(citation, document) for citation in answer.citations])
    return f'<p class="source">In the document\u2019s own words</p><ul>{items}</ul>'


def _sentence_html(citation: Citation, document: Document) -> str:
    target = {
        "document": citation.document_id,
        "sha256": citation.document_sha256,
        "start": citation.start,
        "end": citation.end,
    }
    name = escape(page_in(document, citation.page))
    page = f' <span class="source">{name}</span>' if name else ""
    quote = escape(" ".join(citation.quote.split()))
    return (
        f'<li dir="auto"><a class="place" href="#{escape_attribute(urlencode(target))}">{quote}</a>'
        f"{page}</li>"
    )
