"""The study of boxes finds no fault on pages made for it, and finds what it looks for."""

from pathlib import Path

import pytest

from inquote.eval.studies.boxes import Characters, check, check_file, covered
from inquote.ingest.files.sandbox import Sandbox
from made_files import drawn_pdf, shown

TIGHT = [
    "A party of five gauged the depth of every pool",
    "by the old bridge, and they kept a tidy log of",
    "each depth, page by page, for half of the year.",
    "Both (of them) judged that the ebb had quickly",
    "dropped the level by half. Nobody queried that.",
]


def test_lines_without_a_gap_between_them_have_boxes_of_their_own(tmp_path: Path) -> None:
    lines = [shown(72, 700 - 12 * at, line, 12) for at, line in enumerate(TIGHT)]
    file = tmp_path / "tight.pdf"
    file.write_bytes(drawn_pdf([b"\n".join(lines)]))
    with Sandbox() as sandbox:
        outcomes = list(check_file(file, sandbox))
    assert len(outcomes) >= 2
    assert [outcome.fault for outcome in outcomes] == [""] * len(outcomes)


def test_a_raised_figure_has_a_box_of_its_own(tmp_path: Path) -> None:
    drawn = [shown(72, 700, "The area is 5 m"), shown(166, 705, "2", 6)]
    drawn.append(shown(172, 700, "in all that was seen there."))
    file = tmp_path / "raised.pdf"
    file.write_bytes(drawn_pdf([b"\n".join(drawn)]))
    with Sandbox() as sandbox:
        outcomes = list(check_file(file, sandbox))
    assert [outcome.fault for outcome in outcomes] == [""] * len(outcomes) != []


@pytest.mark.parametrize(
    ("box", "fault"),
    [
        ((0, 0, 20, 10), ""),
        ((0, 0, 19, 10), "'b' on page 1 is covered by 0.90"),
        ((0, 0, 10, 10), "missing 'b', other ''"),
        ((0, 0, 30, 10), "missing '', other 'c'"),
    ],
)
def test_what_a_box_leaves_out_or_covers_besides_is_a_fault(
    box: tuple[float, float, float, float], fault: str
) -> None:
    boxes = [(10.0 * at, 0.0, 10.0 * at + 10, 10.0) for at in range(3)]
    characters = Characters(list("abc"), boxes)
    assert check("ab", {1: [box]}, lambda number: characters) == fault


def test_a_box_is_covered_by_its_part() -> None:
    assert covered((0, 0, 4, 2), [(1, 0, 2, 9), (3, 1, 9, 2)]) == 0.375
