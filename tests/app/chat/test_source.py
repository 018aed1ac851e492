"""The line that names where a passage stands."""

from inquote.app.chat.source import source_line


def test_the_document_comes_first_then_a_short_section_and_the_page() -> None:
    heading = (
        "House rules > Desk > "
        + "When the desk is open and who sits there on which day of the week"
    )
    line = source_line("House rules", heading, "page 4")
    assert line == (
        "House rules · When the desk is open and who sits there on which day of ... · page 4"
    )


def test_a_title_never_repeats() -> None:
    assert source_line("House rules", "House Rules:", "page 2") == "House rules · page 2"
    assert source_line("House rules", "House rules > Fees", "", names_title=False) == "Fees"
    assert source_line("House rules", "", "", names_title=False) == "House rules"
