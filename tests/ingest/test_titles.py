"""Titles that say something, out of what files give for them."""

from pathlib import Path

import pytest

from inquote.ingest.files.load import load_document, read_content
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.titles import is_worded, without_note_mark
from made_files import drawn_pdf, shown

PICTURE = (
    b"q 612 0 0 792 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xc8 EI Q"  # grey, over the whole page
)


def scan_of(*lines: str) -> bytes:
    """A page that is a picture, with words drawn invisibly over it; the first is a heading."""
    words = [shown(72, 700 - 40 * at, line, 10 if at else 20) for at, line in enumerate(lines)]
    return drawn_pdf([b"\n".join([PICTURE, b"3 Tr", *words])])


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Taux bonifiés 2019 1)", "Taux bonifiés 2019"),
        ("Annual Report*", "Annual Report"),
        ("Annual Report †", "Annual Report"),
        ("Attention is all you need¹", "Attention is all you need"),
        ("A survey [1]", "A survey"),
        ("Searching with A*", "Searching with A*"),
        ("The area in km²", "The area in km²"),
        ("Part (1)", "Part (1)"),
        ("1)", "1)"),
        ("", ""),
    ],
)
def test_the_mark_of_a_note_is_no_part_of_a_title(title: str, expected: str) -> None:
    assert without_note_mark(title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Annual Report of the WHO, 2019", True),
        ("Über die Verträge O'Neill & Söhne", True),
        ("코로나-19 관련 보험약관상", True),
        ("EASTERN MEDITERRANEAN", True),
        ("toi n»Bfl. iseorty ttsrootj saifii, GROTE, n u t , s*r;tiiR» and", False),
        ("3s«»teership and", False),
        ("l t d , a c c", False),
        ("2019 - 12", False),
    ],
)
def test_words_that_were_read_from_a_picture_look_like_words(text: str, expected: bool) -> None:
    assert is_worded(text) == expected


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Minutes of the meeting", "Minutes of the meeting"),
        ("toi n*Bfl. iseorty n u t", "old memo"),
        ("1. Introduction", "old memo"),
    ],
)
def test_a_scan_that_another_program_has_read_is_known_as_one(
    tmp_path: Path, heading: str, title: str
) -> None:
    file = tmp_path / "old_memo.pdf"
    file.write_bytes(scan_of(heading, "The dose is five grams a day, and no more is to be taken."))
    with Sandbox() as sandbox:
        document, _ = load_document(read_content(file), "old_memo.pdf", sandbox)
    assert document.title == title
    assert [score for _, _, score in document.recognised] == [1.0]
    assert "five grams" in document.text
    assert document.hidden == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# TBD\n\nIt is new.", "harbour log"),
        ("# 12 May 2021\n\nIt is new.", "harbour log"),
        (f"# 1. Terms. {'The words have their meanings. ' * 5}\n\nIt.", "harbour log"),
        (
            "---\ntitle: harbour_log_v202109\n---\n\n# Log of the harbour\n\nIt.",
            "Log of the harbour",
        ),
        ("---\ntitle: Q3 2023 results\n---\n\nIt.", "Q3 2023 results"),
    ],
)
def test_a_title_that_says_nothing_gives_way(tmp_path: Path, text: str, title: str) -> None:
    (tmp_path / "harbour_log.md").write_text(text)
    file = read_content(tmp_path / "harbour_log.md")
    with Sandbox() as sandbox:
        assert load_document(file, "harbour_log.md", sandbox)[0].title == title
