"""Citations for other programs: what is escaped, and that nothing is made up."""

import re
from dataclasses import replace

import pytest

from fake_system import ARTICLE, INJECTIONS, make_answer, make_citation, make_document
from inquote.app.answering.answer import Inferred
from inquote.app.chat.citing import (
    Reference,
    answer_for_word,
    answer_markdown,
    as_bibtex,
    as_plain,
    as_ris,
    quote_html,
    quote_text,
    reference_of,
    references_of,
)
from inquote.ingest.documents import Page

PAGES = (Page(1, 0, 200, "iv"), Page(2, 200, len(ARTICLE)))
DOCUMENT = make_document(ARTICLE, pages=PAGES)
ANSWER = make_answer("What was *the* response?", DOCUMENT, ["16.3% of patients", "2.1%"])
REFERENCES = references_of(ANSWER, {DOCUMENT.id: DOCUMENT})
START = ARTICLE.index("16.3%")
PLACE = (
    "A small article, Results, page iv, corpus/small.md, "
    f"characters {START} to {START + 17}, https://example.org/small"
)
BARE = Reference("", "", ("", ""), "a.md", "0" * 64, "", 3, 9, "six {%}")


def test_a_reference_is_a_range_with_its_heading_and_its_printed_pages() -> None:
    assert REFERENCES[0] == Reference(
        title="A small article",
        heading="Results",
        pages=("iv", "iv"),
        document_id="corpus/small.md",
        sha256=DOCUMENT.sha256,
        source="https://example.org/small",
        start=START,
        end=START + 17,
        quote="16.3% of patients",
    )
    assert REFERENCES[0].place == PLACE
    assert reference_of(DOCUMENT, 150, 250).page_range == "iv-2"
    assert "pages iv-2" in reference_of(DOCUMENT, 150, 250).place
    assert BARE.place == "a.md, characters 3 to 9"


