import re
from dataclasses import replace
from html import unescape
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_system import ARTICLE, INJECTIONS, make_answer, make_citation, make_document
from inquote.app.chat.document_pane import (
    document_html,
    documents_html,
    heading_at,
    notice_html,
)
from inquote.app.chat.document_text import blocks_of, text_html
from inquote.app.chat.message import (
    answer_html,
    confidence_words,
    question_html,
    sentence_html,
    sentences_around,
)
from inquote.app.chat.ranges import Mark, range_html
from inquote.ingest.documents import Document, Page, Section


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def quoted(html: str, number: int) -> str:
    """What the marks with that number say, joined."""
    pieces = re.findall(r'<mark data-cite="([^"]*)"[^>]*>(.*?)</mark>', html, re.DOTALL)
    return plain("".join(text for numbers, text in pieces if str(number) in numbers.split()))


def bare(text: str, starts: tuple[int, ...] = ()) -> Document:
    ends = (*starts[1:], len(text))
    pages = tuple(Page(*page) for page in zip(count(1), starts, ends, strict=False))
    return Document("d", "t", "", text, "0" * 64, pages=pages)


TEXTS = st.text(
    st.sampled_from("ab .<>&\"'\n\n\t-1\u00a0\u0301\u2028\u202e\u2069é𝔸👩‍🔬"), max_size=80
)


@given(TEXTS, st.data())
def test_the_pane_holds_the_text_and_every_mark_its_quote(text: str, data: st.DataObject) -> None:
    offset = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(offset, offset), max_size=4))
    marks = [
        Mark(n, min(pair), max(pair)) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1]
    ]
    pages = tuple(sorted(data.draw(st.sets(offset, max_size=3))))
    starts = sorted(data.draw(st.sets(offset, max_size=3)))
    sections = tuple(Section("x", 1, start, len(text)) for start in starts)
    html = text_html(replace(bare(text, pages), sections=sections), marks)
    assert plain(html) == text
    for mark in marks:
        assert quoted(html, mark.number) == text[mark.start : mark.end]


@pytest.mark.parametrize("text", INJECTIONS)
def test_the_corpus_is_shown_and_never_obeyed(text: str) -> None:
    html = text_html(bare(text), [Mark(1, 0, len(text))])
    assert plain(html) == text
    assert set(re.findall(r"<(\w+)", html)) <= {"div", "p", "span", "mark", "ul", "li"}


def test_overlapping_marks_share_the_piece_that_both_cover() -> None:
    assert range_html("abcdef", 0, 6, [Mark(1, 1, 4), Mark(2, 3, 6)]) == (
        'a<mark data-cite="1" data-label="1">bc</mark>'
        '<mark data-cite="1 2" data-label="2">d</mark>'
        '<mark data-cite="2">ef</mark>'
    )


def test_blocks_end_at_blank_lines_headings_and_list_items() -> None:
    document = make_document("A small article\nfirst\nline\n\nnext\n- one\n  more\n2) two\n")
    got = [(block.kind, document.text[block.start : block.end]) for block in blocks_of(document)]
    assert got == [
        ("heading", "A small article"),
        ("paragraph", "first\nline"),
        ("paragraph", "next"),
        ("item", "- one\n  more"),
        ("item", "2) two"),
    ]


def test_headings_keep_their_level_below_the_pane_title() -> None:
    assert '<h3 class="heading" dir="auto">Results</h3>' in document_html(make_document(ARTICLE))


def test_a_mark_over_two_paragraphs_is_continued_in_the_second() -> None:
    html = text_html(bare("one\n\ntwo"), [Mark(1, 2, 6)])
    assert html.count("data-label") == 1
    assert quoted(html, 1) == "e\n\nt"


@pytest.mark.parametrize("start, end", [(-1, 2), (0, 4), (2, 2), (3, 1)])
def test_a_range_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside d"):
        text_html(bare("abc"), [Mark(1, start, end)])


def test_pages_are_shown_where_they_begin() -> None:
    html = text_html(bare("one\n\ntwo three", (0, 5, 9)))
    assert plain(html) == "one\n\ntwo three"
    assert re.sub(r'<span class="page-break" data-page="(\d)"[^>]*></span>', r"[\1]", html) == (
        '<div class="part">[1]<p class="paragraph" dir="auto">one</p>'
        '<span class="gap">\n\n</span>[2]<p class="paragraph" dir="auto">two [3]three</p></div>'
    )


def test_a_long_document_comes_in_parts() -> None:
    text = "\n\n".join(["word " * 200] * 50)
    html = text_html(bare(text))
    assert plain(html) == text
    assert html.count('<div class="part">') == 7  # eight paragraphs of 1,001 characters a part


def test_a_megabyte_is_rendered_whole() -> None:
    text = "\n\n".join(["a line of a long document & more"] * 30_000)
    assert plain(text_html(bare(text), [Mark(1, 500_000, 500_010)])) == text


