from dataclasses import replace

import pytest

from fake_system import make_document
from inquote.app.answering.candidates import candidates_of
from inquote.ingest.documents import Block, BlockKind, Document, sections_of
from inquote.ingest.formats import mail, markdown
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.text import block_ranges


def drawn(text: str, title: str = "", kind: BlockKind | None = None) -> list[str]:
    """The questions of a text; each of its paragraphs is a block of a kind, if one is given."""
    document = replace(make_document(text), title=title)
    if kind:
        blocks = [Block(kind, *place) for place in block_ranges(text)]
        document = replace(document, blocks=tuple(blocks))
    return [candidate.question for candidate in candidates_of(document)]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The OPTiM trial was a Phase III study.", "What was the OPTiM trial?"),
        ("Ada Quill is the founder.", "Who is Ada Quill?"),
        ("Bo Reed was a retired British doctor.", "Who was Bo Reed?"),
        ("Tern is a study by a retired doctor.", "What is Tern?"),
        ("Tern was developed by Amgen.", "Who developed Tern?"),
        ("Tern was approved by the agency in October 2015.", "When was Tern approved?"),
        ("Tern is used for the treatment of colds.", "What is Tern used for?"),
        (
            "It has common side effects including fatigue.",
            "Which common side effects are mentioned?",
        ),
        ("They saw a response rate of 16.3%.", "What was the response rate?"),
        ("In all, 436 patients were randomized.", "How many patients were randomized?"),
        ("In this paper, the team introduces TernNet, a net for birds.", "What is TernNet?"),
        ("A magnetic resonance image (MRI) was made.", "What does MRI stand for?"),
    ],
)
def test_a_sentence_makes_a_question(sentence: str, question: str) -> None:
    assert question in drawn(sentence)


@pytest.mark.parametrize(
    "sentence", ["This is a study.", "It was approved in 2015.", "Such things (ABC) are a sign."]
)
def test_a_sentence_that_stands_on_another_makes_none(sentence: str) -> None:
    assert drawn(sentence) == []


def test_a_verb_begins_no_list_of_things() -> None:
    assert drawn("It articulates priorities such as trade.") == []


def test_a_plain_word_and_a_note_make_no_question() -> None:
    assert drawn("The air is a mixture of gases.") == []
    text = "Tern is a virus.\n\n1 The Blue Tern is a bird.\n"
    note = Block("note", text.index("1 The"), len(text) - 1)
    document = replace(make_document(text), title="", blocks=(note,))
    assert [candidate.question for candidate in candidates_of(document)] == ["What is Tern?"]


def test_an_abbreviation_of_a_long_text_has_to_be_used() -> None:
    text = "An asynchronous transfer mode (ATM) was made. " + "Nothing more is said. " * 300
    assert drawn(text) == []
    assert drawn(text + "The ATM is old. ATM was new.") == ["What does ATM stand for?"]


@pytest.mark.parametrize(
    "sentence",
    [
        "But it is a sign.",
        "The first of these is a sign.",
        "One example is the market.",
        "It names things of our users such as members.",
    ],
)
def test_what_a_subject_does_not_name_makes_no_question(sentence: str) -> None:
    assert drawn(sentence) == []


def test_a_heading_makes_the_question_that_its_kind_answers() -> None:
    document = "# {}\n\nSome words.\n"
    for heading, question in [
        ("Participants", "Who took part in Core meeting?"),
        ("2. Governing Law and Venue", "Which law governs Core meeting?"),
        ("v16.2.1 (not released)", "What changed in version 16.2.1?"),
        ("How to install it", "How do you install it?"),
        ("Is it free?", "Is it free?"),
    ]:
        assert question in headed(document.format(heading), "Core meeting")
    assert "Which law governs Core meeting?" not in headed(document.format("Governing law"), "a/b")


def headed(text: str, title: str) -> list[str]:
    """The questions of a text in Markdown."""
    parsed = markdown.parse(text)
    document = Document("a.md", title, "", parsed.text, "", blocks=parsed.blocks)
    document = replace(document, sections=sections_of(parsed.text, parsed.blocks))
    return [candidate.question for candidate in candidates_of(document)]


def test_of_headings_alike_two_make_a_question_and_sections_come_last() -> None:
    text = "".join(f"## v1.{number}\n\nSome words.\n\n" for number in range(5))
    questions = headed(f"# Notes\n\n{text}## Known faults\n\nSome words.\n", "Notes")
    assert questions == [
        "What changed in version 1.0?",
        "What changed in version 1.1?",
        "What is Notes about?",
        "What does the section on Known faults say?",
    ]


def test_labels_terms_and_cells_make_questions() -> None:
    line = "Salary Range: 32,534 to 42,290\n"
    assert drawn(line, "Job offer", "paragraph")[0] == "What is the salary range of Job offer?"
    assert drawn(line, kind="paragraph") == ["What is the salary range?"]
    assert drawn("Remarks: none\n", kind="paragraph") == []
    assert drawn("In this lease “Common Parts” means the stairs.") == [
        "What does “Common Parts” mean?"
    ]
    builder = TextBuilder()
    rows = (("Item", "2021"), ("Net sales", "14"), ("Capital", "none"), ("Costs", "9"))
    builder.table([[TableCell(word, at) for at, word in enumerate(row)] for row in rows])
    parsed = builder.parsed()
    document = replace(make_document(parsed.text), title="", blocks=parsed.blocks)
    assert [candidate.question for candidate in candidates_of(document)] == [
        "What was the net sales in 2021?",
        "What was the costs in 2021?",
    ]


def test_an_email_is_asked_who_sent_it_and_when() -> None:
    content = b"From: Ann <a@b.c>\nTo: Bo <b@b.c>\nDate: Fri, 16 Dec 2022\nSubject: Keys\n\nHi."
    parsed = mail.parse(content)
    document = replace(make_document(parsed.text), title="Keys", blocks=parsed.blocks)
    candidates = list(candidates_of(document))
    assert [candidate.question for candidate in candidates[:2]] == [
        "Who sent the e-mail “Keys”?",
        "When was the e-mail “Keys” sent?",
    ]
    assert document.text[candidates[0].start : candidates[0].end] == "From: Ann <a@b.c>"


@pytest.mark.parametrize(
    "text",
    [
        "# Goals\n\n## Maximize Revere's Value\n\nRevere has goals. We maximize value.",
        "# Staff\n\nMira Kolb is the Controller of the works. Ms. Kolb is new.",
        "# Terms\n\nIt serves the harbour's end users, such as crews.",
        "# Causes\n\nThere are two factors, such as wind and tide.",
        "# Firms\n\n| Name | Founded |\n|---|---|\n| Quill | 1902 |",
    ],
)
def test_words_that_do_not_name_what_is_asked_make_no_question(text: str) -> None:
    wrong = ("is Maximize", "Mira", " s end", "Which two", "the founded")
    questions = headed(text, text.splitlines()[0].removeprefix("# "))
    assert not [question for question in questions if any(word in question for word in wrong)]


def test_a_title_that_only_the_file_has_is_not_asked_about() -> None:
    assert "What is Mole notes about?" not in headed("Moles dig.", "Mole notes")
    assert "What is Mole notes about?" in headed("# Mole notes\n\nMoles dig.", "Mole notes")
