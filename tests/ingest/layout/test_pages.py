"""What a reader sees on a page is what stands in the text, in the order of reading."""

from inquote.index.stores.verify_ranges import box_problems
from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.formats.base import Parsed
from inquote.ingest.layout.annotations import line_at
from inquote.ingest.layout.boxes import rectangles, unpack_lines
from inquote.ingest.layout.parts import Part
from inquote.ingest.layout.shapes import Box
from inquote.ingest.layout.writing import Sheet, Writer
from made_files import dotted_pdf, down, drawn_pdf, pdf, shown

LEFT = (
    "The mill of Penrick stands at the upper",
    "end of the valley. It was built by two",
    "brothers from the coast and was driven",
    "by a wheel of oak for sixty years.",
)
RIGHT = (
    "The reading room opens in the morning",
    "and closes when the light fails. Books",
    "are lent to everybody who can show the",
    "card of a member of the society.",
)


def page(*drawings: bytes) -> Parsed:
    return pdf_format.parse(drawn_pdf([b"\n".join(drawings)]))


def kinds(parsed: Parsed) -> list[tuple[str, str]]:
    """The blocks that are not within others, with their text."""
    blocks = [block for block in parsed.blocks if block.kind not in ("row", "cell")]
    return [(block.kind, parsed.text[block.start : block.end]) for block in blocks]


def test_columns_are_read_one_after_the_other_though_drawn_line_by_line() -> None:
    drawings = []
    for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        drawings.append(shown(60, 700 - 12 * at, left))
        drawings.append(shown(320, 700 - 12 * at, right))
    assert kinds(page(*drawings)) == [
        ("paragraph", " ".join(LEFT)),
        ("paragraph", " ".join(RIGHT)),
    ]


def table(rows: list[list[str]], top: float = 700, bold: bool = False) -> list[bytes]:
    drawings = []
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            font = "F2" if bold and at == 0 else "F1"
            drawings.append(shown(60 + 130 * column, top - 14 * at, text, font=font))
    return drawings


ROWS = [
    ["Valve", "Mass (kg)", "Price"],
    ["Ball DN15", "0.42", "18.90"],
    ["Gate DN50", "3.75", "64.00"],
]


def test_cells_in_columns_are_a_table_with_its_header_and_the_text_around_it_is_not() -> None:
    parsed = page(
        shown(60, 740, "All of our valves are tested twice before they leave the works."),
        *table(ROWS),
        shown(60, 630, "The prices do not hold the cost of the delivery, which is charged."),
    )
    assert [kind for kind, _ in kinds(parsed)] == ["paragraph", "table", "paragraph"]
    assert kinds(parsed)[1][1] == (
        "Valve | Mass (kg) | Price\nBall DN15 | 0.42 | 18.90\nGate DN50 | 3.75 | 64.00"
    )
    cells = [block for block in parsed.blocks if block.kind == "cell"]
    assert [cell.is_header for cell in cells] == [True] * 3 + [False] * 6
    assert [(cell.row, cell.column) for cell in cells[3:6]] == [(1, 0), (1, 1), (1, 2)]


def test_rules_part_cells_that_stand_close_and_one_without_a_rule_spans_two() -> None:
    rules = [b"0.5 w"]
    for y in (712, 696, 680, 664):
        rules.append(b"60 %d m 260 %d l S" % (y, y))
    for x, low in ((60, 664), (160, 664), (210, 680), (260, 664)):
        rules.append(b"%d 712 m %d %d l S" % (x, x, low))
    texts = [
        shown(62, 700, "Net sales of the y"),
        shown(162, 700, "1,496"),
        shown(212, 700, "532"),
        shown(62, 684, "Costs"),
        shown(162, 684, "103"),
        shown(212, 684, "99"),
        shown(62, 668, "Result"),
        shown(162, 668, "not yet audited"),
    ]
    parsed = page(*rules, *texts)
    assert parsed.text == (
        "Net sales of the y | 1,496 | 532\nCosts | 103 | 99\nResult | not yet audited"
    )
    last = parsed.blocks[-1]
    assert (last.column, last.column_span) == (1, 2)


