"""Name the place of a passage on one line: document, short section, page."""

from inquote.ingest.documents import Document

LONGEST_SECTION = 60  # characters of a heading
SEPARATOR = " · "


def page_in(document: Document | None, number: int | None) -> str:
    """Name a page as it is printed, and as it is counted where they differ; "" for none.

    >>> from inquote.ingest.documents import Page
    >>> page_in(Document("a", "A", "", "x", "", pages=(Page(1, 0, 1, "47698"),)), 1)
    'p. 47698, page 1 of file'
    """
    if number is None:
        return ""
    pages = document.pages if document else ()
    label = pages[number - 1].label if number <= len(pages) else ""
    if label in ("", str(number)):
        return f"page {number}"
    return f"p. {label}, page {number} of file"


def source_line(title: str, heading: str, page: str = "", names_title: bool = True) -> str:
    """Return title, innermost heading and page; a heading that repeats the title is left out.

    The title is left out where `names_title` is false and a heading stands in its place.

    >>> source_line("Rules", "Rules > Desk > Fees", "page 3")
    'Rules · Fees · page 3'
    >>> source_line("Rules", "Rules"), source_line("Rules", "Desk", "", False)
    ('Rules', 'Desk')
    """
    section = short_section(title, heading)
    name = title if names_title or not section else ""
    return SEPARATOR.join(filter(None, (name, section, page)))


def short_section(title: str, heading: str) -> str:
    """Return the innermost heading of a path that does not repeat the title, cut where long."""
    known = _words(title)
    sections = [part for part in heading.split(" > ") if _words(part) not in ("", known)]
    if not sections:
        return ""
    section = sections[-1]
    if len(section) <= LONGEST_SECTION:
        return section
    return section[:LONGEST_SECTION].rsplit(" ", 1)[0] + " ..."


def _words(text: str) -> str:
    """Return the words of a title in the form in which it is compared."""
    return " ".join(text.split()).rstrip(".:").casefold()
