"""Find the document that a question names: it is answered from that one."""

import re
from collections.abc import Iterable

from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import normalize_words
from inquote.app.language.forms import ACCORDING_TO, QUOTED_TEXT, WHOLE_TEXT
from inquote.index.stores.base import DocumentInfo

_SUFFIX = re.compile(r"\.\w{1,5}$")


def scope_of(question: str, shelf: Shelf) -> tuple[str, list[str] | None]:
    """Return a question without the document that it names, and the ids of those so called.

    Where it names none, or none of the library's, the question stays and there are no ids.
    """
    for pattern in (ACCORDING_TO, QUOTED_TEXT):
        match = pattern.search(question)
        if not match:
            continue
        name = next(filter(None, match.groups())).strip()
        rest = _without(question, match)
        if WHOLE_TEXT.match(name):
            return rest, None
        ids = documents_called(name, shelf.infos)
        if ids:
            return rest, ids
    return question, None


def _without(question: str, match: re.Match[str]) -> str:
    """Take a phrase out of a question."""
    rest = f"{question[: match.start()]} {question[match.end() :]}".strip(" ,")
    rest = re.sub(r" (?=[?.,])", "", " ".join(rest.split()))
    return rest[:1].upper() + rest[1:]


def documents_called(name: str, infos: Iterable[DocumentInfo]) -> list[str]:
    """Return the ids of the documents whose name, path or title holds a name.

    Documents called exactly so go before those whose name holds it.

    >>> info = DocumentInfo("work/rules-2.pdf", "Rules of the house", "", "", 0, 0, "")
    >>> documents_called("rules-2.pdf", [info]), documents_called("rule", [info])
    (['work/rules-2.pdf'], [])
    """
    words = _words(name)
    exact, holding = [], []
    for info in infos:
        file = info.id.rsplit("/", 1)[-1]
        called = [_words(file), _words(info.title), _words(info.id)]
        if words in called:
            exact.append(info.id)
        elif words and any(f" {words} " in f" {other} " for other in called):
            holding.append(info.id)
    return exact or holding


def _words(name: str) -> str:
    """Return the words of a name without the suffix of its file."""
    return normalize_words(_SUFFIX.sub("", name.strip()).replace("_", " "))