def test_names_with_their_values_are_fields() -> None:
    parsed = page(*table([["Invoice number", "RK-20417"], ["Amount due", "1,184.60 EUR"]]))
    assert kinds(parsed) == [
        ("field", "Invoice number RK-20417"),
        ("field", "Amount due 1,184.60 EUR"),
    ]


def test_a_raised_figure_stays_in_its_line_and_a_lowered_one_in_its_word() -> None:
    parsed = page(
        shown(60, 700, "The sample held 3.2 x 10"),
        shown(174.2, 704, "6", 6.5),
        shown(181, 700, "cells in H"),
        shown(225.3, 697, "2", 6.5),
        shown(229.2, 700, "O, no more."),
    )
    assert parsed.text == "The sample held 3.2 x 10 6 cells in H2O, no more."


def test_a_note_precedes_the_paragraph_that_goes_on_overleaf_and_stays_on_its_page() -> None:
    first = [*down(["The council granted the loan after a debate of three evenings, in which"])]
    first.append((60, 7, "1 Minutes of the council, leaf 44."))
    second = down(["the mayor spoke five times. The loan was paid back."])
    parsed = pdf_format.parse(pdf([first, second]))
    assert kinds(parsed) == [
        ("note", "1 Minutes of the council, leaf 44."),
        (
            "paragraph",
            "The council granted the loan after a debate of three evenings, in which "
            "the mayor spoke five times. The loan was paid back.",
        ),
    ]
    assert parsed.blocks[0].label == "1"
    assert parsed.text[parsed.pages[1].start :].startswith("the mayor spoke")
    assert list(box_problems("loan.pdf", parsed.pages)) == []


def test_letters_drawn_one_by_one_are_words_and_so_are_letters_spaced_out() -> None:
    drawings = []
    x = 60.0
    for letter in "The keeper retired":
        if letter != " ":
            drawings.append(shown(x, 700, letter))
        x += 3.4 if letter == " " else 6.2
    drawings.append(b"BT /F1 10 Tf 4 Tc 60 660 Td (LIGHTHOUSE) Tj 130 0 Td (KEEPER) Tj ET")
    parsed = page(*drawings)
    assert parsed.text.split("\n\n")[-1] == "LIGHTHOUSE KEEPER"
    assert "".join(parsed.text.split("\n\n")[0].split()) == "Thekeeperretired"


def test_what_no_reader_sees_is_hidden_with_the_reason() -> None:
    parsed = page(
        shown(60, 700, "The rent is 900 euros."),
        b"1 1 1 rg " + shown(60, 660, "white as snow") + b" 0 0 0 rg",
        b"3 Tr " + shown(60, 640, "drawn by no pen") + b" 0 Tr",
        shown(60, 620, "smaller than dust", 0.5),
        shown(900, 600, "beside the sheet"),
    )
    hidden = {parsed.text[place.start : place.end]: place.reason for place in parsed.hidden}
    assert hidden == {
        "white as snow": "white text",
        "drawn by no pen": "drawn invisibly",
        "smaller than dust": "too small to read",
        "beside the sheet": "off the page",
    }
    assert parsed.text.startswith("The rent is 900 euros.")


def test_letters_that_are_drawings_in_dots_are_as_large_as_they_look() -> None:
    parsed = pdf_format.parse(
        dotted_pdf([(72, 700, b"the de\x0cnition of a di\x0berence"), (72, 600, b"7 \x0e 7")])
    )
    assert parsed.text == "the definition of a difference\n\n7 7"
    assert parsed.hidden == ()
    (box,) = rectangles(parsed.pages[0], 0, 3)
    assert [round(edge) for edge in box] == [72, 82, 93, 93]


def test_a_letter_that_is_drawn_twice_is_read_once() -> None:
    parsed = page(
        shown(60, 700, "K2-1901 all seeds"),
        shown(60, 700, "K2"),
        shown(60.3, 700, "K2"),
        shown(60, 680, "pp p"),
    )
    assert parsed.text.split() == ["K2-1901", "all", "seeds", "pp", "p"]


