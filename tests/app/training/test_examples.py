from collections.abc import Sequence
from dataclasses import replace

from inquote.app.training.examples import Example, plan_batches
from inquote.app.training.pairs import Pair
from inquote.ingest.text import Range
from reader_models import TEXT, maker, pair, pieces


def words(example: Example, ranges: Sequence[Range]) -> list[str]:
    return [piece(example, first, last) for first, last in ranges]


def piece(example: Example, first: int, last: int) -> str:
    tokens = pieces().tokens(TEXT)
    shift = example.window.first - example.window.prefix
    return TEXT[tokens.offsets[first + shift][0] : tokens.offsets[last + shift][1]]


def test_targets_are_the_tokens_of_the_answer_and_of_its_sentence() -> None:
    example = maker().example(pair())
    assert example.answers and words(example, example.spans) == ["four years"]
    assert words(example, example.members) == ["four years"]
    assert words(example, example.evidence) == ["The work took four years."]


def test_the_members_of_an_answer_are_all_its_spans() -> None:
    places = [(TEXT.index(word), TEXT.index(word) + len(word)) for word in ("Glomma", "four")]
    several = Pair("What?", "", TEXT, places[0][0], places[1][1], tuple(places), is_whole=False)
    example = maker().example(several)
    assert words(example, example.spans) == words(example, example.members) == ["Glomma", "four"]
    whole = maker().example(replace(several, is_whole=True))
    assert len(whole.spans) == 1 and whole.members == example.members
    assert len(example.evidence) == 2


def test_an_answer_in_a_later_window_is_found_there() -> None:
    example = maker(longest=24).example(pair())
    assert example.window.first > 0 and words(example, example.spans) == ["four years"]


def test_an_answer_that_no_window_holds_is_none() -> None:
    assert not maker(longest=12).example(Pair("Who?", "", TEXT, 0, len(TEXT))).answers


def test_a_pair_without_answer_has_no_targets() -> None:
    example = maker().example(pair(None))
    assert example == Example(example.window)


def test_batches_hold_every_group_once_and_like_lengths_together() -> None:
    lengths = [[n % 50 + 10] for n in range(500)]
    made = plan_batches(lengths, 10, seed=0)
    assert sorted(group for batch in made for group in batch) == list(range(500))
    assert max(max(lengths[g][0] for g in b) - min(lengths[g][0] for g in b) for b in made) <= 2
    assert made == plan_batches(lengths, 10, seed=0) and made != plan_batches(lengths, 10, seed=1)


def test_pairs_of_a_question_stay_together_and_count() -> None:
    assert [len(batch) for batch in plan_batches([[5, 5]] * 8, 4, seed=0)] == [2, 2, 2, 2]
