"""Other words for a word, from a WordNet of a few handmade lines in its own layout."""

import random
from pathlib import Path

import pytest

from app.reader.asked import as_asked
from app.reader.thesaurus import Form, Thesaurus, ThesaurusError

FILES = {
    "index.noun": """  1 A line of the licence.
city n 2 1 @ 2 2 00000100 00000200
urban_center n 1 1 @ 1 1 00000100
place n 1 0 1 1 00000300
virus n 1 1 @ 1 1 00000400
""",
    "data.noun": """  1 A line of the licence.
00000100 15 n 03 city 0 metropolis 0 urban_center 0 001 @ 00000300 n 0000 | a large town; "a | b"
00000200 15 n 01 city 1 001 @ 00000300 n 0000 | the people of a city
00000300 15 n 01 place 0 000 | where something is
00000400 05 n 01 virus 0 001 @ 00000500 n 0000 | an infectious agent
00000500 05 n 01 agent 0 000 | never seen in a text
""",
    "index.verb": """begin v 1 0 1 1 00000600
start v 1 0 1 1 00000600
commence v 1 0 1 1 00000600
carry_out v 1 0 1 1 00000700
perform v 1 0 1 1 00000700
""",
    "data.verb": """00000600 30 v 03 begin 0 start 0 commence 0 000 | set out
00000700 30 v 02 carry_out 0 perform 0 000 | do
""",
    "index.adj": "near a 1 0 1 1 00000800\n",
    "data.adj": "00000800 00 a 02 near 0 close(p) 0 000 | not far\n",
    "index.adv": "",
    "data.adv": "",
    "verb.exc": "began begin\nbegun begin\n",
    "cntlist.rev": """city%1:15:00:: 1 30
city%1:15:01:: 2 4
urban_center%1:15:00:: 1 1
place%1:15:00:: 1 50
start%2:30:00:: 1 9
start%2:30:09:: 7 90
begin%2:30:00:: 1 60
commence%2:30:00:: 1 2
carry_out%2:30:00:: 1 5
perform%2:30:00:: 1 5
near%3:00:00:: 1 8
close%3:00:00:: 1 8
virus%1:05:00:: 1 3
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("city", ("urban center", "place")),  # not "metropolis", which was never seen
        ("cities", ("urban centers", "places")),
        ("commenced", ("started",)),  # not "begin", which is irregular
        ("start", ()),  # its most frequent sense is none of this WordNet's
        ("performing", ("carrying out",)),
        ("near", ("close",)),  # "(p)" tells where it may stand
        ("virus", ()),  # a kind of "agent", never seen
        ("otter", ()),
    ],
)
def test_a_word_has_the_other_words_of_its_most_frequent_sense(folder: Path, word: str, others: tuple[str]) -> None:
    assert Thesaurus.of_wordnet(folder).others(word) == others


@pytest.mark.parametrize(
    ("form", "words", "inflected"),
    [
        (Form("", "verb", "ed"), "carry out", "carried out"),
        (Form("", "verb", "ed"), "play", "played"),
        (Form("", "verb", "ing"), "take", "taking"),
        (Form("", "verb", "s"), "bypass", "bypasses"),
        (Form("", "noun", "s"), "time period", "time periods"),
        (Form("", "noun", ""), "time period", "time period"),
    ],
)
def test_words_are_inflected_by_the_regular_rules(form: Form, words: str, inflected: str) -> None:
    assert form.of(words) == inflected


def test_names_function_words_and_parts_of_words_stay(folder: Path) -> None:
    thesaurus, rng = Thesaurus.of_wordnet(folder), random.Random(0)
    question = "Which City is near inner-city roads?"
    rephrased = {thesaurus.rephrased(question, rng) for _ in range(20)}
    assert rephrased == {question, "Which City is close inner-city roads?"}


def test_three_in_ten_questions_are_put_in_other_words(folder: Path) -> None:
    thesaurus, rng, question = Thesaurus.of_wordnet(folder), random.Random(0), "What is near?"
    asked = [as_asked(question, rng, thesaurus) for _ in range(3000)]
    assert 0.14 < asked.count("What is close?") / 3000 < 0.19  # of 0.3, three fifths of the words, typed as they stand


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_folder_without_a_whole_wordnet_is_named(folder: Path, damage: str) -> None:
    if damage == "missing":
        (folder / "data.noun").unlink()
    else:
        (folder / "data.noun").write_text("00000100 15 n 0", encoding="utf-8")
    with pytest.raises(ThesaurusError, match=r"holds no WordNet .*give the folder with index\.noun"):
        Thesaurus.of_wordnet(folder)