def test_white_text_on_a_dark_ground_is_seen() -> None:
    drawing = b"0 0 0.4 rg 50 650 300 40 re f 1 1 1 rg " + shown(60, 660, "Tickets at the door")
    parsed = page(drawing)
    assert (parsed.text, parsed.hidden) == ("Tickets at the door", ())


def test_a_bold_line_above_text_is_a_heading_and_a_bold_paragraph_is_none() -> None:
    parsed = page(
        shown(60, 700, "Copies", font="F2"),
        shown(60, 686, "A copy costs 20 cents. At most 30 pages are copied a day by the staff."),
        shown(60, 650, "Please do not lean on the glass.", font="F2"),
    )
    assert [kind for kind, _ in kinds(parsed)] == ["heading", "paragraph", "paragraph"]


def test_prose_spaced_wide_is_one_paragraph() -> None:
    lines = [
        "The county runs eleven swimming pools, of which four are open to the air.",
        "Each of the pools is inspected twice a year by an engineer, who tests all",
        "of the pumps and the filters, and who reports to the board.",
    ]
    parsed = pdf_format.parse(pdf([[(700 - 24 * at, 10, line) for at, line in enumerate(lines)]]))
    assert parsed.text == " ".join(lines)


def test_a_title_that_is_a_file_name_or_a_number_is_none() -> None:
    lines = [(740, 20, "The Otter Report"), *down(["Otters swim in rivers and in lakes."])]
    for title in ("47698", "report_final.docx", "Microsoft Word - report", ""):
        assert pdf_format.parse(pdf([lines], title=title)).title == "The Otter Report"
    assert pdf_format.parse(pdf([lines], title="On otters")).title == "On otters"


def test_items_have_the_number_that_is_printed() -> None:
    lines = ["The rules of the house are these, and they hold for all guests:", "1. Be quiet."]
    parsed = pdf_format.parse(pdf([down([*lines, "2. Be kind to the cat of the house."])]))
    items = [block for block in parsed.blocks if block.kind == "item"]
    assert [item.label for item in items] == ["1.", "2."]
    assert parsed.text.endswith("1. Be quiet.\n2. Be kind to the cat of the house.")


def test_a_column_of_numbers_parts_the_rows_that_no_rule_parts() -> None:
    rules = [b"0.5 w"]
    for height in (712, 695, 640):
        rules.append(b"50 %d m 350 %d l S" % (height, height))
    for left in (50, 250, 350):
        rules.append(b"%d 640 m %d 712 l S" % (left, left))
    entries = []
    for height, left, entry in (
        (700, 60, "Part"),
        (700, 260, "Mass"),
        (680, 60, "Ball valve, bored"),
        (668, 60, "through"),
        (680, 260, "0.42"),
        (656, 60, "Gate valve"),
        (656, 260, "3.75"),
    ):
        entries.append(shown(left, height, entry))
    assert page(*rules, *entries).text == (
        "Part | Mass\nBall valve, bored through | 0.42\nGate valve | 3.75"
    )


def test_letters_far_apart_are_words_of_their_own() -> None:
    marks = [shown(60 + 40 * at, 700, "0") for at in range(8)]
    assert "00" not in page(*marks).text


def test_a_text_beside_a_larger_one_keeps_its_lines() -> None:
    parsed = page(
        shown(60, 695, "We Care", size=40),
        shown(230, 712, "for an inclusive world"),
        shown(230, 700, "and a well meant future"),
    )
    assert "for an inclusive world and a well meant future" in parsed.text


def test_a_word_that_is_cut_for_its_length_is_warned_of() -> None:
    assert "cut at that length" in page(shown(10, 700, "ab" * 20_000)).warning
    assert page(shown(10, 700, "ab" * 16_000)).warning == ""


