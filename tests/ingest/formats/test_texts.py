import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquote.ingest.documents import Section
from inquote.ingest.formats import markdown, text
from inquote.ingest.formats.builder import canonical
from places import CORPUS


def test_canonical_text_is_nfc_with_plain_line_ends_and_no_control_characters() -> None:
    assert canonical("e\u0301\r\nx\ry\u2028z\x00\ufeff\ud800\tt") == "é\nx\ny\nz    t"


@given(st.text())
def test_canonicalising_twice_changes_nothing(source: str) -> None:
    assert canonical(canonical(source)) == canonical(source)


def test_markdown_loses_its_marks_and_keeps_list_markers() -> None:
    source = "# T\n\nSome *very* **bold** `code` and a [link](http://x.y)."
    source += "\n\n3. three\n4. four\n   - inner\n\n> quoted"
    assert markdown.parse(source).text == (
        "T\n\nSome very bold code and a link.\n\n  3. three\n  4. four\n    - inner\n\nquoted"
    )


def test_front_matter_that_is_no_yaml_is_read_line_by_line() -> None:
    parsed = markdown.parse("---\ntitle: A: b\nsource: S\n---\nBody.")
    assert (parsed.title, parsed.source) == ("A: b", "S")
    assert parsed.text == "Body.\n\ntitle: A: b\n\nsource: S"


def test_markdown_front_matter_gives_title_and_source() -> None:
    parsed = markdown.parse("---\ntitle: 'A: b'\nsource: S\ndate: 2026-01-02\n---\n\nBody.")
    assert (parsed.title, parsed.source) == ("A: b", "S")


YAML = """---
title: Boiler handbook
author: {name: Ines Kovač}
tags: [heating, gas]
version: 2.7
---
# Boiler handbook
"""
TOML = """+++
title = "Harbour opening"
date = 2023-05-02
draft = false
[author]
name = "Ann Lee"
+++
"""


def test_the_fields_of_a_file_are_text_at_its_end() -> None:
    assert markdown.parse(YAML + "Bleed it.").text.endswith(
        "Bleed it.\n\n"
        "title: Boiler handbook\n\nauthor name: Ines Kovač\n\ntags: heating, gas\n\nversion: 2.7"
    )
    assert markdown.parse(TOML + "Nine berths.").text == (
        "Nine berths.\n\n"
        "title: Harbour opening\n\ndate: 2023-05-02\n\ndraft: false\n\nauthor name: Ann Lee"
    )
    assert markdown.parse(TOML + "Nine berths.").title == "Harbour opening"


def test_bad_toml_is_text() -> None:
    assert markdown.parse("+++\nno toml\n+++\nBody.").text.startswith("+++\nno toml")


def kinds_of(source: str) -> list[tuple[str, str]]:
    parsed = markdown.parse(source)
    blocks = [block for block in parsed.blocks if block.kind not in ("row", "cell")]
    return [(block.kind, parsed.text[block.start : block.end]) for block in blocks]


def test_footnotes_follow_the_blocks_that_refer_to_them() -> None:
    assert kinds_of(
        "One.[^b] Two.[^a]\n\n- item^[Inline *note*.]\n- more\n\nEnd `x[^a]`.\n\n[^a]: First\n"
        "    goes on.\n[^b]:\n    Indented.\n\n    Second paragraph.\n[^c]: Unused."
    ) == [
        ("paragraph", "One.¹ Two.²"),
        ("note", "¹ Indented.\nSecond paragraph."),
        ("note", "² First\ngoes on."),
        ("item", "  - item³"),
        ("item", "  - more"),
        ("note", "³ Inline note."),
        ("paragraph", "End x[^a]."),
        ("note", "⁴ Unused."),
    ]


def test_code_is_code_and_admonitions_have_labels() -> None:
    assert kinds_of(
        '```sh\n# No heading\n[^a]: no note\n```\n\n> [!NOTE]\n> Quoted.\n\n!!! tip "Bleeding"\n'
        "    Once a year.\n\n:::warning\nHot.\n:::\n\nTerm\n: Meaning"
    ) == [
        ("code", "# No heading\n[^a]: no note"),
        ("paragraph", "Note\nQuoted."),
        ("paragraph", "Bleeding"),
        ("paragraph", "Once a year."),
        ("paragraph", "Warning"),
        ("paragraph", "Hot."),
        ("paragraph", "Term\nMeaning"),
    ]


