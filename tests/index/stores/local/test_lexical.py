import errno
import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from inquote.index.stores.local import lexical
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.index.terms import content_terms, idf

ROWS = [
    (5, "The quick brown foxes jumped."),
    (9, "Lazy dogs sleep in the café."),
    (7, "Foxes and dogs."),
]


def build(rows: Iterable[tuple[int, str]], folder: Path | None = None) -> LexicalIndex:
    return LexicalIndex.build((LexicalEntry(row, text, "a.md") for row, text in rows), folder)


def test_terms_are_stems_without_function_words_and_accents() -> None:
    assert content_terms("What are the Foxes eating at the Café?") == ["fox", "eat", "cafe"]


def test_a_question_of_function_words_alone_keeps_them() -> None:
    assert content_terms("Who is it?") == ["who", "is", "it"]


def test_a_place_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        build(ROWS, tmp_path / "none")
    full = ValueError("An IO error occurred: 'No space left on device (os error 28) at path'")
    assert lexical._write_error(full).errno == errno.ENOSPC


def test_the_score_is_bm25_over_its_bound() -> None:
    index = build([(1, "otter otter"), (2, "newt pond")])
    length_norm = 1.2 * (1 - 0.75 + 0.75 * 2 / 2)
    expected = 2 * 2.2 / (2 + length_norm) / 2.2
    assert index.search("otter", 5) == [(1, pytest.approx(expected, rel=1e-5))]


def test_unknown_words_lower_the_score() -> None:
    index = build(ROWS)
    known, mixed = index.search("foxes", 1)[0][1], index.search("foxes zebra", 1)[0][1]
    assert mixed == pytest.approx(known * idf(2, 3) / (idf(2, 3) + idf(0, 3)), rel=1e-5)


def test_best_first_and_at_most_k() -> None:
    index = build(ROWS)
    assert [row for row, _ in index.search("fox and dog", 5)] == [7, 5, 9]
    assert len(index.search("fox and dog", 1)) == 1


@pytest.mark.parametrize("question", ["", "?!", "zebra", 'AND OR NOT ( " [* TO ^2 text:x'])
def test_nothing_found_is_no_error(question: str) -> None:
    assert build(ROWS).search(question, 5) == []


def test_a_word_is_there_in_any_of_its_forms() -> None:
    index = build(ROWS)
    assert [index.has(word) for word in ("fox", "Jumping", "café", "zebra", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_an_empty_index() -> None:
    assert build([]).search("fox", 5) == []


def test_an_index_on_disk_answers_as_in_memory(tmp_path: Path) -> None:
    build(ROWS, tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert len(loaded) == 3
    assert loaded.search("fox dog", 3) == build(ROWS).search("fox dog", 3)


def test_idf() -> None:
    assert idf(0, 1) == pytest.approx(math.log(4))


def test_a_misspelt_word_finds_what_was_meant() -> None:
    index = build([(1, "the virus is derived from herpes"), (2, "nothing of the kind")])
    right, wrong = index.search("virus derived", 5), index.search("virsu dervied", 5)
    assert [row for row, _ in wrong] == [row for row, _ in right] == [1]
    assert wrong[0][1] == pytest.approx(right[0][1], rel=0.2)


@pytest.mark.parametrize("question", ["2016", "ox", "zebras"])
def test_numbers_short_words_and_strangers_are_not_taken_for_misspelt(question: str) -> None:
    assert build([(1, "in 2015 an os walked")]).search(question, 5) == []
