"""What the command line prints of an answer."""

from dataclasses import replace

from fake_system import ARTICLE, make_answer, make_document
from inquote.app.answering.answer import join_quotes
from inquote.app.cli.output import format_answer

DOCUMENT = make_document(ARTICLE)


def test_items_are_numbered_once_and_parted_in_one_text() -> None:
    quotes = ["fatigue, chills and fever.", "It was found by Ada Quill, who named it Tern."]
    answer = make_answer("Which?", DOCUMENT, quotes)
    items = replace(answer, trace={"form": "list"}, text=join_quotes(quotes, "list"))
    assert items.text == "fatigue, chills and fever; " + quotes[1]
    lines = format_answer(items).splitlines()
    assert lines[:2] == [
        "1. fatigue, chills and fever",
        "2. It was found by Ada Quill, who named it Tern",
    ]
    assert [citation.quote for citation in items.citations] == quotes
    assert sum("fatigue" in line for line in lines) == 1


def test_sentences_are_printed_as_a_text() -> None:
    quotes = ["It was found by Ada Quill, who named it Tern.", "The future is open."]
    answer = make_answer("How?", DOCUMENT, quotes)
    told = replace(answer, trace={"form": "sentences"}, text=join_quotes(quotes))
    assert format_answer(told).splitlines()[0] == " ".join(quotes)
