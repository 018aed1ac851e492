"""Measure answers that are figures: the right cell of a table, or a neighbour's; a count."""

import re
from collections.abc import Iterable, Sequence

from inquote.eval.metrics.answers import contains_answer, normalise_answer

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(r"\d[\d,]{0,30}(?:\.\d{1,30})?")


def numbers_of(text: str) -> frozenset[str]:
    """Return the numbers of a text, without signs, units and separators of thousands.

    >>> sorted(numbers_of("$1,496.5 in 2019, (3) less"))
    ['1496.5', '2019', '3']
    """
    return frozenset(match.replace(",", "") for match in _NUMBER.findall(text))


def cell_right(quotes: Iterable[str], wanted: Sequence[str], headers: Iterable[str] = ()) -> float:
    """Return 1.0 where the quotes give all wanted cells and no other number, else 0.0.

    A quote that is one of `headers`, the texts that explain the cell, says where the cell stands:
    it is left out, and numbers of the headers count for nothing.

    >>> cell_right(["Total sales", "2019", "$1,496.5"], ["1,496.5"], ["Total sales", "2019"])
    1.0
    >>> cell_right(["Total sales | $1,496.5 | $1,202.9"], ["1,496.5"], ["Total sales"])
    0.0
    """
    headers = list(headers)
    text = _without_headers(quotes, headers)
    given = all(contains_answer(text, [cell]) or _same_cell(text, cell) for cell in wanted)
    allowed = numbers_of(" ".join((*wanted, *headers)))
    return float(given and numbers_of(text) <= allowed)


def neighbour_given(
    quotes: Iterable[str],
    wanted: Sequence[str],
    neighbours: Iterable[str],
    headers: Iterable[str] = (),
) -> float:
    """Return 1.0 where the quotes give a cell that is not wanted, else 0.0.

    `neighbours` are the texts of the other cells; those that are wanted or headers too do not
    count.

    >>> neighbour_given(["$1,202.9"], ["1,496.5"], ["1,496.5", "1,202.9"])
    1.0
    """
    headers = list(headers)
    text = _without_headers(quotes, headers)
    harmless = set(map(normalise_answer, (*wanted, *headers, "")))
    for neighbour in neighbours:
        if normalise_answer(neighbour) not in harmless and contains_answer(text, [neighbour]):
            return 1.0
    return 0.0


def _same_cell(text: str, cell: str) -> bool:
    """Tell whether a text and a cell are the same but for signs and white space."""
    return "".join(text.split()) == "".join(cell.split()) != ""


def _without_headers(quotes: Iterable[str], headers: Iterable[str]) -> str:
    names = set(map(normalise_answer, headers))
    return " ".join(quote for quote in quotes if normalise_answer(quote) not in names)


def count_right(text: str, wanted: int, stated: int | None = None) -> float:
    """Return 1.0 where an answer gives the wanted number and no other, else 0.0.

    `stated` is the number that the system says itself; where it says none, the numbers of its text
    count, in figures or as words up to twelve.

    >>> count_right("The gearboxes of eleven turbines", 11), count_right("oxygen", 3, stated=3)
    (1.0, 1.0)
    """
    if stated is not None:
        return float(stated == wanted)
    given = set(numbers_of(text))
    for word in text.lower().split():
        name = word.strip(".,;:()")
        if name in _WORDS:
            given.add(str(_WORDS.index(name)))
    return float(given == {str(wanted)})
