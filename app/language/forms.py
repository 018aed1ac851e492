"""English: what a question asks for, and the words that settle it.

A pattern reads a question as it was typed, on one line, whatever the case of its letters, unless a
comment says otherwise.
"""

import re

from inquote.app.language.english import AUXILIARY, NUMBERS, compile_words

# The form of an answer: `app/answering/forms.py`.

YES_NO_QUESTION = compile_words(rf"^(?:{AUXILIARY})(?:n't)?\b(?!.*\bor\b)")

MEASURE_QUESTION = compile_words(
    r"^how (?:many|much|long|old|often|far|large|big|high|tall|deep|fast|soon|late|early)\b"
)

ONE_VALUE_QUESTION = compile_words(
    r"^(?!.* (?:and|or) )(?:(?:in|on|at|by|since|until) )?"
    r"(?:when|how (?:many|much|long|old|far|large|big|high|tall|deep)"
    r"|(?:what|which) (?:year|date|day|month|time|century|age|percentage|percent|amount|number))\b"
)
"""A question that one time, number or measure answers: "In which year did it end?"."""

LIST_QUESTION = compile_words(
    r"^(?:(?:please )?(?:list|name|enumerate)\b|who (?:are|were)\b(?! (?:you|they)\b)"
    r"|(?:identify|write|give|mention|state) (?:me )?(?:two|three|four|five|six|seven|\d)\b"
    r"|(?:what|which)\b(?: \w+)? (?:are|were) (?:the|some|all|its|their|\w+'s|\w+’s)\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|several|main|key|different|various|all) "
    r"(?:\w+ )?"
    r"(?:factors|reasons|steps|types|kinds|ways|parts|items|points|drivers|causes|rules|members"
    r"|stages|things)\b"
)

COUNTED_QUESTION = compile_words(
    r"^(?:(?:what|which|who) (?:are|were)|name|list|give)(?: me)?(?: all)? "
    r"(?:the|its|their|\w+['’]s) (?:\w+ )?"
    rf"(?P<count>{'|'.join(NUMBERS[2:])}|\d\d?)\b"
)
"""A question for a number of things: "What are the five key factors?"."""

EXPLANATION_QUESTION = compile_words(
    r"^(?:how|why|explain|describe|summari[sz]e|define|tell me|give me an overview"
    r"|what (?:happens|does .* (?:do|mean)))\b"
    r"|\b(?:mechanism|definition|meaning of|mean by|summary|overview|purpose of"
    r"|reasons? (?:for|why)|work\?)"
)

PROCESS_QUESTION = compile_words(
    r"^(?:(?:explain|describe|tell me) )?how (?:(?:do|does|did|is|are|was|were) )?[^?]{1,80} "
    r"(?:works?|functions?|operates?|made|produced|manufactured)\b ?\??$"
    r"|^(?:what is|explain|describe)\b[^?]{1,80}\bmechanism of action\b"
)
"""How does it work?"""

DEFINITION_QUESTION = compile_words(
    r"^what(?: exactly)? (?:is|are)(?: an?)? [^?]{2,60}\??$|^who (?:is|are|was)\b"
)

ASKS_WHAT_IS_SO = compile_words(
    r"\b(?:is|are|was|were|been)\b.{0,80}\b(?:approved|indicated|licen[sc]ed|authori[sz]ed|cleared)\b"
)
"""A question for what is allowed already."""

ASKS_FOR_WEIGHT = compile_words(
    r"^how much (?:\w+ )?(?:can|could|does|do|did|will|would|may)\b.{1,60}"
    r"\b(?:carry|hold|lift|weigh|bear|pull|tow|drink|eat)\b"
)
"""A question for a weight or a volume, which no price answers."""

MONEY = compile_words(
    r"[$€£]\s?\d[\d.,]{0,15}|\b\d[\d.,]{0,15}\s?(?:euros?|dollars?|eur|usd|gbp)\b"
)

SAYS_WHAT_IS_SO = compile_words(
    r"\b(?:(?:is|are|was|were|been|becomes?|became) (?:\w+ ){0,3}(?:approved|indicated|licen[sc]ed"
    r"|authori[sz]ed|cleared)|(?:received|got|won|granted|has|have|had) (?:\w+ ){0,3}"
    r"(?:approvals?|licen[sc]es?|authori[sz]ations?|clearances?))\b"
)

