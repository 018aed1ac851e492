"""English, as a conversation leans on what was said before: words for topics and follow-ups.

A pattern reads a turn as it was typed, on one line, whatever the case of its letters, unless a
comment says otherwise. A list holds words in lower case.
"""

from inquote.app.language.english import (
    ANY_PREPOSITION,
    AUXILIARY,
    DEFINITE_ARTICLE,
    INTERROGATIVES,
    IS_IT,
    NO_NAME,
    PREPOSITIONS,
    compile_words,
)
from inquote.ingest.english import FUNCTION_WORDS

# What a turn speaks of: `app/answering/entities.py`.

_VERBS = (
    "make get give take use help show mean say cause improve know find go come happen see want "
    "like think believe understand explain tell buy sell pay create delete update compare differ "
    "include contain support provide allow require apply offer affect drive reach live eat grow "
    "become begin start look feel keep learn let set put need try ask add handle build manage "
    "describe define choose select consider receive treat weigh develop approve fall rise join"
).split()

_ADVERBS = (
    "not no so too very just only also even still already yet again now today later soon ever "
    "never often usually really actually currently exactly more less most least much many better "
    "best worse worst same other others another different certain such each every both either "
    "all few several own one ones first last next new old yes ok okay well please hi hello thanks "
    "instead rather quite else there here maybe perhaps because since while though although "
    "using available necessary important possible secure enough whenever right left "
    "long old heavy high large big tall deep fast far wide small short good bad cheap low early "
    "late through via per among against within across around like up down out off back"
).split()

NO_NOUN = (
    FUNCTION_WORDS
    | INTERROGATIVES
    | PREPOSITIONS
    | NO_NAME
    | frozenset(_VERBS)
    | frozenset(f"{verb}s" for verb in _VERBS)
    | frozenset(_ADVERBS)
    | frozenset(
        (
            "got gets gave made used went came meant said told paid sold built chosen done given "
            "taken known shown seen don't doesn't didn't isn't aren't wasn't can't won't cannot "
            "couldn't wouldn't shouldn't i'm it's that's what's there's tries does goes"
        ).split()
    )
)
"""Words at which a noun phrase ends, or before which it has not begun."""

INFINITIVE = "to"

DETERMINERS = frozenset("the a an this that these those my your our its their".split())

AFTER_VERB = (PREPOSITIONS - {"of"}) | frozenset("more less as than if when and or".split())
"""Words before which a verb or an adjective may have ended."""

SUPERLATIVES = frozenset(
    (
        "highest lowest largest smallest biggest best worst most least longest shortest oldest "
        "newest latest earliest strongest weakest fastest slowest heaviest lightest cheapest "
        "greatest deepest closest"
    ).split()
)
"""Words that may end a question after its subject: "When was the output highest?"."""

BE = compile_words(r"is|are|was|were")

SUBJECT_PRONOUNS = frozenset("i you we they he she it".split())
"""Pronouns that a verb follows."""

RELATIONAL_NOUNS = frozenset(
    (
        "advantage amount answer aspect basis benefit cause change characteristic component "
        "condition consequence cost criterion criteria degree detail difference disadvantage "
        "downside drawback duration effect example exception factor feature fee frequency function "
        "future goal growth idea impact implication instruction kind length level limit limitation "
        "meaning name number objective option origin outcome outlook part percentage period point "
        "possibility price problem procedure process pro property proportion purpose quality "
        "rate ratio reason requirement result risk role rule sales share side-effect sign size "
        "speed stage step success sum summary symptom term tip title total type use value way "
        "weight year"
    ).split()
)
"""Nouns that are of something: "What are the benefits?" asks for those of a topic."""

ABSTRACT_NOUNS = RELATIONAL_NOUNS | frozenset(
    (
        "case thing lot bit time day month week question issue matter chance term fact sense word "
        "information info experience case anybody anyone people person someone everybody example "
        "scratch mind course start end rest half pros cons detail general order addition line"
    ).split()
)
"""Nouns that a pronoun hardly stands for where a thing or a person is at hand."""


