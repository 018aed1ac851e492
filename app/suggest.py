"""Questions to start with, drawn from the corpus: from its headings, and from sentences that say what something is."""

import re
from collections.abc import Iterator

from ingest.documents import Document
from ingest.sentences import sentence_ranges

MOST = 24  # candidates tried

_POSSESSIVE = re.compile(r"^(\w[\w®™-]*(?: [\w®™-]+){0,3}[’']s?) (\w.*)$")
_DEFINES = re.compile(
    r"^((?:The )?[A-Z][\w®™-]*(?: [A-Za-z0-9][\w®™-]*){0,3})(?: \([^)]*\))? (is|are|was|were) (?:an?|the) "
)


def candidates(document: Document) -> Iterator[str]:
    """Questions that `document` may answer, the likeliest first; whether it does is for the system to say.

    >>> text = "The OPTiM trial was a study."
    >>> list(candidates(Document("a", "A", "", text, "")))
    ['What was the OPTiM trial?']
    """
    for section in document.sections:
        yield from _from_heading(section.title)
    seen = set()
    for start, end in sentence_ranges(document.text):
        found = _DEFINES.match(document.text[start:end])
        if found and found.group(1) not in seen:
            seen.add(found.group(1))
            yield f"What {found.group(2)} {re.sub('^The ', 'the ', found.group(1))}?"


def _from_heading(title: str) -> Iterator[str]:
    if title.endswith("?"):
        yield title.rsplit(": ", 1)[-1]
    possessive = _POSSESSIVE.match(title)
    if possessive and len(title) < 60 and " and " not in title:
        owner, owned = possessive.groups()
        yield f"What is {owner} {owned[0].lower() if owned[:2].istitle() else owned[0]}{owned[1:].lower()}?"
