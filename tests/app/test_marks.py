"""Characters that act unseen: one function shows them on the page, one in the terminal."""

import ast
import io
import json
import re
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_system import make_answer, make_document
from inquote.app.chat.corpus_list import View, documents_html
from inquote.app.chat.document_pane import document_html
from inquote.app.chat.document_text import text_html
from inquote.app.chat.export import as_html, as_json, as_markdown
from inquote.app.cli.output import format_answer
from inquote.app.cli.terminal import print_json, print_text
from inquote.app.marks import (
    BIDI_CONTROLS,
    STYLE,
    dump_json,
    escape,
    escape_attribute,
    visible,
    with_marks,
    without_marks,
)
from inquote.app.service.service import explain
from inquote.index.stores.base import DocumentInfo
from inquote.ingest.errors import InquoteError
from places import ROOT

RLO = "\u202e"
CONTROLS = "".join(BIDI_CONTROLS)
TEXTS = st.text(st.sampled_from(f"{CONTROLS}\u2028\U000e0041\U000e007f\U0001f3f4a<&\"'אb \n"))
DOCUMENT = make_document(f"It was {RLO}9876 in all.", id=f"a-{RLO}fdp.exe.md", title=f"T {RLO}12")
ANSWER = make_answer(f"What count{RLO}?", DOCUMENT, [f"{RLO}9876 in all"])


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_the_controls_are_those_that_unicode_has() -> None:
    expected = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    assert list(map(ord, BIDI_CONTROLS)) == expected


@given(TEXTS)
def test_html_keeps_every_character_and_lets_none_act(text: str) -> None:
    html = escape(text)
    assert text_of(html) == text
    assert not set(html) & {*CONTROLS, "\u2028"}
    assert without_marks(text) == text_of(re.sub(r"<bdi.*?</bdi>", "", html))


@given(TEXTS)
def test_json_keeps_every_character_and_lets_none_act(text: str) -> None:
    dumped = dump_json({"text": text})
    assert json.loads(dumped) == {"text": text}
    assert not set(dumped) & {*CONTROLS, "\u2028"}


@given(TEXTS)
def test_where_there_are_no_elements_a_mark_is_text(text: str) -> None:
    for shown in (with_marks(text), visible(text), unescape(escape_attribute(text))):
        assert not set(shown) & {*CONTROLS, "\u2028"}
        assert re.sub(r"⟨[A-Z]+⟩", "", shown) == without_marks(text)


def test_a_flag_stays_a_flag_and_other_tag_characters_are_one_mark() -> None:
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    assert escape(flag) == with_marks(flag) == flag
    assert with_marks(f"a{hidden}b") == "a⟨TAG⟩b"
    assert escape(hidden).startswith('<bdi class="TAG" title="invisible tag characters (U+E006F ')


def test_the_terminal_gets_no_control_characters() -> None:
    assert visible("a\x1b[31m\tb\r\n\x9b\ud800") == "a\\x1b[31m\tb\\r\n\\x9b\\ud800"
    assert visible("‎‌‍ é 🏳️‍🌈".replace("\u200e", "")) == "‌‍ é 🏳️‍🌈"


def test_an_export_keeps_the_characters_and_lets_none_act() -> None:
    for text in (as_markdown([ANSWER]), as_html([ANSWER]), as_json([ANSWER])):
        assert RLO not in text
    assert "> ⟨RLO⟩9876 in all" in as_markdown([ANSWER])
    assert "⟨RLO⟩fdp" in as_markdown([ANSWER])
    assert json.loads(as_json([ANSWER])) == {"answers": [ANSWER.as_json()]}
    assert '"quote": "\\u202e9876 in all"' in as_json([ANSWER])
    html = as_html([ANSWER])
    assert f"{RLO}9876 in all" in text_of(html)
    assert STYLE in html


def test_the_page_and_the_export_set_marks_alike() -> None:
    sheet = (ROOT / "app" / "chat" / "style.css").read_text("utf-8")
    for rule in ("unicode-bidi: isolate", "content: attr(class)", 'content: "\\2069"'):
        assert rule in sheet
        assert rule.replace(": ", ":") in STYLE


def test_the_pane_holds_the_text_of_a_document_with_every_control() -> None:
    text = " ".join(f"{control}9876" for control in CONTROLS)
    document = make_document(f"Count {text} in all.", title=text)
    assert text_of(text_html(document)) == document.text
    assert not set(document_html(document)) & set(CONTROLS)


def test_a_document_is_searched_with_and_without_the_characters_that_act() -> None:
    info = DocumentInfo(DOCUMENT.id, DOCUMENT.title, "", "", 9, 1, "2026-11-24T20:13:05+00:00")
    for words in ("a-fdp", f"a-{RLO}fdp", "t 12", f"T {RLO}12"):
        html = documents_html([info], True, View(words))
        assert 'class="open"' in html
        assert RLO not in html
        assert 'aria-label="Remove T ⟨RLO⟩12"' in html
    assert 'class="open"' not in documents_html([info], True, View("a-pdf"))


def test_a_name_is_shown_on_one_line() -> None:
    info = DocumentInfo("a\nb\x1b", "", "", "", 9, 1, "2026-11-24T20:13:05+00:00")
    assert ">a\\nb\\x1b</a>" in documents_html([info], False, View())


def test_a_message_says_which_character_acts() -> None:
    assert explain(InquoteError(f"There is no {DOCUMENT.id}.")) == "There is no a-⟨RLO⟩fdp.exe.md."


def test_the_terminal_shows_marks_and_its_json_keeps_the_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_text(format_answer(ANSWER))
    print_text(f"no {RLO}9876", sys.stderr)
    shown = capsys.readouterr()
    assert shown.out.startswith("⟨RLO⟩9876 in all\n")
    assert "[1] a-\\u202efdp.exe.md 7-19" in shown.out
    assert shown.err == "no ⟨RLO⟩9876\n"
    print_json(ANSWER.as_json())
    line = capsys.readouterr().out
    assert json.loads(line) == ANSWER.as_json()
    assert RLO not in line and "\\u202e9876 in all" in line


def test_a_terminal_without_the_sign_of_a_mark_shows_its_code() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_text(f"{RLO}9876", stream)
    stream.flush()
    assert stream.buffer.getvalue() == b"\\u27e8RLO\\u27e99876\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "chat").glob("*.py")), ids=lambda p: p.stem)
def test_the_page_escapes_with_marks_everywhere(path: Path) -> None:
    names = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert "html.escape" not in names
    text = path.read_text("utf-8")
    assert not re.search(r'(?:title|aria-label)="[^"]*\{escape\(', text)


PRINTS_ITSELF = {"terminal.py": 2, "commands.py": 1, "serving.py": 2}  # a version, hash, token


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "cli").glob("*.py")), ids=lambda p: p.stem)
def test_the_commands_print_with_marks_everywhere(path: Path) -> None:
    prints = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert len(prints) == PRINTS_ITSELF.get(path.name, 0)


def test_a_trace_and_an_understood_question_are_shown_with_marks() -> None:
    answer = replace(ANSWER, understood_as=f"What {RLO}count?")
    assert "Understood as: <q>What <bdi" in as_html([answer])
