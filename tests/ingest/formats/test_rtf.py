import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import rtf


def read(body: str, head: str = r"\ansi\ansicpg1252") -> str:
    return rtf.parse(f"{{\\rtf1{head} {body}}}".encode("latin-1")).text


@pytest.mark.parametrize(
    ("body", "head", "text"),
    [
        (r"caf\'e9", r"\ansi\ansicpg1252", "café"),
        (r"\'ef\'f0", r"\ansi\ansicpg1251", "пр"),
        (r"{\fonttbl{\f1\fcharset128 Gothic;}}\f1\'93\'fa\'96\'7b", r"\ansi", "日本"),
        (r"\u26085?\u26412?!", r"\ansi", "日本!"),
        (r"\uc2\u233\'65\'65x", r"\ansi", "éx"),
        (r"\uc0\u-10179\u-8704 x", r"\ansi", "😀x"),
        (r"x{\super 2} H{\sub 2}O", r"\ansi", "x² H₂O"),
        (r"\ldblquote a\rdblquote\~b\_c\-d", r"\ansi", "“a” b-cd"),
        (r"{\fonttbl{\f2\fcharset2 Symbol;}}5 {\f2\'b0}C", r"\ansi", "5 °C"),
    ],
)
def test_characters_come_from_their_code_pages(body: str, head: str, text: str) -> None:
    assert read(body, head) == text


def test_destinations_without_text_are_left_out() -> None:
    body = (
        r"{\*\generator Zoo;}{\pict 89504e47}{\field{\*\fldinst HYPERLINK x}{\fldrslt the map}}"
        r"{\*\unheard of}{\upr{old}{\*\ud{new}}} \bin4 {{}}end"
    )
    assert read(body) == "the mapnew end"


def test_headings_lists_and_hidden_text() -> None:
    body = (
        r"{\stylesheet{\s1 heading 1;}}\pard\s1 Otters\par\pard{\listtext 1.\tab}crab\par"
        r"{\listtext 2.\tab}fish\par\pard They {\v secretly }swim.\par"
    )
    parsed = rtf.parse(f"{{\\rtf1 {body}}}".encode())
    assert parsed.text == "Otters\n\n1. crab\n2. fish\n\nThey swim.\n\nsecretly"
    assert [section.title for section in parsed.sections] == ["Otters"]
    assert [place.reason for place in parsed.hidden] == ["hidden text"]
    assert [block.label for block in parsed.blocks if block.kind == "item"] == ["1.", "2."]


def test_tables_with_merged_cells() -> None:
    body = (
        r"\trowd\trhdr\cellx1\cellx2\pard\intbl Floor\cell Room\cell\row"
        r"\trowd\clvmgf\cellx1\cellx2\pard\intbl First\cell hall\cell\row"
        r"\trowd\clvmrg\cellx1\cellx2\pard\intbl\cell attic\cell\row\pard After.\par"
    )
    parsed = rtf.parse(f"{{\\rtf1 {body}}}".encode())
    assert parsed.text == "Floor | Room\nFirst | hall\nattic\n\nAfter."
    first = next(b for b in parsed.blocks if parsed.text[b.start : b.end] == "First")
    assert first.row_span == 2
    assert [block.is_header for block in parsed.blocks if block.kind == "cell"][:3] == [
        True,
        True,
        False,
    ]


def test_notes_comments_and_margins() -> None:
    body = (
        r"{\header QA-881}{\footer Page \chpgn}The rent{\super\chftn}{\footnote\chftn  A year.}"
        r"{\*\atnauthor Editor}{\*\annotation Why?} is 240.\par"
    )
    parsed = rtf.parse(f"{{\\rtf1 {body}}}".encode())
    kinds = [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]
    assert kinds == [
        ("header", "QA-881"),
        ("paragraph", "The rent is 240."),
        ("note", "1 A year."),
        ("comment", "Editor: Why?"),
    ]


def test_braces_without_end_and_a_cut_file_keep_their_text() -> None:
    assert read("{" * 100_000 + "deep") == "deep"
    assert rtf.parse(rb"{\rtf1 Otters swim.\par They e").text == "Otters swim.\n\nThey e"
    assert rtf.parse(rb"{\rtf1 a}}}} b").text == "a b"


def test_what_is_no_rich_text_is_refused() -> None:
    with pytest.raises(FileSkipped, match="not rich text"):
        rtf.parse(b"Otters swim.")
