"""The blocks of a document as HTML: what each becomes, and that no character is lost."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquote.app.chat.document_outline import MAX_UNFOLDED, outline_html
from inquote.app.chat.document_text import text_html
from inquote.app.chat.ranges import Mark
from inquote.ingest.documents import Block, BlockKind, Document, Page, sections_of
from inquote.ingest.formats.builder import TableCell, TextBuilder

WORDS = st.text(st.sampled_from("ab .<>&\"'-1|⁴[]*\u00a0\u202eé𝔸"), min_size=1, max_size=20)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
KINDS: Sequence[BlockKind] = (
    "paragraph",
    "item",
    "caption",
    "code",
    "note",
    "header",
    "footer",
    "field",
    "comment",
)
SPANS = st.integers(1, 3)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def quoted(html: str, number: int) -> str:
    """What the marks with that number say, joined."""
    pieces = re.findall(r'<mark data-cite="([^"]*)"[^>]*>(.*?)</mark>', html, re.DOTALL)
    return plain("".join(text for numbers, text in pieces if str(number) in numbers.split()))


def document_of(builder: TextBuilder, pages: Sequence[Page] = ()) -> Document:
    text, blocks = builder.build()
    sections = sections_of(text, blocks)
    return Document("d", "t", "", text, "0" * 64, sections, tuple(pages), blocks=blocks)


def written(builder: TextBuilder, *marks: Mark) -> str:
    """The parts of a text, joined."""
    document = document_of(builder)
    html = text_html(document, marks)
    assert plain(html) == document.text
    return html.replace('<div class="part">', "").replace("</div>", "").replace(' dir="auto"', "")


@st.composite
def builders(draw: st.DrawFn) -> TextBuilder:
    """Texts with all kinds of blocks in any order."""
    builder = TextBuilder()
    for kind in draw(st.lists(st.sampled_from([*KINDS, "heading", "table"]), max_size=6)):
        if kind == "heading":
            builder.heading(draw(WORDS), draw(st.integers(1, 6)))
        elif kind == "table":
            builder.table(draw(tables()))
        else:
            label = draw(st.sampled_from(["", "1.", "(a)", "⁴", "[1]", "*", "7"]))
            text = f"{label} {draw(LINES)}"
            gap = draw(st.sampled_from(["\n", "\n\n"]))
            builder.block(text, kind=kind, level=draw(st.integers(0, 4)), label=label, gap=gap)
    return builder


@st.composite
def tables(draw: st.DrawFn) -> list[list[TableCell]]:
    """Rows of cells at rising columns, some of which may overlap."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        columns = sorted(draw(st.sets(st.integers(0, 5), min_size=1, max_size=4)))
        cells = []
        for column in columns:
            text = draw(st.sampled_from(["", "a", "b <c>", "12 | 3"]))
            header = draw(st.booleans())
            cells.append(TableCell(text, column, draw(SPANS), draw(SPANS), header))
        rows.append(cells)
    return rows


@given(builders(), st.data())
def test_every_kind_of_block_keeps_every_character_and_every_mark_its_quote(
    builder: TextBuilder, data: st.DataObject
) -> None:
    document = document_of(builder)
    offset = st.integers(0, len(document.text))
    starts = sorted(data.draw(st.sets(offset, max_size=3)))
    pages = [Page(number, start, start, "iv") for number, start in enumerate(starts, start=1)]
    marks = []
    for number, pair in enumerate(data.draw(st.lists(st.tuples(offset, offset), max_size=3)), 1):
        if pair[0] != pair[1]:
            marks.append(Mark(number, min(pair), max(pair)))
    html = text_html(replace(document, pages=tuple(pages)), marks)
    assert plain(html) == document.text
    assert html.count("data-page=") == len(pages)
    for mark in marks:
        assert quoted(html, mark.number) == document.text[mark.start : mark.end]
    for tag in ("ul", "li", "a", "table", "thead", "tbody", "tr", "td", "th", "p", "span"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), tag


def test_blocks_that_leave_words_out_lose_none() -> None:
    text = "one two three"
    document = Document("d", "t", "", text, "0" * 64, blocks=(Block("paragraph", 4, 7),))
    html = text_html(document)
    assert plain(html) == text
    assert 'class="gap"' not in html


# ---- lists, code and what stands beside the text


def test_items_are_a_list_with_their_printed_numbers_in_front() -> None:
    builder = TextBuilder()
    builder.block("(a) first", kind="item", level=1, label="(a)")
    builder.block("  iv. second\n   goes on", kind="item", level=2, label="iv.", gap="\n")
    builder.block("Done.")
    assert written(builder) == (
        '<ul class="items" role="list"><li class="item level-1">'
        '<span class="marker">(a) </span>first<span class="gap">\n</span></li>'
        '<li class="item level-2"><span class="gap">  </span><span class="marker">iv. </span>'
        'second\n   goes on</li></ul><span class="gap">\n\n</span>'
        '<p class="paragraph">Done.</p>'
    )