_ANY_INTERROGATIVE = "|".join(sorted(INTERROGATIVES))
_ANY_OPENING = (
    rf"{ANY_PREPOSITION}|since|within|until|against|among|through|compared (?:to|with)"
    r"|according to|out of|instead of|because of"
)
_ASKING = rf"(?:(?:{_ANY_OPENING}) )?(?:{_ANY_INTERROGATIVE})"

QUESTION_PHRASE = compile_words(rf"^{_ASKING}(?: (?!ones?\b)[\w-]+){{0,2}}[?. ]*$")
"""A question word with its preposition and its noun: "By whom?", "For which cancer?"."""

PREPOSITIONAL_PHRASE = compile_words(
    rf"^(?:{_ANY_OPENING}) (?:{_ANY_INTERROGATIVE})(?: [\w-]+){{0,2}}[?. ]*$"
)
"""A question word with a preposition: "by whom"."""

WITH_AUXILIARY = compile_words(
    rf"^(?:{_ASKING}(?: (?:often|long|soon|far|high|well|fast|many times))? "
    rf"|(?:{_ANY_OPENING}) (?:which|what) [\w-]+ )?"
    rf"(?P<rest>(?:{AUXILIARY})\b.*)$"
)
"""A question with an auxiliary after its question word, or without one."""

_NO_PREPOSITION = rf"(?!(?:{ANY_PREPOSITION})\b)"

VALUE_QUESTION = compile_words(
    r"^(?:what|how (?:much|high|large|big)) (?:is|are|was|were) (?:the )?"
    rf"(?P<thing>{_NO_PREPOSITION}[\w-]{{3,}}(?: {_NO_PREPOSITION}[\w-]+){{0,4}})"
    r"(?: (?:in|on|at|for|during|as of)(?: [a-z]+){0,3} ?\d[\w, ]{0,20})?\?$"
)
"""A question for the value of a thing, at some time or not: "What was net income in 2021?"."""

INDEFINITE_ARTICLES = frozenset(("a", "an"))
ARTICLES = INDEFINITE_ARTICLES | {DEFINITE_ARTICLE}

ARTICLE_BEFORE = compile_words(r"\b(?:the|an?) $")
INDEFINITE_BEFORE = compile_words(r"\ban? $")

ONES = frozenset(("one", "ones"))
ONE = compile_words(r"\bones?$")
"""A word in the place of a noun."""

PREPOSITIONAL_GROUP = compile_words(
    rf"\b(?:{ANY_PREPOSITION})(?: {_NO_PREPOSITION}(?!and\b)[\w®™’'.-]+){{1,5}}"
)
"""A preposition and the words up to the next one."""

COMPLEMENT = compile_words(r"^ (?:of|for|in|to|on|with|about|between|from|behind|that|which)\b")
"""What follows a relational noun that says what it is of."""

OPEN_ENDING = compile_words(
    r"\b(?:needed|required|available|involved|allowed|included|necessary|possible|free|expensive"
    r"|safe|dangerous|approved|supported|covered|affected|recommended|offered|effective)[ ?.!]*$"
)
"""A predicate at the end of a question that leaves open for what: "How many are needed?"."""

OWN_AFFAIR = compile_words(r"\b(?:i|i'm|my|me|we|our|you|your)\b")
"""Words by which a question speaks of the person who asks, or of the one who is asked."""

COMPARATIVE_QUESTION = compile_words(
    r"^(?:and |so )?(?:which|who)(?: ones?| of (?:them|these|those|the two))?"
    r" (?:is|are|was|were|has|have|had|does|do|costs?|weighs?|lasts?)\b"
    r".{0,40}\b(?:\w{2,}er|more|less|better|worse|first|most|best)\b"
)
"""Which is larger?"""

