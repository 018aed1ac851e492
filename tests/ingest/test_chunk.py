import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquote.ingest.chunk import Cutting, LeftOut, chunk
from inquote.ingest.documents import Document, Hidden
from inquote.ingest.formats import html, markdown, text
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.builder import TextBuilder


def count_words(text: str) -> int:
    return len(text.split()) + 2


def document(parsed: Parsed) -> Document:
    digest = hashlib.sha256(parsed.text.encode()).hexdigest()
    return Document(
        "d", "Title", "", parsed.text, digest, parsed.sections, parsed.pages, parsed.asides
    )


def test_a_short_section_is_one_passage_with_its_path_of_headings() -> None:
    chunks = chunk(document(markdown.parse("# A\n\n## B\n\nOne. Two.\n\nThree.")), count_words, 64)
    assert [(p.heading, p.text) for p in chunks.passages] == [
        ("A > B", "A\n\nB\n\nOne. Two.\n\nThree.")
    ]


def test_a_top_heading_that_repeats_the_title_is_left_out_of_the_path() -> None:
    chunks = chunk(document(markdown.parse("# Title\n\n## B\n\nOne.")), count_words, 64)
    assert chunks.passages[0].heading == "B"


def test_no_passage_crosses_a_section() -> None:
    chunks = chunk(document(markdown.parse("## A\n\nOne.\n\n## B\n\nTwo.")), count_words, 64)
    assert [(p.heading, p.text) for p in chunks.passages] == [
        ("A", "A\n\nOne."),
        ("B", "B\n\nTwo."),
    ]


def test_headings_without_text_wait_for_the_next_text() -> None:
    source = "# Zoo\n\n## Open at noon\n\n## Closed on Monday\n\nCome in.\n\n## Car park: free"
    passages = chunk(document(markdown.parse(source)), count_words, 64).passages
    assert [(p.heading, p.text, p.text[p.body :]) for p in passages] == [
        (
            "Zoo > Closed on Monday",
            "Zoo\n\nOpen at noon\n\nClosed on Monday\n\nCome in.",
            "Come in.",
        ),
        ("Zoo", "Car park: free", "Car park: free"),
    ]


def test_the_heads_of_pages_are_searched_once() -> None:
    builder = TextBuilder()
    for head, body in (("Zoo news 1", "One."), ("Zoo news 2", "Two."), ("Zoo prices", "Three.")):
        builder.block(head, kind="header")
        builder.block(body)
    content, blocks = builder.build()
    chunks = chunk(replace(document(Parsed(content, blocks)), blocks=blocks), count_words, 64)
    assert [p.text for p in chunks.passages] == [
        "Zoo news 1\n\nOne.",
        "Two.\n\nZoo prices\n\nThree.",
    ]
    start = content.index("Zoo news 2")
    reason = "page header or footer, repeated"
    assert chunks.left_out == (LeftOut(start, start + len("Zoo news 2"), reason),)


def test_a_text_of_one_line_is_a_passage() -> None:
    passages = chunk(document(text.parse("Gate Code 5526")), count_words, 64).passages
    assert [p.text for p in passages] == ["Gate Code 5526"]


def test_what_the_text_begins_with_is_not_embedded_twice() -> None:
    passages = chunk(
        document(markdown.parse("# A\n\nOne.\n\n## B\n\nTwo.")), count_words, 64
    ).passages
    assert [p.embedded_text for p in passages] == ["A\n\nOne.", "A\nB\n\nTwo."]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    paragraph = " ".join(f"Sentence {n} has six words here." for n in range(9))
    chunks = chunk(document(text.parse(paragraph)), count_words, 20, Cutting(overlap=0))
    assert [p.text for p in chunks.passages] == [
        " ".join(f"Sentence {n} has six words here." for n in range(at, at + 3)) for at in (0, 3, 6)
    ]


def test_a_passage_begins_with_the_last_sentence_of_the_one_before() -> None:
    paragraphs = [
        " ".join(f"Sentence {n} has six words here." for n in range(at, at + 4)) for at in (0, 4)
    ]
    long = Cutting(target=32, overlap=1)
    for source, cuts in (
        (" ".join(paragraphs), [(0, 5), (4, 8)]),
        ("\n\n".join(paragraphs), [(0, 4), (3, 8)]),
    ):
        chunks = chunk(document(text.parse(source)), count_words, 32, long)
        assert [" ".join(p.text.split()) for p in chunks.passages] == [
            " ".join(f"Sentence {n} has six words here." for n in range(*cut)) for cut in cuts
        ]


def test_a_sentence_of_more_than_a_quarter_of_the_target_is_not_repeated() -> None:
    paragraph = " ".join(f"Sentence {n} has six words here." for n in range(9))
    chunks = chunk(document(text.parse(paragraph)), count_words, 32, Cutting(target=20, overlap=1))
    assert [p.text[:10] for p in chunks.passages] == ["Sentence 0", "Sentence 5"]


def test_a_sentence_longer_than_the_window_is_cut_at_clauses_then_words() -> None:
    chunks = chunk(
        document(text.parse("a b c d e f g, h i j k l m n o p q r s t u v w x y z")),
        count_words,
        16,
    )
    assert chunks.passages[0].text == "a b c d e f g,"
    assert chunks.passages[1].text == "h i j k l m n o p q r s t u"


def test_a_word_longer_than_the_window_is_cut() -> None:
    chunks = chunk(document(text.parse("x" * 100)), len, 30)
    assert "".join(p.text for p in chunks.passages) == "x" * 100
    assert all(len(p.embedded_text) <= 30 for p in chunks.passages)


