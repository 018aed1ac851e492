"""A conversation as a file to keep: answers with their citations, ranges and hashes, as Markdown, HTML or JSON."""

import json
import re
from collections.abc import Sequence
from html import escape

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.message import REFUSAL, confidence_words

STYLE = (
    "body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif;color-scheme:light dark}"
    "blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid #b58200;font-size:1.15em;white-space:pre-wrap}"
    "ol{padding-left:1.5rem}li{font-size:.875rem;overflow-wrap:anywhere}"
)


def literal(text: str) -> str:
    r"""Markdown that shows `text` as it stands: every ASCII punctuation mark may be escaped with a backslash.

    >>> literal("a_b*")
    'a\\_b\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def as_json(answers: Sequence[Answer]) -> str:
    """One object, `{"answers": [...]}`, of the objects that `inquote ask --json` prints."""
    return (
        json.dumps(
            {"answers": [answer.as_json() for answer in answers]}, ensure_ascii=False, indent=2
        )
        + "\n"
    )


def as_markdown(answers: Sequence[Answer]) -> str:
    """The questions as headings; under each the quotes, and below them where they stand."""
    return "\n\n".join(["# Conversation", *map(_answer_markdown, answers)]) + "\n"


def _answer_markdown(answer: Answer) -> str:
    quotes = [
        f"> {_line(citation.quote)} [{n}]" for n, citation in enumerate(answer.citations, start=1)
    ]
    places = [_place(citation, n) for n, citation in enumerate(answer.citations, start=1)]
    body = ["\n>\n".join(quotes), "\n".join(places)] if answer.citations else [REFUSAL]
    return "\n\n".join([f"## {_line(answer.question)}", *body])


def _place(citation: Citation, number: int) -> str:
    return (
        f"{number}. {', '.join(map(_line, _where(citation)))}, SHA-256 `{citation.document_sha256}`"
    )


def _where(citation: Citation) -> list[str]:
    """Where a quote stands, so that it can be found again: title, heading, page, document and range."""
    page = f"page {citation.page}" if citation.page else ""
    place = (citation.title, citation.heading, page, citation.document_id)
    return [*filter(None, place), f"characters {citation.start} to {citation.end}"]


def as_html(answers: Sequence[Answer]) -> str:
    """A page that needs nothing else: no script, no picture, no address."""
    body = "".join(map(_answer_html, answers))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Conversation</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><main><h1>Conversation</h1>\n{body}</main></body></html>\n"
    )


def _answer_html(answer: Answer) -> str:
    asked = f"<h2>{escape(answer.question)}</h2>\n"
    if answer.understood_as != answer.question:
        asked += f"<p>Understood as: <q>{escape(answer.understood_as)}</q></p>\n"
    if not answer.citations:
        return f"{asked}<p>{REFUSAL}</p>\n"
    quotes = "".join(
        f"<blockquote>{escape(c.quote)} <small>[{n}]</small></blockquote>\n"
        for n, c in enumerate(answer.citations, 1)
    )
    places = "".join(
        f"<li>{escape(', '.join(_where(c)))}, SHA-256 <code>{c.document_sha256}</code></li>\n"
        for c in answer.citations
    )
    return f"{asked}{quotes}<p>{confidence_words(answer.confidence)}</p>\n<ol>{places}</ol>\n"


def _line(text: str) -> str:
    """Text on one line, shown as it stands."""
    return literal(" ".join(text.split()))