def test_the_place_of_a_mark_has_heading_and_page() -> None:
    document = make_document(ARTICLE, pages=(Page(1, 0, 100), Page(2, 100, len(ARTICLE))))
    start = document.text.index("16.3%")
    assert heading_at(document, start) == "Results"
    assert '<li data-number="1">Results · page 2</li>' in document_html(
        document, [Mark(1, start, start + 5)]
    )


def test_names_of_documents_are_escaped() -> None:
    name = '<img src=x onerror="alert(1)">.md'
    for html in (
        documents_html([(name, name)]),
        document_html(replace(bare("x"), id=name, title=name)),
        notice_html(name),
    ):
        assert "<img" not in html
        assert "&lt;img" in html


# ---- messages


def shown(quotes: list[str], text: str = ARTICLE) -> str:
    document = make_document(text)
    return answer_html(
        make_answer("q", document, quotes, ["The future is open."]), {document.id: document}
    )


def test_a_span_stands_large_and_marked_in_its_sentence() -> None:
    html = shown(["2015"])
    assert '<span class="quote">2015</span>' in html
    sentence = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", html)
    assert sentence and plain(sentence[1]) == "The first virus was approved in 2015citation [1]."
    assert '<mark data-cite="1" data-label="1">2015</mark>' in sentence[1]


def test_spans_of_one_sentence_share_it() -> None:
    html = shown(["durable response", "16.3% of patients"])
    assert html.count("<blockquote") == 1
    sentence = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", html)
    assert sentence and plain(sentence[1]) == (
        "In the trial, 16.3% of patientscitation [2] had a durable responsecitation [1]."
    )


def test_a_whole_sentence_is_not_shown_twice() -> None:
    html = shown(["The control group had 2.1%, which is less."])
    assert "<blockquote" not in html
    assert '<p class="where" dir="auto">Results</p>' in html


def test_a_citation_links_to_its_range_in_the_version_that_was_read() -> None:
    document = make_document(ARTICLE)
    start = document.text.index("2015")
    version = f"document=corpus%2Fsmall.md&amp;sha256={document.sha256}"
    target = f"#{version}&amp;start={start}&amp;end={start + 4}"
    assert f'<a class="cite" href="{target}"' in shown(["2015"])


def test_the_sentences_around_a_citation_stay_in_its_passage() -> None:
    document = make_document(ARTICLE)
    citation = make_citation(document, "2.1%")
    start, end = sentences_around(document.text, citation)
    assert document.text[start:end] == "The control group had 2.1%, which is less."
    narrow = replace(citation, passage_start=citation.start, passage_end=citation.end + 1)
    assert sentences_around(document.text, narrow) == (citation.start, citation.end + 1)


def test_a_refusal_names_the_nearest_passages_as_such() -> None:
    html = shown([])
    assert "The corpus does not say." in html
    assert "Nearest passages, not an answer" in html
    assert '<p class="passage" dir="auto">The future is open.\n</p>' in html
    assert 'class="cite"' not in html


def test_of_several_questions_those_without_an_answer_are_named() -> None:
    document = make_document(ARTICLE)
    parts = [{"question": "When?", "answered": True}, {"question": "Why <b>?", "answered": False}]
    answer = replace(make_answer("q", document, ["2015"]), trace={"parts": parts})
    html = answer_html(answer, {document.id: document})
    assert '<p class="held">The corpus does not say. <q>Why &lt;b&gt;?</q></p>' in html
    assert "When?" not in html.split("<details", 1)[0]


def test_the_understood_question_is_shown_only_where_it_differs() -> None:
    document = make_document(ARTICLE)
    answer = make_answer("And in  2015?", document, ["2015"])
    assert "Understood as" not in answer_html(answer, {document.id: document})
    changed = replace(answer, understood_as="What happened in 2015?")
    assert "Understood as: <q>What happened in 2015?</q>" in answer_html(
        changed, {document.id: document}
    )


def test_the_confidence_tells_how_often_answers_at_its_level_were_right() -> None:
    document = make_document(ARTICLE)
    answer = replace(
        make_answer("q", document, ["2015"]), trace={"observed": {"answers": 32, "right": 0.656}}
    )
    html = answer_html(answer, {document.id: document})
    assert "Of the 32 answers at this level in the calibration, 66\xa0% were right." in html


@pytest.mark.parametrize("text", INJECTIONS)
def test_questions_answers_and_sentences_are_escaped(text: str) -> None:
    document = make_document(text, title=text, id=text)
    answer = replace(make_answer(text, document, [text]), understood_as=text + "?")
    html = question_html(text) + sentence_html(text) + answer_html(answer, {document.id: document})
    assert not re.search(r"<(script|img|form|style|b)\b", html)
    assert plain(question_html(text)) == text
    assert f'<span class="quote">{text}</span>' in unescape(html)


def test_a_question_of_a_million_characters_is_cut_for_display() -> None:
    html = question_html("x" * 1_000_000)
    assert len(html) < 1000
    assert plain(html).endswith("... and 999,400 more characters")


@pytest.mark.parametrize(
    "confidence, words",
    [
        (0.97, "very likely, 97\xa0%"),
        (0.7, "likely, 70\xa0%"),
        (0.5, "more likely than not, 50\xa0%"),
    ],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert confidence_words(confidence) == words
