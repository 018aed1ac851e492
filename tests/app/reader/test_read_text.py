from inquote.app.reader.read_text import ReadText
from inquote.ingest.documents import Passage, Segment
from reader_models import pieces

TEXT = "Sales | 2019\nHull | $4.2\n\nPort: Hull"


def table_passage() -> Passage:
    """A passage from character 10 of a document: a header row, a row, and prose below."""
    row = TEXT.index("Hull")
    return Passage(
        "a.md",
        10,
        10 + len(TEXT),
        "",
        TEXT,
        segments=(
            Segment(TEXT[:row], 10),
            Segment("2019", 10 + TEXT.index("2019"), True),
            Segment(" "),
            Segment("$4.2", 10 + TEXT.index("$4.2"), True),
            Segment("."),
            Segment(TEXT[TEXT.index("\n\n") :], 10 + TEXT.index("\n\n")),
        ),
    )


def test_a_cell_stands_in_the_passage_and_what_joins_cells_does_not() -> None:
    passage = table_passage()
    read = ReadText(passage, pieces())
    start = read.text.index("$4.2")
    place = read.place(start, start + 4)
    assert place is not None and passage.text[slice(*place)] == "$4.2"
    assert read.place(start - 1, start + 4) is None
    assert read.place(start + 4, start + 5) is None


def test_a_cell_is_one_word() -> None:
    read = ReadText(table_passage(), pieces())
    start = read.text.index("$4.2")
    inside = [token for token, (at, _) in enumerate(read.tokens.offsets) if start <= at < start + 4]
    assert len(inside) > 1
    assert [read.tokens.opens[token] for token in inside] == [True, *[False] * (len(inside) - 1)]
    assert [read.tokens.closes[token] for token in inside][-1]
    stop = next(token for token, (at, _) in enumerate(read.tokens.offsets) if at == start + 4)
    assert not read.tokens.opens[stop] and not read.tokens.closes[stop]


def test_each_token_knows_where_it_begins_in_the_passage() -> None:
    passage = table_passage()
    read = ReadText(passage, pieces())
    for (start, _), place in zip(read.tokens.offsets, read.token_starts(), strict=True):
        assert place < 0 or passage.text[place] in (read.text[start], "\n")


def test_a_text_is_read_as_it_stands_with_stops_at_the_ends_of_blocks() -> None:
    passage = Passage("a.md", 5, 16, "", "Boat\n\nTheir")
    read = ReadText(passage, pieces())
    assert read.text == "Boat.\nTheir"
    assert read.place(0, 4) == (0, 4)
    assert read.place(0, 5) is None
    assert read.place(6, 11) == (6, 11)
    assert list(read.token_starts()) == [start for start, _ in read.tokens.offsets]
