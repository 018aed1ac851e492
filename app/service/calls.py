"""A call of the System and its outcome, as they go from process to process."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A method of `System` by its name, and what it is called with.

    `visible` are the documents and folders that are there for the caller, None for all of them.
    """

    method: str
    arguments: tuple[Hashable, ...]
    visible: tuple[str, ...] | None = None

    def on(self, system: Any) -> Any:
        """Call the method of a system, limited to what is visible; raise what it raises."""
        part = system if self.visible is None else system.limited_to(self.visible)
        return getattr(part, self.method)(*self.arguments)


@dataclass(frozen=True)
class Outcome:
    """What a call has returned, or has raised."""

    value: Any
    is_error: bool = False


class ReadingFailed(RuntimeError):
    """Something went wrong in a process that reads; the message is its traceback."""
