"""Small tables as passages, for tests of answers that stand in cells."""

from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document, Passage
from inquote.ingest.formats.builder import TableCell, TextBuilder

Rows = tuple[tuple[str, ...], ...]

SALES = (
    ("Sales", "2019", "2018", "Change"),
    ("Pumps", "7.5", "6.1", "1.4"),
    ("Pumps and parts", "9.5", "8.1", "1.4"),
)


def passage_of(rows: Rows) -> Passage:
    builder = TextBuilder()
    cells = []
    for number, row in enumerate(rows):
        cells.append([TableCell(text, at, is_header=number == 0) for at, text in enumerate(row)])
    builder.table(cells)
    parsed = builder.parsed()
    document = Document("a.md", "", "", parsed.text, "", blocks=parsed.blocks)
    (passage,) = chunk(document, lambda text: len(text.split()), 256).passages
    return passage