MAY_COME = compile_words(
    r"\b(?:interest in|trials? (?:to|that|for|in)|studies (?:to|that|for|in)|research (?:into|on"
    r"|aimed)|(?:being|is|are) (?:studied|tested|evaluated|investigated|explored|considered)|under"
    r" (?:study|investigation|review|evaluation)|potential|potentially|promising|may|might|could"
    r"|plans? to|planned|in development|seek(?:s|ing)?|expanding|future)\b"
)
"""Words for what is studied, planned or hoped for, and not yet so."""

SECOND_TOPIC = compile_words(r"[a-z] (?:and|&) $")
"""What stands before the second topic of a heading."""

ASKING_HEADING = compile_words(
    r"\?\W*$|(?:^|[:–—-] )(?:what|which|who|whom|whose|when|where|why|how(?! to\b))\b"
)
"""A heading that asks something itself: "Sales: What drives the growth"."""

WHAT_ABOUT_QUESTION = compile_words(r"^what about\b")
"""A question for whatever the text says of a thing."""

VERSION_QUESTION = compile_words(
    r"^(?:(?:in|since|with|from) )?(?:what|which) (?:version|release)\b"
)
"""In which version did it change?"""

VERSION_HEADING = re.compile(
    r"^(?:(?:Version|Release) )?v?\d{1,4}(?:\.\d{1,4}){1,3}\b(?=[^\n]{0,40}$)", re.MULTILINE
)
"""The version that a line of release notes stands for, which is above its changes."""

VERSION = re.compile(r"\d\.\d")

WHAT_IS = compile_words(
    r"^what(?:'s|’s| exactly is| is| are| was| were) (?:an? |the )?"
    r"(?P<thing>(?!.*\b(?:of|for|in|by|with|to|from|on)\b)[\w.®™’'-]+(?: [\w.®™’'-]+){0,3}?) ?\??$"
)
"""A question for what a thing is, and the words for it: "What is a PXC?"."""

_THING = (
    r"(?:\w[^,.;:?!\n]{{2,60}}, )?(?:an? |the |[“\"])?{thing}[®™”\"]?(?: ?\([^)]{{1,40}}\))?,? "
)
DEFINES = (
    _THING + r"(?:(?:is|was) (?:an?|the|one)|(?:are|were) (?!also|not|now|then|used|to|being)\w+) "
    r"|" + _THING + r"(?:means|refers to|stands for|denotes|provides|offers|allows|lets|helps)\b"
)
"""How a sentence begins that says what a thing is."""

DETAIL = compile_words(r"\b(?:of|for|in|by|with|percentage|rate|number|name|year|date)\b")
"""A word of a question for a detail of a thing, such as its date, and not for its definition."""

QUESTION_WORD = compile_words(
    rf"\b(?:who|whom|whose|what|which|when|where|how|why|name|{AUXILIARY})\b"
)
"""Without such a word, a question is a few keywords."""


# Questions about a whole text: `app/answering/overview.py`.

_TEXT = (
    "articles?|documents?|texts?|reports?|papers?|pages?|files?|books?|manuals?|corpus|corpora"
    "|library|contracts?|policy|policies|e-?mails?|letters?|presentations?|sections?|chapters?"
)

ABOUT_QUESTION = compile_words(
    r"^(?:tell me )?what(?:'s|’s| is| are| was| were)? (?P<object>[^?]{2,80}?)"
    r"(?: (?:all|mainly|mostly))? about ?\??$"
)
"""What is this article about?"""

SUMMARY_QUESTION = compile_words(
    r"^(?:please |can you |could you )?"
    r"(?:(?:summari[sz]e|sum up)|(?:tl;?dr|(?:(?:give|write)(?: me)? )?(?:an? |the )?"
    r"(?:\w+ )?(?:summary|overview|gist)|what(?:'s|’s| is) the (?:gist|summary))(?: of)?)\b"
    r"[ :]*(?P<object>[^?]{0,80}?) ?[?.]?$"
)
"""Summarise this; the object may be empty."""

KEY_POINTS_QUESTION = compile_words(
    r"^(?:(?:what|which)(?:'s|’s| is| are| were)|list|name|give(?: me)?|tell me) "
    r"(?:the |its |some )?(?:key|main|most important|central|major|core) "
    r"(?:takeaway|take-away|point|message|idea|finding|argument|conclusion|theme|topic|insight)s?"
    r"(?: (?:of|in|from) (?P<object>[^?]{2,80}?))? ?[?.]?$"
)
"""What are the key takeaways?"""

