"""Write the document pane as HTML: a head with the tools to move by, the text below.

Every function is pure, and every character of the corpus goes through `escape` of `marks`.
"""

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlencode

from inquote.app.chat.document_outline import outline_html
from inquote.app.chat.document_text import page_name, text_html
from inquote.app.chat.ranges import Mark
from inquote.app.marks import escape, escape_attribute
from inquote.ingest.documents import Document

# A panel opens below the tools; document_tools.js opens one at a time.
FIND = (
    '<div class="panel find" id="document-find" role="search" hidden>'
    '<input type="search" aria-label="Find in the document" placeholder="Find in the document" '
    'autocomplete="off" spellcheck="false">'
    '<p class="count" role="status"></p>'
    '<button type="button" data-find="-1" aria-label="Previous match" '
    'title="Previous match (Shift+Enter or Shift+F3)">↑</button>'
    '<button type="button" data-find="1" aria-label="Next match" '
    'title="Next match (Enter or F3)">↓</button></div>'
)
PLACES = (
    '<section class="panel places" id="document-places" aria-label="Citations of the conversation" '
    "hidden></section>"
)
OVERVIEW = (
    '<section class="panel overview" id="document-overview" aria-label="Overview" hidden></section>'
)
SELECTION = (
    '<div class="selection" role="group" aria-label="Selected passage" hidden>'
    '<p class="chosen"></p>'
    '<button type="button" data-selected="copy">Copy passage with citation</button>'
    '<button type="button" data-selected="ask">Ask about it</button>'
    '<p class="unseen" role="status"></p></div>'
)
ZOOM = (
    '<span class="zoom" role="group" aria-label="Size">'
    '<button type="button" data-zoom="out" aria-label="Smaller">−</button>'
    '<button type="button" data-zoom="reset" title="As at first">100 %</button>'
    '<button type="button" data-zoom="in" aria-label="Larger">+</button>'
    '<button type="button" data-zoom="width" aria-pressed="false" aria-label="Fit the width" '
    'title="Fit the width">↔</button></span>'
)

SWITCH = (
    '<span class="view-switch" role="group" aria-label="Shown as">'
    '<button type="button" data-view="page" aria-pressed="false">Page</button>'
    '<button type="button" data-view="text" aria-pressed="true">Text</button></span>'
)
Body = Literal["text", "pages", "both"]
MAX_OFFERED = 50  # documents to choose from in the pane


def heading_at(document: Document, offset: int) -> str:
    """Join the titles of the sections around `offset` with " > ", outermost first."""
    around = (section for section in document.sections if section.start <= offset < section.end)
    return " > ".join(section.title for section in around if section.title)


def format_heading(heading: str) -> str:
    """Format a heading path for people.

    >>> format_heading("Trials > Safety")
    'Trials › Safety'
    """
    return heading.replace(" > ", " › ")


def _stepper_html(document: Document, marks: Sequence[Mark]) -> str:
    """Write the line that names the current place, and the buttons that step through the marks."""
    places = []
    for mark in marks:
        number = document.page_at(mark.start)
        page = page_name(document.pages[number - 1]) if number else ""
        heading = format_heading(heading_at(document, mark.start))
        place = " · ".join(filter(None, (heading, page)))
        places.append(f'<li data-number="{mark.number}">{escape(place)}</li>')
    return (
        '<nav class="stepper" aria-label="Marked places">'
        '<p class="at" role="status"></p>'
        '<button type="button" data-step="-1" aria-label="Previous place" '
        'title="Previous place (Alt+Up)">↑</button>'
        '<button type="button" data-step="1" aria-label="Next place" '
        'title="Next place (Alt+Down)">↓</button>'
        f"<ul hidden>{''.join(places)}</ul></nav>"
    )


def _page_field_html(document: Document) -> str:
    """Write the field that says which page is in sight and takes another; "" without pages."""
    if not document.pages:
        return ""
    count = len(document.pages)
    has_labels = any(page.label not in ("", str(page.number)) for page in document.pages)
    title = "Type a page and press Enter"
    if has_labels:
        title += "; a printed number goes before a counted one"
    return (
        f'<span class="page-field"><label>Page <input type="text" size="4" title="{title}" '
        'autocomplete="off" enterkeyhint="go"></label> '
        f'<span class="of" data-count="{count}">of {count}</span></span>'
    )


