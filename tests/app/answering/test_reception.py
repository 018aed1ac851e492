"""What is no question is answered by the page; other languages and pasted paragraphs are told."""

import pytest
from answering_library import make_system

from inquote.app.answering.foreign import language_of
from inquote.app.chat.export import as_html, as_markdown
from inquote.app.cli.output import format_answer
from inquote.app.language.foreign import FOREIGN
from inquote.index.stores.memory_journal import MemoryJournal

OTTERS = "Otters live in rivers. Otters weigh eight kilograms. Otters eat fish and crabs at night."


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("hello", "Hello. I look up what the texts say"),
        ("Thanks a lot!", "You are welcome."),
        ("help", "I answer questions from the texts"),
        ("x", "That is too little to look for"),
        ("https://example.org/a", "I open no web addresses"),
        ("you are stupid", "I can only look up"),
    ],
)
def test_small_talk_is_answered_by_the_page_and_searched_nowhere(typed: str, line: str) -> None:
    answer = make_system(a=OTTERS).answer(typed)
    assert answer.is_small_talk
    assert answer.notice.startswith(line)
    assert (answer.text, answer.hits, answer.as_json()["notice"]) == (None, (), answer.notice)


def test_small_talk_is_not_in_the_journal() -> None:
    system = make_system(a=OTTERS)
    system.journal = MemoryJournal()
    system.ask("hello")
    system.ask("What do otters weigh?")
    assert [one.question for one in system.journal.questions()] == ["What do otters weigh?"]


def test_a_pasted_paragraph_is_shown_where_it_stands() -> None:
    text = f"Newts live in ponds. {OTTERS} They are seen in winter and in summer, in the north too."
    pasted = " ".join(text.split()[4:32])
    answer = make_system(a=text).answer(pasted)
    assert answer.confidence == 1.0
    (citation,) = answer.citations
    assert text[citation.start : citation.end] == citation.quote == pasted.rstrip(".,")
    elsewhere = make_system(a=text).answer(pasted.replace("fish", "bread"))
    assert elsewhere.text is None
    assert elsewhere.notice == "These words stand nowhere in the texts."
    assert elsewhere.hits


def test_a_question_in_another_language_is_told_so_and_its_names_are_searched() -> None:
    system = make_system(a=OTTERS)
    answer = system.answer("Wo leben die otters und was ist das?")
    assert answer.notice == "Die Texte sind nicht auf Deutsch; gesucht wurde nach: otters."
    assert answer.understood_as == "otters"
    nothing = system.answer("Was ist das und wer hat es?")
    assert nothing.notice.startswith("Die Texte sind nicht auf Deutsch; bitte")
    german = make_system(a="Der Otter lebt und frisst und ist nicht da.")
    assert german.answer("Wo ist der Otter und was ist das?").notice == ""


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("de", "Wer hat das Medikament entwickelt?"),
        ("fr", "Qui a développé le médicament et quand ?"),
        ("es", "¿Quién desarrolló el medicamento y cuándo?"),
        ("it", "Chi ha sviluppato il farmaco e quando?"),
        ("pt", "Quem desenvolveu o medicamento e quando foi?"),
        ("nl", "Wie heeft het medicijn ontwikkeld?"),
        ("pl", "Kto i kiedy opracował lek?"),
    ],
)
def test_languages_are_told_by_their_words(code: str, question: str) -> None:
    assert language_of(question) is FOREIGN[code]


def test_english_is_no_other_language() -> None:
    english = "Who is in charge?", "side effects imlygic", "Is Los Angeles in a zone?"
    for question in (*english, "wat dose of it per day", "wen was it sold in total"):
        assert language_of(question) is None


def test_what_the_page_says_is_said_on_a_terminal_and_in_exports_too() -> None:
    answer = make_system(a=OTTERS).answer("thanks")
    assert format_answer(answer) == "You are welcome."
    assert "You are welcome" in as_markdown([answer])
    assert "The corpus does not say" not in as_html([answer])
