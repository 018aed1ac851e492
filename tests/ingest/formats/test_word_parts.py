"""Notes, numbers, merges, margins and equations of Word, from XML as its programs write it."""

import pytest
from made_office import cell, paragraph, part, relations, strict, word_of

from inquote.ingest.formats import docx
from made_files import archive

LEASE = paragraph("The rent is 240 crowns.")


def lines_of(content: bytes) -> list[str]:
    return docx.parse(content).text.split("\n\n")


def kinds_of(content: bytes) -> list[tuple[str, str]]:
    parsed = docx.parse(content)
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def note(kind: str, id: int, text: str, more: str = "") -> str:
    return f'<w:{kind} w:id="{id}" {more}>{paragraph(text)}</w:{kind}>'


def test_a_note_follows_its_paragraph_with_its_mark() -> None:
    refer = '<w:footnoteReference w:id="2"/>'
    end = '<w:endnoteReference w:id="1"/>'
    content = word_of(
        paragraph("The rent is 240 crowns.", "", refer) + paragraph("It rises.", "", end) + LEASE,
        footnotes=note("footnote", 0, "no", 'w:type="separator"') + note("footnote", 2, "A year."),
        endnotes=note("endnote", 1, "By three per cent."),
    )
    assert kinds_of(content)[:4] == [
        ("paragraph", "The rent is 240 crowns.¹"),
        ("note", "1 A year."),
        ("paragraph", "It rises.ⁱ"),
        ("note", "i By three per cent."),
    ]
    assert [block.label for block in docx.parse(content).blocks] == ["", "1", "", "i", ""]


def test_the_mark_of_a_note_stands_apart_from_a_word_and_a_number() -> None:
    refer = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    hidden = '<w:r><w:rPr><w:vanish/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
    rest = '<w:r><w:t>, a year</w:t></w:r><w:r><w:footnoteReference w:id="9"/></w:r>'
    first = f"<w:p><w:r><w:t>It is 240</w:t></w:r>{refer}{rest}</w:p>"
    content = word_of(
        first + f"<w:p><w:r><w:t>Rent</w:t></w:r>{hidden}</w:p>",
        footnotes=note("footnote", 2, "Gross."),
    )
    assert lines_of(content)[:3] == ["It is 240 ¹, a year", "1 Gross.", "Rent"]


def test_a_note_has_the_mark_that_its_author_set() -> None:
    run = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    content = word_of(f"<w:p>{run}</w:p>", footnotes=note("footnote", 2, "Gross."))
    assert lines_of(content) == ["*", "* Gross."]


def test_a_comment_follows_its_paragraph_with_its_author() -> None:
    content = word_of(
        paragraph("It rises.", "", '<w:commentReference w:id="0"/>'),
        comments=note("comment", 0, "By how much?", 'w:author="Editor"'),
    )
    assert kinds_of(content)[1] == ("comment", "Editor: By how much?")


def test_a_broken_part_costs_what_it_holds() -> None:
    content = word_of(LEASE, footnotes="<w:footnote", styles="<<<", numbering="&", comments="")
    assert lines_of(content) == ["The rent is 240 crowns."]


def level(depth: int, format: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def scheme(*levels: str, lists: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>{lists}'
    )


def item(text: str, depth: int = 0, list: int = 3) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list}"/></w:numPr>')


def test_numbers_are_those_that_word_prints() -> None:
    body = item("Use") + item("Care", 1) + item("Damage", 1) + item("Term") + item("Notice", 1)
    numbers = scheme(level(0, "decimal", "%1."), level(1, "decimal", "%1.%2"))
    assert lines_of(word_of(body, numbering=numbers)) == [
        "1. Use",
        "1.1 Care",
        "1.2 Damage",
        "2. Term",
        "2.1 Notice",
    ]


