"""A PDF of a few pages and the fake system that cites it, for tests of pages."""

import hashlib
from pathlib import Path

from fake_system import FakeSystem
from inquote.ingest.documents import Document
from inquote.ingest.formats import pdf as pdf_format
from made_files import drawn_pdf, shown

SENTENCES = ["Fever was seen in a third.", "The dose is 5 mg a day.", "Nobody was harmed."]
ID = "corpus/paged.pdf"


def paged_pdf(count: int = 40, extra: bytes = b"") -> bytes:
    """A PDF with a heading and a sentence on every page, and page labels from 101."""
    drawings = []
    for number in range(count):
        heading = shown(72, 720, f"Part {chr(65 + number % 26)}{number}", 16)
        words = shown(72, 690, SENTENCES[number % 3])
        foot = shown(300, 40, str(101 + number))
        drawings.append(b"\n".join([heading, words, foot]))
    return drawn_pdf(drawings, "A paged paper", extra)


def paged_document(content: bytes) -> Document:
    """The document that an ingest makes of a PDF."""
    parsed = pdf_format.parse(content)
    digest = hashlib.sha256(parsed.text.encode()).hexdigest()
    return Document(
        ID,
        "A paged paper",
        "",
        parsed.text,
        digest,
        parsed.sections,
        parsed.pages,
        hidden=parsed.hidden,
        blocks=parsed.blocks,
    )


def paged_system(folder: Path, content: bytes | None = None) -> FakeSystem:
    """A fake system over a PDF that is kept in a folder; it answers of fever and of the dose."""
    content = content or paged_pdf()
    file = folder / "kept"
    file.write_bytes(content)
    answers = {"fever": [SENTENCES[0]], "dose": ["5 mg a day", "Nobody was harmed."]}
    return FakeSystem(
        document_=paged_document(content),
        answers=answers,
        nearest=tuple(SENTENCES),
        file=file,
    )
