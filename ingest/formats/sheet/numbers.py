"""Show a number as its format in a workbook shows it: decimals, thousands, percent, dates."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from inquote.ingest.formats.sheet.codes import GENERAL, Section, Token, sections_of

_EPOCH = datetime(1899, 12, 30)
_EPOCH_OF_1904 = datetime(1904, 1, 1)
_LAST_DAY = 2_958_466  # 1 January 10000
_SECONDS_A_DAY = 86_400
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MAX_DIGITS = 30


@lru_cache(maxsize=20_000)
def shown(number: str, code: str = GENERAL, counts_from_1904: bool = False) -> str:
    """Return a number as a format shows it, as it stands where the format is not understood.

    >>> shown("0.1234", "0.0%"), shown("-1234.5", "#,##0.00"), shown("45356", "yyyy-mm-dd")
    ('12.3%', '-1,234.50', '2024-03-05')
    """
    try:
        value = Decimal(number.strip())
    except InvalidOperation:
        return number
    if not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS:
        return number.strip()
    section, value = _section_for(value, code)
    if section is None:
        return _general(value)
    if section.is_date:
        return _dated(value, section, counts_from_1904) or _general(value)
    return _numbered(value, section)


def _section_for(value: Decimal, code: str) -> tuple[Section | None, Decimal]:
    """Return the section that shows a value, and the value as it stands in it."""
    sections = sections_of(GENERAL if code == "Standard" else code)
    if value < 0 and len(sections) > 1 and sections[1].tokens:
        return sections[1], -value
    if value == 0 and len(sections) > 2 and sections[2].tokens:
        return sections[2], value
    return (sections[0] if sections[0].tokens else None), value


def _general(value: Decimal) -> str:
    """Return a number in at most eleven significant digits, without a power where it fits."""
    if value == value.to_integral_value():
        return f"{value:.0f}"
    rounded = f"{float(value):.11g}"
    return f"{Decimal(rounded):f}" if "e" in rounded and abs(value) >= Decimal("1e-6") else rounded


def _numbered(value: Decimal, section: Section) -> str:
    """Return a number in the digits of a section, with its literals around it."""
    parts: list[str] = []
    is_written = False
    if any("/" in token.text for token in section.tokens if token.kind == "digits"):
        return _general(value)  # a fraction
    is_scientific = any(token.kind == "power" for token in section.tokens)
    if any(token.kind == "percent" for token in section.tokens):
        value *= 100
    for token in section.tokens:
        if token.kind == "digits" and not is_written:
            parts.append(_scientific(value, token) if is_scientific else _digits(value, token.text))
            is_written = True
        elif token.kind in ("general", "text"):
            parts.append(_general(value))
            is_written = True
        elif token.kind == "percent":
            parts.append("%")
        elif token.kind in ("literal", "date"):
            parts.append(token.text)
    text = "".join(parts).strip()
    return f"-{text.removeprefix('-')}" if value < 0 and is_written else text


def _digits(value: Decimal, pattern: str) -> str:
    """Return the digits of a number, without its sign."""
    whole, _, fraction = pattern.rstrip(",").partition(".")
    scaled = abs(value).scaleb(-3 * (len(pattern) - len(pattern.rstrip(","))))
    places = min(_MAX_DIGITS, len(fraction))
    needed = fraction.count("0")
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    head, _, tail = text.partition(".")
    tail = tail[:needed] + tail[needed:].rstrip("0")
    head = head.rjust(whole.count("0"), "0")
    if head == "0" and "0" not in whole:
        head = ""
    return f"{head}.{tail}" if tail else head


def _scientific(value: Decimal, token: Token) -> str:
    places = len(token.text.partition(".")[2])
    return f"{float(abs(value)):.{places}E}"


def _dated(value: Decimal, section: Section, counts_from_1904: bool) -> str:
    """Return a date or time, "" for a number that is none."""
    if not 0 <= value < _LAST_DAY:
        return ""
    epoch = _EPOCH_OF_1904 if counts_from_1904 else _EPOCH
    counts_days = not any(token.kind == "elapsed" for token in section.tokens)
    if counts_days and not counts_from_1904 and 1 <= value < 60:
        value += 1  # before the day that never was, 29 February 1900
    seconds = (value * _SECONDS_A_DAY).quantize(Decimal("0.001"), ROUND_HALF_UP)
    try:
        moment = epoch + timedelta(seconds=float(seconds))
    except OverflowError:
        return ""
    in_halves = any(token.kind == "half" for token in section.tokens)
    parts = []
    tokens = section.tokens
    for at, token in enumerate(tokens):
        if token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0].lower()]
            parts.append(str(int(seconds) // unit).rjust(len(token.text), "0"))
        elif token.kind == "date":
            parts.append(_date_part(moment, token.text.lower(), _is_minute(tokens, at), in_halves))
        elif token.kind == "half":
            parts.append("AM" if moment.hour < 12 else "PM")
        elif token.kind in ("literal", "digits"):
            parts.append(token.text)
    return "".join(parts).strip()


def _is_minute(tokens: tuple[Token, ...], at: int) -> bool:
    """Return whether an "m" stands beside hours or seconds."""
    before = [token.text[0].lower() for token in tokens[:at] if token.kind in ("date", "elapsed")]
    after = [token.text[0].lower() for token in tokens[at + 1 :] if token.kind == "date"]
    return before[-1:] == ["h"] or after[:1] == ["s"]


def _date_part(moment: datetime, pattern: str, is_minute: bool, in_halves: bool) -> str:
    """Return what a letter of a date's format stands for."""
    letter, length = pattern[0], len(pattern)
    if letter == ".":
        return f"{moment.microsecond / 1e6:.{length - 1}f}"[1:]
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "m" and not is_minute and length > 2:
        name = _MONTHS[moment.month - 1]
        return {3: name[:3], 5: name[:1]}.get(length, name)
    if letter == "d" and length > 2:
        name = _DAYS[moment.weekday()]
        return name[:3] if length == 3 else name
    numbers = {
        "m": moment.minute if is_minute else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if in_halves else moment.hour,
        "s": moment.second,
    }
    return str(numbers[letter]).rjust(min(length, 2), "0")