@pytest.mark.parametrize(
    ("format", "printed"),
    [
        ("lowerLetter", "(b)"),
        ("upperRoman", "(II)"),
        ("decimalZero", "(02)"),
        ("russianLower", "(б)"),
        ("chineseCounting", "(二)"),
        ("ordinal", "(2nd)"),
        ("unheardOf", "(2)"),
    ],
)
def test_a_list_counts_in_its_own_numerals(format: str, printed: str) -> None:
    content = word_of(item("a") + item("b"), numbering=scheme(level(0, format, "(%1)")))
    assert docx.parse(content).blocks[1].label == printed
    assert f"{printed} b" in docx.parse(content).text


def test_a_list_starts_where_it_says_and_prose_does_not_end_it() -> None:
    again = (
        '<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = item("a") + paragraph("Prose.") + item("b") + item("e", list=4) + item("f", list=4)
    content = word_of(body, numbering=scheme(level(0, "decimal", "%1."), lists=again))
    assert docx.parse(content).text == "1. a\n\nProse.\n\n2. b\n5. e\n6. f"


def test_a_bullet_is_a_bullet_and_a_level_without_text_is_prose() -> None:
    numbers = scheme(level(0, "bullet", "\uf0b7"), level(1, "none", ""))
    content = word_of(item("a") + item("b", 1), numbering=numbers)
    assert kinds_of(content) == [("item", "- a"), ("paragraph", "b")]


def test_the_items_of_a_cell_have_their_bullets_but_for_a_lone_one() -> None:
    row = f"<w:tc>{item('Teal')}{item('Mallard')}</w:tc><w:tc>{item('Goose')}</w:tc>"
    numbers = scheme(level(0, "bullet", "\uf0b7"))
    content = word_of(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>", numbering=numbers)
    assert docx.parse(content).text == "- Teal - Mallard | Goose"


STYLES = """
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr>
<w:numPr><w:numId w:val="3"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Eigen"><w:name w:val="Kapitel"/>
<w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Ueb"><w:name w:val="Überschrift 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Inhalt"><w:name w:val="TOC Heading"/>
<w:basedOn w:val="Ueb"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Bild"><w:name w:val="caption"/></w:style>
"""


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def test_headings_by_style_by_its_ground_and_by_outline_level() -> None:
    body = (
        styled("Nutzung", "berschrift1")
        + styled("Prüfung", "Eigen")
        + styled("Kosten", "Ueb")
        + styled("Inhalt", "Inhalt")
        + paragraph("Haftung", '<w:outlineLvl w:val="2"/>')
        + styled("Abb. 1: Steg", "Bild")
        + styled("Eine Klausel " * 40, "Ueb")
    )
    content = word_of(body, styles=STYLES, numbering=scheme(level(0, "decimal", "%1")))
    parsed = docx.parse(content)
    assert [(section.title, section.level) for section in parsed.sections] == [
        ("1 Nutzung", 1),
        ("2 Prüfung", 1),
        ("Kosten", 2),
        ("Haftung", 3),
    ]
    assert [block.kind for block in parsed.blocks][3:] == [
        "paragraph",
        "heading",
        "caption",
        "paragraph",
    ]


def field(instruction: str, result: str) -> str:
    turns = [f'<w:r><w:fldChar w:fldCharType="{turn}"/></w:r>' for turn in ("begin", "separate")]
    return (
        f"{turns[0]}<w:r><w:instrText>{instruction}</w:instrText></w:r>{turns[1]}"
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_margins_stand_once_and_page_numbers_are_left_out() -> None:
    references = (
        '<w:headerReference r:id="header" w:type="default"/>'
        '<w:footerReference r:id="footer" w:type="default"/>'
    )
    section = f"<w:sectPr>{references}</w:sectPr>"
    body = paragraph("Text.", section) + paragraph("More.") + section
    page = f"<w:p><w:r><w:t>Page </w:t></w:r>{field(' PAGE ', '1')}</w:p>"
    row = f"<w:tbl><w:tr>{cell('Mill House')}{cell('555 0139')}</w:tr></w:tbl>"
    content = word_of(body, header=paragraph("QA-881") + page, footer=row)
    assert kinds_of(content) == [
        ("header", "QA-881"),
        ("paragraph", "Text."),
        ("paragraph", "More."),
        ("footer", "Mill House | 555 0139"),
    ]


def test_a_margin_of_pages_that_are_not_told_apart_is_not_shown() -> None:
    section = '<w:sectPr><w:headerReference r:id="header" w:type="first"/></w:sectPr>'
    content = word_of(LEASE + section, header=paragraph("Draft"))
    assert lines_of(content) == ["The rent is 240 crowns."]


def test_only_the_result_of_a_field_is_read() -> None:
    body = f"<w:p>{field('HYPERLINK &quot;http://x.test&quot;', 'the map')}</w:p>"
    assert lines_of(word_of(body)) == ["the map"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('Gate code 5526')}</w:txbxContent>"
    shape = (
        f"<mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    assert lines_of(word_of(paragraph("See the box.", "", shape))) == [
        "See the box.",
        "Gate code 5526",
    ]


def test_content_controls_hold_rows_cells_and_paragraphs() -> None:
    row = f"<w:tr>{cell('Deposit')}<w:sdt><w:sdtContent>{cell('310')}</w:sdtContent></w:sdt></w:tr>"
    rows = f"<w:tr>{cell('Name')}{cell('Sum')}</w:tr><w:sdt><w:sdtContent>{row}</w:sdtContent>"
    body = f"<w:sdt><w:sdtContent>{LEASE}</w:sdtContent></w:sdt><w:tbl>{rows}</w:sdt></w:tbl>"
    assert lines_of(word_of(body)) == ["The rent is 240 crowns.", "Name | Sum\nDeposit | 310"]


def test_merged_cells_have_spans_and_a_bad_merge_costs_nothing() -> None:
    merged = '<w:vMerge w:val="restart"/>'
    body = (
        f"<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('Floor')}"
        f"{cell('Rooms', '<w:gridSpan w:val=&quot;2&quot;/>'.replace('&quot;', chr(34)))}</w:tr>"
        f"<w:tr>{cell('First', merged)}{cell('library')}{cell('4')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('hall')}</w:tr>"
        f"<w:tr>{cell('Second')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('attic', '<w:vMerge/>')}</w:tr></w:tbl>"
    )
    parsed = docx.parse(word_of(body))
    cells = [
        (parsed.text[b.start : b.end], b.row, b.column, b.row_span, b.column_span, b.is_header)
        for b in parsed.blocks
        if b.kind == "cell"
    ]
    assert cells[:5] == [
        ("Floor", 0, 0, 1, 1, True),
        ("Rooms", 0, 1, 1, 2, True),
        ("First", 1, 0, 2, 1, False),
        ("library", 1, 1, 1, 1, False),
        ("4", 1, 2, 1, 1, False),
    ]
    assert ("hall", 2, 1, 1, 1, False) in cells and ("attic", 4, 1, 1, 1, False) in cells


def test_a_table_in_a_cell_follows_and_a_table_of_one_cell_is_prose() -> None:
    inner = f"<w:tbl><w:tr>{cell('a')}{cell('b')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('Out')}{inner}</w:tc>{cell('c')}</w:tr></w:tbl>"
    single = f"<w:tbl><w:tr><w:tc>{LEASE}{paragraph('It rises.')}</w:tc></w:tr></w:tbl>"
    assert lines_of(word_of(outer + single)) == [
        "Out | c",
        "a | b",
        "The rent is 240 crowns.",
        "It rises.",
    ]


def math(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (
            f"{math('T=2π')}<m:rad><m:deg/><m:e><m:f><m:num>{math('L')}</m:num>"
            f"<m:den>{math('g')}</m:den></m:f></m:e></m:rad>",
            "T=2π√(L/g)",
        ),
        (f"<m:sSup><m:e>{math('r')}</m:e><m:sup>{math('2')}</m:sup></m:sSup>", "r²"),
        (f"<m:sSub><m:e>{math('x')}</m:e><m:sub>{math('i+1')}</m:sub></m:sSub>", "x_(i+1)"),
        (f"<m:d><m:e>{math('a+b')}</m:e></m:d>", "(a+b)"),
    ],
)
def test_an_equation_is_a_line_of_text(equation: str, text: str) -> None:
    assert lines_of(word_of(f"<w:p><m:oMath>{equation}</m:oMath></w:p>")) == [text]


def test_strict_files_and_main_parts_of_other_names() -> None:
    assert lines_of(strict(word_of(LEASE))) == ["The rent is 240 crowns."]
    assert lines_of(word_of(LEASE, main="document2.xml")) == ["The rent is 240 crowns."]


def test_a_foreign_text_is_read_where_it_stands() -> None:
    files = {
        "word/document.xml": part("document", '<w:body><w:altChunk r:id="a"/></w:body>'),
        "word/_rels/document.xml.rels": relations({"a.html": "a aFChunk"}),
        "word/a.html": b"<html><body><h1>Lease</h1><p>The rent is 240 crowns.</body></html>",
    }
    assert lines_of(archive(files)) == ["Lease", "The rent is 240 crowns."]


def test_a_large_first_letter_and_a_deleted_end_join_paragraphs() -> None:
    body = paragraph("O", '<w:framePr w:dropCap="drop"/>') + paragraph("tters")
    body += paragraph("They", "<w:rPr><w:del/></w:rPr>") + paragraph("swim.")
    assert lines_of(word_of(body)) == ["Otters", "They swim."]


def test_choices_of_old_forms_are_read() -> None:
    box = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    begin = f'<w:r><w:fldChar w:fldCharType="begin">{box}</w:fldChar></w:r>'
    body = f"<w:p>{begin}<w:r><w:t>no</w:t></w:r></w:p>{LEASE}"
    assert lines_of(word_of(body)) == ["☒", "The rent is 240 crowns."]


def test_the_lines_of_a_program_are_one_block() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="Source Code"/></w:style>'
    body = styled("for x in y:", "C") + styled("    print(x)", "C") + LEASE
    assert kinds_of(word_of(body, styles=styles)) == [
        ("code", "for x in y:\n    print(x)"),
        ("paragraph", "The rent is 240 crowns."),
    ]


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        ([("Year", "Otters"), ("2020", "5"), ("2021", "7")], True),
        ([("Name", "Otter"), ("Age", "5")], False),
        ([("Name", "Otter"), ("Food", "crab"), ("Age", "5")], False),
        ([("2019", "4"), ("2020", "5"), ("2021", "7")], False),
    ],
)
def test_a_row_of_words_above_numbers_heads_them(rows: list[tuple[str, str]], heads: bool) -> None:
    body = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    parsed = docx.parse(word_of(f"<w:tbl>{body}</w:tbl>"))
    assert [block.is_header for block in parsed.blocks if block.kind == "cell"][:2] == [heads] * 2


def test_a_bold_or_shaded_first_row_heads_a_table() -> None:
    shade = '<w:shd w:val="clear" w:fill="D9D9D9"/>'
    rows = f"<w:tr>{cell('A', shade)}{cell('B', shade)}</w:tr><w:tr>{cell('x')}{cell('y')}</w:tr>"
    bold = rows.replace(shade, "").replace("<w:r><w:t>A", "<w:r><w:rPr><w:b/></w:rPr><w:t>A", 1)
    bold = bold.replace("<w:r><w:t>B", "<w:r><w:rPr><w:b/></w:rPr><w:t>B", 1)
    for table in (rows, bold):
        parsed = docx.parse(word_of(f"<w:tbl>{table}</w:tbl>"))
        headers = [
            parsed.text[block.start : block.end] for block in parsed.blocks if block.is_header
        ]
        assert headers == ["A", "B"]