def test_code_keeps_its_lines_and_its_kind() -> None:
    builder = TextBuilder()
    builder.block("if a < b:\n    stop()", kind="code")
    assert written(builder) == (
        '<pre class="scroller code"><code>if a &lt; b:\n    stop()</code></pre>'
    )


@pytest.mark.parametrize(
    "kind, name",
    [("header", "Page header"), ("footer", "Page footer"), ("comment", "Comment")],
)
def test_what_stands_beside_the_text_is_named(kind: BlockKind, name: str) -> None:
    builder = TextBuilder()
    builder.block("Draft", kind=kind)
    assert written(builder) == f'<p class="{kind}" data-name="{name}">Draft</p>'


def test_lines_that_the_file_wraps_flow_and_those_of_the_author_stay() -> None:
    builder = TextBuilder()
    builder.block(f"{'word ' * 12}\nand the rest.")
    builder.block("To a friend,\nwho is away.")
    html = written(builder)
    assert '<p class="paragraph flowing">word' in html
    assert '<p class="paragraph">To a friend' in html


# ---- notes


@pytest.mark.parametrize("label", ["³", "3"])
def test_a_note_is_tied_to_its_mark_in_the_text_and_back(label: str) -> None:
    builder = TextBuilder()
    builder.block("It rose.² It fell.³")
    builder.block(f"{label} In March.", kind="note", label=label)
    assert written(builder) == (
        '<p class="paragraph">It rose.² It fell.'
        f'<a class="to-note" id="note-1-from" href="#note-1" title="Note {label}">³</a></p>'
        '<span class="gap">\n\n</span><p class="note" data-name="Note">'
        '<a class="from-note" id="note-1" href="#note-1-from" '
        f'title="Back to the text">{label}</a> In March.</p>'
    )


def test_a_note_without_a_mark_in_the_text_belongs_to_the_paragraph_before_it() -> None:
    builder = TextBuilder()
    builder.block("It rose.")
    builder.block("1 In March.", kind="note", label="1")
    builder.block("In April too.", kind="note")
    html = written(builder)
    assert html.startswith(
        '<p class="paragraph">It rose.'
        '<a class="to-note" id="note-1-from" href="#note-1" title="Note 1" data-label="1"></a>'
        '<a class="to-note" id="note-2-from" href="#note-2" title="Note *" data-label="*"></a></p>'
    )
    assert 'title="Back to the text" data-label="↑"></a>In April too.</p>' in html


def test_a_note_at_the_foot_of_a_page_is_tied_to_its_number_where_that_can_be_told() -> None:
    builder = TextBuilder()
    builder.block("Table 3 has the method 3 and the year 12 of 12 more.")
    builder.block("3 By hand.", kind="note", label="3")
    builder.block("12 Both.", kind="note", label="12")
    document = document_of(builder, [Page(1, 0, 90)])
    html = text_html(document)
    assert plain(html) == document.text
    assert (
        'the method <a class="to-note" id="note-1-from" href="#note-1" title="Note 3">3</a>' in html
    )
    assert html.count("<a ") == 2  # which 12 is the note's cannot be told


# ---- tables


def table_html(rows: Sequence[Sequence[TableCell]], *marks: Mark) -> str:
    builder = TextBuilder()
    builder.table(rows)
    html = written(builder, *marks)
    return re.sub(r'<span class="gap">[ |\n]*</span>', "", html)


HEAD = [TableCell("", 0), TableCell("Sales", 1, 1, 2, True)]
YEARS = [
    TableCell("Year", 0, is_header=True),
    *(TableCell(y, at, 1, 1, True) for at, y in ((1, "1"), (2, "2"))),
]
BODY = [TableCell("North", 0, 2, 1, True), TableCell("7", 1), TableCell("8", 2)]
MORE = [TableCell("9", 1), TableCell("10", 2)]


def test_a_table_has_its_head_its_headers_and_its_spans() -> None:
    assert table_html([HEAD, YEARS, BODY, MORE]) == (
        '<div class="scroller table"><table><thead>'
        '<tr><td></td><th colspan="2" scope="col">Sales</th></tr>'
        '<tr><th scope="col">Year</th><th scope="col">1</th><th scope="col">2</th></tr>'
        '</thead><tbody><tr><th rowspan="2" scope="row">North</th><td>7</td><td>8</td></tr>'
        "<tr><td>9</td><td>10</td></tr></tbody></table>"
    )


