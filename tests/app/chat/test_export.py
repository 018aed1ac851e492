import json
import re
from dataclasses import replace
from html import unescape

import pytest

from fake_system import ARTICLE, INJECTIONS, make_answer, make_document
from inquote.app.chat.export import as_html, as_json, as_markdown
from inquote.ingest.documents import Page

DOCUMENT = make_document(ARTICLE, pages=(Page(1, 0, 100), Page(2, 100, len(ARTICLE))))
ANSWER = make_answer("What was *the* response?", DOCUMENT, ["16.3% of patients", "2.1%"])
REFUSED = make_answer("What does it cost?", DOCUMENT, [])


def test_json_holds_the_objects_of_the_command_line() -> None:
    assert json.loads(as_json([ANSWER, REFUSED])) == {
        "answers": [ANSWER.as_json(), REFUSED.as_json()]
    }


def test_markdown_holds_the_quotes_and_where_they_stand() -> None:
    start = ARTICLE.index("16.3%")
    understood = replace(ANSWER, understood_as="What was it?")
    text = as_markdown([understood, REFUSED], [("In the trial, 16.3% had it.", ""), ()])
    assert text.startswith(
        "# Conversation\n\n## What was \\*the\\* response?\n\nUnderstood as: What was it?\n\n"
        "> 16.3% of patients [1]\n>\n> 2.1% [2]\n\nConfidence: likely, 82\u00a0%\n\n"
        "1. A small article, Results, page 2, corpus/small.md, "
        f"characters {start} to {start + 17}, SHA-256 `{DOCUMENT.sha256}`: "
        "\u201cIn the trial, 16.3% had it.\u201d\n2. "
    )
    assert text.endswith("## What does it cost?\n\nThe corpus does not say.\n")


def test_html_holds_the_quotes_and_where_they_stand() -> None:
    start = ARTICLE.index("16.3%")
    text = as_html([replace(ANSWER, understood_as="What was it?"), REFUSED])
    text = text.replace(' dir="auto"', "")
    assert "<h2>What was *the* response?</h2>\n<p>Understood as: <q>What was it?</q></p>" in text
    assert "<blockquote>16.3% of patients <small>[1]</small></blockquote>\n<blockquote>2.1%" in text
    assert (
        "<ol><li>A small article, Results, page 2, corpus/small.md, "
        f"characters {start} to {start + 17}, SHA-256 <code>{DOCUMENT.sha256}</code></li>"
    ) in text
    assert "<h2>What does it cost?</h2>\n<p>The corpus does not say.</p>" in text


@pytest.mark.parametrize("text", INJECTIONS)
def test_html_obeys_nothing_that_it_quotes(text: str) -> None:
    document = make_document(text, title=text, id=text)
    page = as_html([replace(make_answer(text, document, [text]), understood_as=text)])
    body = page[page.index("<body>") :]
    assert not re.search(r"<(script|img|form|style|b|a|mark)\b", body)
    assert text in unescape(body)
