"""A PDF of a few pages, and a picture, and the fake system that cites it, for tests of pages."""

import hashlib
from pathlib import Path

from PIL import Image

from fake_system import FakeSystem
from inquote.ingest.documents import Document, Page
from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.layout.boxes import LineBoxes, pack_lines
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
    document = paged_document(content)
    end = document.text.find(SENTENCES[1]) + len(SENTENCES[1])
    both = document.text[max(0, document.text.find(SENTENCES[0])) : end]
    answers = {"fever": [SENTENCES[0]], "dose": ["5 mg a day", "Nobody was harmed."]}
    answers["both"] = [both]
    return FakeSystem(
        document_=document,
        answers=answers,
        nearest=tuple(SENTENCES),
        file=file,
    )


def pictured_system(folder: Path) -> FakeSystem:
    """A fake system over a picture of a sentence that was recognised in it."""
    file = folder / "picture"
    Image.new("RGB", (600, 200), "white").save(file, "PNG")
    text = SENTENCES[0]
    edges = tuple([40.0 + 10 * at for at in range(len(text) + 1)])
    line = LineBoxes(0, len(text), 80, 100, edges)
    page = Page(1, 0, len(text), width=600, height=200, lines=pack_lines([line]))
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(ID, "A picture", "", text, digest, pages=(page,))
    answers = {"fever": [text]}
    return FakeSystem(document_=document, answers=answers, nearest=(text,), file=file)
