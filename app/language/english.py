"""English as far as answering needs it: every word list, question pattern and question template.

To teach inquote another language, translate this file, `forms.py` beside it, which has the patterns
of what a question asks for, and `ingest/english.py`, the counterpart for sentences and search. The
groups below follow the modules that use them. A pattern reads a question as it was typed, on one
line, whatever the case of its letters, unless a comment says otherwise.
"""

import re


def compile_words(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that takes capitals and small letters for the same."""
    return re.compile(pattern, re.IGNORECASE)


# Words that several groups use.

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
"""The words for numbers, each at the place of its value."""

INTERROGATIVES = frozenset("what which who whom whose when where why how".split())

PREPOSITIONS = frozenset(
    (
        "in on at of for with without to from by about below above under over between during "
        "after before"
    ).split()
)

DEFINITE_ARTICLE = "the"
PLURAL_ENDING = "s"

AUXILIARY = "is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might"
_ANY_INTERROGATIVE = "|".join(sorted(INTERROGATIVES))
ANY_PREPOSITION = "|".join(sorted(PREPOSITIONS))


# Follow-ups: `app/answering/conversation.py`.

FOLLOW_UP_OPENING = compile_words(
    r"^(?:(?:and|but|or|so|also|then|ok|okay)[, ]+)*"
    rf"(?:(?:what|how) about|and|but|or|also|so(?= (?:{AUXILIARY}|{_ANY_INTERROGATIVE})\b))\b[, ]*"
)
"""The words that tie a question to the one before it: "And", "What about"."""

REFERS_BACK = compile_words(
    r"\b(?:which|what|new|old|other|last|first|this|that) ones?\b"
    r"|\b(?:theirs|hers|each of|both|neither|the same(?! as))\b"
    r"|\b(?:then|(?<!is )(?<!are )(?<!was )(?<!were )there|else|more|less|instead)\??$"
)
"""Words that stand for something said before: "Which one?", "Who benefited more?"."""

REQUESTS_TO_GO_ON = ("such as", "like what", "for example", "for instance", "really")
"""Phrases that ask for more of the last answer, in lower case."""

SHORTENED_QUESTION = re.compile(
    r"(?:how|what|which|where|when|why|whose) (?:\w+|(?:so|not|too|very) \w+)"
)
"""A question word with too little behind it to stand alone: "why so often". Reads lower case."""

_AUXILIARIES = (
    "is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must"
)

HAS_AUXILIARY = compile_words(rf"\b(?:{_AUXILIARIES})\b")

VERB = compile_words(rf"\b(?:{_AUXILIARIES}|\w{{3,}}(?:ed|es))\b")
"""An auxiliary, or a word with the ending of a verb."""

TAKES_INFINITIVE = compile_words(r"\b(?:do|does|did|can|could|will|would|should|may|might|must)\b")
"""An auxiliary that puts a verb without an ending, which `VERB` misses, behind the subject."""

_WORD = r"[\w®™’'-]+"
_NO_NOUN = rf"(?:{VERB.pattern}|(?:{ANY_PREPOSITION}|and|or|that|which|who|than)\b)"

NOUN_PHRASE = compile_words(rf"\bthe(?: (?!{_NO_NOUN}){_WORD})+")
"""A noun with its article and with the words between the two."""


# Topics and pronouns: `app/answering/topics.py`.

_KIND = "drug|therapy|treatment|medicine|product|virus|company|study|trial"

PRONOUN = compile_words(
    r"\b(?:(?P<possessive>its|their|his|her)|(?P<plain>it|they|them|he|she|him)"
    rf"|(?:this|that|these|those)(?: (?P<noun>{_KIND})s?\b| (?:one|thing)s?\b)?)\b(?! that\b)"
)
"""A word that may stand for a topic; `noun` is the kind of thing in "this drug"."""

PLURAL_PRONOUN = compile_words(r"\b(?:they|them|their|these|those)\b")

_DONE_TO = (
    r"(?! (?:\w+ )?(?:\w+ed|given|made|sold|known|meant|shown)"
    r" (?:for|to (?:the|an?|any|all|its|his|her|their|whom))\b)"
)
"""What is done to a thing, so that "it" is one: "is it approved for", "was it given to the"."""

IS_IT = rf"\b(?:is|was|isn't|isn’t) it{_DONE_TO}"

EXPLETIVE_IT = compile_words(
    rf"{IS_IT}(?: \w+)? (?:to|that|for|if)\b"
    r"|\bit (?:is|was) \w+ (?:to|that|for|if)\b"
    r"|\bdoes it mean\b"
)
"""An "it" that stands for what comes after it: "Is it allowed to", "How common is it that"."""

REQUESTED_THINGS = (
    compile_words(
        r"^(?:what|which|who|name|list)\b(?: \w+)? (?:are|were) (?P<things>(?:\S+ ){0,6}\S+?)\??$"
    ),
    compile_words(
        r"^(?:what|which) (?P<things>(?:\w+ ){0,2}\w+s) "
        r"(?:(?:are|were|do|did|can|will)\b|(?P<clause>have\b[^?]*))"
    ),
)
"""Questions for several things: "What are the side effects?", "Which states have a coast?".

`things` are what they ask for, `clause` what is said of these ("have a coast").
"""

WHO_IS = compile_words(r"^who (?:is|was) ((?:\S+ ){0,6}\S+?)\??$")
"""A question about a person, whose name is the group."""

_HISSING = ("s", "x", "ch", "sh", "z")


def plural(noun: str) -> str:
    """Return the regular plural of a noun.

    >>> plural("oncolytic virus")
    'oncolytic viruses'
    """
    return f"{noun}e{PLURAL_ENDING}" if noun.endswith(_HISSING) else f"{noun}{PLURAL_ENDING}"


NO_NAME = frozenset(
    (
        "what which who whom whose when where why how is are was were do does did can could will "
        "would should has have had the a an in on at of for to and or i tell give name list "
        "explain describe define summarise summarize"
    ).split()
)
"""Words of a question that are no part of a name, though they may begin with a capital."""


def name_with_kind(name: str) -> re.Pattern[str]:
    """Return the pattern of a name with the kind of thing it is, the group.

    >>> name_with_kind("OPTiM").search("What did the OPTiM trial show?")[1]
    'trial'
    """
    return compile_words(rf"\bthe {re.escape(name)} ({_KIND})\b")


def with_article(name: str, kind: str) -> str:
    """Return a name as a noun phrase that says what kind of thing it is.

    >>> with_article("OPTiM", "trial")
    'the OPTiM trial'
    """
    return f"the {name.removeprefix('the ')} {kind}"


def with_clause(things: str, clause: str) -> str:
    """Put the clause of a question behind the things that it asks for.

    >>> with_clause("countries", "have a coast")
    'countries that have a coast'
    """
    return f"{things} that {clause}"


def possessive(name: str) -> str:
    """Return a name in the possessive.

    >>> possessive("IMLYGIC"), possessive("patients")
    ("IMLYGIC's", "patients'")
    """
    return name + ("'" if name.endswith(PLURAL_ENDING) else "'s")


def without_possessive(name: str) -> str:
    """Return a name without the ending of the possessive."""
    return name.removesuffix("'s").removesuffix("’s")


# Several questions in one: `app/answering/parts.py`.

QUESTION_OPENING = compile_words(
    rf"(?:(?:in|for|by|at|on|to|from|with) )?(?:{_ANY_INTERROGATIVE})\b"
)

NEXT_QUESTION = compile_words(rf",? and (?={QUESTION_OPENING.pattern})")
"""The words between two questions in one sentence."""

NEXT_OBJECT = compile_words(rf",? and (?P<preposition>{ANY_PREPOSITION})\b ")
"""The words between two objects: " and about " in "about costs and about side effects"."""


# Misspelt words: `app/answering/spelling.py`.

QUESTION_VOCABULARY = frozenset(
    "definition explain describe list many meaning much purpose reason reasons summary".split()
)
"""What questions are made of beside function words; a text need not have these."""

BRITISH_SPELLING = re.compile(r"is(?=(?:e[drs]?|ing|ations?)$)")
"""The "is" of "personalised", which American spelling replaces. Reads a word in lower case."""

AMERICAN_SPELLING = "iz"

BARE_NEGATION = re.compile(
    r"(?:ca|wo|do|is|are|was|were|does|did|has|have|had|should|could|would|must|need)nt"
)
"""A negation without its apostrophe: "cant". Reads a word in lower case."""


# Sentences that may answer: `app/reader/sentence.py`.

_QUANTITY = (
    "one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand|million"
    "|billion|once|twice|percent|daily|weekly|monthly|century"
)
_KINDS_OF_ANSWER = (
    (  # a number or a time
        r"how (?:many|much|old|long|often|far|large|big)|when|"
        r"(?:what|which) (?:percent|percentage|number|rate|year|date|share)",
        rf"\d|\b(?:{_QUANTITY})\b",
    ),
    (  # a person or an organisation
        r"who|whose|whom|(?:what|which) (?:company|firm|person|agency|organi[sz]ation)",
        r"(?<=\w )[A-Z][\w’'-]+",
    ),
    (  # a place
        r"where|(?:what|which) (?:country|city|place|state)",
        r"\b(?:in|at|on|near|from|into|to) (?:the )?[A-Z]",
    ),
    (  # a reason
        r"why|what (?:reason|cause|drives|drove)",
        r"\b(?:because|due|since|so|driven|driving|critical|factors?|reasons?|caused?)\b",
    ),
)
ANSWER_SIGNS = tuple(
    (compile_words(rf"\b(?:{opening})\b"), re.compile(sign)) for opening, sign in _KINDS_OF_ANSWER
)
"""How a question opens, and a sign, case-sensitive, of a sentence that answers it."""
