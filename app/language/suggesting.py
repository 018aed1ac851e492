"""English: the questions that a document may answer, by what stands in it.

The patterns read the document, capitals told apart but in headings and labels. Templates have
{title}, the document's own, in brackets where a question can do without it.
"""

import re

from inquote.app.language.english import PREPOSITIONS, compile_words

ARTICLES = ("A", "An", "The")

FORM_OF_ADDRESS = r"\b(?:Mr|Ms|Mrs|Miss|Dr|Prof|Sir|Dame)\.?"

COMPOUND_TITLE = " and "  # in a heading that speaks of two things

POSSESSIVE_TITLE = re.compile(
    r"^(?!(?:What|Let|Here|There|It|That|Who|How|Where)[’']s)"
    r"(\w[\w®™-]*(?: [\w®™-]+){0,3}[’']s?) (\w.*)$"
)
"""A heading like "The Otter's Diet": its owner and what that owns."""

POSSESSIVE_ENDING = re.compile(r"[’']s?$")

TITLE_QUESTION = "What is {owner} {owned}?"

ABBREVIATION = re.compile(r"(?<![\w-])((?:[\w-]++ ){1,6}[\w-]++) \(([A-Z][A-Z-]+[A-Z]s?)\)")
"""Some words and what may be their initials: "a magnetic resonance image (MRI)"."""

ABBREVIATION_QUESTION = "What does {short} stand for?"

ASKED_TITLE = re.compile(r"[A-Z“\"][^?:|/\\_]{3,58}")
"""A title that a question may name: no path, no label, and not too long."""

NAMED_TITLE = re.compile(r"[^\W\d_]{3,20}(?: [A-Z][^\W\d_]{2,20})?")
"""A title that may be the name of a thing: "LLM Sherpa"."""

NAME_QUESTION = "What is {title}?"

OPTIONAL = re.compile(r"\[([^]]{1,60})\]")
"""What a template can do without."""

SECTION_NUMBER = re.compile(
    r"^(?:(?:Section|Article|Chapter|Part|Item|§) ?)?"
    r"(?:\d{1,3}(?:\.\d{1,2}){0,3}[A-Z]?[.):]?|(?:[A-Z]|[IVX]{1,5})[.):]) {1,4}"
)
"""The number before a heading: "3.1 ", "A. ", "Section 4: "."""

HEADING_QUESTIONS = tuple(
    (compile_words(heading), template)
    for heading, template in (
        (
            r"(?:list of )?(?:participants|attendees|attendance|(?:members )?present|attended by)",
            "Who took part[ in {title}]?",
        ),
        (r"(?:apologies|absent|regrets)(?: .{1,30})?", "Who was absent[ from {title}]?"),
        (r"agenda", "What is on the agenda[ of {title}]?"),
        (r"action items|actions|next steps", "What are the next steps[ of {title}]?"),
        (r"decisions(?: made)?|resolutions", "What was decided[ in {title}]?"),
        (r"(?:statement of )?purpose|aims?|objectives?", "What is the purpose[ of {title}]?"),
        (r"eligibility(?: .{1,30})?|who (?:may|can) apply", "Who is eligible[ for {title}]?"),
        (r"(?:system )?requirements|prerequisites", "What is required[ for {title}]?"),
        (r"governing law(?: .{1,40})?", "Which law governs {title}?"),
        (r"termination(?: .{1,40})?", "When may {title} be terminated?"),
        (r"(?:effective|commencement) date", "What is the effective date[ of {title}]?"),
        (
            r"side effects|adverse (?:events|reactions)",
            "Which side effects are there[ of {title}]?",
        ),
        (r"contraindications", "What are the contraindications[ of {title}]?"),
        (r"limitations", "What are the limitations[ of {title}]?"),
        (r"what(?:'s|’s| is) new(?: .{1,40})?", "What is new[ in {title}]?"),
        (r"how to (?P<verb>[a-z].{3,50})", "How do you {verb}?"),
        (
            r"(?:(?:version|release) v?|v)(?P<version>\d{1,3}(?:\.\d{1,3}){1,2})(?: .{1,30})?",
            "What changed in version {version}?",
        ),
    )
)
"""Headings, without their numbers, and the questions that the text below them answers."""

SECTION_TITLE = re.compile(r"[A-Z](?:[^\W\d_]|[’'&-])*(?: (?:[^\W\d_]|[’'&-])+){0,4}")
"""A heading that a question may name: a few words, and no number."""

TITLE_OVERVIEW = "What is {title} about?"
SECTION_QUESTION = "What does the section on {section} say?"

MAIL_QUESTIONS = (
    ("From", "Who sent the e-mail “{title}”?"),
    ("Date", "When was the e-mail “{title}” sent?"),
)
"""Fields of an e-mail and the questions that their values answer."""

DEFINED_TERM = re.compile(
    r"(?:^|[(\s])[“\"](?P<term>[A-Z][\w’'-]*(?: [\w’'-]+){0,4})[”\"] "
    r"(?:means|shall mean|refers to)\b"
)
"""A term that a contract defines: "“Services” means"."""

TERM_QUESTION = "What does “{term}” mean?"

_WHAT_IS = (
    "address|amount|budget|commission|currency|date|deadline|deductible|department|due date|fee"
    "|interest rate|invoice number|location|method|number|period|premium|price|rate|range|salary"
    "|series|status|subject|term|time|total|value|version"
)
_WHO_IS = (
    "author|buyer|chair|client|contact|customer|employer|estimator|insured|landlord|manager|owner"
    "|physician|representative|seller|supplier|tenant|vendor"
)
LABELLED = re.compile(
    r"^(?P<label>(?i:(?!(?:for|by|on|to|in|of|with|if) ))[A-Z][\w’'-]*(?: [\w’'-]+){0,3}?):"
    r" {1,4}\S.{1,98}$"
)
"""A line that is a label and its value: "Salary Range: 32,534 - 42,290"."""

