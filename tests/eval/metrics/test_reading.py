"""Words of a text against those of a reference, small cases by hand."""

import random

from inquote.eval.metrics.reading import missing_words, word_order, word_recall, words_of


def slow_common_length(first: list[str], second: list[str]) -> int:
    """The table of the textbook, row by row."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = row
        row = [0]
        for at, other in enumerate(second):
            row.append(before[at] + 1 if word == other else max(before[at + 1], row[at]))
    return row[-1]


def test_words_are_the_same_however_a_line_ends_and_a_letter_is_coded() -> None:
    assert words_of("The re-\nport is ﬁnal.") == words_of("the report is FINAL")
    assert words_of("well-known") == words_of("well-\n  known") == ["wellknown"]
    assert words_of("_so_ 1,234") == ["so", "1", "234"]


def test_ideographs_are_words_alone() -> None:
    assert words_of("日本 go\n語") == ["日", "本", "go", "語"]


def test_recall_counts_every_occurrence() -> None:
    assert word_recall(["a"], ["a", "a", "b", "b"]) == 0.25
    assert word_recall(["a"], []) == 1.0


def test_missing_words_come_in_the_order_of_the_reference() -> None:
    assert missing_words("a c".split(), "d a b a c".split()) == ["d", "b", "a"]


def test_order_is_the_share_of_shared_words_that_keep_their_order() -> None:
    assert word_order("a x b c".split(), "a b y c".split()) == 1.0
    assert word_order("b a".split(), "a b".split()) == 0.5
    assert word_order(["a"], ["b"]) == 1.0


def test_order_is_that_of_the_textbook_for_random_words() -> None:
    draw = random.Random(7)
    for _ in range(50):
        first = draw.choices("abcde", k=draw.randrange(1, 90))
        second = draw.choices("abcde", k=draw.randrange(1, 90))
        shared = round(word_recall(first, second) * len(second))
        if shared:
            expected = slow_common_length(first, second) / shared
            assert abs(word_order(first, second) - expected) < 1e-9
