"""English: what a text says of itself, its authors, title and date, and how it says so."""

import re

from inquote.app.language.english import compile_words

_THING = r"(?P<thing>[^?]{1,120}?)"
_OF = rf"(?: (?:of|behind|for) {_THING})?"

_DONE = "written|published|issued|dated|released|signed|posted|printed"

AUTHORS_QUESTIONS = (
    compile_words(rf"^who (?:wrote|authored|signed|has written|has signed) {_THING}\W*$"),
    compile_words(
        r"^(?:who (?:is|are|was|were)|what (?:is|are)|list|name)(?: all)?(?: the)? "
        rf"authors?{_OF}\W*$"
    ),
    compile_words(rf"^(?:by whom|who) (?:was|is) {_THING} (?:written|authored|signed)(?: by)?\W*$"),
)
"""Questions for the authors of a text: "Who wrote the memo?"."""

DATE_QUESTIONS = (
    compile_words(rf"^(?:when|on (?:which|what) (?:day|date)) (?:was|is) {_THING} (?:{_DONE})\W*$"),
    compile_words(rf"^what(?:'s|’s| is) the (?:{_DONE} |publication |release )?date{_OF}\W*$"),
)
"""Questions for the date of a text: "When was the report published?"."""

TITLE_QUESTIONS = (
    compile_words(rf"^what(?:'s|’s| is) the (?:title|name){_OF}\W*$"),
    compile_words(rf"^what is {_THING} (?:called|titled|entitled|named)\W*$"),
)
"""Questions for the title of a text at hand: "What is the title of this paper?"."""

TEXT_AT_HAND = compile_words(
    r"(?:it|(?:the|this|that) )?(?:article|paper|report|document|text|study|book|page|piece|post)?"
)
"""What names no text by more than its kind: "this paper"."""

ALONE = re.compile(
    r"(?:(?:(?:first |last )?(?:published|updated|posted|issued|dated|released|printed)(?: on)?"
    r"|date):? |as (?:of|at) )?(?P<date>[^\n]{4,30}?)[.,]?",
    re.IGNORECASE,
)
"""A line that is a date and nothing else: "Published: 5 May 2023"."""

_WORD = r"[^\W\d_a-zà-ÿ][\w.’'-]{0,30}"
_PARTICLE = r"(?:van|von|der|den|de|da|di|del|la|le|al|bin|ibn|y|zu|dos)"
PERSON = re.compile(rf"{_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{1,3}}")
"""A name of two words and more. Letters as they are."""

BETWEEN_PERSONS = re.compile(
    r"(?=.{0,40}?(?:[,;&∗*†‡§¶]|\b(?:and|und|et|y)\b))(?:[^\w\n]|\d|\n|\b(?:and|und|et|y)\b){1,40}",
    re.DOTALL,
)
"""What stands between the names of authors: commas, marks of notes, "and"."""

BYLINE = re.compile(
    rf"(?:^|\n)(?:(?:Written|Posted|Published|Prepared|Report) )?[Bb]y:? (?P<names>{PERSON.pattern}"
    rf"(?:(?:, | and |, and | & ){PERSON.pattern}){{0,9}})(?=$|[\n,.|(·–—])"
)
"""A line that says who wrote what follows it: "By Ada Quill"."""

SIGNED = re.compile(
    r"(?:^|\n)(?:(?:[Ww]ith )?(?:[Bb]est|[Kk]ind|[Ww]arm|[Mm]any|[Yy]ours)? ?"
    r"(?:[Rr]egards|[Ww]ishes|[Ss]incerely|[Ff]aithfully|[Tt]ruly)|Respectfully|Cheers)"
    rf"(?: yours)?[,.]?\s{{1,4}}(?P<names>{_WORD}(?: {_WORD}){{0,3}})(?=$|[\n,])"
)
"""The end of a letter: "Kind regards, Ada"."""

NOTE_MARK = re.compile(r"[∗*†‡§¶\d]")

BEGINS_TEXT = re.compile(r"(?:abstract|summary|introduction|contents|keywords|\d)", re.IGNORECASE)
"""How the part begins before which a paper names its authors."""