CONTENT_QUESTION = compile_words(
    r"^what (?:do|does) (?P<object>[^?]{2,60}?) "
    r"(?:say|cover|discuss|describe|talk about|deal with|tell us) ?\??$"
)
"""What does this report cover?"""

IS_A_TEXT = compile_words(rf"\b(?:{_TEXT}|agreements?|guides?|handbooks?|forms?)\b")
"""A title's words for the text itself."""

WHOLE_TEXT = compile_words(
    r"^(?:it|this|that|these|those|them|everything|all(?: of (?:it|this|them))?"
    rf"|(?:(?:this|that|the|these|those|my|our|your|all)(?: the)? )(?:whole |entire )?(?:{_TEXT}))$"
)
"""The object of such a question that names no text."""

AT_HAND = compile_words(
    r"^(?:it|this|that|(?:this|that|the) (?:whole |entire )?(?:article|document|text|report|paper"
    r"|page|file|book|manual|contract|policy|e-?mail|letter|presentation))$"
)
"""The object of such a question that is one text: the one that is spoken of."""

SECTION_OBJECT = compile_words(
    r"^(?:the |this )?(?:(?:section|chapter|part)s? (?:on|about|called|titled|named) "
    r"(?P<title>.+)|(?P<name>.+) (?:section|chapter))$"
)
"""A section by its title: "the section on safety"."""

NAMED_TEXT = compile_words(
    rf"^(?:the |this )?(?:(?:{_TEXT}) )?(?:(?P<file>\S+\.\w{{2,5}})|(?P<name>.+?) (?:{_TEXT}))$"
)
"""A document by its name: "the desalination report", "rules.pdf"."""

LEANS_BACK = re.compile(
    rf"(?!This (?:{_TEXT})\b)(?:This|These|That|Those|It|Its|They|Their|He|She|His|Her|However"
    r"|Additionally|Moreover|Furthermore|But|And|So|Also|Such|Thus|Therefore|Then|Here"
    r"|For example|In addition)\b"
)
"""The beginning of a sentence that leans on the one before it. Capitals are told apart."""


# A document that a question names: `app/answering/scope.py`.

ACCORDING_TO = compile_words(
    r"(?:^|,? )(?:(?:according to|as stated in|based on) (?P<named>[^,?]{2,80})"
    rf"|(?:in|of|from|by) (?:(?:the )?(?:{_TEXT}) )?(?P<called>[^,?\s]{{2,80}}\.\w{{1,5}}))(?:, )?"
)
"""According to rules.pdf, ...; in the file rules.pdf."""

QUOTED_TEXT = compile_words(
    rf"\b(?:in|of|from|by) (?:the )?(?:{_TEXT}) [\"“”'‘](?P<quoted>[^\"“”'’?]{{2,80}})[\"”'’]"
    rf"|\b(?:in|of|from|by) (?:the )?[\"“](?P<before>[^\"“”?]{{2,80}})[\"”] (?:{_TEXT})\b"
)
"""In policy "travel"."""


# Several sides of a question: `app/answering/comparison.py`.

VERSUS = compile_words(
    r",? (?:versus|vs\.?|v\.|(?:as )?compared (?:to|with)|as opposed to|in contrast to)"
    r" (?:that (?:of|in|for|with) )?"
)

COMPARE = compile_words(
    r"^(?:please )?compare (?P<what>(?:\S+ ){1,6}(?:of|for|in|between) )"
    r"(?P<first>(?:\S+ ){0,4}?\S+?),? (?:and|with|to|versus|vs\.?) (?:that of |those of )?"
    r"(?P<second>(?:\S+ ){0,4}?\S+?) ?[?.]?$"
)
"""Compare the range of the Arlo and the Brisk."""

HOW_COMPARES = compile_words(
    r"^how (?:do|does|did) (?P<what>(?:\S+ ){1,6}(?:of|for|in) )(?P<first>(?:\S+ ){0,4}?\S+?) "
    r"compare (?:to|with) (?:that of |those of )?(?P<second>(?:\S+ ){0,4}?\S+?) ?[?.]?$"
)

SIDE_QUESTION = "What is {}?"


# Names: `app/answering/names.py`. Capitals are told apart.

