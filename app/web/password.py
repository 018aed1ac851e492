"""Check one user and the scrypt hash of a password, for a server that others can reach."""

import base64
import hashlib
import hmac
import re
import secrets

from inquote.ingest.errors import InquoteError

_USER_AND_HASH = re.compile(r"\A([^:]++):scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # 16 MB and some 50 ms a try (RFC 7914)


class PasswordError(InquoteError):
    """A user and hash have the wrong form; `inquote password USER` makes them."""


def hash_password(user: str, password: str, salt: bytes | None = None) -> str:
    """Make `USER:scrypt$SALT$HASH`, for `--auth`.

    Raises `PasswordError` for a name with a colon, and for an empty name or password.
    """
    if ":" in user or not user or not password:
        raise PasswordError("Give a user's name without a colon, and a password that is not empty.")
    salt = salt or secrets.token_bytes(16)
    return f"{user}:scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)


class Login:
    """Checks `Authorization` headers (Basic, RFC 7617) against one user's hash.

    It remembers the header that was right last, so that scrypt runs once and not at every request.
    """

    def __init__(self, user_and_hash: str) -> None:
        match = _USER_AND_HASH.fullmatch(user_and_hash)
        if not match:
            raise PasswordError("--auth takes USER:HASH as printed by: inquote password USER")
        self._user, salt, expected = match.groups()
        self._salt, self._expected = bytes.fromhex(salt), bytes.fromhex(expected)
        self._accepted: bytes | None = None  # SHA-256 of the header that was right

    def allows(self, header: str) -> bool:
        """Say whether an `Authorization` header names the user and the password."""
        # Compare with the header that was right before.
        digest = hashlib.sha256(header.encode("latin-1", "replace")).digest()
        if self._accepted is not None and hmac.compare_digest(digest, self._accepted):
            return True
        # Take the header apart.
        kind, _, encoded = header.partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:  # no base64, no UTF-8, or letters that are neither
            return False
        # Check the password even for another user, so that the time tells nothing.
        is_password = hmac.compare_digest(_scrypt(password, self._salt), self._expected)
        is_user = hmac.compare_digest(user.encode(), self._user.encode())
        if kind.lower() == "basic" and is_user and is_password:
            self._accepted = digest
            return True
        return False
