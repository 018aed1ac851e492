"""English: what an answer must be written as, and rows that answer little."""

import re

from inquote.app.language.english import compile_words
from inquote.app.language.headers import SHARE_WORDS

ASKS_FOR_PLACE = compile_words(
    r"\b(?:pages?|chapters?|sections?|appendix|appendices|contents|where|figures?|tables?)\b"
)
"""A question that a table of contents may answer."""

ROW_OF_CONTENTS = re.compile(r"^[^\n]{0,300}?(?:[.·…] ?){4,200} ?\d{1,5}$", re.MULTILINE)
"""A row of a table of contents: words, dots, the number of a page."""

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_TIMES = (
    "years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)|quarters?"
    "|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|spring|summer|autumn|fall|winter|season|noon"
    "|midnight|dawn|dusk|mornings?|evenings?|afternoons?|nights?|nighttime|today|tomorrow|yesterday"
    "|now|currently|present|past|future|daily|weekly|monthly|annually|yearly|before|after|during"
    "|when(?:ever)?|while|until|till|since|upon|once|as soon as|by the time|at the time|following"
    "|prior|end(?:ing)?|beginning|start|first|last|next|final(?:ly)?|early|late[rs]?|mid|era|ages?"
    "|periods?|times?|war|dynasty|reign|never|always|birth|death|prehistor(?:y|ic)|renaissance"
    "|easter|christmas|recently|soon|immediately|within|if|in the|at the"
)
_NUMBERS = (
    r"\w{0,12}(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety)|hundreds?|thousands?|millions?|[btz]rillions?"
    r"|billions?|dozens?|scores?|half|halved|halves|thirds?|quarters?|fifths?|tenths?|no|none|zero"
    r"|single|sole|only|both|couple|pair|all|every|each|whole|entire|few|several|many|most|majority"
    r"|doubled?|tripled?|quadrupled?|twice|once|\w{1,20}fold|an?|numerous|countless|infinite(?:ly)?"
    r"|multiple|nobody|nothing|never|some|little|much|more|less|free|large|small|enormous|any"
    r"|unlimited|unprecedented|hardly"
)
_PHONE = r"(?:(?:tele)?phone|mobile|fax|hotline)"

WRITTEN_AS = (
    (
        compile_words(
            r"^(?:(?:in|on|by|since|until) )?"
            r"(?:when (?:did|was|were|will)|(?:what|which) (?:year|date|day))\b[^,]{0,200}$"
        ),
        compile_words(
            rf"\b(?:{_MONTHS}|{_TIMES})\b|\b[12]\d{{3}}(?:s|\b)|\d{{3}} ?(?:-|–|to|and) ?\d{{3}}"
            r"|^\W{0,3}(?:(?:in|ad|c\.?|circa|around|about) )?\d{1,4}\W{0,3}$|\bq[1-4]\b"
            r"|\d ?(?:st|nd|rd|th|s|[ap]\.?m\.?|bce?|b\.c|ce|ad|a\.d)\b|\d[/.:-]\d|ed \d|\bas a"
            r"|eval\b|ozoic\b|assic\b|lithic\b|epoch\b|-era\b|birthday\b|\w{1,20}wards?\b"
        ),
    ),
    (
        compile_words(r"^how (?:many|much)\b"),
        compile_words(rf"\d|\b(?:{_NUMBERS})\b|^\W*[—–-]\W*$"),
    ),
    (
        compile_words(rf"\b{_PHONE} (?:numbers?|no\.)|^what(?:'s|’s| is) .{{0,60}}\b{_PHONE}\W*$"),
        re.compile(r"(?:\d[\s()./-]{0,3}){5}"),
    ),
    (
        compile_words(r"\be-?mail address(?:es)?\b|^what(?:'s|’s| is) .{0,60}\be-?mail\W*$"),
        re.compile(r"\w@\w"),
    ),
    (
        compile_words(
            rf"^(?!.{{0,200}}\b(?:{SHARE_WORDS}|shares?|part|change\w*|increase\w*|decrease\w*|tax)\b"
            r"|.{0,200}%)(?:what|how (?:much|large|big|high)) .{0,120}\b(?:revenues?|sales|income"
            r"|profits?|earnings|costs?|assets|debts?|liabilities|cash|expenses?|inventor(?:y|ies)"
            r"|backlog|goodwill)\b"
        ),
        re.compile(r"^(?!\W{0,3}[\d.,]{1,9} ?(?:%|percent\b|pts?\b|bps\b)\W{0,3}$)"),
    ),
)
"""Questions, and how their answers are written: a telephone number has five digits and more.

Of the answers in SQuAD 1.1's training part 1 in 100 is written otherwise."""

PRICE_ASKED = compile_words(
    r"^(?:how much (?:does|do|did|would|will|is|are)"
    r"|what (?:does|do|did|would|will)(?=.{2,90} cost))"
    r" (?P<thing>[^?]{2,80}?)(?: costs?)?\W*$"
    r"|^what(?:'s|’s| is) the (?:price|cost|fee|rate|charge) (?:of|for) (?P<priced>[^?]{2,80}?)\W*$"
)
"""A question for the price of a thing, which "Attic room: 64 euros a night" tells."""

TOLD_WITH = (
    (
        compile_words(r"\bhead ?quarter|\bhead office\b"),
        compile_words(
            r"\bhead ?quarter|\b(?:head|main|home|corporate|registered|general|executive) "
            r"(?:executive )?(?:offices?|cent(?:er|re))\b|\bbased\b|\bseat\b"
        ),
    ),
    (
        compile_words(r"^(?:where|in (?:which|what) \w{1,20}) .{1,80}\bincorporated\b"),
        compile_words(
            r"\bincorporat(?!ed (?:herein )?by reference)|\borgani[sz]ed under\b|\bjurisdiction\b"
        ),
    ),
)
"""Questions for one of a company's places, and the words beside which texts tell it.

A factory is no headquarters."""
