import numpy as np

from inquote.app.reader.decode import best_spans, member_spans


def test_the_best_spans_of_a_hand_made_case() -> None:
    start, end = np.array([1.0, 3.0, 0.0]), np.array([2.0, 0.0, 2.5])
    everywhere = [True] * 3
    assert best_spans(start, end, everywhere, everywhere, k=3) == [
        (1, 2, 5.5),
        (0, 2, 3.5),
        (0, 0, 3.0),
    ]
    assert best_spans(start, end, everywhere, everywhere, k=1, longest=1) == [(0, 0, 3.0)]
    assert best_spans(start, end, [True, False, True], everywhere, k=1) == [(0, 2, 3.5)]
    assert best_spans(start, end, everywhere, [True, True, False], k=1) == [(0, 0, 3.0)]
    assert best_spans(start[:0], end[:0], [], []) == []


def test_best_spans_agree_with_trying_all() -> None:
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, 40))
    opens, closes = rng.random((2, 40)) < 0.7
    every = [
        (i, j, start[i] + end[j])
        for i in range(40)
        for j in range(i, min(i + 7, 40))
        if opens[i] and closes[j]
    ]
    expected = sorted(every, key=lambda span: -span[2])[:20]
    assert best_spans(start, end, opens.tolist(), closes.tolist(), k=20, longest=7) == expected


def test_members_are_runs_of_words_that_score_above_nothing() -> None:
    scores = np.array([1.0, 3.0, -4.0, 2.0, 2.0, 1.0])
    opens = [True, False, True, True, True, False]
    closes = [False, True, True, True, False, True]
    assert member_spans(scores, opens, closes) == [(0, 1, 2.0), (3, 5, 1.75)]


def test_a_token_in_no_word_ends_a_run_of_members() -> None:
    members = member_spans(np.ones(3), [True, False, True], [True, False, True])
    assert members == [(0, 0, 1.0), (2, 2, 1.0)]
