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
    assert (parsed.title, parsed.source, parsed.text) == ("A: b", "S", "Body.")


def test_markdown_front_matter_gives_title_and_source() -> None:
    parsed = markdown.parse("---\ntitle: 'A: b'\nsource: S\ndate: 2026-01-02\n---\n\nBody.")
    assert (parsed.title, parsed.source, parsed.text) == ("A: b", "S", "Body.")


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
    assert parsed.text == "\n".join(line.removeprefix("## ") for line in body.split("\n"))
    assert len([s for s in parsed.sections if s.title]) == 9
    assert len(parsed.text) == 9409
