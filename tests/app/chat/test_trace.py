import re
from dataclasses import replace

from fake_system import ARTICLE, make_answer, make_document
from inquote.app.answering.answer import Answer
from inquote.app.chat.trace import trace_html

DOCUMENT = make_document(ARTICLE)
ANSWER = make_answer("What was the response?", DOCUMENT, ["16.3% of patients", "2.1%"])


def shown(answer: Answer) -> str:
    return trace_html(answer, {DOCUMENT.id: DOCUMENT})


def cells(html: str, caption: str) -> list[list[str]]:
    """The text of the cells of the table with that caption, its head left out."""
    table = re.search(f"<caption>{caption}</caption>.*?<tbody>(.*?)</tbody>", html)
    assert table
    rows = re.findall("<tr>(.*?)</tr>", table[1])
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def test_the_trace_has_the_question_the_line_and_the_reader() -> None:
    html = shown(replace(ANSWER, understood_as="What was the response to Tern?"))
    assert html.startswith('<details class="trace"><summary>Why this answer</summary>')
    assert "<dt>understood as</dt><dd>What was the response to Tern?</dd>" in html
    assert "<dt>confidence</dt><dd>82\xa0%; answers are given from 50\xa0% on</dd>" in html
    assert "<dt>reader</dt><dd>fake</dd>" in html


def test_the_best_words_come_first_and_the_runner_up_next() -> None:
    assert cells(shown(ANSWER), "What the reader found") == [
        ["best", "16.3% of patients", "Results", "7.500"],
        ["runner-up", "2.1%", "Results", "6.500"],
    ]


def test_each_passage_has_its_ranks_and_scores_in_each_search() -> None:
    assert cells(shown(ANSWER), "Where it was looked for") == [
        ["Results", "1. (0.900)", "1. (5.000)", "1.000", "7.500"],
        ["Results", "2. (0.450)", "–", "0.500", "6.500"],
    ]


def test_a_refusal_says_why_there_is_no_answer() -> None:
    html = shown(make_answer("What does it cost?", DOCUMENT, []))
    assert "<summary>Why no answer</summary>" in html
    assert "<caption>" not in html


def test_whatever_else_a_trace_holds_is_shown_escaped() -> None:
    html = shown(
        replace(
            ANSWER, trace={"note": {"text": "<b>", "score": 0.25}, "steps": ["a", None], "x": None}
        )
    )
    assert "<dt>note</dt><dd>text &lt;b&gt; · score 0.250</dd>" in html
    assert "<dt>steps</dt><dd>a, –</dd>" in html
    assert "<dt>x</dt>" not in html


def test_a_long_candidate_is_cut() -> None:
    candidates = [{"quote": "word " * 500, "nearest": 0, "score": 1.0}]
    words = cells(
        shown(replace(ANSWER, trace={"candidates": candidates})), "What the reader found"
    )[0][1]
    assert len(words) < 150
    assert words.endswith("word ...")
