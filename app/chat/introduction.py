"""Say on an empty page which text this is, what it can do and cannot, and how to add to it."""

from collections.abc import Sequence

from inquote.app.chat.citing import line_markdown
from inquote.index.stores.base import DocumentInfo

INTRODUCTION = "Ask the text a question. It answers in its own words, and opens at the line."
LIMITS = (
    "It quotes and never makes anything up; it does not compute, translate or know anything else."
)
ADD = '<a class="add-documents" role="button" href="#add">Add your documents</a>'
# The end of the notice that there is no library, as HTML; drawer.js listens for the link.
WAYS_TO_BEGIN = (
    "\n\nOr add files here, under Corpus. Or begin with an article about IMLYGIC: "
    '<a class="demonstration" role="button" href="#demonstration">'
    "Take in the demonstration text</a>"
)


def introduction(documents: Sequence[DocumentInfo], writable: bool) -> str:
    """Return the introduction in Markdown; without documents only the first sentence."""
    if not documents:
        return INTRODUCTION
    if len(documents) == 1:
        title = line_markdown(documents[0].title or documents[0].id)
        here = f"Here is \u201c{title}\u201d."
    else:
        here = f"Here are {len(documents):,} documents."
    return "\n\n".join([INTRODUCTION, f"{here} {LIMITS}", *([ADD] if writable else [])])