def test_items_in_a_cell_keep_their_marks() -> None:
    rules = [b"0.5 w"]
    for height in (712, 695, 660):
        rules.append(b"50 %d m 350 %d l S" % (height, height))
    for left in (50, 200, 350):
        rules.append(b"%d 660 m %d 712 l S" % (left, left))
    entries = []
    for left, name in ((60, "Fish"), (210, "Birds")):
        entries.append(shown(left, 700, name))
        for height, entry in ((684, "old ones"), (672, "new ones")):
            entries.append(shown(left, height, "-"))
            entries.append(shown(left + 20, height, entry))
    rows = page(*rules, *entries).text.split("\n")
    assert rows == ["Fish | Birds", "- old ones | - old ones", "- new ones | - new ones"]


def test_a_line_far_below_columns_belongs_to_none_of_them() -> None:
    drawings = []
    for at in range(3):
        for left in (60, 230, 400):
            drawings.append(shown(left, 700 - 12 * at, f"some of these words {at}"))
    parsed = page(*drawings, shown(240, 200, "the foot of it", size=8))
    assert parsed.text.endswith("the foot of it")


def test_the_mark_of_a_note_is_no_part_of_its_first_word() -> None:
    parsed = page(shown(60, 704, "5", size=6), shown(63.6, 700, "However, they also swim."))
    assert parsed.text == "5 However, they also swim."


def test_a_line_among_the_text_of_another_page_has_no_boxes() -> None:
    writer = Writer([Sheet(600, 800), Sheet(600, 800)], set())
    box = Box(60, 100, 300, 112)
    for number, text in ((0, "first"), (1, "second"), (0, "again the first")):
        writer.write(Part("paragraph", number, [line_at(text, box, number)]))
    first, second = writer.pages()
    assert (first.end, second.end) == (len("first\n\n"), len("first\n\nsecond\n\nagain the first"))
    assert [(line.start, line.end) for line in unpack_lines(first.lines)] == [(0, 5)]
    assert [(line.start, line.end) for line in unpack_lines(second.lines)] == [(7, 13)]


def appearance(*drawings: bytes, height: int = 60) -> bytes:
    drawn = b"\n".join(drawings)
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 %d] "
        b"/Resources << /Font << /F1 3 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
        % (height, len(drawn), drawn)
    )


def test_what_signatures_buttons_and_stamps_show_is_read_and_what_is_hidden_is_not() -> None:
    annotation = b"<< /Type /Annot %s /Rect [60 %d 260 %d] /F %d /AP << /N %d 0 R >> >>"
    field = b"/Subtype /Widget /FT /Sig /T (Signed)"
    button = b"/Subtype /Widget /FT /Btn /Ff 65536 /T (Send)"
    note = b"/Subtype /FreeText /Contents (Keep a copy.) /DA (/F1 9 Tf)"
    content = drawn_pdf(
        [shown(60, 700, "The tenant pays the rent on the first day of each month.")],
        extra=b"/Annots [8 0 R 10 0 R 12 0 R 14 0 R 16 0 R]",
        more=[
            annotation % (field, 500, 560, 4, 9),
            appearance(
                shown(5, 30, "Digitally signed by Ada Quill"), shown(5, 18, "on 2024-03-07")
            ),
            annotation % (b"/Subtype /Stamp", 400, 460, 4, 11),
            appearance(shown(5, 30, "RECEIVED 9 March 2024", size=14)),
            annotation % (b"/Subtype /Stamp", 300, 360, 2, 13),
            appearance(shown(5, 30, "VOID")),
            annotation % (note, 200, 260, 4, 15),
            appearance(shown(5, 30, "Keep a copy.")),
            annotation % (button, 100, 160, 4, 17),
            appearance(shown(5, 30, "Send the form")),
        ],
        catalog=b"/AcroForm << /Fields [8 0 R 16 0 R] /SigFlags 3 >>",
    )
    assert kinds(pdf_format.parse(content)) == [
        ("paragraph", "The tenant pays the rent on the first day of each month."),
        ("comment", "Digitally signed by Ada Quill on 2024-03-07"),
        ("comment", "RECEIVED 9 March 2024"),
        ("comment", "Send the form"),
        ("comment", "Keep a copy."),
    ]


