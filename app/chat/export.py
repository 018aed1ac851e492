"""Write a conversation as a file to keep, in Markdown, HTML or JSON.

Each answer keeps its citations with their ranges and hashes, so that they can be checked later.
"""

import re
from collections.abc import Sequence

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.citing import above_html, above_markdown, line_markdown
from inquote.app.chat.message import confidence_words
from inquote.app.chat.refusal import REFUSAL
from inquote.app.marks import STYLE as MARK_STYLE
from inquote.app.marks import dump_json, escape

STYLE = (
    "body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif;"
    "color-scheme:light dark}"
    "blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid #b58200;"
    "font-size:1.15em;white-space:pre-wrap}"
    "ol{padding-left:1.5rem}li{font-size:.875rem;overflow-wrap:anywhere}" + MARK_STYLE
)


def escape_markdown(text: str) -> str:
    r"""Escape `text` for Markdown, which allows a backslash before any ASCII punctuation mark.

    >>> escape_markdown("a_b*")
    'a\\_b\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def as_json(answers: Sequence[Answer]) -> str:
    """Write one object, `{"answers": [...]}`, of the objects that `inquote ask --json` prints."""
    objects = [answer.as_json() for answer in answers]
    return dump_json({"answers": objects}, indent=2) + "\n"


def as_markdown(answers: Sequence[Answer], sentences: Sequence[Sequence[str]] = ()) -> str:
    """Write each question as a heading, with the quotes under it, confidence, and their places.

    `sentences` are those around the citations of each answer, "" where a quote is all there is.
    """
    parts = ["# Conversation"]
    for number, answer in enumerate(answers):
        around = sentences[number] if number < len(sentences) else ()
        parts.append(_answer_markdown(answer, around))
    return "\n\n".join(parts) + "\n"


def _answer_markdown(answer: Answer, sentences: Sequence[str]) -> str:
    heading = f"## {line_markdown(answer.question)}"
    if answer.scope:
        heading += f"\n\n*Only in {line_markdown(', '.join(answer.scope))}*"
    above = []
    if " ".join(answer.understood_as.split()) != " ".join(answer.question.split()):
        above.append(f"Understood as: {line_markdown(answer.understood_as)}")
    if not answer.citations:
        return "\n\n".join([heading, *above, line_markdown(answer.notice) or REFUSAL])
    above += above_markdown(answer)
    quotes, places = [], []
    for number, citation in enumerate(answer.citations, start=1):
        sentence = sentences[number - 1] if number <= len(sentences) else ""
        quotes.append(f"> {line_markdown(citation.quote)} [{number}]")
        place = ", ".join(map(line_markdown, _place(citation)))
        around = f": \u201c{line_markdown(sentence)}\u201d" if sentence else ""
        places.append(f"{number}. {place}, SHA-256 `{citation.document_sha256}`{around}")
    confidence = f"Confidence: {confidence_words(answer.confidence)}"
    quoted = "\n>\n".join(quotes)
    return "\n\n".join([heading, *above, quoted, confidence, "\n".join(places)])


def _place(citation: Citation) -> list[str]:
    """List title, heading, page, document and range of a citation."""
    page = f"page {citation.page}" if citation.page else ""
    names = filter(None, (citation.title, citation.heading, page, citation.document_id))
    return [*names, f"characters {citation.start} to {citation.end}"]


def as_html(answers: Sequence[Answer]) -> str:
    """Write a page that loads nothing: no script, no picture, no address."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    body = "".join(map(_answer_html, answers))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Conversation</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><main><h1>Conversation</h1>\n{body}</main></body></html>\n"
    )


def _answer_html(answer: Answer) -> str:
    question = f'<h2 dir="auto">{escape(answer.question)}</h2>\n'
    if answer.understood_as != answer.question:
        question += f"<p>Understood as: <q>{escape(answer.understood_as)}</q></p>\n"
    if answer.scope:
        question += f'<p dir="auto">Only in {escape(", ".join(answer.scope))}</p>\n'
    if not answer.citations:
        return f"{question}<p>{escape(answer.notice) or REFUSAL}</p>\n"
    quotes, places = [], []
    for number, citation in enumerate(answer.citations, start=1):
        quote = escape(citation.quote)
        quotes.append(f'<blockquote dir="auto">{quote} <small>[{number}]</small></blockquote>\n')
        place = escape(", ".join(_place(citation)))
        places.append(f"<li>{place}, SHA-256 <code>{citation.document_sha256}</code></li>\n")
    question += above_html(answer)
    confidence = f"<p>{confidence_words(answer.confidence)}</p>\n"
    return f"{question}{''.join(quotes)}{confidence}<ol>{''.join(places)}</ol>\n"
