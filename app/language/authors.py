"""English: who wrote a text, and how a text says so."""

import re

from inquote.app.language.english import compile_words

_OF = r"(?: (?:of|behind|for) (?P<object>[^?]{1,120}?))?"

AUTHORS_QUESTION = compile_words(
    r"^(?:who (?:wrote|authored|signed|has written|has signed) (?P<written>[^?]{1,120}?)"
    rf"|(?:who (?:is|are|was|were)|what (?:is|are)|list|name)(?: all)?(?: the)? authors?{_OF}"
    r"|(?:by whom|who) (?:was|is) (?P<passive>[^?]{1,120}?) (?:written|authored|signed)(?: by)?)"
    r"\W*$"
)
"""A question for the authors of a text: "Who wrote the memo?"."""

TEXT_AT_HAND = compile_words(
    r"(?:it|(?:the|this|that) )?(?:article|paper|report|document|text|study|book|page|piece|post)?"
)
"""What names no text by more than its kind: "this paper"."""

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

BEGINS_TEXT = re.compile(r"(?:abstract|summary|introduction|contents|keywords|\d)", re.IGNORECASE)
"""How the part begins before which a paper names its authors."""
