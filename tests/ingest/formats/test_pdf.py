import re

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats import pdf as pdf_format
from made_files import down, pdf

LONG = "Otters are semiaquatic mammals of the weasel family that live along rivers"


def text_of(*pages: list[tuple[float, float, str]]) -> str:
    return pdf_format.parse(pdf(pages)).text


def test_larger_lines_are_headings_and_lines_of_a_paragraph_are_joined() -> None:
    parsed = pdf_format.parse(
        pdf(
            [
                [
                    (740, 20, "The Otter Report"),
                    *down([LONG, "and lakes. They eat crabs."], start=710),
                ],
                [(740, 14, "Food"), *down([LONG + ".", "They fish."], start=710)],
            ]
        )
    )
    assert parsed.text.split("\n\n") == [
        "The Otter Report",
        f"{LONG} and lakes. They eat crabs.",
        "Food",
        f"{LONG}. They fish.",
    ]
    assert [(s.title, s.level) for s in parsed.sections] == [("The Otter Report", 1), ("Food", 2)]
    assert parsed.title == "The Otter Report"
    assert [parsed.text[page.start :][:4] for page in parsed.pages] == ["The ", "Food"]


def test_a_wider_distance_opens_a_paragraph_and_an_item_stands_alone() -> None:
    lines = [
        *down([LONG, LONG + "."], start=700),
        *down([LONG, "and so on:", "1. crabs", "2. fish"], start=660),
    ]
    assert text_of(lines) == f"{LONG} {LONG}.\n\n{LONG} and so on:\n\n1. crabs\n2. fish"


def test_a_divided_word_is_joined_unless_it_is_written_with_a_hyphen_elsewhere() -> None:
    lines = down(
        [
            LONG + " and are semi-",
            "aquatic, as is well-known of otters, and they are well-",
            "known for it.",
        ]
    )
    assert text_of(lines).endswith(
        "and are semiaquatic, as is well-known of otters, and they are well-known for it."
    )


def test_a_sentence_goes_on_over_the_end_of_a_page_and_the_page_is_known() -> None:
    parsed = pdf_format.parse(
        pdf(
            [
                down(
                    [LONG, LONG, "and so they do when they swim in rivers and in lakes, and they"]
                ),
                down(["swim well. " + LONG + "."]),
            ]
        )
    )
    assert parsed.text.endswith(f"in lakes, and they swim well. {LONG}.")
    assert parsed.text[parsed.pages[1].start :].startswith("swim well")


def test_what_returns_at_the_edge_of_the_pages_is_the_page_s() -> None:
    pages = [
        [
            (770, 8, "Zoo news 2020"),
            *down([f"Page {word} says: {LONG}.", "So it is."]),
            (30, 8, f"{at} of 4"),
        ]
        for at, word in enumerate(("one", "two", "three", "four"), 1)
    ]
    parsed = pdf_format.parse(pdf(pages))
    assert parsed.text.count("Zoo news") == 4
    assert [block.kind for block in parsed.blocks] == ["header", "paragraph"] * 4
    assert "of 4" not in parsed.text
    assert [page.label for page in parsed.pages] == ["1", "2", "3", "4"]
    assert parsed.text.count("So it is.") == 4


def test_short_lines_stand_for_themselves() -> None:
    lines = down([LONG, LONG, "Year Number", "2020 5", "2021 7"])
    assert text_of(lines).endswith("Year Number\n\n2020 5\n\n2021 7")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\nnot really", "damaged PDF"),
        (pdf([down(["text"])])[:200], "damaged PDF"),
        (pdf([[]]), "only pictures of it"),
        (
            pdf([down(["x"])]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"),
            "damaged PDF|only pictures",
        ),
    ],
)
def test_what_cannot_be_read_is_skipped_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        pdf_format.parse(content)


def test_an_encrypted_file_is_skipped() -> None:
    # A user's password of which nobody knows the letters: its check is 32 times the same byte.
    security = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    content = pdf([down(["secret"])])
    locked = content.replace(b"/Info 4 0 R", b"/Info 4 0 R /Encrypt %s /ID [<00> <00>]" % security)
    with pytest.raises(FileSkipped, match="password"):
        pdf_format.parse(locked)


def test_a_decompression_bomb_is_skipped() -> None:
    import zlib

    bomb = zlib.compress(zlib.compress(b"0" * 200_000_000, 9), 9)
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(bomb),
        bomb,
    )
    content = re.sub(
        rb"<< /Length \d+ >>\nstream.*?endstream",
        lambda _: stream,
        pdf([down(["x"])]),
        flags=re.DOTALL,
    )
    with Sandbox() as sandbox, pytest.raises(FileSkipped, match=r"PDF|memory|longer|holds no text"):
        sandbox.parse("pdf", content)


def test_glyphs_without_characters_are_refused_with_the_reason() -> None:
    names = b" ".join(b"/g%d" % number for number in range(3, 98))
    named = b"/FontFile3 8 0 R /Encoding << /Type /Encoding /Differences [32 %s] >>" % names
    content = pdf([down(["The archive is open on three days of the week."])])
    content = content.replace(b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding", named, 1)
    with pytest.raises(FileSkipped, match="fonts of this PDF"):
        pdf_format.parse(content)


def test_a_broken_page_costs_that_page() -> None:
    content = pdf([down(["The first page says this."]), down(["The second one says that."])])
    broken = content.replace(b"6 0 obj\n<< /Type /Page ", b"6 0 obj\n<< /Type /Nix  ", 1)
    parsed = pdf_format.parse(broken)
    assert "The second one says that." in parsed.text
    assert [page.number for page in parsed.pages] == [1, 2]


@pytest.mark.parametrize(
    "title",
    ["Untitled", "Untitled document", "PowerPoint Presentation", "Document1", "47698", "a.docx"],
)
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    assert pdf_format._NO_TITLE.fullmatch(title)


@pytest.mark.parametrize("title", ["Title IX", "Document retention", "The Otter Report", "Taken"])
def test_a_title_that_a_person_wrote_is_kept(title: str) -> None:
    assert not pdf_format._NO_TITLE.fullmatch(title)
