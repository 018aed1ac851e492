"""Check the boxes of cited words against the boxes that PDFium itself gives to each character.

Run it as `python -m inquote.eval.studies.boxes DIR`. Each PDF is cited at places spread over its
text: whole sentences and a few words out of them. PDFium is asked which characters lie below the
boxes of a citation: they must be the quote's, each covered, and no other may be.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from inquote.ingest.documents import visible_ranges
from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats.base import Parsed
from inquote.ingest.layout import library
from inquote.ingest.layout.boxes import Places, Rectangle
from inquote.ingest.layout.characters import codes_of
from inquote.ingest.layout.shapes import frame_of
from inquote.ingest.layout.strings import text_of
from inquote.ingest.text import sentence_ranges

CITATIONS = 10  # of a document
COVERED = 0.95  # of a cited character's box, at least, and of another's at most the rest
_WORDS = slice(1, 4)  # of a sentence, for every other citation
_LEAST = 0.05  # points; a box without size covers nothing


@dataclass
class Outcome:
    """A citation: its quote, its pages, and what is wrong with its boxes, "" for nothing."""

    quote: str
    pages: list[int]
    fault: str = ""


@dataclass
class Characters:
    """The characters of a page with their boxes, as PDFium gives them, without white space."""

    texts: list[str] = field(default_factory=list)
    boxes: list[Rectangle] = field(default_factory=list)


def citations_of(parsed: Parsed, places: Places, count: int) -> Iterator[tuple[int, int]]:
    """Yield ranges spread over what is seen of a text: a sentence and some words, in turns.

    The values of a form's fields are none of the characters that PDFium lists.
    """
    fields = [block for block in parsed.blocks if block.kind == "field"]
    sentences: list[tuple[int, int]] = []
    for start, end in visible_ranges(len(parsed.text), parsed.hidden):
        sentences.extend(sentence_ranges(parsed.text, start, end))
    step = max(1, len(sentences) // count)
    for number, (start, end) in enumerate(sentences[::step][:count]):
        words = parsed.text[start:end].split()[_WORDS]
        if number % 2 and words:
            start = parsed.text.index(words[0], start + 1)
            end = parsed.text.index(words[-1], start) + len(words[-1])
        is_field = any(block.start < end and start < block.end for block in fields)
        if places.of(start, end) and not is_field:
            yield start, end


def characters_of(document: Any, number: int) -> Characters:
    """Return what PDFium knows of a page's characters, what is drawn twice only once."""
    characters = Characters()
    places: set[tuple[object, ...]] = set()
    last: tuple[object, ...] = ()
    with closing(document[number - 1]) as page:
        frame = frame_of(page)
        with closing(page.get_textpage()) as text_page:
            address = library.address_of(text_page.raw)
            drawn = [library.object_of(address, at) for at in range(text_page.count_chars())]
            for index, code in enumerate(codes_of(address, drawn)):
                letters = text_of(code)
                box = frame.box(*text_page.get_charbox(index))
                is_seen = min(box.right - box.left, box.bottom - box.top) > _LEAST
                place = (letters, *(round(edge, 1) for edge in box))
                is_new = place not in places or place == last  # two letters of a ligature
                last = place
                if letters.strip() and is_seen and is_new:
                    places.add(place)
                    characters.texts.append(letters)
                    characters.boxes.append(box)
    return characters


def covered(box: Rectangle, places: list[Rectangle]) -> float:
    """Return the part of a box that rectangles, which lie apart, cover, from 0 to 1.

    >>> covered((0, 0, 4, 2), [(1, 0, 2, 9), (3, 1, 9, 2)])
    0.375
    """
    area = 0.0
    for place in places:
        width = min(box[2], place[2]) - max(box[0], place[0])
        height = min(box[3], place[3]) - max(box[1], place[1])
        area += max(0.0, width) * max(0.0, height)
    return min(1.0, area / ((box[2] - box[0]) * (box[3] - box[1])))


def letters_of(text: str) -> Counter[str]:
    """Count the letters, digits and signs of a text, those aside that a line's end may take away.

    >>> letters_of("e-\\u00e9 ").total()
    2
    """
    plain = unicodedata.normalize("NFKC", text)
    return Counter(letter for letter in plain if not letter.isspace() and letter not in "-\u2010|")


def check(quote: str, pages: dict[int, list[Rectangle]], read: Any) -> str:
    """Return what is wrong with the boxes of a quote, "" for nothing; `read` reads a page."""
    below = Counter[str]()
    for number, places in pages.items():
        characters = read(number)
        for text, box in zip(characters.texts, characters.boxes, strict=True):
            share = covered(box, places)
            if share >= 0.5:
                below += letters_of(text)
            if 1 - COVERED < share < COVERED:
                return f"{text!r} on page {number} is covered by {share:.2f}"
    missing, other = letters_of(quote) - below, below - letters_of(quote)
    if missing or other:
        return f"missing {''.join(missing.elements())!r}, other {''.join(other.elements())!r}"
    return ""


def check_file(path: Path, sandbox: Sandbox, count: int = CITATIONS) -> Iterator[Outcome]:
    """Yield the outcome of each citation of a PDF; raise `FileSkipped` where it is not read."""
    import pypdfium2

    content = path.read_bytes()
    parsed = sandbox.parse("pdf", content)
    with closing(pypdfium2.PdfDocument(content)) as document:
        read: dict[int, Characters] = {}

        def read_page(number: int) -> Characters:
            if number not in read:
                read[number] = characters_of(document, number)
            return read[number]

        places = Places(parsed.pages)
        for start, end in citations_of(parsed, places, count):
            quote, boxes = parsed.text[start:end], places.of(start, end)
            yield Outcome(quote, list(boxes), check(quote, boxes, read_page))


def main(
    folder: Annotated[Path, typer.Argument(help="A folder of PDFs.")],
    count: Annotated[int, typer.Option(min=1, help="Citations of each.")] = CITATIONS,
) -> None:
    """Print, for each PDF, how many citations are boxed right, and what is wrong with others."""
    right = total = 0
    with Sandbox() as sandbox:
        for path in sorted(folder.rglob("*.pdf")):
            try:
                outcomes = list(check_file(path, sandbox, count))
            except FileSkipped as error:
                print(f"   -   {path.name}: {error}")
                continue
            faults = [outcome for outcome in outcomes if outcome.fault]
            right, total = right + len(outcomes) - len(faults), total + len(outcomes)
            print(f"{len(outcomes) - len(faults):3} of {len(outcomes):3}  {path.name}")
            for outcome in faults:
                print(f"            {outcome.quote[:60]!r} {outcome.pages}: {outcome.fault}")
    print(f"{right} of {total}")


if __name__ == "__main__":
    typer.run(main)
