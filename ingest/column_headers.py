"""Tell which header of a table stands over each column."""

import bisect
import re
from collections.abc import Sequence
from operator import attrgetter

from inquote.ingest.documents import Block
from inquote.ingest.values import IN_BRACKETS

_OFF_MIDDLE = 0.5  # columns that a header may stand aside from the middle of its own
_UNENDED = re.compile(
    r"(?:\b(?:vs|of|to|per|and|for|in|on|the|as|at|from)\.?|[-–&/])$", re.IGNORECASE
)


def headers_over(
    text: str, cells: Sequence[Block], width: int, *, reaches: bool
) -> dict[int, Block]:
    """Return the cell of a header row over each column; with `reaches` also beside them.

    A unit in brackets that stands alone is that of all columns. Another header reaches over the
    columns without one that begin with its own, or that it stands in the middle of; one whose words
    go on in the row below does not.
    """
    covering: dict[int, Block] = {}
    for cell in cells:
        for column in range(cell.column, cell.column + cell.column_span):
            covering.setdefault(column, cell)
    headers = [cell for cell in cells if cell.column > 0]
    if len(headers) == 1 and IN_BRACKETS.fullmatch(text[headers[0].start : headers[0].end]):
        return {**dict.fromkeys(range(1, width), headers[0]), **covering}
    beside: dict[int, list[int]] = {}  # the columns of each header, by its number
    for column in range(1, width) if reaches and headers else ():
        beside.setdefault(_header_beside(headers, column), []).append(column)
    for number, columns in beside.items():
        cell = headers[number]
        aside = cell.column + (cell.column_span - 1) / 2 - (columns[0] + columns[-1]) / 2
        if headers[0].column == 1 or (abs(aside) <= _OFF_MIDDLE and not _goes_on(text, cell)):
            for column in columns:
                covering.setdefault(column, cell)
    return covering


def _goes_on(text: str, cell: Block) -> bool:
    return bool(_UNENDED.search(text[cell.start : cell.end]))


def _header_beside(headers: Sequence[Block], column: int) -> int:
    """Return which header may reach over a column; they are from left to right.

    It stands above the first of its columns, or above the middle where the first column with
    numbers has none.
    """
    number = bisect.bisect_left(headers, column, key=attrgetter("column"))
    beside = range(max(0, number - 1), min(number + 1, len(headers)))
    if headers[0].column == 1:
        is_own = number < len(headers) and headers[number].column == column
        return number if is_own else beside[0]
    return min(beside, key=lambda at: abs(headers[at].column - column))
