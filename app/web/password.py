"""One user and the scrypt hash of a password, for a server that others can reach."""

import base64
import hashlib
import hmac
import re
import secrets

from inquote.ingest.errors import InquoteError

_FORM = re.compile(r"([^:]+):scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # 16 MB and some 50 ms a try (RFC 7914)


class PasswordError(InquoteError):
    """What was given as user and hash is none; `inquote password USER` makes one."""


def hashed(user: str, password: str, salt: bytes | None = None) -> str:
    """`USER:scrypt$SALT$HASH`, for `--auth`; raises `PasswordError` for a name with a colon or an empty password."""
    if ":" in user or not user or not password:
        raise PasswordError("Give a user's name without a colon, and a password that is not empty.")
    salt = salt or secrets.token_bytes(16)
    return f"{user}:scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)


class Login:
    """Checks `Authorization` headers (Basic, RFC 7617) against one user's hash; what was right once is remembered."""

    def __init__(self, user_and_hash: str) -> None:
        found = _FORM.fullmatch(user_and_hash)
        if not found:
            raise PasswordError("--auth takes USER:HASH as printed by: inquote password USER")
        self._user, salt, expected = found.groups()
        self._salt, self._expected = bytes.fromhex(salt), bytes.fromhex(expected)
        self._right: bytes | None = None

    def allows(self, header: str) -> bool:
        """Whether an `Authorization` header names the user and the password."""
        seen = hashlib.sha256(header.encode("latin-1", "replace")).digest()
        if self._right is not None and hmac.compare_digest(seen, self._right):
            return True
        kind, _, encoded = header.partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:  # no base64, no UTF-8, or letters that are neither
            return False
        right = hmac.compare_digest(_scrypt(password, self._salt), self._expected)
        if (
            kind.lower() == "basic"
            and hmac.compare_digest(user.encode(), self._user.encode())
            and right
        ):
            self._right = seen
            return True
        return False
