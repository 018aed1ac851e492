"""Tell the date that a document gives itself, in a field or in its title."""

import re

from inquote.app.language.forms import DATE_FIELD, MONTHS
from inquote.ingest.documents import Document

_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?\b")
_DAY_FIRST = re.compile(
    r"\b(?:(?P<day>\d\d?)(?:st|nd|rd|th|\.)? )?(?P<name>[A-Za-z]{3,9}),? (?P<year>(?:19|20)\d\d)\b"
)
_MONTH_FIRST = re.compile(
    r"\b(?P<name>[A-Za-z]{3,9}) (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b"
)
_YEAR = re.compile(r"\b(?P<year>(?:19|20)\d\d)\b")
_MONTHS = [month[:3] for month in MONTHS.split()]


def date_of(document: Document) -> str | None:
    """Return the date of a document as "2024-03-18", "2024-03" or "2024"; None where it gives none.

    It is that of a field of its front matter, else that in its title.
    """
    for block in document.blocks:
        if block.kind == "field":
            field = DATE_FIELD.match(document.text[block.start : block.end])
            if field:
                return read_date(field["date"])
    return read_date(document.title)


def read_date(text: str) -> str | None:
    """Return the first date of a text, as exact as it is.

    >>> read_date("18 March 2024"), read_date("Report for May 2023"), read_date("Rules")
    ('2024-03-18', '2023-05', None)
    """
    for pattern in (_ISO, _MONTH_FIRST, _DAY_FIRST, _YEAR):
        match = pattern.search(text)
        if not match:
            continue
        groups = match.groupdict()
        month = _month_number(groups)
        if month is None and pattern is not _YEAR:
            continue
        date = groups["year"]
        if month:
            date += f"-{month:02d}"
            date += f"-{int(groups['day']):02d}" if groups.get("day") else ""
        return date
    return None


def _month_number(groups: dict[str, str | None]) -> int | None:
    if groups.get("month"):
        return int(groups["month"] or 0)
    name = (groups.get("name") or "")[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else None
