"""Know for whom the server works at the moment: what may be seen, and who may change the corpus.

Where a server knows people, nothing is seen until one of them is known.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who may log in, or a program with a token.

    `visible` are the documents and folders to be seen, None for all; `changes` says whether this
    person may change the corpus.
    """

    name: str
    visible: tuple[str, ...] | None
    changes: bool = False


NOBODY = Person("", ())
_person: ContextVar[Person] = ContextVar("person", default=NOBODY)


def see_as(person: Person | None) -> None:
    """Work for a person from here on in this task; for nobody where it is None."""
    _person.set(person or NOBODY)


def viewer() -> Person:
    """Return the person for whom this task works."""
    return _person.get()


def own(key: str) -> str:
    """Return a key under which only the person of this task finds what is kept."""
    name = viewer().name
    return f"{name}/{key}" if name else key


def visible() -> tuple[str, ...] | None:
    """Return what the person of this task may see; None for everything."""
    return viewer().visible
