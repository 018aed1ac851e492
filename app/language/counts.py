"""English, as far as counting the things that a text lists needs it."""

from inquote.app.language.english import compile_words

COUNT_QUESTION = compile_words(r"^how many (?P<things>(?:[\w’'-]+ ){0,2}[\w’'-]+s|people)\b")

UNLISTED = compile_words(
    r"^how many (?:[\w-]+ ){0,2}(?:people|persons|employees|workers|staff|members|customers|users"
    r"|subscribers|memberships|patients|students|visitors|passengers|residents|shares|units|votes)\b"
)
"""A question for a number of people or of other things too many to be listed one by one."""

THINGS_QUESTION = "Which"
"""What takes the place of "How many" to ask for the things themselves."""

NUMBER = compile_words(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand|million|billion|dozen|once|twice|single|none|no)\b"
)

NEXT_ITEM = compile_words(r"(?:,|;) (?:and |or )?|,? (?:and|or) ")
"""The words between two items of a sentence."""

LAST_ITEM = compile_words(r"[,;] (?:and|or) ")
