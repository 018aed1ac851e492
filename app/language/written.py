"""English: what an answer must be written as, and rows that answer little."""

import re

from inquote.app.language.english import compile_words

ASKS_FOR_PLACE = compile_words(
    r"\b(?:pages?|chapters?|sections?|appendix|appendices|contents|where|figures?|tables?)\b"
)
"""A question that a table of contents may answer."""

ROW_OF_CONTENTS = re.compile(r"^[^\n]{0,300}?(?:[.·…] ?){4,200} ?\d{1,5}$", re.MULTILINE)
"""A row of a table of contents: words, dots, the number of a page."""

_PHONE = r"(?:(?:tele)?phone|mobile|fax|hotline)"

WRITTEN_AS = (
    (
        compile_words(rf"\b{_PHONE} (?:numbers?|no\.)|^what(?:'s|’s| is) .{{0,60}}\b{_PHONE}\W*$"),
        re.compile(r"(?:\d[\s()./-]{0,3}){5}"),
    ),
    (
        compile_words(r"\be-?mail address(?:es)?\b|^what(?:'s|’s| is) .{0,60}\be-?mail\W*$"),
        re.compile(r"\w@\w"),
    ),
)
"""Questions, and how their answers are written: a telephone number has five digits and more."""
