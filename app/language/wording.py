"""English, as people wrap a question up: courtesies, statements that ask, fragments.

A pattern reads a turn as it was typed, on one line, whatever the case of its letters.
"""

import re

from inquote.app.language.english import AUXILIARY, INTERROGATIVES, compile_words

_WH = "|".join(sorted(INTERROGATIVES))

PREAMBLE = compile_words(
    r"^(?:(?:in that case|i see|i understand|ok(?:ay)?|no|nope|yes|yeah|oh|ah|aha|hm{1,5}|well"
    r"|oops"
    r"|great|right|excuse me|sorry|by the way|btw|then|hi|hello|hey|thanks|thank you|please"
    r"|actually|alright|all right|good|cool|nice|interesting|got it|now"
    r"|(?:talking|speaking) (?:about|of) [^,]{1,40})(?:,|\.| -|!){1,3} {0,2}){1,3}(?=\S{1,40} \S)"
)
"""Words before a question that ask nothing, parted from it by a comma."""

INDIRECT = compile_words(
    r"^(?:(?:i am|i'm|i’m) (?:just )?(?:wondering|not sure|curious|interested in)"
    r"|i (?:do not|don't|don’t) (?:know|understand)"
    r"|i (?:(?:just )?(?:want|need|wish)|would like|wanted) to (?:know|understand|learn|ask)"
    r"|i['’]d like to (?:know|understand|learn|ask)"
    r"|(?:can|could|would|will) you (?:please |kindly )?"
    r"(?:tell me|explain(?: to me)?|clarify|let me know|say)"
    r"|(?:please )?(?:tell me|explain(?: to me)?|let me know)|do you know|any idea)"
    rf",? (?=(?:{_WH})\b)"
)
"""A wrapping of a question word: "I am wondering which", "Could you tell me how"."""

INDIRECT_VERDICT = compile_words(
    r"^(?:(?:i am|i'm|i’m) (?:just )?(?:wondering|not sure|curious)"
    r"|i (?:do not|don't|don’t) know|i (?:just )?(?:want|need|wish|wanted|would like) to know"
    r"|(?:can|could|would) you (?:please )?tell me|(?:please )?tell me|do you know) "
    r"(?:if|whether) (?P<subject>(?:[\w®'’-]+ ){0,4}?[\w®'’-]+) "
    rf"(?P<verb>{AUXILIARY})\b(?P<rest>.*)$"
)
"""A wrapping of a question for yes or no: "I want to know if it is safe"."""

STATEMENT = compile_words(r"^(?:i|i'm|i’m|i'd) ")

REPEATED_MARKS = compile_words(r"([?!])[?!]+")

CONDITION = compile_words(r"^(?:and |but )?if\b(?!.*,)(?!.*\b(?:what|how|why|who|when|where)\b)")
"""A condition without what it is a condition of: "If I lose my job"."""

WHAT_IF = "What happens if{rest}?"

ANY_OF = compile_words(r"^any (?P<rest>(?!more\b|other)[^?]+)")
ARE_THERE_ANY = "Are there any {rest}?"

SIDE_BY_SIDE = compile_words(
    r"^(?P<first>(?:[\w®'-]+ ){0,3}?[\w®'-]+) (?:vs\.?|versus) "
    r"(?P<second>(?:[\w®'-]+ ){0,3}[\w®'-]+)[?. ]*$"
)
DIFFERENCE = "What are the differences between {first} and {second}?"

WHAT_IS = "What is {the}{phrase}?"
WHAT_ARE = "What are {the}{phrase}?"
"""What a noun that is always of something asks for."""

LONE_NAME = re.compile(r"(?P<name>[A-Za-z][\w.&-]{0,30}[A-Z0-9][\w.&-]{0,30}) ?\??")
"""A name by its capitals within, with nothing said of it: "OPTiM"."""

GIVEN = compile_words(
    r"^(?P<how>how (?:is|are|was|were) [^?]{2,60}?) given"
    r"(?: to (?:the |an? )?(?:patients?|people|persons?|children|child|adults?))? ?\??$"
)
"""A question for how a medicine or a test is given, which texts call administered."""

ADMINISTERED = "{how} administered?"

EMPLOYEES = compile_words(
    r"^how many (?:(?P<kind>full-time|part-time|permanent) )?"
    r"(?:employees|staff|workers|people|persons) (?P<does>does|do|did) (?P<who>[^?]{1,60}?)"
    r" (?:have|employ)(?P<rest>[^?]{0,60}?) ?\??$"
)
"""A question for the number of those who work somewhere."""

EMPLOYED = "How many {kind}people {does} {who} employ{rest}?"
