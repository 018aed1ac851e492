"""Write citations for other programs: plain text, RIS, BibTeX; and answers that carry them.

Every function is pure. A reference says what is known of a document and nothing more: there is no
author and no year, for the library keeps none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inquote.app.answering.answer import Answer
from inquote.app.chat.document_pane import format_heading, heading_at
from inquote.app.marks import escape, with_marks
from inquote.ingest.documents import Document

ADDRESS = re.compile(r"https?://\S{1,2000}")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~]|&(?=#?\w{1,40};)")
_MARKER = re.compile(r"^(\d{0,9})([-+=.)])(?=\s|$)")  # of a list at the start of a line
_NO_KEY = re.compile(r"[^a-z0-9]+")
_KEY_LENGTH = 40  # characters of a title in the key of a BibTeX entry
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "{}$&%#_"},
}


@dataclass(frozen=True)
class Reference:
    """A verbatim range of a document, with all that is known of where it stands.

    `pages` are the first and the last page as they are printed, else as they are counted; "" for
    formats without pages. `source` is the origin that the file states, else "".
    """

    title: str
    heading: str
    pages: tuple[str, str]
    document_id: str
    sha256: str
    source: str
    start: int
    end: int
    quote: str

    @property
    def page_range(self) -> str:
        """Write the pages as "12" or "12-13", "" where there are none."""
        first, last = self.pages
        return first if first == last else f"{first}-{last}"

    @property
    def place(self) -> str:
        """Write title, heading, pages, document and range on one line."""
        pages = f"{'page' if self.pages[0] == self.pages[1] else 'pages'} {self.page_range}"
        heading = format_heading(self.heading.removeprefix(self.title).removeprefix(" > "))
        names = [self.title, heading, pages if self.page_range else ""]
        names += [self.document_id, f"characters {self.start} to {self.end}", self.source]
        return _line(", ".join(filter(None, names)))


def reference_of(document: Document, start: int, end: int) -> Reference:
    """Return the reference of `document.text[start:end]`.

    Raises `ValueError` for a range that is not inside the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"the range {start}-{end} is not inside {document.id}")
    return Reference(
        title=document.title,
        heading=heading_at(document, start),
        pages=(_printed_page(document, start), _printed_page(document, end - 1)),
        document_id=document.id,
        sha256=document.sha256,
        source=document.source,
        start=start,
        end=end,
        quote=document.text[start:end],
    )


def references_of(answer: Answer, documents: Mapping[str, Document]) -> tuple[Reference, ...]:
    """Return the references of an answer's citations; `documents` holds the cited ones."""
    references = []
    for citation in answer.citations:
        document = documents[citation.document_id]
        references.append(reference_of(document, citation.start, citation.end))
    return tuple(references)


def _printed_page(document: Document, offset: int) -> str:
    """Return the number of the page of an offset: the printed one, else the counted one."""
    number = document.page_at(offset)
    return "" if number is None else document.pages[number - 1].label or str(number)


def _line(text: str) -> str:
    """Put a text on one line, with the characters that act unseen as marks."""
    return with_marks(" ".join(text.split()))


# ---- references alone


def as_plain(references: Sequence[Reference]) -> str:
    """Write a numbered line for each reference: its quote and its place."""
    lines = []
    for number, reference in enumerate(references, start=1):
        lines.append(f"[{number}] \u201c{_line(reference.quote)}\u201d. {reference.place}\n")
    return "".join(lines)


def as_ris(references: Sequence[Reference]) -> str:
    """Write the references in RIS, each as a generic work.

    The form is that of https://en.wikipedia.org/wiki/RIS_(file_format): a tag, two spaces, a hyphen
    and a space before each value, which has one line.
    """
    records = []
    for reference in references:
        fields = [("TY", "GEN"), ("TI", _line(reference.title or reference.document_id))]
        if reference.page_range:
            fields += [("SP", reference.pages[0]), ("EP", reference.pages[1])]
        if ADDRESS.fullmatch(reference.source):
            fields.append(("UR", reference.source))
        elif reference.source:
            fields.append(("PB", _line(reference.source)))
        fields += [("N1", note) for note in _notes(reference)]
        lines = [f"{tag}  - {value}\r\n" for tag, value in fields]
        records.append(f"{''.join(lines)}ER  - \r\n")
    return "\r\n".join(records)