LABEL_QUESTIONS = (
    (compile_words(rf"\b(?:{_WHAT_IS})$"), "What is the {label}[ of {title}]?"),
    (compile_words(rf"\b(?:{_WHO_IS})$"), "Who is the {label}[ of {title}]?"),
)
"""Labels and the questions that their values answer."""

CELL_QUESTION = "What is the {column} of {row}?"
YEAR_QUESTION = "What was the {row} in {column}?"
YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d")
HEADER = re.compile(r"(?!\w{1,20}ed$)[A-Z][A-Za-z’'&%-]*(?: [A-Za-z’'&%-]+){0,4}")
"""A header of a table that a question may name; "Founded" says what happened, and none."""

_SUBJECT = (
    r"(?P<subject>"
    r"(?!(?:This|These|That|Those|It|Its|They|Their|There|Such|Other|Some|Most|Many|In|For|As|With"
    r"|By|One|Each|All|Both|What|Which|Who|When|Where|If|Here|We|You|He|She|I|No|But|And|Or|Thus|Now|So|Then|Yet|Not)\b)"
    r"(?:The )?[A-Z][\w®™’'-]*(?: [A-Za-z0-9][\w®™’'-]*){0,3}?)(?: \([^)]*\))?"
)

STANDS_FOR_OTHERS = frozenset(
    "it there these this that those they them of in on for with and or one ones".split()
)
"""Words that end no subject of which a question can be asked."""

_PERSON = (
    r"(?:(?!(?:of|by|that|which|who|in|for|with|to|from|on|at|and|or)\b)[\w’'-]+ ){0,5}"
    r"(?:actor|actress|artist|author|chair(?:man|woman)|director|doctor|economist|engineer|founder"
    r"|historian|inventor|journalist|judge|lawyer|mathematician|minister|musician|nurse|philosopher"
    r"|physician|physicist|poet|politician|president|professor|psychologist|researcher|scientist"
    r"|senator|singer|writer|officer|executive|member|partner|consultant|attorney|expert|graduate)s?\b"
)

_NO_THING = (
    rf"(?:{'|'.join(sorted(PREPOSITIONS))}|a|an|the|our|their|its|his|her|your|my|these|those|this"
    r"|that|such|two|three|four|five|six|seven|following|other|some|any|all|many|most|more|several"
    r"|various|certain|and|or|but|as|is|are|was|were|has|have|had|[a-z]+(?:ates|i[sz]es|ifies|ly|ing))"
)
SENTENCE_QUESTIONS = (
    (
        re.compile(rf"^{_SUBJECT} (?P<verb>is|are|was|were) (?:an?|the|one of) {_PERSON}"),
        "Who {verb} {subject}?",
    ),
    (
        re.compile(rf"^{_SUBJECT} (?P<verb>is|are|was|were) (?:an?|the|one of) (?!{_PERSON})"),
        "What {verb} {subject}?",
    ),
    (
        re.compile(rf"^(?P<verb>[A-Z][a-z]+ed) by [A-Z][^,]*+, {_SUBJECT} "),
        "Who {verb} {subject}?",
    ),
    (
        re.compile(rf"^{_SUBJECT} (?:was|were) (?P<verb>[a-z]+ed) by (?:the )?[A-Z]"),
        "Who {verb} {subject}?",
    ),
    (
        re.compile(
            r"\b(?:introduces?|presents?|proposes?) (?P<subject>[A-Z]\w+), (?:an?|the|our|which) "
        ),
        "What is {subject}?",
    ),
    (
        re.compile(
            rf"^{_SUBJECT} (?P<be>was|were) (?P<verb>[a-z]+ed)\b[^,;]* "
            r"in (?:[A-Z][a-z]+ )?[12]\d{3}\b"
        ),
        "When {be} {subject} {verb}?",
    ),
    (
        re.compile(
            rf"^{_SUBJECT} (?P<be>is|are|was|were) (?P<verb>[a-z]+ed(?: [a-z]+ly)?) "
            r"(?P<by>for|into|from|as) "
        ),
        "What {be} {subject} {verb} {by}?",
    ),
    (
        re.compile(
            rf"(?<![\w’'-])(?P<subject>(?!{_NO_THING} )[a-z-]+ (?:(?!{_NO_THING} )[a-z-]+ )?"
            r"(?!terms|words|phrases|examples|things)[a-z]{3,}s),? "
            r"(?:including|such as|like) \w"
        ),
        "Which {subject} are mentioned?",
    ),
    (
        re.compile(
            r"\b(?:[Aa]n?|[Tt]he) "
            r"(?P<subject>(?:[\w-]+ ){1,3}(?i:rate|ratio|share|level|risk|proportion))"
            r"(?: \([A-Z]+\))? of \d"
        ),
        "What was the {subject}?",
    ),
    (
        re.compile(
            rf"(?<![\d.,])(?P<answer>\d[\d,]*) (?P<subject>(?:(?!{_NO_THING} )[a-z-]+ ){{0,2}}"
            r"[a-z]{2,}[a-hj-rtv-z]s) (?P<be>were|are) (?P<verb>[a-z]+ed)\b"
        ),
        "How many {subject} {be} {verb}?",
    ),
)
"""Sentences and the questions that they answer; the groups of a pattern fill its template."""
