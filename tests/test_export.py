import json

from fake_system import ARTICLE, make_answer, make_document

from app.chat.export import as_json, as_markdown

DOCUMENT = make_document(ARTICLE, pages=(0, 100))
ANSWER = make_answer("What was *the* response?", DOCUMENT, ["16.3% of patients", "2.1%"])
REFUSED = make_answer("What does it cost?", DOCUMENT, [])


def test_json_holds_the_objects_of_the_command_line() -> None:
    assert json.loads(as_json([ANSWER, REFUSED])) == {"answers": [ANSWER.as_json(), REFUSED.as_json()]}


def test_markdown_holds_the_quotes_and_where_they_stand() -> None:
    start = ARTICLE.index("16.3%")
    text = as_markdown([ANSWER, REFUSED])
    assert text.startswith(
        "# Conversation\n\n## What was \\*the\\* response\\?\n\n> 16\\.3\\% of patients [1]\n>\n> 2\\.1\\% [2]\n\n"
        f"1. A small article, Results, page 2, corpus\\/small\\.md, characters {start} to {start + 17}, "
        f"SHA-256 `{DOCUMENT.sha256}`\n2. "
    )
    assert text.endswith("## What does it cost\\?\n\nThe corpus does not say.\n")
