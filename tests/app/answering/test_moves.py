import pytest

from inquote.app.answering.conversation import understand
from inquote.app.answering.moves import Move, move_of


@pytest.mark.parametrize(
    ("typed", "move"),
    [
        ("more", Move.OTHERS),
        ("Tell me more about it", Move.MORE),
        ("any others?", Move.OTHERS),
        ("what else?", Move.OTHERS),
        ("the other one?", Move.OTHER_ONE),
        ("are you sure?", Move.EVIDENCE),
        ("where does it say that?", Move.EVIDENCE),
        ("show me", Move.EVIDENCE),
        ("Tell me more about the price", None),
        ("Who makes more?", None),
        ("Are you open on Sunday?", None),
    ],
)
def test_turns_about_the_last_answer(typed: str, move: Move | None) -> None:
    assert move_of(typed) is move


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("any others?", "How heavy is the Orbit grinder?"),
        ("the other one?", "How heavy is the grinder?"),
        ("no, I meant the Nova mixer", "How heavy is the Nova mixer?"),
        ("I meant how old it is", "How old it is"),
    ],
)
def test_such_turns_repeat_or_correct_the_last_question(typed: str, understood: str) -> None:
    assert understand(typed, ["How heavy is the Orbit grinder?"]) == understood
