"""Lines that only send the reader elsewhere: they stay in the document and are kept out of the passages.

The rule, applied to a block (paragraph, list item):

1. Every sentence of the block is a call to act: it opens with "for more information/details/insights..." or "to
   learn more...", and then tells to visit, download, click, subscribe...; or it opens with such an order itself
   ("Download the full report", "Click here", "Subscribe to our newsletter") and has at most 20 words.
2. The block stands under a heading that announces links ("Related Reports", "Further reading", "You may also like") and
   is a bare line: at most 15 words and no stop at its end.

What the rule leaves out is listed by `inquote status --left-out`, for in another corpus such a line may matter.
"""

from inquote.ingest.english import FOR_MORE, LINKS_HEADING, OPENS_WITH_ORDER
from inquote.ingest.text import sentence_ranges


def is_call_to_act(block: str) -> bool:
    """Rule 1 on a block's text.

    >>> is_call_to_act("For more information on prices, download the full report.")
    True
    """
    sentences = [block[start:end] for start, end in sentence_ranges(block)]
    return bool(sentences) and all(
        FOR_MORE.search(sentence)
        or (OPENS_WITH_ORDER.search(sentence) and len(sentence.split()) <= 20)
        for sentence in sentences
    )


def announces_links(heading: str) -> bool:
    """Whether a heading announces links, as in rule 2."""
    return bool(LINKS_HEADING.match(heading.strip()))


def is_bare_line(block: str) -> bool:
    """Whether a block under such a heading is no prose of its own, as in rule 2."""
    return len(block.split()) <= 15 and not block.rstrip().endswith((".", "!", "?"))
