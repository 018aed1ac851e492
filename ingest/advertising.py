"""Recognise lines that only send the reader elsewhere.

Such a line stays in the document and is kept out of the passages. There are two rules, each about
one block (a paragraph or a list item):

1. Every sentence of the block is a call to action. Either it opens with "for more information /
   details / insights ..." or "to learn more ..." and then says to visit, download, click,
   subscribe; or it opens with such an order itself ("Download the full report", "Click here",
   "Subscribe to our newsletter") and has at most 20 words.
2. The block stands under a heading that announces links ("Related Reports", "Further reading",
   "You may also like") and is a bare line: at most 15 words and no stop at its end.

In another corpus such a line may matter, so `inquote status --left-out` lists every one.
"""

from inquote.ingest.english import FOR_MORE, LINKS_HEADING, OPENS_WITH_ORDER
from inquote.ingest.text import sentence_ranges

MAX_ORDER_WORDS = 20
MAX_LINK_WORDS = 15


def is_call_to_action(block: str) -> bool:
    """Return whether every sentence of a block is a call to action (rule 1).

    >>> is_call_to_action("For more information on prices, download the full report.")
    True
    """
    sentences = [block[start:end] for start, end in sentence_ranges(block)]
    return bool(sentences) and all(map(_is_order, sentences))


def _is_order(sentence: str) -> bool:
    if FOR_MORE.search(sentence):
        return True
    return bool(OPENS_WITH_ORDER.search(sentence)) and len(sentence.split()) <= MAX_ORDER_WORDS


def announces_links(heading: str) -> bool:
    """Return whether a heading announces links (rule 2)."""
    return bool(LINKS_HEADING.match(heading.strip()))


def is_bare_line(block: str) -> bool:
    """Return whether a block under such a heading is a bare line (rule 2)."""
    return len(block.split()) <= MAX_LINK_WORDS and not block.rstrip().endswith((".", "!", "?"))