PAIR = compile_words(
    r"\b(?:between|both|compare|is|are) "
    r"(?P<first>(?:(?!between|both|compare|is|are|the difference)[\w®'-]+ ){0,3}?[\w®'-]+),? "
    r"(?:and|or|vs\.?|versus) (?P<second>(?:[\w®'-]+ ){0,3}?[\w®'-]+)(?= ?[?.!,]| ?$)"
)
"""Two things side by side."""

EITHER = "{question}: {first} or {second}?"
"""A comparative question with what it chooses between."""

ABOUT_OPENING = compile_words(r"\babout\b")

WHAT_ABOUT = "What about {phrase}?"

COUNTING = compile_words(r"\b(?:how many|how much|which|what) $")
"""What stands before a noun without an article."""

ABOUT_TOPIC = "{question} of {topic}"
"""A question or fragment with what its last noun belongs to."""

FOR_TOPIC = "{question} for {topic}"
"""A question with what it is meant for."""

BEFORE_DEMONSTRATIVE = compile_words(rf"\b(?:{AUXILIARY}|{ANY_PREPOSITION}) $")
"""The word before a "that" or "this" that stands for a thing and opens no clause."""

BOTH = "{first} and {second}"

ASKS = compile_words(r"^(?:who|what|which)\b")
"""A question for things or people."""

ABOUT_EVENT = compile_words(r"^(?:when|where|why|how|did|does|do|was|were)\b")
"""A question about something that happens, to which "that" alone goes back."""

ONES_OF_KIND = compile_words(r"\b(?P<kind>(?!which|what|the|these|those|other|new|old)\w+) ones\b")
"""Things of another kind than was spoken of: "Are there serious ones?"."""

STRANDED_ENDING = compile_words(rf" (?:{ANY_PREPOSITION})(?=\?|$)")
"""A preposition at the end of a question whose noun stands elsewhere."""

ASKS_WHO = compile_words(r"^who\b")

EVENT_QUESTION = compile_words(
    r"^(?:and )?(?:(?:when|where) (?:was|is|did) (?:that|this|it)(?: happen)?"
    r"|(?:which|what) \w+ (?:was|is) (?:that|this))[?. ]*$"
)
"""A question for the time, the place or the kind of what the last question asks about."""

RANK_QUESTION = compile_words(
    r"^which (?:one )?(?P<rest>(?:is|are|was|were|came) (?:the )?"
    r"(?:first|last|next|newest|\w{2,}est|most \w+|least \w+))[?. ]*$"
)
"""A question for one of several things that it does not name: "Which was the first?"."""

OF_THE_THINGS = "Which of the {things} {rest}?"

NUMBER_QUESTION = compile_words(r"^how many (?P<rest>(?:are|were) (?:there|left))[?. ]*$")
"""A question for the number of things that it does not name: "How many are there?"."""

HOW_MANY = "How many {things} {rest}?"

SUBJECT_QUESTION = compile_words(r"^who (?P<auxiliary>may|can|could|must|should|will|would) ")
"""A question for who does something; asked otherwise, it needs somebody who does."""

STRANDED = compile_words(rf"^(?P<preposition>{_ANY_OPENING}) what[?. ]*$")
"""A question for what somebody does something with: "For what?"."""

AFTER_EVENT = compile_words(
    r"\b(?:after|before|since|because of|despite|until|during|besides) (?:this|that)[?.! ]*$"
)
"""Words that stand for all that the last turn tells: "What happens after that?"."""

DIFFERENCE_QUESTION = compile_words(
    r"^(?:what(?:'s|’s| is| are| was| were)|is there) (?:the |a |any )?differences?[?. ]*$"
)
BETWEEN = "What is the difference between {first} and {second}?"

WITH_SOMEBODY = r"\g<auxiliary> somebody "

NOUN_OF = compile_words(r"\bthe (?P<noun>(?:[\w’'-]+ ){1,3})of\b")
"""What is asked for of a thing: "the revenue" in "the revenue of the firm"."""

