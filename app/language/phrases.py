"""English: how the words of a phrase, of a name and of an enumeration stand together.

Letters are compared as they are, unless a pattern is of words.
"""

import re

from inquote.app.language.english import compile_words

ENUMERATES = compile_words(
    r"[\s,;/]{0,3}(?:(?:and|or|as well as|&)(?: (?:the|an?|its|their))?)?[\s\"'“”]{0,3}"
)
"""What stands between two items of an enumeration: ", and the "."""

JOINS_A_PHRASE = compile_words(r" (?:of|in|with|to|for|from|by|at|on)(?: (?:the|an?|its|their))? ")
"""What stands between two parts of one phrase: "patients with advanced melanoma"."""

COMPOUND = "and"
"""Joins the parts of a name such as "head and neck cancer"."""

_MODIFIER = r"(?:[a-z-]{2,20}(?:able|ible|al|ous|ic|ive|ed|less|ful)|[a-z]{2,20}ly)"

MODIFIERS = re.compile(rf"{_MODIFIER}(?: {_MODIFIER})?")
"""Words that wait for their noun: "locally advanced". Letters as they are."""

ENDS_WITH_MODIFIERS = re.compile(rf"(?:^| (?:of|in|with|for|to) ){MODIFIERS.pattern}$")

MODIFIERS_BEFORE = re.compile(rf"(?<= )(?:{MODIFIERS.pattern}, ){{1,3}}$")

NOUN_AFTER = re.compile(
    r" (?!(?:and|or|of|in|with|to|for|from|by|at|on|as|is|are)\b)[a-z][\w-]{2,30}"
)

_NAME_WORD = r"[A-Z][\w’'-]{1,30}"

NAME_BEFORE = re.compile(rf"(?<=[a-z,;:] )(?P<name>(?:{_NAME_WORD} ){{1,4}})$")
"""Words of a name before a place in it. Not all letters alike."""

NAME_AFTER = re.compile(rf"(?: {_NAME_WORD}){{1,3}}(?=[ .,;:)]|$)")

_ACRONYM = r"[\"“'‘]?([\w&./-]{2,15})[\"”'’]?"

ACRONYM_QUESTION = compile_words(
    rf"\bwhat (?:do|does|did) (?:the )?(?:(?:acronym|abbreviation|letters|initials) )?{_ACRONYM}"
    r"(?: in [\w&./-]{2,30})? (?:stand|stands) for\b"
    rf"|\bwhat (?:is|are|was|'s) (?:the )?(?:acronym |abbreviation )?{_ACRONYM} "
    r"(?:short|an? (?:acronym|abbreviation|short form)) (?:for|of)\b"
    rf"|^{_ACRONYM} ?[,:–—-] ?what (?:is|does) (?:that|it|this) (?:short|stand) for\b"
    rf"|\b(?:full form|long form|expansion) of (?:the )?(?:acronym |abbreviation )?{_ACRONYM}"
    rf"|^(?:expand|spell out) (?:the )?(?:acronym |abbreviation )?{_ACRONYM}\W*$"
    rf"|\bwhat (?:do|does) the (?:acronym|abbreviation) {_ACRONYM} mean\b"
)
"""A question for the words of an acronym: "What does DRR stand for?"."""

SPELLS_OUT = compile_words(
    r"\b(?:stand(?:s|ing)? for|short for|abbreviat\w{1,8}|acronym|denotes?)\b"
)
"""Words that say what an acronym stands for."""

STRANDED = compile_words(
    r"\b(?!(?:open|often|then|even|children|(?:wo)?men|need|feed|seed|speed|bed|red)\b)"
    r"(?P<verb>\w{2,20}(?:ed|en)|made|sold|known|built|born|sent|held|kept|found)"
    r" (?P<preposition>for|from|of|by|with|to|in|on|at|into|against|as|through|under)\W*$"
)
"""How a question ends whose answer follows the same words in a text: "approved for"."""

CLASS_ASKED = compile_words(
    r"^(?:which|what) (?P<things>(?:[\w-]{2,30} ){0,3}[\w-]{2,30}s) "
    r"(?:is|are|was|were|does|do|did|has|have|can|could|will|may)\b"
)
"""A question for the things of a kind, in the plural: "Which antibodies are mentioned?"."""

ONE_THING_ASKED = compile_words(
    r"^(?:which|what) (?:[\w-]{2,30} ){0,2}[\w-]{1,29}(?!s)\w "
    r"(?:is|was|does|did|has|had|can|will)\b"
)
"""A question for one thing: "What speed does it reach?"."""

_ITEM = r"(?P<item>(?:[\w®’'-]{1,30} ){0,2}[\w®’'-]{1,30})"

BESIDE_BEFORE = compile_words(rf"{_ITEM},? (?:and|or) (?:the )?$")

BESIDE_AFTER = compile_words(rf"^,? (?:and|or) (?!other){_ITEM}")
"""A thing beside a kind that is asked for, and so not of it: "cells and antibodies"."""