def _tools_html(document: Document, switch: str) -> str:
    """Write the tools to move by, and the panels that they open."""
    outline = outline_html(document)
    panels = FIND + PLACES + OVERVIEW
    buttons = [("find", "Find", "Find in the document (Ctrl+F)")]
    if outline:
        buttons.insert(0, ("outline", "Outline", "The headings of the document"))
        panels += (
            '<nav class="panel outline" id="document-outline" aria-label="Outline" hidden>'
            f"{outline}</nav>"
        )
    buttons.append(("places", "Citations", "All citations of the conversation"))
    buttons.append(("overview", "Overview", "What the document is about, and questions about it"))
    ask = (
        '<button type="button" data-ask aria-label="Ask this document" '
        'title="Ask one question of this document alone">Ask</button>'
        '<button type="button" data-only '
        'title="Limit the next questions to this document">Only this</button>'
    )
    html = []
    for name, label, title in buttons:
        html.append(
            f'<button type="button" data-panel="{name}" aria-expanded="false" '
            f'aria-controls="document-{name}" title="{title}">{label}</button>'
        )
    return (
        '<div class="tools" role="group" aria-label="Move in the document">'
        f"{''.join(html)}{ask}{_page_field_html(document)}{ZOOM}{switch}</div>{panels}"
    )


def _pane_html(
    title: str, source: str, head: str, body: str, foot: str = "", data: str = ""
) -> str:
    """Write the frame that every state of the pane shares; `data` are attributes of the text."""
    return (
        '<header class="document-head"><div class="document-name">'
        f'<h2 id="document-title" dir="auto">{escape(title)}</h2>'
        f'<p class="source">{escape(source)}</p></div>'
        '<button type="button" class="close" aria-label="Close the document">Close</button>'
        f"{head}</header>"
        '<div class="document-text" tabindex="0" role="group" aria-labelledby="document-title"'
        f"{data}>{body}</div>{foot}"
    )


def document_html(
    document: Document,
    marks: Sequence[Mark] = (),
    body: Body = "text",
    notes: Mapping[str, str] | None = None,
) -> str:
    """Write the pane of a document: title, source, tools, and the whole text with its marks.

    `notes` say how the text was read.

    With a `body` of "both" or "pages" it has a place for its pages too, which pages.js fills; with
    "pages" the text is left out.
    """
    source = " · ".join(filter(None, (document.id, document.source)))
    switch = "" if body == "text" else SWITCH
    stepper = _stepper_html(document, marks) if marks else ""
    place = urlencode({"document": document.id, "sha256": document.sha256})
    data = f' data-place="{escape_attribute(place)}"'
    text = "" if body == "pages" else text_html(document, marks)
    pages = "" if body == "text" else f'<div class="document-pages"{data} hidden></div>'
    head = _notes_html(notes or {}) + _tools_html(document, switch) + stepper
    return _pane_html(document.title or document.id, source, head, text, pages + SELECTION, data)


def _notes_html(notes: Mapping[str, str]) -> str:
    """Write what a person should know of the text before relying on it; "" for nothing."""
    if not notes:
        return ""
    items = []
    for name, sentence in notes.items():
        items.append(f'<li><span class="badge">{escape(name)}</span> {escape(sentence)}</li>')
    return f'<ul class="notes" aria-label="How it was read">{"".join(items)}</ul>'


def documents_html(documents: Sequence[tuple[str, str]]) -> str:
    """Write the pane that offers several documents, given as (id, title), to choose from.

    Of many, the first `MAX_OFFERED` are listed; the drawer has them all.
    """
    items = []
    for id, title in documents[:MAX_OFFERED]:
        target = escape_attribute(urlencode({"document": id}))
        items.append(
            f'<li><a class="open" href="#{target}">{escape(title or id)}</a>'
            f'<span class="source">{escape(id)}</span></li>'
        )
    rest = len(documents) - MAX_OFFERED
    more = ""
    if rest > 0:
        more = f'<p class="source">and {rest:,} more; the corpus lists and finds them all</p>'
    return _pane_html("Documents", "", "", f'<ul class="documents">{"".join(items)}</ul>{more}')


def notice_html(sentence: str) -> str:
    """Write the pane that shows no document, only the sentence that says why."""
    return _pane_html("Document", "", "", f'<p class="notice">{escape(sentence)}</p>')