def test_a_field_says_what_is_drawn_in_it() -> None:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /Rect [160 %d 360 %d] /F 4"
    drawn = field + b" /AP << /N %d 0 R >> >>"
    names = ("Total", "Code", "Name", "Town")
    content = drawn_pdf(
        [b" ".join([shown(60, 703 - 60 * at, name) for at, name in enumerate(names)])],
        extra=b"/Annots [8 0 R 9 0 R 10 0 R 13 0 R]",
        more=[
            drawn % (b"total", b"232324.5", 700, 714, 11),
            drawn % (b"code", b"AB12", 640, 654, 12),
            field % (b"name", b"Ada Quill", 580, 594) + b" >>",
            appearance(shown(2, 4, "232,324.50"), height=14),
            appearance(
                *(shown(2 + 20 * at, 4, letter) for at, letter in enumerate("AB12")), height=14
            ),
            drawn % (b"town", b"Oakland, CA", 520, 534, 14),
            appearance(shown(2, 4, "Oakland"), height=14),
        ],
        catalog=b"/AcroForm << /Fields [8 0 R 9 0 R 10 0 R 13 0 R] >>",
    )
    assert pdf_format.parse(content).text.split() == (
        "Total 232,324.50 Code AB12 Name Ada Quill Town Oakland".split()
    )


def test_a_list_shows_its_rows_and_says_which_one_is_chosen() -> None:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Ch /T (%s) /Opt [(Ash) (Elm) (Oak)] /F 4"
    field += b" /Rect [160 %d 360 %d] /AP << /N %d 0 R >> %s >>"
    rows = [shown(2, 44 - 14 * at, name) for at, name in enumerate(["Ash", "Elm", "Oak"])]
    content = drawn_pdf(
        [shown(60, 745, "Choose a wood.")],
        extra=b"/Annots [8 0 R 9 0 R]",
        more=[
            field % (b"wood", 640, 700, 10, b"/V (Elm)"),
            field % (b"other", 500, 560, 10, b""),
            appearance(*rows, height=60),
        ],
        catalog=b"/AcroForm << /Fields [8 0 R 9 0 R] >>",
    )
    assert kinds(pdf_format.parse(content)) == [
        ("paragraph", "Choose a wood."),
        ("paragraph", "wood: Elm"),
        ("comment", "Ash"),
        ("comment", "Oak"),
        ("comment", "Ash Elm Oak"),
    ]


def test_letters_below_one_another_are_read_down_and_the_columns_from_the_right() -> None:
    columns = [(400, "A春の夜の夢"), (372, "B秋の風")]
    drawn = []
    for left, text in columns:
        codes = text.encode("utf-16-be").hex().encode()
        drawn.append(b"BT /F3 20 Tf %d 700 Td <%s> Tj ET" % (left, codes))
    font = b"<< /Type /Font /Subtype /%s /BaseFont /Helvetica %s >>"
    system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>"
    content = drawn_pdf(
        [b" ".join(drawn)],
        more=[
            font % (b"Type0", b"/Encoding /UniJIS-UCS2-V /DescendantFonts [9 0 R]"),
            font % (b"CIDFontType0", system + b" /FontDescriptor 10 0 R"),
            b"<< /Type /FontDescriptor /FontName /Helvetica /Flags 4 /Ascent 880 /Descent -120 "
            b"/CapHeight 700 /StemV 80 /ItalicAngle 0 /FontBBox [0 -120 1000 880] >>",
        ],
    )
    text = pdf_format.parse(content.replace(b"/F2 5 0 R", b"/F3 8 0 R")).text
    assert text == "A春の夜の夢 B秋の風"


def test_a_page_that_is_turned_with_its_text_is_read_as_it_is_shown() -> None:
    lines = ["The ferry leaves at noon.", "It returns in the evening."]
    drawn = [
        b"BT /F1 12 Tf 0 -1 1 0 %d 700 Tm (%s) Tj ET" % (400 - 14 * at, line.encode())
        for at, line in enumerate(lines)
    ]
    content = drawn_pdf([b" ".join(drawn)], extra=b"/Rotate 270")
    assert pdf_format.parse(content).text == "The ferry leaves at noon. It returns in the evening."
