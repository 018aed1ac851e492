"""A conversation as a file to keep: the answers with their citations, ranges and hashes, as JSON or Markdown."""

import json
import re
from collections.abc import Sequence

from app.answer import Answer, Citation
from app.chat.message import REFUSAL


def literal(text: str) -> str:
    r"""Markdown that shows `text` as it stands: every ASCII punctuation mark may be escaped with a backslash.

    >>> literal("a_b*")
    'a\\_b\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def as_json(answers: Sequence[Answer]) -> str:
    """One object, `{"answers": [...]}`, of the objects that `inquote ask --json` prints."""
    return json.dumps({"answers": [answer.as_json() for answer in answers]}, ensure_ascii=False, indent=2) + "\n"


def as_markdown(answers: Sequence[Answer]) -> str:
    """The questions as headings; under each the quotes, and below them where they stand."""
    return "\n\n".join(["# Conversation", *map(_answer_markdown, answers)]) + "\n"


def _answer_markdown(answer: Answer) -> str:
    quotes = [f"> {_line(citation.quote)} [{n}]" for n, citation in enumerate(answer.citations, start=1)]
    places = [_place(citation, n) for n, citation in enumerate(answer.citations, start=1)]
    body = ["\n>\n".join(quotes), "\n".join(places)] if answer.citations else [REFUSAL]
    return "\n\n".join([f"## {_line(answer.question)}", *body])


def _place(citation: Citation, number: int) -> str:
    """Where a quote stands, so that it can be found again: document, version, range."""
    page = f"page {citation.page}, " if citation.page else ""
    heading = f"{_line(citation.heading)}, " if citation.heading else ""
    return (
        f"{number}. {_line(citation.title)}, {heading}{page}{_line(citation.document_id)}, "
        f"characters {citation.start} to {citation.end}, SHA-256 `{citation.document_sha256}`"
    )


def _line(text: str) -> str:
    """Text on one line, shown as it stands."""
    return literal(" ".join(text.split()))
