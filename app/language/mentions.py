"""English: questions for all things of a kind that texts mention, and how such things are written.

The questions are read whatever the case of their letters, the things as they are written.
"""

import re

from inquote.app.language.english import compile_words

_KINDS = (
    r"(?P<kind>compan(?:y|ies)(?: names)?|firms|corporations|businesses|years|dates|percentages"
    r"|(?:monetary |money )?amounts|prices|e-?mail addresses|e-?mails|(?:web ?(?:sites|addresses"
    r"|links)|links|urls)|acronyms|abbreviations)"
)

MENTIONS_ASKED = compile_words(
    rf"^(?:please )?(?:list|name|give|show|find|enumerate)(?: me)?(?P<all> all| every)?(?: of)?"
    rf"(?: the)? {_KINDS}(?P<told>(?: that are| which are| that were)?"
    r" (?:mentioned|named|listed|given|cited|in (?:it|(?:the|this|these) \w+))"
    r"(?: (?:here|in (?:it|(?:the|this|these) \w+)))?)?\W*$"
)
"""List all companies. Without "all" only where it says "mentioned" or the like."""

MENTIONED_QUESTION = compile_words(
    rf"^(?:which|what)(?: are(?: all)?(?: the)?)? {_KINDS}(?: are| were)?"
    r" (?:mentioned|named|listed|given|cited)(?: (?:here|in (?:it|(?:the|this|these) \w+)))?\W*$"
)
"""Which companies are mentioned?"""

_WORDS_OF_NAME = r"[A-Z][\w&’'-]{1,30}(?: (?:& )?[A-Z][\w&’'-]{1,30}){0,3}"
_NAME = rf"(?P<name>{_WORDS_OF_NAME})"
_FORMS = (
    r"(?:Inc|Ltd|LLC|GmbH|Corp|Corporation|Company|plc|PLC|AG|SE|S\.A|N\.V|B\.V|LLP|Limited"
    r"|Incorporated)\b\.?"
)
_TRADES = (
    "company|corporation|firm|manufacturer|consultancy|bank|producer|maker|start-?up|provider"
    "|supplier|retailer|insurer|airline|publisher|subsidiary"
)
_DONE_BY = (
    "developed|made|manufactured|marketed|produced|owned|acquired|sold|published|supplied|operated"
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"

COMPANIES = re.compile("compan|firm|corporation|business")
"""The kind that has names, of which a shorter one is the same."""


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


WRITTEN = (
    (
        COMPANIES,
        _patterns(
            rf"(?P<name>{_WORDS_OF_NAME},? {_FORMS})",
            rf"\b(?i:{_DONE_BY}) by {_NAME}",
            rf"{_NAME} (?:is|was) (?:an?|the|one of the) (?:[\w-]{{1,20}} ){{0,8}}(?:{_TRADES})\b",
            rf"{_NAME} (?:makes|manufactures|employs|markets)\b",
            r"\b(?:compan(?:y|ies)|firms?|competitors?|manufacturers?|suppliers?)"
            rf" (?:such as|like|including|called|named) {_NAME}",
        ),
    ),
    (
        re.compile("year"),
        _patterns(r"\b(?P<name>(?:1[5-9]|20)\d\d)\b"),
    ),
    (
        re.compile("date"),
        _patterns(
            rf"\b(?P<name>(?:{_DAY} )?{_MONTH} (?:{_DAY},? )?(?:1[5-9]|20)\d\d"
            r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})\b",
        ),
    ),
    (
        re.compile("percent"),
        _patterns(r"(?P<name>[-−]?\d[\d.,]{0,12} ?(?:%|percent\b|per cent\b))"),
    ),
    (
        re.compile("amount|price"),
        _patterns(
            r"(?P<name>(?:US)?[$€£¥] ?\d[\d.,]{0,15}(?: (?:thousand|million|billion|trillion))?)",
            r"\b(?P<name>\d[\d.,]{0,15} ?(?:thousand |million |billion )?"
            r"(?:euros?|dollars|EUR|USD|GBP|CHF)\b)",
        ),
    ),
    (
        re.compile("mail"),
        _patterns(r"\b(?P<name>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})\b"),
    ),
    (
        re.compile("web|link|url"),
        _patterns(r"\b(?P<name>(?:https?://|www\.)[^\s<>\"“”)]{3,200}[^\s<>\"“”).,;])"),
    ),
    (
        re.compile("acronym|abbreviation"),
        _patterns(r"\b(?P<name>(?![IVXLC]+\b)[A-Z][a-z]?[A-Z][A-Z\d]{0,4}(?:-[A-Z\d]{1,4})?)\b"),
    ),
)
"""For words of a kind, how its things are written, capitals told apart; `name` is the thing."""

NO_NAME_BEGINS = frozenset("the this that it a an in we our its their he she they and".split())
"""Words with which no name begins, in lower case."""