NO_ENTITY = frozenset(
    (
        "i january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday mr mrs ms dr prof inc ltd llc "
        "plc corp co company group gmbh ag sa ceo cfo cto coo chairman president director q1 q2 q3 "
        "q4 fy english ok eu us uk usa yes no list name explain describe define tell give please "
        "the a an and or of in on at for to from with by according compare does did is are was "
        "were has have had can could will would should if it its their they there this that these"
    ).split()
)
"""Words with a capital that tell no company, person or thing from another."""

NATIONALITY = re.compile(r"[A-Z][a-z]+(?:an|ish|ese|ch|ic|ans)")


# Verdicts: `app/answering/verdict.py`. The patterns read a sentence.

LIFTED = compile_words(r"\b(?:waive[sd]?|exempt(?:ed|s)?|free of charge|for free)\b")
"""Words that lift a duty, which says no to who asks for it."""

ASKS_DUTY = compile_words(r"\b(?:pay|charged?|cost|fees?|ha(?:ve|s) to|needs? to|must|required)\b")
"""A question for a duty."""

NEGATION = compile_words(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|lack(?:s|ing|ed)?|fail(?:s|ed)?|absence)\b"
    r"|n['’]t\b"
)

SAMENESS = compile_words(
    r"\b(?:similar\w*|same|compar?able|equivalent|equal\w*|unlikely|unaffected|unnecessary|little"
    r"|limited|poor\w*|rarely|questionable|overestimat\w*|no (?:\w+ )?(?:difference|effect"
    r"|association|correlation|influence|impact|benefit|advantage|evidence|increase|change)s?)\b"
)
"""Words by which a sentence says that there is little or nothing of what was asked."""

ASKS_DIFFERENCE = compile_words(
    r"\b(?:differ\w*|more|better|superior\w*|worse|higher|increase\w*|improve\w*|affect|influence"
    r"|impact|change)\b"
)

AFFIRMATION = compile_words(
    r"\b(?:effective|useful|should|recommend\w*|significant\w*|associated|important|safe|feasible"
    r"|improve[sd]?|reliable|accurate|predict\w*|can|valuable|increase[sd]?|reduce[sd]?|higher"
    r"|better|correlat\w*|benefi\w*|valid|confirm\w*|demonstrat\w*|independent|clear\w*)\b"
)

DOUBT = compile_words(
    r"\b(?:unclear|unknown|uncertain|inconclusive|controvers\w+|remains? to be|undecided"
    r"|cannot be (?:determined|concluded)|not (?:yet )?(?:clear|known|decided))\b"
)

CONTRAST = compile_words(r"\b(?:but|however|although|though|despite|while|whereas)\b")

ABOUT_ANOTHER = compile_words(
    r"\b(?:unlike|rather than|instead of|in contrast to|sparing|if|only)\b"
)
"""Words by which a sentence says something of another thing, or on a condition."""

NEXT_CLAUSE = compile_words(r"[,;:]|\b(?:but|however|although|while|whereas)\b")

OPPOSITES = (
    ("increas", "decreas"), ("increas", "reduc"), ("higher", "lower"), ("rais", "lower"),
    ("more", "less"), ("more", "fewer"), ("better", "worse"), ("improv", "worsen"),
    ("safe", "unsafe"), ("allow", "forbid"), ("allow", "prohibit"), ("permit", "prohibit"),
    ("permit", "forbid"), ("open", "clos"), ("accept", "reject"), ("accept", "refus"),
    ("grow", "shrink"), ("rise", "fall"), ("rose", "fell"), ("same", "differ"),
    ("similar", "differ"), ("approv", "reject"), ("win", "lose"), ("includ", "exclud"),
    ("present", "absent"), ("possibl", "impossibl"), ("abl", "unabl"), ("free", "paid"),
)  # fmt: skip
"""Beginnings of words that mean the opposite."""

YES, NO, UNCLEAR = "yes", "no", "unclear"


# Several documents: `app/answering/agreement.py`.

DATE_FIELD = compile_words(
    r"^(?:date|published|publication[ _-]date|updated|last[ _-](?:updated|modified)|effective"
    r"(?:[ _-]date)?|captured|issued|created|dated)\s*:\s*(?P<date>.{4,40})$"
)
"""A field that dates a document."""

MONTHS = "january february march april may june july august september october november december"
