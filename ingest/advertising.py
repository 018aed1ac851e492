"""Lines that only send the reader elsewhere: they stay in the document and are kept out of the passages.

The rule, applied to a block (paragraph, list item):

1. Every sentence of the block is a call to act: it opens with "for more information/details/insights..." or "to
   learn more...", and then tells to visit, download, click, subscribe...; or it opens with such an order itself
   ("Download the full report", "Click here", "Subscribe to our newsletter") and has at most 20 words.
2. The block stands under a heading that announces links ("Related Reports", "Further reading", "You may also like") and
   is a bare line: at most 15 words and no stop at its end.

What the rule leaves out is listed by `inquote status --left-out`, for in another corpus such a line may matter.
"""

import re

from ingest.sentences import sentence_ranges

_ORDER = (
    r"(?:visit|download|click|subscribe|sign up|register|request|browse|check out|explore our|read our|get your|"
    r"access our|buy|order now)"
)
_FOR_MORE = re.compile(
    r"^(?:for (?:more|further|additional|detailed)\b|to (?:learn|know|find out|read) more\b|"
    r"(?:want|looking) (?:to know|for) more\b).*\b" + _ORDER + r"\b",
    re.IGNORECASE | re.DOTALL,
)
_OPENS_WITH_ORDER = re.compile(
    r"^(?:please )?" + _ORDER + r"(?:\W*$|,? (?:the|our|us|an?|your|this|here|now|for|to|more|on|full|free|sample|pdf|"
    r"report|brochure|https?|www)\b)",
    re.IGNORECASE,
)
_LINKS_HEADING = re.compile(
    r"^(?:(?:related|similar|other|recommended|popular|latest|trending) (?:reports?|articles?|posts?|blogs?|news|"
    r"links?|reads?|reading|stories|products?|insights?)|further reading|read (?:more|also|next)|you may also like|"
    r"share this.*)\W*$",
    re.IGNORECASE,
)


def is_call_to_act(block: str) -> bool:
    """Rule 1 on a block's text.

    >>> is_call_to_act("For more information on prices, download the full report.")
    True
    """
    sentences = [block[start:end] for start, end in sentence_ranges(block)]
    return bool(sentences) and all(
        _FOR_MORE.search(sentence) or (_OPENS_WITH_ORDER.search(sentence) and len(sentence.split()) <= 20)
        for sentence in sentences
    )


def announces_links(heading: str) -> bool:
    """Whether a heading announces links, as in rule 2."""
    return bool(_LINKS_HEADING.match(heading.strip()))


def is_bare_line(block: str) -> bool:
    """Whether a block under such a heading is no prose of its own, as in rule 2."""
    return len(block.split()) <= 15 and not block.rstrip().endswith((".", "!", "?"))
