"""Say which headers of a table a question's words ask for without naming them."""

from functools import cache

from inquote.app.language.english import compile_words
from inquote.index.terms import content_terms

_ASKING = (
    (compile_words(r"\bhow (?:long|fast|quick)\b"), "time length duration running"),
    (compile_words(r"\bhow (?:tall|high)\b"), "height elevation altitude"),
    (compile_words(r"\bhow far\b"), "distance length"),
    (compile_words(r"\bhow (?:heavy|much does \w+ weigh)\b"), "weight mass"),
    (compile_words(r"\bhow old\b"), "age born birth birthday"),
    (compile_words(r"\bhow (?:large|big)\b"), "size area capacity population"),
    (compile_words(r"\bhow expensive\b"), "price cost amount fee rate"),
    (
        compile_words(r"\b(?:where|(?:which|what) (?:city|town|country|place))\b"),
        "location venue city town country place",
    ),
    (compile_words(r"\b(?:when|(?:which|what) (?:day|date))\b"), "date day year"),
)

YEARS_ASKED = compile_words(
    r"^(?:in |for |of )?(?:which|what)(?: are(?: the)?)?(?: \d)?"
    r"(?: fiscal| financial| calendar| time)? (?:years|periods|quarters)\b"
    r".{0,200}\b(?:table|provid\w+|includ\w+|show\w*|list\w*|present\w*|calculat\w+|record\w+"
    r"|cover\w*|compar\w+|report\w*|account\w*|available|disclos\w+)\b|\btime periods\b"
)
"""A question for the years that a table has: "Which years does the table show?"."""

_PARTS = "components?|categories|segments|items|classes|assumptions"
_KINDS = rf"{_PARTS}|types|kinds|regions|areas|elements|factors|variables|levels|sources|groups"

ROWS_ASKED = compile_words(
    r"^(?:what|which)(?: (?:are|were)(?: the| some)?)?(?: \d)?(?: [\w-]+){0,3}?"
    rf" (?:(?P<part>{_PARTS}|(?:types|kinds|regions|areas)(?= (?:of|in)\b))\b"
    rf"|(?P<kind>{_KINDS})\b(?=.{{0,200}}\btable\b))"
)
"""A question for the rows of a table: "What are the components of inventories?"."""

NAMES_ASKED = compile_words(
    r"^(?:(?:what|which)(?: (?:are|were)(?: the| some)?)?|(?:list|name)(?: all)?(?: the)?)"
    r"(?: \d)? (?P<names>[a-z-]{3,30}s)\b"
)
"""A question for the names of rows by the header above them: "Which datasets does it have?"."""

OF_NO_ROW = frozenset(
    (
        "table year period fiscal financial provide information include show list present shown "
        "listed data respective making up consist compare calculate recorded account "
        "component type kind category element item segment region area assumption factor class "
        "variable level source group line company"
    ).split()
)
"""Words of such questions that name neither a row nor a column."""

PERIOD = compile_words(r"\d(?:\W{1,3}\d)? ?(?:year|month|quarter)s?\b")
"""A time that a column is for: "Less than 1 year"."""

KIND_OF_WHOLE = compile_words(r"\b(?:sub-?total|total|net|gross|sum)\b")
"""A word of the name of a row that holds the whole of those above it."""

OF_THE_WHOLE = compile_words(
    r"\([^()]{0,60}\)|\b(?:total|consolidated|worldwide|group|company|overall|all|net)\b"
)
"""What a row's name has beside what the row is of: its unit, or a word for the whole."""

OF_ACCOUNTS = compile_words(
    r"\b(?:statements? of (?:\w+ )?(?:income|operations|earnings|financial position|cash flows)"
    r"|balance sheets?)\b|\bincome statements?\b|\bselected (?:\w+ )?financial data\b"
)
"""The heading of the accounts of a whole company, which say its figures first."""

TOTAL = compile_words(r"^\W{0,3}(?:sub-?)?total\b")

SEVERAL = compile_words(r"\b(?:respective(?:ly)?|both|each|and)\b")
"""A word of a question for several things at once."""

OF_SEVERAL_TIMES = compile_words(
    r"\b(?:and|or|both|each|respective(?:ly)?|between|since|from (?:19|20)\d\d|until|through|than"
    r"|before|after|compared|to (?:19|20)\d\d)\b"
)
"""A question that may ask for a value under another year, or beside another name, than it names."""

EACH_TIME = compile_words(
    r"\b(?:each|every|all|the \d|the (?:two|three|four|five))(?: of the)?(?: \d)?(?: financial"
    r"| fiscal| listed| reported)? (?:years?|periods?|quarters?)\b|\bchronological order\b"
)
"""A question for a value at every time that a table has."""

SHARE_WORDS = (
    r"percent\w*|rates?|margins?|gr[eo]w\w*|rise|rose|fell|declin\w+|ratio|yield|portion|points"
    r"|how much of"
)
"""Words of a question for a share or for a change in percent."""

ASKS_FOR_SHARE = compile_words(
    rf"\b(?:{SHARE_WORDS}|shares? of|what share|which share|proportion|fraction)\b|%"
)
"""A question that may be for a share or for a change in percent."""

SHARE = compile_words(r"%|\b(?:pts?|points|bps)\b")

_CHANGE = compile_words(
    r"\b(?:chang\w+|varianc\w+|increas\w+|decreas\w+|growth|differ\w+|movement|vs|versus)\b"
    r"|(?:19|20)\d\d(?: to |[/-] ?|\W{1,3}v\.? )(?:19|20)\d\d"
)


def is_of_change(text: str) -> bool:
    """Tell whether a header or a question speaks of a change from one time to another."""
    return bool(_CHANGE.search(text))


def expected_headers(question: str) -> frozenset[str]:
    """Return the terms of headers under which the answer to a question may stand.

    >>> sorted(expected_headers("How tall is it?"))
    ['altitud', 'elev', 'height']
    """
    found = [_terms(headers) for words, headers in _ASKING if words.search(question)]
    return frozenset[str]().union(*found)


def naming_terms(question: str) -> frozenset[str]:
    """Return the terms of a question for years or rows that may stand in the table."""
    named = KIND_OF_WHOLE.sub("", question)
    return frozenset(content_terms(named)) - _terms(" ".join(sorted(OF_NO_ROW)))


@cache
def _terms(headers: str) -> frozenset[str]:
    return frozenset(content_terms(headers))
