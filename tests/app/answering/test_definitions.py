import pytest

from inquote.app.answering.definitions import name_version, weigh_told
from inquote.app.reader.base import Span
from inquote.ingest.documents import Passage

TEXT = (
    "A PXC moves 10 Gb/s. A PXC (port cross-connect) is a pair of ports. Terns are small birds. "
    "Built by Orme in 1960, NORVA® is an old ferry."
)
PASSAGE = Passage("a.md", 0, len(TEXT), "", TEXT)


def first(question: str) -> str:
    """The words that come first, where the reader prefers the speed to all else."""
    spans = []
    for score, words in (
        (2.0, "10 Gb/s"),
        (1.0, "a pair of ports"),
        (0.5, "small birds"),
        (0.4, "an old ferry"),
    ):
        start = TEXT.index(words)
        spans.append(Span(start, start + len(words), score))
    best = weigh_told(question, PASSAGE, spans)[0]
    return TEXT[best.start : best.end]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is a PXC?", "a pair of ports"),
        ("what is pxc", "a pair of ports"),
        ("What are terns?", "small birds"),
        ("What is NORVA?", "an old ferry"),
        ("What is the speed of a PXC?", "10 Gb/s"),
        ("What is a GPU?", "10 Gb/s"),
        ("How fast is a PXC?", "10 Gb/s"),
    ],
)
def test_the_sentence_that_defines_a_thing_says_what_it_is(question: str, answer: str) -> None:
    assert first(question) == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much does the attic room cost?", "64 euros"),
        ("What is the price of the attic room?", "64 euros"),
        ("How much is the garden room?", "81 euros"),
        ("How much does the cellar cost?", "a weir"),
        ("What does the attic room face?", "a weir"),
    ],
)
def test_a_price_stands_beside_what_is_priced(question: str, answer: str) -> None:
    text = "Attic room: 64 euros a night\n\nIt faces a weir.\n\nGarden room: 81 euros a night"
    spans = []
    for score, words in ((1.0, "a weir"), (-4.0, "64 euros"), (-4.0, "81 euros")):
        start = text.index(words)
        spans.append(Span(start, start + len(words), score))
    best = weigh_told(question, Passage("a.md", 0, len(text), "", text), spans)[0]
    assert text[best.start : best.end] == answer


NOTES = (
    "v2.1.0\n\n- Dropped Windows 7. #1576\n\nv2.0.4 (not released)\n\n- Added plugin_manager 3.\n"
)


@pytest.mark.parametrize(
    ("question", "span", "answer"),
    [
        ("Which version dropped Windows 7?", "1576", "v2.1.0"),
        ("In which release was the manager added?", "plugin_manager", "v2.0.4"),
        ("Which version is not released?", "v2.0.4", "v2.0.4"),
        ("What was dropped?", "Windows 7", "Windows 7"),
    ],
)
def test_the_version_stands_above_its_changes(question: str, span: str, answer: str) -> None:
    passage = Passage("a.md", 0, len(NOTES), "", NOTES)
    start = NOTES.index(span)
    best = name_version(question, passage, [Span(start, start + len(span), 2.0)])[0]
    assert NOTES[best.start : best.end] == answer
