import pytest
from made_office import opendocument

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import odt
from inquote.ingest.formats.registry import detect_format
from made_files import archive

LIST = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" '
    'style:num-format="1" text:display-levels="2"/></text:list-style>'
)
HIDING = (
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/>'
    "</style:style>"
)


def item(text: str, more: str = "") -> str:
    return f"<text:list-item><text:p>{text}</text:p>{more}</text:list-item>"


def kinds_of(body: str, styles: str = "") -> list[tuple[str, str]]:
    parsed = odt.parse(opendocument(body, styles))
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def test_lists_print_their_numbers() -> None:
    inner = f"<text:list>{item('Care')}{item('Damage')}</text:list>"
    body = f'<text:list text:style-name="L">{item("Use", inner)}{item("Term")}</text:list>'
    assert kinds_of(body, LIST) == [
        ("item", "1. Use"),
        ("item", "1.1 Care"),
        ("item", "1.2 Damage"),
        ("item", "2. Term"),
    ]


def test_notes_comments_and_spaces() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A year."
        "</text:p></text:note-body></text:note>"
    )
    comment = "<office:annotation><dc:creator>Editor</dc:creator><text:p>Why?</text:p>"
    body = f"<text:p>240{note} crowns<text:s/>a{comment}</office:annotation>\n  year.</text:p>"
    assert kinds_of(body) == [
        ("paragraph", "240 crowns a year."),
        ("note", "1 A year."),
        ("comment", "Editor: Why?"),
    ]


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def test_tables_have_headers_and_spans() -> None:
    covered = "<table:covered-table-cell/>"
    body = (
        "<table:table><table:table-header-rows><table:table-row>"
        + cell("Floor", 'table:number-columns-spanned="2"')
        + f"{covered}</table:table-row></table:table-header-rows><table:table-row>"
        + f"{cell('1')}{cell('hall')}</table:table-row></table:table>"
    )
    parsed = odt.parse(opendocument(body))
    assert parsed.text == "Floor\n1 | hall"
    cells = [block for block in parsed.blocks if block.kind == "cell"]
    assert [(b.row, b.column, b.column_span, b.is_header) for b in cells] == [
        (0, 0, 2, True),
        (1, 0, 1, False),
        (1, 1, 1, False),
    ]


def test_the_items_of_lists_in_cells_have_their_labels() -> None:
    inner = f"<text:list>{item('Care')}{item('Damage')}</text:list>"
    numbered = f'<text:list text:style-name="L">{item("Use", inner)}{item("Term")}</text:list>'
    bullets = f"<text:list text:style-name='B'>{item('Teal')}{item('Mallard')}</text:list>"
    style = '<text:list-style style:name="B"><text:list-level-style-bullet text:level="1"/>'
    body = (
        f"<table:table><table:table-row><table:table-cell>{numbered}</table:table-cell>"
        f"<table:table-cell>{bullets}"
        "</table:table-cell></table:table-row></table:table>"
    )
    parsed = odt.parse(opendocument(body, f"{LIST}{style}</text:list-style>"))
    assert parsed.text == "1. Use 1.1 Care 1.2 Damage 2. Term | - Teal - Mallard"


def test_what_is_hidden_and_what_was_deleted() -> None:
    deleted = "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    body = f'{deleted}<text:p>Otters<text:span text:style-name="H"> glow</text:span> swim.</text:p>'
    parsed = odt.parse(opendocument(body, HIDING))
    assert parsed.text == "Otters swim.\n\nglow"
    assert [place.reason for place in parsed.hidden] == ["hidden text"]


def test_a_flat_file_is_read() -> None:
    content = opendocument("<text:p>Otters swim.</text:p>")
    import io
    import zipfile

    xml = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
    flat = xml.replace("document-content", "document").replace(
        "<office:document ",
        '<office:document office:mimetype="application/vnd.oasis.opendocument.text" ',
        1,
    )
    flat = "<?xml version='1.0'?>\n" + flat
    assert detect_format(flat.encode(), ".fodt") is odt.FORMAT
    assert odt.parse(flat.encode()).text == "Otters swim."


ENTITY = "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (opendocument("", content=ENTITY), "document type"),
        (opendocument("", content="<x/>"), "damaged OpenDocument"),
        (opendocument("")[:200], "damaged archive"),
        (archive({"content.xml": b"<x/>", "a": b"0" * 30_000_000}), "far more than"),
        (
            archive({"META-INF/manifest.xml": b"<m:encryption-data/>", "content.xml": b"x"}),
            "needs a password",
        ),
        (ENTITY.encode(), "document type"),
    ],
)
def test_what_is_unsafe_or_damaged_is_skipped_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        odt.parse(content)
