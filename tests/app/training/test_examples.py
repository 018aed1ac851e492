from inquote.app.training.examples import Example, plan_batches
from inquote.app.training.pairs import Pair
from reader_models import TEXT, maker, pair, pieces


def words(example: Example, first: int, last: int) -> str:
    tokens = pieces().tokens(TEXT)
    shift = example.window.first - example.window.prefix
    return TEXT[tokens.offsets[first + shift][0] : tokens.offsets[last + shift][1]]


def test_targets_are_the_tokens_of_the_answer_and_of_its_sentence() -> None:
    example = maker().example(pair())
    assert example.answers and words(example, example.start, example.end) == "four years"
    assert (
        words(example, example.evidence_start, example.evidence_end) == "The work took four years."
    )


def test_an_answer_in_a_later_window_is_found_there() -> None:
    example = maker(longest=24).example(pair())
    assert example.window.first > 0 and words(example, example.start, example.end) == "four years"


def test_an_answer_that_no_window_holds_is_none() -> None:
    assert not maker(longest=12).example(Pair("Who?", "", TEXT, 0, len(TEXT))).answers


def test_a_pair_without_answer_has_no_targets() -> None:
    example = maker().example(pair(None))
    assert (example.start, example.end, example.evidence_start, example.evidence_end) == (
        -1,
        -1,
        -1,
        -1,
    )


def test_batches_hold_every_group_once_and_like_lengths_together() -> None:
    lengths = [[n % 50 + 10] for n in range(500)]
    made = plan_batches(lengths, 10, seed=0)
    assert sorted(group for batch in made for group in batch) == list(range(500))
    assert max(max(lengths[g][0] for g in b) - min(lengths[g][0] for g in b) for b in made) <= 2
    assert made == plan_batches(lengths, 10, seed=0) and made != plan_batches(lengths, 10, seed=1)


def test_pairs_of_a_question_stay_together_and_count() -> None:
    assert [len(batch) for batch in plan_batches([[5, 5]] * 8, 4, seed=0)] == [2, 2, 2, 2]
