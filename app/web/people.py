"""Know the people who may log in, the groups they are in, and the folders that a group may see.

A document is seen by who is in a group that a folder above it, or the document itself, is given to.
What is given to nobody, nobody sees. Whoever changes the corpus sees all of it, for reports and
changed answers tell of every document.
"""

import hashlib
import hmac
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inquote.app.service.viewer import Person
from inquote.app.web.password import Accounts, PasswordError, read_secret_file
from inquote.ingest.errors import InquoteError

EVERYTHING = "."  # the folder of all documents
EVERYBODY = "everybody"  # the group of all people
_KEYS = {"people", "folders", "tokens", "editors"}
_SHORTEST_TOKEN = 32  # hexadecimal digits of a hash


class PeopleError(InquoteError):
    """A file of people cannot be read or contradicts itself."""


class People:
    """The people of a file, in TOML; `source` is its name, for what is wrong with it.

    ```
    editors = ["office"]                  # groups that may change the corpus, and see all of it

    [folders]                             # documents and folders, and the groups that see them
    "reports" = ["everybody"]
    "hr" = ["office"]

    [people.ann]
    password = "scrypt$..."               # made by: inquote password ann
    groups = ["office"]

    [tokens.robot]                        # a program: Authorization: Bearer TOKEN
    sha256 = "..."                        # of the token
    groups = ["press"]
    ```
    """

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        try:
            content = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self._error(f"is no TOML: {error}") from None
        if unknown := sorted(content.keys() - _KEYS):
            raise self._error(f"has {unknown[0]!r}, which is none of {', '.join(sorted(_KEYS))}")
        self._editors = set(self._names(content.get("editors", []), "editors"))
        folders = self._table(content, "folders")
        self._folders = {}
        for folder, groups in folders.items():
            self._folders[folder.rstrip("/")] = set(self._names(groups, f"folders.{folder}"))
        lines = []
        self._people: dict[str, Person] = {}
        self._tokens: dict[str, Person] = {}
        for name, fields in self._table(content, "people").items():
            password = self._text(fields, "password", name).removeprefix(f"{name}:")
            lines.append(f"{name}:{password}")
            self._people[name] = self._person(name, fields)
        for name, fields in self._table(content, "tokens").items():
            if name in self._people:
                raise self._error(f"has a person and a token called {name!r}")
            self._tokens[self._digest(fields, name)] = self._person(name, fields)
        self._accounts = self._make_accounts(lines)

    def know(self, name: str, password: str) -> bool:
        """Say whether the password is the person's; it takes as long for an unknown name."""
        return self._accounts.know(name, password)

    def person(self, name: str) -> Person | None:
        """Return the person or the program of a name; None where the file has none."""
        programs = (program for program in self._tokens.values() if program.name == name)
        return self._people.get(name) or next(programs, None)

    def bearer(self, token: str) -> Person | None:
        """Return the program that a token is of; None for no token of the file."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        program = None
        for known, owner in self._tokens.items():
            if hmac.compare_digest(known, digest):
                program = owner
        return program

    def version(self, name: str) -> str:
        """Return what changes with the password of a person, so that sessions end with it."""
        return self._accounts.version(name)

    def _person(self, name: str, fields: Mapping[str, Any]) -> Person:
        groups = {EVERYBODY, *self._names(fields.get("groups", []), f"groups of {name}")}
        if groups & self._editors:
            return Person(name, None, changes=True)
        visible = [folder for folder, seen_by in self._folders.items() if groups & seen_by]
        return Person(name, None if EVERYTHING in visible else tuple(sorted(visible)))

    def _make_accounts(self, lines: Sequence[str]) -> Accounts:
        if not lines:
            raise self._error("has no [people.NAME]")
        try:
            return Accounts("\n".join(lines), self._source)
        except PasswordError:
            raise self._error(
                "has a name or a password that is not as made by: inquote password NAME"
            ) from None

    def _digest(self, fields: Any, name: str) -> str:
        digest = self._text(fields, "sha256", name).lower()
        if len(digest) != 2 * _SHORTEST_TOKEN or not all(c in "0123456789abcdef" for c in digest):
            raise self._error(f"has no SHA-256 of a token for {name}")
        return digest

    def _table(self, content: Mapping[str, Any], key: str) -> dict[str, Any]:
        value = content.get(key, {})
        if not isinstance(value, dict):
            raise self._error(f"has {key}, which is no table")
        return value

    def _text(self, fields: Any, key: str, name: str) -> str:
        value = fields.get(key) if isinstance(fields, dict) else None
        if not isinstance(value, str) or "\n" in value or "\n" in name or ":" in name:
            raise self._error(f"has no {key} for {name!r}")
        return value

    def _names(self, value: Any, key: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(f"has no list of names for {key}")
        return value

    def _error(self, problem: str) -> PeopleError:
        return PeopleError(f"The file {self._source} {problem}.")


def read_people(file: Path) -> People:
    """Read a file of people; raises `InquoteError` for one that is wrong or open to others."""
    return People(read_secret_file(file), str(file))


def make_token() -> tuple[str, str]:
    """Return a token for a program, and the hash of it for the file."""
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).hexdigest()