def test_an_html_table_in_markdown_is_a_table() -> None:
    table = "<table>\n<tr><th>Ticket</th><th>Price</th></tr>\n\n<tr><td>Adult<td>14 CHF\n</table>"
    parsed = markdown.parse(f"Prices:\n\n{table}\n\nEnd.")
    assert parsed.text == "Prices:\n\nTicket | Price\nAdult | 14 CHF\n\nEnd."
    assert [block.kind for block in parsed.blocks][1:4] == ["table", "row", "cell"]


def test_a_table_of_pipes_has_header_cells() -> None:
    parsed = markdown.parse("| a | b |\n|---|---|\n| 1 | |\n")
    cells = [(block.row, block.column, block.is_header) for block in parsed.blocks[1:]]
    assert parsed.text == "a | b\n1 | "
    assert cells == [
        (0, 0, False),
        (0, 0, True),
        (0, 1, True),
        (1, 0, False),
        (1, 0, False),
        (1, 1, False),
    ]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert markdown.parse("---\n\njust text\n").text == "just text"


def test_prose_between_two_rules_is_no_front_matter() -> None:
    prose = "Note: this is how the report starts.\n\nA whole first chapter.\n\n"
    assert markdown.parse(f"---\n{prose}---\n\nSecond chapter.").text.startswith(
        "Note: this is how the report starts."
    )


def test_a_break_in_markdown_parts_words() -> None:
    assert markdown.parse("one<br>two<BR/>three\n\n| a |\n|---|\n| Dose<br />10 mg |").text == (
        "one\ntwo\nthree\n\na\nDose 10 mg"
    )


def test_the_first_heading_is_the_title_where_none_is_stated() -> None:
    assert markdown.parse("# Of Otters\n\nText.").title == "Of Otters"


def test_markdown_sections_nest_by_level() -> None:
    parsed = markdown.parse("intro\n\n# A\n\na\n\n## B\n\nb\n\n# C\n\nc")
    assert parsed.text == "intro\n\nA\n\na\n\nB\n\nb\n\nC\n\nc"
    assert parsed.sections == (
        Section("", 0, 0, 7),
        Section("A", 1, 7, 19),
        Section("B", 2, 13, 19),
        Section("C", 1, 19, 23),
    )


def test_table_rows_are_lines() -> None:
    assert (
        markdown.parse("| a | b |\n|---|---|\n| 1 | *2* |\n\nafter").text == "a | b\n1 | 2\n\nafter"
    )


def test_html_in_markdown_leaves_its_words_and_no_script() -> None:
    source = "<div>shown &amp; told</div>\n\n<script>\nalert(1)\n</script>\n\nx <b>bold</b>"
    assert markdown.parse(source).text.split() == ["shown", "&", "told", "x", "bold"]


def test_an_entity_that_composes_is_composed() -> None:
    assert markdown.parse("e&#x301;").text == "é"


@settings(deadline=None)  # the first example imports the parser
@given(st.text(alphabet=st.sampled_from("#-*_`>|1. \n\te\u0301<&;[]()!\\👩\u200d漢"), max_size=120))
def test_markdown_text_is_canonical_and_sections_begin_with_their_headings(source: str) -> None:
    parsed = markdown.parse(source)
    assert parsed.text == canonical(parsed.text)
    for section in parsed.sections:
        assert parsed.text[section.start :].startswith(section.title)
        assert 0 <= section.start <= section.end <= len(parsed.text)


def test_plain_text_headings_stand_alone_in_title_case() -> None:
    parsed = text.parse(
        "The beginning.\n\nUnderstanding Virus Therapies\n\nThey work."
        "\n\nit rained\n\nMore text here."
    )
    assert [section.title for section in parsed.sections] == ["", "Understanding Virus Therapies"]


@pytest.mark.parametrize(
    "line", ["It rained.", "1. First Item", "and So It Went", "12345", "One, Two, Three,"]
)
def test_lines_that_are_no_titles(line: str) -> None:
    assert [s.title for s in text.parse(f"Before.\n\n{line}\n\nAfter.").sections] == [""]


def test_the_article_is_word_for_word_and_has_its_headings() -> None:
    raw = (CORPUS / "imlygic.md").read_text(encoding="utf-8")
    parsed = markdown.parse(raw)
    body = raw.split("---\n", 2)[2].strip("\n")
    article, fields = parsed.text[:9409], parsed.text[9409:]
    assert article == "\n".join(line.removeprefix("## ") for line in body.split("\n"))
    assert fields.startswith(
        "\n\ntitle: IMLYGIC Sales: What Is Driving the Growth?\n\nsource: Delve"
    )
    assert len([s for s in parsed.sections if s.title]) == 9
