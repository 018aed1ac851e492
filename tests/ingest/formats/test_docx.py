from typing import Any

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import docx
from made_files import archive, word

PLAIN = {"word/document.xml": b"<w:document/>", "[Content_Types].xml": b"<Types/>"}


def filled(document: Any) -> None:
    document.add_heading("Otters", 0)
    document.add_heading("Food", 2)
    document.add_paragraph("They eat crabs.\tAnd fish.")
    for item in ("crab", "fish"):
        document.add_paragraph(item, style="List Bullet")
    document.add_paragraph("Then:")
    for item in ("one", "two"):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, (("Year", "Number"), ("2020", "5")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def test_headings_items_and_tables() -> None:
    parsed = docx.parse(word(filled))
    assert parsed.text.split("\n\n") == [
        "Otters",
        "Food",
        "They eat crabs. And fish.",
        "- crab\n- fish",
        "Then:",
        "1. one\n2. two",
        "Year | Number\n2020 | 5",
    ]
    assert [(s.title, s.level) for s in parsed.sections] == [("Otters", 1), ("Food", 2)]
    assert parsed.title == "Otters"


def of_runs(*runs: str) -> str:
    """What is read of a paragraph with these elements in it."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(document: Any) -> None:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph._p.append(parse_xml(run.replace(">", f" {nsdecls('w')}>", 1)))

    return docx.parse(word(fill)).text


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ("<w:ins ><w:r><w:t>swims.</w:t></w:r></w:ins>", "swims."),
        ("<w:del ><w:r><w:delText>no</w:delText></w:r></w:del>", ""),
        ("<w:moveFrom ><w:r><w:t>moved</w:t></w:r></w:moveFrom>", ""),
        ("<w:moveTo ><w:r><w:t>moved</w:t></w:r></w:moveTo>", "moved"),
        ("<w:r ><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>seen</w:t></w:r>", "seen"),
        ("<w:r ><w:t>T</w:t><w:noBreakHyphen/><w:t>VEC</w:t></w:r>", "T-VEC"),
        ("<w:r ><w:sym w:font='Symbol' w:char='F0B1'/><w:t>5</w:t></w:r>", "±5"),
        ("<w:r ><w:sym w:font='Wingdings' w:char='F04A'/><w:t>5</w:t></w:r>", "\ufffd5"),
    ],
)
def test_a_run_is_read_as_it_is_seen(run: str, text: str) -> None:
    assert of_runs("<w:r ><w:t>It: </w:t></w:r>", run) == f"It: {text}".strip()


WHITE = "<w:color w:val='FFFFFF'/>"
DARK = "<w:shd w:val='clear' w:fill='1F3864'/>"
STYLES = """
<w:style {0} w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style {0} w:type="character" w:styleId="Heir"><w:basedOn w:val="Ghost"/></w:style>
<w:style {0} w:type="paragraph" w:styleId="Pale"><w:rPr><w:color w:val="FEFEFF"/></w:rPr></w:style>
<w:style {0} w:type="paragraph" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>
"""


def hidden_in(body: str, style: str = "") -> list[tuple[str, str]]:
    """What is hidden, and why, of a visible run, a run or table `body`, and a visible run."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(document: Any) -> None:
        for line in STYLES.strip().splitlines():
            document.styles.element.append(parse_xml(line.format(nsdecls("w"))))
        element = parse_xml(body.replace(">", f" {nsdecls('w')}>", 1))
        if element.tag.endswith("}tbl"):
            document.element.body.insert(0, element)
            return
        paragraph = document.add_paragraph()
        paragraph.add_run("It swims").font.hidden = False
        paragraph._p.append(element)
        paragraph.add_run(" far.").font.hidden = False
        if style:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f"<w:pStyle {nsdecls('w')} w:val='{style}'/>")
            )

    parsed = docx.parse(word(fill))
    if not body.startswith("<w:tbl"):
        assert parsed.text == "It swims far.\n\nsecret" or not parsed.hidden or style
    return [(parsed.text[range.start : range.end], range.reason) for range in parsed.hidden]


def run(properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>secret</w:t></w:r>"


def table(cell: str, run_properties: str) -> str:
    return (
        f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr>{cell}</w:tcPr>"
        f"<w:p>{run(run_properties)}</w:p></w:tc></w:tr></w:tbl>"
    )


@pytest.mark.parametrize(
    ("body", "style", "reason"),
    [
        (run("<w:vanish/>"), "", "hidden text"),
        (run("<w:rStyle w:val='Ghost'/>"), "", "hidden text"),
        (run("<w:rStyle w:val='Heir'/>"), "", "hidden text"),
        (run("<w:rStyle w:val='Ghost'/><w:vanish w:val='0'/>"), "", ""),
        (run("<w:rStyle w:val='Ghost'/>"), "Gone", ""),
        (run("<w:webHidden/>"), "", ""),
        (run(WHITE), "", "white text"),
        (run("<w:color w:val='auto'/>"), "", ""),
        (run("<w:color w:val='808080'/>"), "", ""),
        (run(f"{WHITE}<w:highlight w:val='darkBlue'/>"), "", ""),
        (run(f"{WHITE}{DARK}"), "", ""),
        (run(f"{WHITE}<w:outline/>"), "", ""),
        (run("<w:color w:val='1F3864'/>" + DARK), "", "text in the colour of its background"),
        (run("<w:sz w:val='2'/>"), "", "one-point text"),
        (run("<w:sz w:val='4'/>"), "", "two-point text"),
        (run("<w:sz w:val='10'/>"), "", ""),
        (table("", WHITE), "", "white text"),
        (table(DARK, WHITE), "", ""),
    ],
)
def test_a_run_that_no_reader_sees_is_hidden(body: str, style: str, reason: str) -> None:
    assert hidden_in(body, style) == ([("secret", reason)] if reason else [])


def test_the_style_of_a_paragraph_hides_its_runs() -> None:
    pale = hidden_in(run(""), "Pale")
    assert pale == [("It swimssecret far.", "white text")]


def test_a_hidden_heading_is_no_section() -> None:
    def fill(document: Any) -> None:
        document.add_heading("", 1).add_run("Secret").font.hidden = True
        document.add_heading("Otters", 1).add_run(" hidden").font.hidden = True
        document.add_paragraph("Otters swim.")

    parsed = docx.parse(word(fill))
    assert parsed.text == "Secret\n\nOtters\n\nhidden\n\nOtters swim."
    assert [section.title for section in parsed.sections] == ["", "Otters"]
    assert parsed.title == "Otters"


def test_prose_in_a_style_of_lists_is_no_item() -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(document: Any) -> None:
        document.add_paragraph("Indented.", style="List Paragraph")
        paragraph = document.add_paragraph("Switched off.", style="List Paragraph")
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>')
        )

    assert docx.parse(word(fill)).text == "Indented.\n\nSwitched off."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 cut", "damaged archive"),
        (word(filled)[:3000], "damaged archive"),
        (archive({"a.txt": b"x"}), "not a Word document"),
        (archive({**PLAIN, "../x": b"x"}), "leads outside"),
        (archive({**PLAIN, "word/bomb.bin": b"0" * 30_000_000}), "far more than it holds"),
        (
            archive(
                {"word/document.xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}
            ),
            "document type",
        ),
        (archive(PLAIN), "damaged Word document"),
        (
            archive({**PLAIN, **{f"p{at}": b"" for at in range(6000)}}),
            "more than a document has",
        ),
    ],
)
def test_what_is_unsafe_or_damaged_is_skipped_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        docx.parse(content)
