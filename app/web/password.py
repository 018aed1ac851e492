"""Keep the names that may log in with the scrypt hashes of their passwords."""

import base64
import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

from inquote.ingest.errors import InquoteError

_USER_AND_HASH = re.compile(r"\A([^:]++):scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")
_USER = re.compile(r"[^#:\s]([^:\r\n]*[^:\s])?")
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # 16 MB and some 50 ms a try (RFC 7914)
_WRITERS = stat.S_IWGRP | stat.S_IWOTH


class PasswordError(InquoteError):
    """A user and hash have the wrong form, or the file of them cannot be trusted or read."""


def hash_password(user: str, password: str, salt: bytes | None = None) -> str:
    """Make `USER:scrypt$SALT$HASH`, a line of an `--auth-file`.

    Raises `PasswordError` for a name that no line can hold, and for an empty name or password.
    """
    if not password or not _USER.fullmatch(user):
        raise PasswordError(
            "Give a user's name of one line without a colon, and a password that is not empty."
        )
    salt = salt or secrets.token_bytes(16)
    return f"{user}:scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)


class Accounts:
    """Users with their salts and hashes; `source` is where they are from, for what is wrong."""

    def __init__(self, text: str, source: str) -> None:
        self._hashes: dict[str, tuple[bytes, bytes]] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = _USER_AND_HASH.fullmatch(line.strip())
            if not match:
                raise PasswordError(
                    f"Line {number} of {source} is not USER:HASH as made by: inquote password USER"
                )
            user, salt, expected = match.groups()
            self._hashes[user] = (bytes.fromhex(salt), bytes.fromhex(expected))
        if not self._hashes:
            raise PasswordError(f"There is no USER:HASH in {source}; run: inquote password USER")
        self._decoy = (secrets.token_bytes(16), secrets.token_bytes(32))

    def version(self, user: str) -> str:
        """Return what tells one password of a user from the next; "" for an unknown user."""
        salt, expected = self._hashes.get(user, (b"", b""))
        return hashlib.sha256(salt + expected).hexdigest()[:32] if expected else ""

    def know(self, user: str, password: str) -> bool:
        """Say whether the password is the user's.

        It takes as long for an unknown user, so that the time tells nothing.
        """
        salt, expected = self._hashes.get(user, self._decoy)
        return hmac.compare_digest(_scrypt(password, salt), expected)


def read_accounts(file: Path) -> Accounts:
    """Read a file of accounts; raises `PasswordError` for one that others may write."""
    return Accounts(read_secret_file(file), str(file))


def read_secret_file(file: Path) -> str:
    """Read a file that says who may log in; raises `PasswordError` for one others may write."""
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise PasswordError(f"The file {file} cannot be read: {_reason(error)}.") from None
    if mode & _WRITERS:
        raise PasswordError(f"Others may write {file}; run: chmod 600 {file}")
    return text


def is_open_to_others(file: Path) -> bool:
    """Say whether everybody on this machine may read the file."""
    return bool(file.stat().st_mode & stat.S_IROTH)


def write_account(file: Path, line: str) -> None:
    """Write a line of `hash_password` into a file that only its owner reads, whole or not at all.

    It takes the place of the user's line, if there is one. Raises `PasswordError` where the file
    cannot be written.
    """
    user = line.partition(":")[0]
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        kept = [other for other in lines if other.partition(":")[0] != user]
        _write_for_owner(file, "".join(f"{each}\n" for each in [*kept, line]))
    except (OSError, ValueError) as error:
        raise PasswordError(f"The file {file} cannot be written: {_reason(error)}.") from None


def _write_for_owner(file: Path, text: str) -> None:
    """Put a file with mode 600 in the place of `file`."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(handle)
        made.replace(file)
    except OSError:
        made.unlink()
        raise


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is no text in UTF-8"


def read_basic(header: str) -> tuple[str, str] | None:
    """Return user and password of an `Authorization` header (Basic, RFC 7617), else None."""
    kind, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:  # no base64, no UTF-8, or letters that are neither
        return None
    user, colon, password = text.partition(":")
    return (user, password) if kind.lower() == "basic" and colon else None
