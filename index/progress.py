"""How far long work is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`, called as the work goes on; of "embedding" the total may grow."""


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing: the `Progress` of those who do not look."""