def test_later_pieces_of_a_list_carry_its_lead_in() -> None:
    items = "\n".join(f"{n}. item {n} is told in some words of its own" for n in range(1, 6))
    chunks = chunk(
        document(markdown.parse(f"## Causes\n\nThere are several causes:\n\n{items}")),
        count_words,
        32,
    )
    assert [p.lead for p in chunks.passages] == [
        "",
        "There are several causes:",
        "There are several causes:",
    ]
    assert chunks.passages[1].embedded_text.startswith("Causes\nThere are several causes:\n")


def test_the_end_of_a_list_keeps_its_lead_in_where_a_paragraph_follows() -> None:
    items = "\n".join(f"{n}. item {n} is told in some words of its own" for n in range(1, 6))
    source = f"## Causes\n\nThere are several causes:\n\n{items}\n\nAll of them are rare."
    chunks = chunk(document(markdown.parse(source)), count_words, 36)
    last = chunks.passages[-1]
    assert last.text.endswith("5. item 5 is told in some words of its own\n\nAll of them are rare.")
    assert last.lead == "There are several causes:"


def test_the_fields_of_an_email_are_read_with_what_they_say_of_it() -> None:
    builder = TextBuilder()
    builder.block("From: the quay", kind="field", label="From")
    builder.heading("Ferry", 1)
    for name, value in (("From", "Ada"), ("To", "Bo")):
        builder.block(f"{name}: {value}", kind="field", label=name)
    builder.block("The boat leaves at six.")
    parsed = builder.parsed()
    mail = replace(document(parsed), blocks=parsed.blocks)
    first, second = chunk(mail, count_words, 60).passages
    assert first.segments == ()
    read = "From, who sent the e-mail: Ada\n\nTo, who received the e-mail: Bo"
    assert second.read_text == f"Ferry\n\n{read}\n\nThe boat leaves at six."
    assert "who sent" not in mail.text


def test_advertising_is_left_out_and_listed() -> None:
    source = "## A\n\nOne.\n\nFor more information, download the full report."
    source += "\n\nTwo.\n\n## Related Reports\n\nOther Market"
    chunks = chunk(document(markdown.parse(source)), count_words, 64)
    canonical = markdown.parse(source).text
    assert [p.text for p in chunks.passages] == ["A\n\nOne.", "Two."]
    assert [(canonical[left.start : left.end], left.reason) for left in chunks.left_out] == [
        ("For more information, download the full report.", "sends the reader elsewhere"),
        ("Related Reports", "heading that announces links"),
        ("Other Market", "link under such a heading"),
    ]
    assert isinstance(chunks.left_out[0], LeftOut)


def test_a_window_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        chunk(document(text.parse("a")), count_words, 8)


words = st.text(alphabet="abcZ9é\u0301👩🏽\u200d漢’-", min_size=1, max_size=12)
prose = st.lists(words, min_size=1, max_size=40).map(" ".join)
blocks = st.lists(
    st.one_of(prose, prose.map("## {}".format), prose.map("- {}".format)), min_size=1, max_size=8
)


@given(blocks.map("\n\n".join))
def test_every_passage_is_verbatim_within_the_window_and_nothing_is_lost(source: str) -> None:
    made_from = document(markdown.parse(source))
    chunks = chunk(made_from, count_words, 24)
    for passage in chunks.passages:
        assert made_from.text[passage.start : passage.end] == passage.text
        assert count_words(passage.embedded_text) <= 24
    covered = {at for p in (*chunks.passages, *chunks.left_out) for at in range(p.start, p.end)}
    written = {at for at, character in enumerate(made_from.text) if not character.isspace()}
    assert written <= covered


def test_what_stands_beside_the_text_is_left_out() -> None:
    parsed = html.parse(
        b"<nav><p>Zoo. Newts.</nav><main><p>Otters swim.<p>Owls fly.</main>"
        b"<footer>&copy; Zoo.</footer>"
    )
    chunks = chunk(document(parsed), count_words, 64)
    assert [p.text for p in chunks.passages] == ["Otters swim.\n\nOwls fly."]
    assert [(parsed.text[left.start : left.end], left.reason) for left in chunks.left_out] == [
        ("Zoo. Newts.", "beside the text of the page"),
        ("© Zoo.", "beside the text of the page"),
    ]


def test_an_aside_of_several_blocks_is_left_out_whole() -> None:
    page = (
        b"<main><p>Otters swim.</main>"
        b"<footer>Copyright 2024 Company Limited.<br>Home | About | Contact</footer>"
    )
    chunks = chunk(document(html.parse(page)), count_words, 64)
    assert [p.text for p in chunks.passages] == ["Otters swim."]


def test_what_no_reader_sees_is_left_out_wherever_it_stands() -> None:
    source = "Otters swim. Newts glow. Owls fly.\n\nVoles dig."
    made = document(text.parse(source))
    start = source.index("Newts")
    hidden = (Hidden(start, start + 11, "white text"), Hidden(36, 46, "display: none"))
    chunks = chunk(replace(made, hidden=hidden), count_words, 64)
    assert [p.text for p in chunks.passages] == ["Otters swim.", "Owls fly."]
    assert [(left.start, left.end, left.reason) for left in chunks.left_out] == [
        (13, 24, "hidden: white text"),
        (36, 46, "hidden: display: none"),
    ]


def test_a_hidden_range_over_a_heading_is_left_out_on_both_sides() -> None:
    made = document(markdown.parse("One.\n\n# B\n\nTwo.\n\nThree."))
    chunks = chunk(replace(made, hidden=(Hidden(0, 13, "opacity: 0"),)), count_words, 64)
    assert [p.text for p in chunks.passages] == ["Three."]
    assert {left.reason for left in chunks.left_out} == {"hidden: opacity: 0"}