@pytest.mark.parametrize("start, end", [(-1, 2), (5, 5), (0, len(ARTICLE) + 1)])
def test_a_range_outside_the_text_has_no_reference(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside"):
        reference_of(DOCUMENT, start, end)


def test_plain_text_has_a_line_for_each_citation() -> None:
    lines = as_plain(REFERENCES).splitlines()
    assert lines[0] == f"[1] “16.3% of patients”. {PLACE}"
    assert lines[1].startswith("[2] “2.1%”. A small article, Results, page iv, ")


def test_ris_has_a_record_for_each_citation_and_no_field_without_a_value() -> None:
    records = as_ris(REFERENCES).split("\r\n\r\n")
    assert records[0].split("\r\n") == [
        "TY  - GEN",
        "TI  - A small article",
        "SP  - iv",
        "EP  - iv",
        "UR  - https://example.org/small",
        "N1  - “16.3% of patients”",
        "N1  - Section: Results",
        f"N1  - corpus/small.md, characters {START} to {START + 17}, SHA-256 {DOCUMENT.sha256}",
        "ER  - ",
    ]
    assert as_ris([BARE]).split("\r\n") == [
        "TY  - GEN",
        "TI  - a.md",
        "N1  - “six {%}”",
        f"N1  - a.md, characters 3 to 9, SHA-256 {'0' * 64}",
        "ER  - ",
        "",
    ]


def test_the_lines_of_a_text_begin_no_field_of_ris() -> None:
    reference = replace(BARE, title="A\nER  - \r\nTY  - BOOK", quote="one\n\nAU  - Nobody")
    lines = as_ris([reference]).splitlines()
    assert [line[:2] for line in lines] == ["TY", "TI", "N1", "N1", "ER"]


def test_bibtex_is_escaped_and_has_no_field_without_a_value() -> None:
    assert as_bibtex([replace(BARE, title="R&D_1: 50% \\x{~^$#")]) == (
        "@misc{rd150x-1,\n"
        "  title = {{R\\&D\\_1: 50\\% \\textbackslash{}x\\{\\textasciitilde{}\\textasciicircum{}"
        "\\$\\#}},\n"
        "  note = {“six \\{\\%\\}”. a.md, characters 3 to 9, SHA-256 " + "0" * 64 + "},\n}\n"
    )
    entry = as_bibtex(REFERENCES).split("\n\n")[0]
    assert "  pages = {iv},\n  url = {https://example.org/small},\n" in entry
    assert "publisher" not in entry


def test_the_keys_of_bibtex_are_ascii_and_apart() -> None:
    keys = re.findall(r"@misc\{(.*),", as_bibtex([replace(BARE, title="Größe"), BARE, BARE]))
    assert keys == ["gre-1", "amd-2", "amd-3"]
    assert re.findall(r"@misc\{(.*),", as_bibtex([replace(BARE, title="文書")])) == ["document-1"]


def test_a_source_that_is_no_address_is_the_publisher() -> None:
    reference = replace(BARE, source="Press & Sons")
    assert "PB  - Press & Sons\r\n" in as_ris([reference])
    assert "  publisher = {Press \\& Sons},\n" in as_bibtex([reference])
    odd = replace(BARE, source="https://example.org/{a}")
    assert "  url = {https://example.org/%7Ba%7D},\n" in as_bibtex([odd])


def test_braces_of_bibtex_are_balanced_whatever_the_text() -> None:
    for text in (*INJECTIONS, "}}}{", "\\{", "@misc{a,}"):
        entry = as_bibtex([replace(BARE, title=text, quote=text)])
        depth = 0
        for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", entry):
            depth += 1 if brace == "{" else -1
            assert depth >= 0
        assert depth == 0


# ---- what is copied


def test_an_answer_in_markdown_has_its_quotes_and_places() -> None:
    lines = answer_markdown(ANSWER, REFERENCES).splitlines()
    assert lines[0] == "**What was \\*the\\* response?**"
    assert lines[2:5] == ["> 16.3% of patients [1]", ">", "> 2.1% [2]"]
    assert lines[6] == f"1. {PLACE}"


def test_an_answer_for_a_word_processor_has_its_quotes_and_places() -> None:
    html = answer_for_word(ANSWER, REFERENCES)
    assert html.startswith(
        '<p dir="auto"><b>What was *the* response?</b></p>'
        '<blockquote dir="auto">16.3% of patients [1]</blockquote>'
    )
    assert f"<ol><li>{PLACE}</li>" in html


def test_what_is_said_above_the_quotes_is_copied_too() -> None:
    headers = (make_citation(DOCUMENT, "Results"), make_citation(DOCUMENT, "Outlook"))
    answer = replace(ANSWER, inferred=Inferred("verdict", "yes"), headers=headers)
    lines = answer_markdown(answer, REFERENCES).split("\n\n")
    assert lines[1:3] == ["yes *(inferred, no quote)*", f"{answer.under_headers}:"]
    html = answer_for_word(answer, REFERENCES)
    assert f'</small></p>\n<p dir="auto">{answer.under_headers}:</p>\n<blockquote' in html


def test_a_passage_is_copied_with_its_place_and_its_link() -> None:
    reference = reference_of(DOCUMENT, START, START + 17)
    address = "http://localhost/#document=a&start=1"
    assert quote_text(reference, address) == f"“16.3% of patients”\n{PLACE}\n{address}\n"
    assert quote_html(reference, address) == (
        '<blockquote dir="auto">16.3% of patients</blockquote>'
        f'<p><a href="http://localhost/#document=a&amp;start=1">{PLACE}</a></p>'
    )


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_copied_as_html_obeys_nothing(text: str) -> None:
    document = make_document(text, title=text, id=text)
    answer = make_answer(text, document, [text])
    references = references_of(answer, {document.id: document})
    html = answer_for_word(answer, references) + quote_html(references[0], "http://a/")
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "b", "blockquote", "br", "ol", "li", "a"}
    assert html.count("<a ") == 1
