"""English as far as sentences, search and advertising need it.

`app/language/english.py` is its counterpart for questions and answers.
"""

import re

# Where a sentence ends: `ingest/text.py`.

ABBREVIATIONS = frozenset(
    (
        "dr mr mrs ms prof st vs etc cf al approx no nos fig figs eq eqs ref refs vol ed eds pp p "
        "jr sr inc ltd co corp dept est gen col sgt capt lt rev hon jan feb mar apr jun jul aug "
        "sep sept oct nov dec e.g i.e a.m p.m ca resp incl"
    ).split()
)
"""Words after which a full stop ends no sentence, without that stop."""

SENTENCE_STARTERS = frozenset(
    (
        "the a an in it this that these those he she they we you i but and however its his her "
        "their our for on at as after although when while since if there here what who why how"
    ).split()
)
"""Words before which an abbreviation of capitals, such as "U.S.", ends its sentence."""


HYPHENATED = frozenset(
    (
        "well self non high low long short half full all two three four five six seven eight nine "
        "ten twenty thirty forty fifty sixty ninety old new ex anti state user part hard open one "
        "first second third large small mid cost time real world so up in on off"
    ).split()
)
"""First parts of words that have a hyphen: "well-known". `formats/wrapping.py`."""


# What search leaves out; also used by `app/answering/spelling.py` and `app/training`.

FUNCTION_WORDS = frozenset(
    (
        "a an the of in on at to for from by with as is are was were be been being am do does did "
        "done has have had having can could will would shall should may might must what which who "
        "whom whose when where why how that this these those it its he she they them their his "
        "her your you i me my we our us and or but if than then there here so s t any some about "
        "into over please tell give me"
    ).split()
)
"""Words that say little of what a text is about."""


# Lines that send the reader elsewhere: `ingest/advertising.py`.

_ORDER = (
    r"(?:visit|download|click|subscribe|sign up|register|request|browse|check out|explore our"
    r"|read our|get your|access our|buy|order now)"
)
_ORDER_OF_OURS = r"(?:explore|read|access|see|view|browse|check out)(?: all)?(?: of)? our"

FOR_MORE = re.compile(
    r"^(?:for (?:more|further|additional|detailed)\b"
    r"|to (?:learn|know|find out|read) more\b"
    r"|(?:want|looking) (?:to know|for) more\b).*\b" + _ORDER + r"\b",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence that promises more and then gives an order: "For more information, visit"."""

OPENS_WITH_ORDER = re.compile(
    r"^(?:please )?(?:" + _ORDER_OF_OURS + r"\b)|^(?:please )?" + _ORDER + r"(?:\W*$"
    r"|,? (?:the|our|us|an?|your|this|here|now|for|to|more|on|full|free|sample|pdf"
    r"|report|brochure|https?|www)\b)",
    re.IGNORECASE,
)
"""A sentence that begins with an order: "Download the full report"."""

LINKS_HEADING = re.compile(
    r"^(?:(?:related|similar|other|recommended|popular|latest|trending) "
    r"(?:reports?|articles?|posts?|blogs?|news|links?|reads?|reading|stories|products?|insights?)"
    r"|further reading|read (?:more|also|next)|you may also like|share this.*)\W*$",
    re.IGNORECASE,
)
"""A heading that announces links to other pages: "Related Reports"."""


# What stands beside the text of a web page: `ingest/formats/html_parts.py`.

ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?P<notice>cookies?|consent|gdpr)|(?P<share>share|sharing|sharebar|socials?)"
    r"|breadcrumbs?|pagination|pager|navbar|navigation|nav|menu|submenu|skip-?links?|newsletter"
    r"|related-?(?:posts|articles|links|news|content))(?:$|[\s_-])",
    re.IGNORECASE,
)
"""A class or id of a menu, a share bar, a notice about cookies, links to other pages."""

RIGHTS = re.compile(r"(?:©|\(c\)|copyright\b|all rights reserved)", re.IGNORECASE)
"""A line that says who has the rights to a page."""

EMPTY_TITLES = frozenset("home homepage index untitled document page test".split())
"""Words of titles that say nothing of a page."""

EMPTY_HEADINGS = frozenset(
    (
        "title contents introduction conclusion conclusions abstract heading header footer index"
        " untitled tbd unreleased changelog notices"
    ).split()
) | {
    "table of content",
    "table of contents",
    "no title",
    "release history",
    "standard terms",
    "proposed rules",
    "rules and regulations",
    "united states securities and exchange commission",
    "securities and exchange commission",
}
"""Headings that do not say which document they stand in."""

MAIL_SENDERS = ("From", "Sender")
"""The labels of fields that open the head of an e-mail."""

MAIL_FIELDS = {
    "From": ", who sent the e-mail",
    "Sender": ", who sent the e-mail",
    "To": ", who received the e-mail",
    "Cc": ", who received a copy of the e-mail",
    "Bcc": ", who received a copy of the e-mail",
    "Reply-To": ", who gets the answer to the e-mail",
    "Date": ", when the e-mail was sent",
}
"""What each field of an e-mail says of it, read behind the label."""