def test_the_separators_stay_in_the_cells_unseen() -> None:
    builder = TextBuilder()
    builder.table([[TableCell("a", 0), TableCell("b", 1)], [TableCell("c", 0)]])
    assert (
        '<tr><td>a<span class="gap"> | </span></td><td>b<span class="gap">\n</span></td></tr>'
        in written(builder)
    )


def test_a_cited_cell_is_marked_and_so_are_the_headers_of_its_row_and_column() -> None:
    builder = TextBuilder()
    builder.table([HEAD, YEARS, BODY, MORE])
    start = builder.build()[0].index("10")
    html = table_html([HEAD, YEARS, BODY, MORE], Mark(1, start, start + 2))
    assert '<td class="cited"><mark data-cite="1" data-label="1">10</mark></td>' in html
    assert re.findall(r'class="about"[^>]*>([^<]*)<', html) == ["Sales", "2", "North"]


def test_columns_that_no_cell_uses_and_rows_without_text_take_no_place() -> None:
    far = [TableCell("a", 0), TableCell("b", 16_000)]
    below = [TableCell("c", 16_000)]
    empty = [TableCell("", 0)]
    tall = [TableCell("d", 0, 3), TableCell("e", 1)]
    assert "<tr><td>a</td><td></td><td>b</td></tr>" in table_html([far, below])
    assert '<tr><td colspan="2"></td><td>c</td></tr>' in table_html([far, below])
    assert '<tr><td rowspan="2">d</td><td>e</td></tr><tr><td>c</td></tr>' in table_html(
        [tall, empty, [TableCell("c", 1)]]
    )


def test_a_table_of_headers_alone_has_no_head() -> None:
    assert "<thead>" not in table_html([[TableCell("a", 0, is_header=True)]])


def test_headers_that_no_author_marked_are_marked_quietly_too() -> None:
    rows = [["", "2021", "2022"], ["Roads", "4.2", "4.9"], ["Bridges", "7", "8.5"]]
    cells = [[TableCell(word, at) for at, word in enumerate(row)] for row in rows]
    builder = TextBuilder()
    builder.table(cells)
    start = builder.build()[0].index("8.5")
    html = table_html(cells, Mark(1, start, start + 3))
    assert re.findall(r'<th class="about" scope="(\w+)">([^<]*)<', html) == [
        ("col", "2022"),
        ("row", "Bridges"),
    ]
    assert "<thead><tr><td></td>" in html


def test_the_first_cell_of_a_row_of_words_is_marked_as_the_answer_names_it() -> None:
    head = [TableCell("Name", 0, is_header=True), TableCell("In French", 1, is_header=True)]
    cells = [head, [TableCell("Dewey", 0), TableCell("Fifi", 1)]]
    builder = TextBuilder()
    builder.table(cells)
    start = builder.build()[0].index("Fifi")
    html = table_html(cells, Mark(1, start, start + 4))
    assert re.findall(r'class="about"[^>]*>([^<]*)<', html) == ["In French", "Dewey"]


def test_a_column_of_numbers_or_a_table_of_words_names_no_rows() -> None:
    for rows in ([["1", "5"], ["2", "4"]], [["a", "b"], ["c", "d"]]):
        cells = [[TableCell(word, at) for at, word in enumerate(row)] for row in rows]
        assert "<th" not in table_html(cells)


# ---- the outline


def outline(titles: Sequence[tuple[str, int]]) -> str:
    builder = TextBuilder()
    for title, level in titles:
        builder.heading(title, level)
    html = outline_html(document_of(builder))
    html = re.sub(r'<button type="button" class="to" data-start="(\d+)" dir="auto">', r"\1:", html)
    return re.sub(r'<button[^>]*class="fold"[^>]*></button>', "+", html).replace("</button>", "")


def test_the_outline_nests_the_headings_whatever_levels_they_skip() -> None:
    assert outline([("B", 2), ("A", 1), ("C", 3), ("D", 2), ("E", 1)]) == (
        "<ul><li>0:B</li><li>+3:A<ul><li>6:C</li><li>9:D</li></ul></li><li>12:E</li></ul>"
    )
    assert outline([]) == ""


def test_a_long_outline_is_folded_at_first() -> None:
    assert "<ul hidden>" in outline([("A", 1), *[("B", 2)] * MAX_UNFOLDED])
    assert "<ul hidden>" not in outline([("A", 1), *[("B", 2)] * (MAX_UNFOLDED - 1)])


def test_a_note_before_the_first_page_is_shown() -> None:
    builder = TextBuilder()
    builder.block("7 By the quay.", kind="note", label="7")
    end = builder.length
    html = text_html(document_of(builder, [Page(1, end, end)]))
    assert plain(html) == "7 By the quay."
