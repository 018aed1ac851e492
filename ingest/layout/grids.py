"""Read the tables whose cells are parted by rules."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.ingest.layout.lines import Line, bands_between, joined
from inquote.ingest.layout.shapes import Box, Shapes
from inquote.ingest.layout.tables import Cell, Table, TableRow, level_rows, made
from inquote.ingest.layout.words import is_from_right

_TOUCH = 3.0  # points that rules may miss each other by
_SAME = 2.5  # points within which rules are one
_MAX_RULES = 400  # of a page; a drawing has more
_FRAME_LINES = 12  # of a cell, and more: it may frame the text of a page
_MAX_TORN = 1  # lines with a rule through a word
_NUMBER = re.compile(r"[^\w\s]{0,3}\d[\d.,\s]{0,20}[^\w\s]{0,3}")
_FRAME_SHARE = 0.6  # of a table's letters in such a cell


def ruled_tables(lines: Sequence[Line], shapes: Shapes) -> tuple[list[Table], list[Line]]:
    """Return the tables that rules draw on a page, and the lines outside of them."""
    lying, standing = _merged_rules(shapes.lying, False), _merged_rules(shapes.standing, True)
    if len(lying) + len(standing) > _MAX_RULES:
        return [], list(lines)
    tables = []
    rest = list(lines)
    for group in _grids(lying, standing):
        table, outside = _read_grid(group, rest)
        if table:
            tables.append(table)
            rest = outside
    return tables, rest


def _merged_rules(rules: Sequence[Box], is_standing: bool) -> list[Box]:
    """Return rules with those joined that go on from one another."""
    if is_standing:
        turned = [Box(rule.top, rule.left, rule.bottom, rule.right) for rule in rules]
        merged = _merged_rules(turned, False)
        return [Box(rule.top, rule.left, rule.bottom, rule.right) for rule in merged]
    merged = []
    for rule in sorted(rules, key=lambda rule: (round(rule.top / _SAME), rule.left)):
        last = merged[-1] if merged else None
        if last and abs(last.top - rule.top) <= _SAME and rule.left <= last.right + _TOUCH:
            merged[-1] = Box(last.left, last.top, max(last.right, rule.right), last.bottom)
        else:
            merged.append(rule)
    return merged


@dataclass
class _Grid:
    lying: list[Box]
    standing: list[Box]


def _grids(lying: Sequence[Box], standing: Sequence[Box]) -> Iterator[_Grid]:
    """Yield the rules in groups that cross or touch one another."""
    groups: list[_Grid] = [_Grid([rule], []) for rule in lying]
    for rule in standing:
        touched = [group for group in groups if any(_cross(other, rule) for other in group.lying)]
        if not touched:
            continue
        merged = _Grid([], [rule])
        for group in touched:
            merged.lying.extend(group.lying)
            merged.standing.extend(group.standing)
        groups = [group for group in groups if group not in touched]
        groups.append(merged)
    for group in groups:
        if len(group.lying) >= 2 and len(group.standing) >= 1:
            yield group


def _cross(lying: Box, standing: Box) -> bool:
    return (
        lying.left - _TOUCH <= standing.left <= lying.right + _TOUCH
        and standing.top - _TOUCH <= lying.top <= standing.bottom + _TOUCH
    )


def _read_grid(grid: _Grid, lines: Sequence[Line]) -> tuple[Table | None, list[Line]]:
    """Return the table in a grid of rules, and the lines outside; no table where it is none."""
    across = _places([rule.left for rule in grid.standing], grid.lying, is_across=True)
    down = _places([rule.top for rule in grid.lying], grid.standing, is_across=False)
    if len(across) < 3 or len(down) < 3:
        return None, list(lines)
    cells: dict[tuple[int, int], list[Line]] = {}
    outside = []
    torn = 0
    for line in lines:
        middle = (line.top + line.bottom) / 2
        if not (
            down[0] < middle < down[-1] and across[0] < (line.left + line.right) / 2 < across[-1]
        ):
            outside.append(line)
            continue
        row = bisect_right(down, middle) - 1
        torn += _tears(line, across, _crossed(grid, across, middle))
        for part in _cut(line, across, _crossed(grid, across, middle)):
            column = bisect_right(across, (part.left + part.right) / 2) - 1
            cells.setdefault((row, max(0, min(column, len(across) - 2))), []).append(part)
    rows = _rows_of(grid, across, down, cells)
    if torn > _MAX_TORN or not _is_table(rows):
        return None, list(lines)
    table = made(rows)
    return replace(table, left=across[0], right=across[-1], base=down[0], bottom=down[-1]), outside


def _places(places: list[float], others: Sequence[Box], is_across: bool) -> list[float]:
    """Return where rules stand, with the ends of the rules that cross them."""
    for rule in others:
        places.extend((rule.left, rule.right) if is_across else (rule.top, rule.bottom))
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > 2 * _SAME:
            kept.append(place)
    return kept


def _crossed(grid: _Grid, across: Sequence[float], y: float) -> list[bool]:
    """Return for each place whether a rule stands there at a height."""
    return [_stands(grid, x, y) for x in across]


def _stands(grid: _Grid, x: float, y: float) -> bool:
    return any(
        abs(rule.left - x) <= 2 * _SAME and rule.top - 1 <= y <= rule.bottom + 1
        for rule in grid.standing
    )


def _lies(grid: _Grid, x: float, y: float) -> bool:
    return any(
        abs(rule.top - y) <= 2 * _SAME and rule.left - 1 <= x <= rule.right + 1
        for rule in grid.lying
    )


def _cut(line: Line, across: Sequence[float], is_ruled: Sequence[bool]) -> Iterator[Line]:
    """Yield the parts of a line between the rules that stand in it."""
    walls = [x for x, is_wall in zip(across, is_ruled, strict=True) if is_wall]
    start = 0
    at = [bisect_right(walls, (a + b) / 2) for a, b in zip(line.lefts, line.rights, strict=True)]
    for index in range(1, len(line.text) + 1):
        if index == len(line.text) or at[index] != at[start]:
            yield from _part(line, start, index)
            start = index


def _tears(line: Line, across: Sequence[float], is_ruled: Sequence[bool]) -> bool:
    """Return whether a rule goes through a word of a line, which no cell's does."""
    for x, is_wall in zip(across[1:-1], is_ruled[1:-1], strict=True):
        if not (is_wall and line.left < x < line.right):
            continue
        for at, (left, right) in enumerate(zip(line.lefts, line.rights, strict=True)):
            inner = 0.25 * (right - left)
            if left + inner < x < right - inner and line.text[at] != " ":
                return True
    return False


