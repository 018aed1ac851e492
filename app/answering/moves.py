"""Tell a turn that asks about the last answer, and for what: more, others, or its evidence."""

from enum import Enum

from inquote.app.language.dialogue import EVIDENCE, MORE, OTHER_ONE, OTHERS


class Move(Enum):
    """What a turn asks of the answer before it."""

    MORE = "more"  # the next best sentences on the same
    OTHERS = "others"  # further answers to the same question
    OTHER_ONE = "the other one"  # the same question of the other thing
    EVIDENCE = "evidence"  # the evidence, its confidence, and the runner-up


_PATTERNS = (
    (OTHER_ONE, Move.OTHER_ONE),
    (OTHERS, Move.OTHERS),
    (MORE, Move.MORE),
    (EVIDENCE, Move.EVIDENCE),
)


def move_of(typed: str) -> Move | None:
    """Return what a turn asks of the answer before it, None for a question of its own.

    >>> move_of("Tell me more."), move_of("any others?"), move_of("Are you sure?")
    (<Move.MORE: 'more'>, <Move.OTHERS: 'others'>, <Move.EVIDENCE: 'evidence'>)
    """
    for pattern, move in _PATTERNS:
        if pattern.match(typed):
            return move
    return None