def as_bibtex(references: Sequence[Reference]) -> str:
    """Write the references in BibTeX, each as @misc with a key of its title and its number."""
    entries = []
    for number, reference in enumerate(references, start=1):
        title = reference.title or reference.document_id
        fields = {"title": f"{{{_bibtex(title)}}}"}
        if reference.page_range:
            fields["pages"] = _bibtex(reference.page_range.replace("-", "--"))
        if ADDRESS.fullmatch(reference.source):
            fields["url"] = reference.source.replace("{", "%7B").replace("}", "%7D")
        elif reference.source:
            fields["publisher"] = _bibtex(reference.source)
        fields["note"] = ". ".join(map(_bibtex, _notes(reference)))
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
        entries.append(f"@misc{{{_key(title, number)},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


def _notes(reference: Reference) -> list[str]:
    """Return the quote and its exact place, for a field that takes any text."""
    place = (
        f"{reference.document_id}, characters {reference.start} to {reference.end}, "
        f"SHA-256 {reference.sha256}"
    )
    heading = format_heading(reference.heading)
    notes = [f"\u201c{reference.quote}\u201d", f"Section: {heading}" if heading else "", place]
    return [_line(note) for note in notes if note]


def _bibtex(text: str) -> str:
    r"""Put a text on one line and escape it for BibTeX.

    >>> _bibtex("R&D_{50%}")
    'R\\&D\\_\\{50\\%\\}'
    """
    return "".join(_BIBTEX.get(character, character) for character in _line(text))


def _key(title: str, number: int) -> str:
    """Return a key of ASCII letters and digits.

    >>> _key("A small article", 2)
    'asmallarticle-2'
    """
    name = _NO_KEY.sub("", title.lower())[:_KEY_LENGTH]
    return f"{name or 'document'}-{number}"


# ---- answers and passages with their references


def answer_markdown(answer: Answer, references: Sequence[Reference]) -> str:
    """Write the question, what is said above the quotes, these and their places in Markdown."""
    quotes, places = [], []
    for number, reference in enumerate(references, start=1):
        quotes.append(f"> {line_markdown(reference.quote)} [{number}]")
        places.append(f"{number}. {line_markdown(reference.place)}")
    question = line_markdown(answer.question)
    parts = [f"**{question}**", *above_markdown(answer), "\n>\n".join(quotes), "\n".join(places)]
    return "\n\n".join(parts) + "\n"


def above_markdown(answer: Answer) -> list[str]:
    """Return what is said above the quotes: what follows from them, and the headers of cells."""
    lines = []
    if answer.inferred:
        lines.append(f"{line_markdown(answer.inferred.text)} *(inferred, no quote)*")
    if answer.headers:
        lines.append(f"{line_markdown(answer.under_headers)}:")
    return lines


def line_markdown(text: str) -> str:
    r"""Put a text on one line and escape what Markdown would take for its own, and no more.

    It is read as plain text too, so that "16.3 %" stays as it is.

    >>> line_markdown("1. a_b is <16.3% & more")
    '1\\. a\\_b is \\<16.3% & more'
    """
    escaped = _MARKDOWN.sub(r"\\\g<0>", _line(text))
    return _MARKER.sub(r"\1\\\2", escaped)


def answer_for_word(answer: Answer, references: Sequence[Reference]) -> str:
    """Write the question, what is said above the quotes, these and their places in HTML.

    A word processor takes it.
    """
    quotes, places = [], []
    for number, reference in enumerate(references, start=1):
        quote = escape(reference.quote).replace("\n", "<br>")
        quotes.append(f'<blockquote dir="auto">{quote} [{number}]</blockquote>')
        places.append(f"<li>{escape(reference.place)}</li>")
    question = f'<p dir="auto"><b>{escape(answer.question)}</b></p>'
    return f"{question}{above_html(answer)}{''.join(quotes)}<ol>{''.join(places)}</ol>"


def above_html(answer: Answer) -> str:
    """Write what is said above the quotes: what follows from them, and the headers of cells."""
    lines = ""
    if answer.inferred:
        lines += f"<p>{escape(answer.inferred.text)} <small>(inferred, no quote)</small></p>\n"
    if answer.headers:
        lines += f'<p dir="auto">{escape(answer.under_headers)}:</p>\n'
    return lines


def copied_forms(answer: Answer, references: Sequence[Reference]) -> dict[str, str]:
    """Return an answer in each form in which it can be copied, by the name of the form."""
    return {
        "html": answer_for_word(answer, references),
        "answer": answer_markdown(answer, references),
        "txt": as_plain(references),
        "ris": as_ris(references),
        "bib": as_bibtex(references),
    }


def quote_text(reference: Reference, address: str) -> str:
    """Write a passage with its place and the address that opens it, as plain text."""
    return f"\u201c{with_marks(reference.quote)}\u201d\n{reference.place}\n{address}\n"


def quote_html(reference: Reference, address: str) -> str:
    """Write a passage with its place, a link that opens it, as HTML."""
    quote = escape(reference.quote).replace("\n", "<br>")
    return (
        f'<blockquote dir="auto">{quote}</blockquote>'
        f'<p><a href="{escape(address)}">{escape(reference.place)}</a></p>'
    )
