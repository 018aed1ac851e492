"""A report of two pages for the pictures of the page: headings, two columns, a ruled table."""

from made_files import drawn_pdf, shown

ABOUT = """
The survey counted the nests of sand martins along the lower Alder for the
ninth year. Four people walked both banks between 12 May and 3 July, each
stretch three times, at the same hours of the morning. A hole counts as a
nest if a bird was seen to enter it on two of the three walks.

In all 418 nests were counted, 61 more than in the year before. Most of them
were dug into the steep bank below the old mill, where the flood of February
had cut the sand afresh. The colony at the quarry was left by all birds in
June, after the pond beside it had been drained.
"""
NOTES = """
High water hid the lowest holes on the first walk. The numbers of that walk
were not used for the stretch between the mill and the weir.

The next survey begins on 10 May. The bank below the mill should stay as
it is: it was planned to be paved, which would end the largest colony.
"""
ROWS = [
    ("Stretch", "Nests", "Year before"),
    ("Mill to weir", "203", "141"),
    ("Weir to bridge", "118", "109"),
    ("Bridge to mouth", "97", "86"),
    ("Quarry", "0", "21"),
]


def report() -> bytes:
    """The file."""
    first = [
        shown(72, 716, "The sand martins of the lower Alder", 20, "F2"),
        shown(72, 690, "Report on the survey of the ninth year", 12),
        shown(72, 652, "What was counted", 14, "F2"),
        *_text(72, 630, ABOUT),
        shown(72, 440, "Nests by stretch", 14, "F2"),
        *_table(72, 420),
        shown(300, 40, "17", 9),
    ]
    second = [
        shown(72, 716, "What disturbed the count", 14, "F2"),
        *_text(72, 694, NOTES),
        shown(300, 40, "18", 9),
    ]
    return drawn_pdf([b"\n".join(first), b"\n".join(second)])


def _text(left: float, top: float, text: str) -> list[bytes]:
    lines = []
    for at, line in enumerate(text.strip().splitlines()):
        lines.append(shown(left, top - 16 * at, line, 11.5))
    return lines


def _table(left: float, top: float) -> list[bytes]:
    drawn = []
    for row, cells in enumerate(ROWS):
        font = "F2" if row == 0 else "F1"
        for column, cell in enumerate(cells):
            drawn.append(shown(left + 8 + 150 * column, top - 15 - 22 * row, cell, 11, font))
    for row in range(len(ROWS) + 1):
        drawn.append(b"%g %g m %g %g l S" % (left, top - 22 * row, left + 450, top - 22 * row))
    for column in range(4):
        across = left + 150 * column
        drawn.append(b"%g %g m %g %g l S" % (across, top, across, top - 22 * len(ROWS)))
    return drawn
