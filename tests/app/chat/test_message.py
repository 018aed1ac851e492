"""What the conversation shows of an answer."""

from dataclasses import replace

from fake_system import ARTICLE, make_answer, make_document
from inquote.app.chat.message import answer_html, confidence_words

DOCUMENT = make_document(ARTICLE)
KNOWN = {DOCUMENT.id: DOCUMENT}
QUOTES = ["fatigue, chills and fever", "16.3% of patients"]


def test_a_list_is_one_numbered_list_and_its_items_are_shown_once() -> None:
    answer = replace(make_answer("Which?", DOCUMENT, QUOTES), trace={"form": "list"})
    html = answer_html(answer, KNOWN)
    assert html.count('<ol class="items">') == 1 and html.count('<li class="span"') == 2
    assert html.count(">fatigue, chills and fever<") == 1
    assert "<blockquote" not in html


def test_an_answer_below_half_is_a_possibility() -> None:
    answer = make_answer("Which?", DOCUMENT, QUOTES[:1])
    assert 'class="answer"' in answer_html(replace(answer, confidence=0.5), KNOWN)
    html = answer_html(replace(answer, confidence=0.41), KNOWN)
    assert 'class="answer possible"' in html and "possibly, 41\u00a0%" in html
    assert confidence_words(0.499) == "more likely than not, 50\u00a0%"


def test_the_confidence_stands_before_the_sentences() -> None:
    html = answer_html(make_answer("When?", DOCUMENT, ["2015"]), KNOWN)
    assert html.index("confidence") < html.index("<blockquote")


def test_a_place_names_its_document_where_several_were_searched() -> None:
    answer = make_answer("What is open?", DOCUMENT, ["The future is open."])
    among = answer_html(answer, KNOWN, (), 12)
    assert '<p class="where" dir="auto">A small article · Outlook <a class="only"' in among
    alone = answer_html(answer, KNOWN, (), 1)
    assert '<p class="where" dir="auto">Outlook</p>' in alone and "Only this" not in alone


def test_a_refusal_says_what_was_searched_and_what_to_try() -> None:
    refused = make_answer("What?", DOCUMENT, [], ["2015"])
    assert "I found no answer in 12 documents." in answer_html(refused, KNOWN, (), 12)
    limited = answer_html(refused, KNOWN, ["A small article"], 12)
    assert "I found no answer in A small article." in limited and "or ask everything." in limited
    understood = answer_html(replace(refused, understood_as="What of it?"), KNOWN, (), 1)
    assert "in 1 document." in understood and "or change what was understood." in understood


def test_a_citation_shows_its_sentence() -> None:
    html = answer_html(make_answer("When?", DOCUMENT, ["2015"]), KNOWN)
    assert "\u201cThe first virus was approved in 2015.\u201d" in html
