"""Tell what the words of a cell are: a number with its unit, a year, a time."""

import re

MAX_VALUE_LETTERS = 4  # of a cell that is a number with its unit

IN_BRACKETS = re.compile(r"\([^()]{1,100}\)")
"""A unit, or another aside, in the header of a table."""

YEAR_WITHIN = re.compile(r"\b(?:19|20)\d\d\b")
_YEAR = re.compile(
    r"\W{0,2}(?:[A-Z]{1,2}\d?\W{0,2})?(?:19|20)\d\d(?:\W{1,3}(?:(?:19|20)?\d\d)){0,2}[A-Z]?\W{0,2}"
    r"(?:\(\w{1,2}\))?"
)
_MONTH = "(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_DAY = re.compile(rf"\W?(?:{_MONTH}\.? \d{{1,2}}|\d{{1,2}}\.? {_MONTH})\W{{0,2}}", re.IGNORECASE)
_TIME = re.compile(r"\d{1,3}(?: ?[-–—] ?\d{1,3})? (?:day|week|month|quarter|year)s?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


def is_value(words: str) -> bool:
    """Tell whether a cell is a number, with or without its unit, and no date.

    >>> [is_value(words) for words in ("€4.2m", "(10.1)", "2019", "May 31,", "closed")]
    [True, True, False, False, False]
    """
    letters = len(_LETTER.findall(words))
    is_date = _YEAR.fullmatch(words) or (letters and YEAR_WITHIN.search(words))
    is_number = bool(_DIGIT.search(words)) and letters <= MAX_VALUE_LETTERS
    return is_number and not is_date and not _DAY.fullmatch(words)


def is_amount(words: str) -> bool:
    """Tell whether a cell is a value that heads no column, as "1 year" may.

    >>> [is_amount(words) for words in ("€4.2m", "1 year", "1-3 years")]
    [True, False, False]
    """
    return is_value(words) and not _TIME.fullmatch(words)


def is_year(words: str) -> bool:
    """Tell whether a cell is a year, alone or with what marks it, or a few years.

    >>> [is_year(words) for words in ("2019", "FY 2019", "2022 - 2023", "31 May 2019")]
    [True, True, True, False]
    """
    return bool(_YEAR.fullmatch(words))
