"""Titles that run over several lines."""

from inquote.ingest.formats.pdf import parse
from made_files import drawn_pdf, shown

TEXT = "The text below the title is set in smaller letters, as it is in most papers."


def title_of(second: bytes) -> str:
    lines = [shown(72, 700, "A Unified Toolkit for Deep", 16), second]
    lines += [shown(72, 600 - 14 * at, TEXT, 10) for at in range(6)]
    return parse(drawn_pdf([b"\n".join(lines)])).title


def test_a_title_runs_on_where_the_weight_changes() -> None:
    second = shown(72, 680, "Learning Based Image Analysis", 16, "F2")
    assert title_of(second) == "A Unified Toolkit for Deep Learning Based Image Analysis"


def test_what_is_smaller_numbered_or_farther_is_no_title() -> None:
    for second in (
        shown(72, 680, "A Survey of Ways", 13, "F2"),
        shown(72, 680, "1 Introduction", 16, "F2"),
        shown(72, 640, "Introduction", 16, "F2"),
    ):
        assert title_of(second) == "A Unified Toolkit for Deep"
