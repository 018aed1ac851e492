"""Remember the titles that people gave to documents, for every time that a file is read anew.

They lie among the journal's settings, for no file says them, and no generation ends them.
"""

import json
import unicodedata
from collections.abc import Mapping

from inquote.index.stores.journal import Journal
from inquote.ingest.errors import InquoteError

SETTING = "titles"
LONGEST = 300  # characters of a title


def read_titles(journal: Journal) -> dict[str, str]:
    """Return the titles that people gave, by the documents' ids; none where they cannot be read."""
    try:
        titles = json.loads(journal.setting(SETTING) or "{}")
    except (InquoteError, ValueError):
        return {}
    return titles if isinstance(titles, dict) else {}


def put_title(journal: Journal, id: str, title: str | None) -> None:
    """Remember a document's title, or forget it; raise `InquoteError` where that cannot be."""
    titles = read_titles(journal)
    titles.pop(id, None)
    if title is not None:
        titles[id] = title
    journal.put_setting(SETTING, json.dumps(titles, ensure_ascii=False))


def put_titles(journal: Journal, titles: Mapping[str, str]) -> None:
    """Remember the titles of documents by their ids, beside those that are remembered."""
    if titles:
        kept = json.dumps(read_titles(journal) | dict(titles), ensure_ascii=False)
        journal.put_setting(SETTING, kept)


def clean_title(typed: str) -> str:
    """Return a typed title on one line; raise `InquoteError` where nothing is left of it.

    >>> clean_title("  Two \\n lines ")
    'Two lines'
    """
    words = unicodedata.normalize("NFC", typed[: 4 * LONGEST]).split()
    title = "".join(filter(str.isprintable, " ".join(words)))[:LONGEST].strip()
    if not title:
        raise InquoteError("Please type a title.")
    return title
