"""Write the outline of a document: its headings as a list that folds, each a way to its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inquote.app.marks import escape, escape_attribute
from inquote.ingest.documents import Document, Section

MAX_TITLE_LENGTH = 160  # characters of a heading that the outline shows
MAX_UNFOLDED = 60  # headings; an outline of more is folded at first


@dataclass
class Heading:
    """A section with a title, and those that lie directly in it."""

    section: Section
    inner: list["Heading"] = field(default_factory=list)


def headings_of(document: Document) -> list[Heading]:
    """Return the outermost headings of a document, each with those under it.

    Levels that are skipped leave no trace: the third level under the first is its second.
    """
    outermost: list[Heading] = []
    around: list[Heading] = []
    for section in document.sections:
        if not section.title.strip():
            continue
        heading = Heading(section)
        while around and around[-1].section.level >= section.level:
            around.pop()
        (around[-1].inner if around else outermost).append(heading)
        around.append(heading)
    return outermost


def outline_html(document: Document) -> str:
    """Write the headings as nested lists; "" for a document without any."""
    is_folded = len(document.sections) > MAX_UNFOLDED
    return _list_html(headings_of(document), is_folded)


def _list_html(headings: Sequence[Heading], is_folded: bool, is_inner: bool = False) -> str:
    """Write a list of headings; one that lies under another can be folded away."""
    if not headings:
        return ""
    items = []
    for heading in headings:
        inner = _list_html(heading.inner, is_folded, is_inner=True)
        items.append(f"<li>{_entry_html(heading, is_folded)}{inner}</li>")
    hidden = " hidden" if is_folded and is_inner else ""
    return f"<ul{hidden}>{''.join(items)}</ul>"


def _entry_html(heading: Heading, is_folded: bool) -> str:
    """Write a heading, with the button that folds what lies under it."""
    title = " ".join(heading.section.title.split())
    if len(title) > MAX_TITLE_LENGTH:
        title = title[:MAX_TITLE_LENGTH].rstrip() + " ..."
    fold = ""
    if heading.inner:
        label = escape_attribute(f"Headings under {title}")
        expanded = "false" if is_folded else "true"
        fold = (
            f'<button type="button" class="fold" aria-expanded="{expanded}" aria-label="{label}">'
            "</button>"
        )
    start = heading.section.start
    return (
        f'{fold}<button type="button" class="to" data-start="{start}" dir="auto">'
        f"{escape(title)}</button>"
    )
