"""Cut a number format of Excel's ("#,##0.00 [$€-407]") into its sections and tokens."""

import re
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
_MAX_CODE = 255  # characters
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]\-]*)[^\]]*\]'
    r"|\[(?P<elapsed>[hms]{1,3})\]|\[[^\]]*\]|(?P<general>General)|(?P<half>AM/PM|A/P)"
    r"|(?P<date>y+|m+|d+|h+|s+|\.0+(?=$|[^0#?]))|(?P<digits>[0#?][0#?,./]*)"
    r"|(?P<power>E[+\-]0+)|(?P<percent>%)|(?P<text>@)|(?P<end>;)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a section: its kind ("digits", "date", "literal") and its characters."""

    kind: str
    text: str


class Section(NamedTuple):
    """The part of a format for positive numbers, negative ones, zero or text."""

    tokens: tuple[Token, ...]
    is_date: bool


@lru_cache(maxsize=1_000)
def sections_of(code: str) -> tuple[Section, ...]:
    """Return the sections of a format."""
    sections: list[Section] = []
    tokens: list[Token] = []
    for match in _TOKEN.finditer(code[:_MAX_CODE]):
        kind = match.lastgroup or ""
        text = match.group(kind) if kind else ""
        if kind == "end":
            sections.append(_section(tokens))
            tokens = []
        elif kind in ("quoted", "escaped", "currency", "plain"):
            tokens.append(Token("literal", text))
        elif kind:
            tokens.append(Token(kind, text))
        else:
            tokens.append(Token("literal", " " if match.group().startswith("_") else ""))
    sections.append(_section(tokens))
    return tuple(sections)


def _section(tokens: list[Token]) -> Section:
    is_date = False
    for token in tokens:
        is_date = is_date or (token.kind in ("date", "elapsed") and token.text[0] != ".")
    return Section(tuple(tokens), is_date)