EXPLETIVE = compile_words(
    r"\bit(?:'s|’s| is| was)(?: \w+)? (?:better|best|worse|worth|good|bad|possible|important)\b"
    rf"|{IS_IT}(?: \w+){{1,4}} (?:to|that|if)\b"
    r"|\b(?:wouldn|isn|doesn|don)['’]t (?:that|it)\b|\b(?:so )?does (?:that|it) mean\b"
    r"|\bdo(?:ing)? (?:it|that|this)\b|\bhow does (?:this|that) work\b"
)
"""Places where "it" and "that" stand for no thing that was named."""

PERSONAL_PRONOUN = compile_words(r"he|she|him|his|her|hers")
"""Pronouns that stand for a person."""

NEXT_CLAUSE_OF_TURN = compile_words(
    r"[,;:?.!]| - |\b(?:and|but|or|so|that|if|when|because|since|which|who|while|though|where)\b"
)
"""Where a clause ends and the next begins."""


# Turns that ask about the last answer: `app/answering/moves.py`.

MORE = compile_words(
    r"^(?:and )?(?:please )?(?:(?:can|could) you )?(?:(?:tell|give|show) me |say )?"
    r"(?:a bit |some )?more(?: (?:details?|information|info))?"
    r"(?: (?:about|on) (?:it|this|that|them))?"
    r"(?: please)?[?.! ]*$|^(?:go on|continue|elaborate|please elaborate)[?.! ]*$"
)
"""A request for further sentences on the same."""

OTHERS = compile_words(
    r"^(?:and |are there |is there )?(?:any |some )?(?:others?|other ones?|what else|anything else"
    r"|anyone else|anybody else|who else|where else|any more|more)[?.! ]*$"
    r"|^(?:what|who|where|and what|and who) else[?.! ]*$|^(?:is that|was that) all[?.! ]*$"
)
"""A request for further answers to the same question."""

OTHER_ONE = compile_words(
    r"^(?:and |what about |how about )?the (?:other|second|next)(?: one| ones)?[?.! ]*$"
)
"""The same question about the other thing."""

EVIDENCE = compile_words(
    r"^(?:and |but )?(?:are you (?:sure|certain|positive)(?: about (?:that|this|it))?|really"
    r"|is (?:that|this|it) (?:so|true|right|correct|certain)|how (?:sure|certain) are you"
    r"|(?:how|where) do you (?:know|get|have|find|take) (?:that|this|it)(?: from)?|says who"
    r"|where (?:does|did|do) (?:it|that|the text|they) say (?:that|so|this|it)"
    r"|where is (?:that|this|it)(?: (?:written|said|from))?|where does (?:that|this|it) stand"
    r"|show me(?: (?:where|that|it|the (?:source|passage|place|text)))?(?: please)?"
    r"|(?:what(?:'s|’s| is) (?:the|your) )?(?:source|sources|evidence|proof))[?.! ]*$"
)
"""A request for the evidence of the last answer."""

PLACE = compile_words(
    r"^(?:and |but )?(?:where|show|(?:what(?:'s|’s| is) (?:the|your) )?sources?)\b"
)
"""A request for the evidence that wants its place to be shown."""

RECORD = compile_words(
    r"^(?P<noun>[a-z]{3,30}) (?:(?:no\.?|nr\.?|number) ?)?(?:\d{1,5}|(?-i:[A-Z]|[IVX]{2,6}))"
    r"(?![\w-])[^\n]{0,120}"
)
"""The heading of one of many alike: "Contract 3: Oxygen"."""

DEFINITE_NOUN = compile_words(r"\b(?:the|this|that|said) (?P<noun>[a-z]{3,30})\b(?! of\b)")

CORRECTION = compile_words(
    r"^(?:(?:no|nope|sorry|wait|not that|oh)[,.! ]+)*"
    r"(?:i (?:meant|mean|was asking (?:about|for))|rather)(?: to ask)?(?: about| for)? "
    r"(?P<meant>\S.*)$|^no[,.! ]+(?P<other>the \S.*)$"
)
"""A correction of the last question: "No, I meant the second trial"."""