def _part(line: Line, start: int, end: int) -> Iterator[Line]:
    """Yield a part of a line without blanks at its ends, nothing where it holds only these."""
    while start < end and line.text[start] == " ":
        start += 1
    while start < end and line.text[end - 1] == " ":
        end -= 1
    if start == end:
        return
    lefts, rights = array("f", line.lefts[start:end]), array("f", line.rights[start:end])
    marks = tuple([mark - start for mark in line.marks if start <= mark < end])
    yield replace(
        line,
        text=line.text[start:end],
        lefts=lefts,
        rights=rights,
        left=min(lefts),
        right=max(rights),
        marks=marks,
        bands=bands_between(line, start, end),
    )


def _rows_of(
    grid: _Grid,
    across: Sequence[float],
    down: Sequence[float],
    lines: dict[tuple[int, int], list[Line]],
) -> list[TableRow]:
    """Return the rows of a grid, cells without a rule between them as one."""
    taken: set[tuple[int, int]] = set()
    rows: list[TableRow] = []
    for row in range(len(down) - 1):
        cells = []
        for column in range(len(across) - 1):
            if (row, column) in taken:
                continue
            width, height = _reach(grid, across, down, row, column)
            inner: list[Line] = []
            for below in range(row, row + height):
                for beside in range(column, column + width):
                    taken.add((below, beside))
                    inner.extend(lines.get((below, beside), ()))
            cells.append(Cell(_whole_lines(inner), column, width, height))
        rows.extend(_split_row([cell for cell in cells if cell.lines]))
    return rows


def _whole_lines(pieces: list[Line]) -> list[Line]:
    """Return the lines of a cell, a list's mark in the line that it stands before."""
    lines = []
    for row in level_rows(pieces):
        is_back = is_from_right("".join([piece.text for piece in row]))
        lines.append(joined(sorted(row, key=lambda piece: piece.left, reverse=is_back)))
    return lines


def _reach(
    grid: _Grid, across: Sequence[float], down: Sequence[float], row: int, column: int
) -> tuple[int, int]:
    """Return how many columns and rows a cell covers."""
    middle = (down[row] + down[row + 1]) / 2
    width = 1
    while column + width < len(across) - 1 and not _stands(grid, across[column + width], middle):
        width += 1
    height = 1
    centre = (across[column] + across[column + width]) / 2
    while row + height < len(down) - 1 and not _lies(grid, centre, down[row + height]):
        height += 1
    return width, height


def _split_row(cells: list[Cell]) -> Iterator[TableRow]:
    """Yield the rows within a row of the grid, where its cells hold a line for each."""
    if not cells:
        return
    counts = {len(cell.lines) for cell in cells}
    is_level = (
        len(counts) == 1
        and len(cells) > 1
        and all(
            abs(cell.lines[at].base - cells[0].lines[at].base) < _SAME
            for cell in cells[1:]
            for at in range(min(counts))
        )
    )
    if not is_level or min(counts) < 2:
        yield from _split_at_numbers(cells)
        return
    for at in range(min(counts)):
        yield TableRow([replace(cell, lines=[cell.lines[at]], row_span=1) for cell in cells])


def _split_at_numbers(cells: list[Cell]) -> Iterator[TableRow]:
    """Yield the rows within a row of the grid: one for each line of its column of numbers."""
    starts: list[float] = []
    for cell in cells:
        is_numbers = all(_NUMBER.fullmatch(line.text) for line in cell.lines)
        if is_numbers and len(cell.lines) > max(1, len(starts)):
            starts = [line.base - _SAME for line in cell.lines]
    if not starts or len(cells) < 2:
        yield TableRow(cells)
        return
    rows: list[list[Cell]] = [[] for _ in starts]
    for cell in cells:
        parts: dict[int, list[Line]] = {}
        for line in cell.lines:
            at = max(0, bisect_right(starts, line.base) - 1)
            parts.setdefault(at, []).append(line)
        for at, lines in parts.items():
            rows[at].append(replace(cell, lines=lines, row_span=1))
    for row in rows:
        yield TableRow(row)


def _is_table(rows: Sequence[TableRow]) -> bool:
    """Return whether the cells of a grid are a table's, not frames around the text of a page."""
    cells = [cell for row in rows for cell in row.cells]
    if len(rows) < 2 or max((len(row.cells) for row in rows), default=0) < 2:
        return False
    lengths = [len(cell.text) for cell in cells]
    largest = max(cells, key=lambda cell: len(cell.text))
    is_frame = len(largest.lines) >= _FRAME_LINES and max(lengths) >= _FRAME_SHARE * sum(lengths)
    return not is_frame
