"""Say in one sentence what an object store or Lance says in a dump, without what it says of it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from inquote.index.stores.shared.engine import pa
from inquote.ingest.errors import (
    GenerationGone,
    IngestError,
    InquoteError,
    LibraryDamaged,
    LibraryUnavailable,
    WriterLost,
)
from inquote.ingest.text import printable

RAISED = (ValueError, RuntimeError, OSError, KeyError, NotImplementedError, pa.ArrowException)

# Words of an error in lower case, and what they mean, the first that fits.
_NO_BUCKET = ("nosuchbucket", "specified bucket does not exist", "bucket not found")
_NO_CREDENTIALS = ("credentialsnotloaded", "no providers in chain", "failed to get aws credentials")
_REFUSED = (
    "accessdenied",
    "access denied",
    "invalidaccesskeyid",
    "signaturedoesnotmatch",
    "invalidtoken",
    "expiredtoken",
    "status code: 401",
    "status code: 403",
    "permission denied",
    "unauthenticated",
)
_FULL = ("no space left", "quota exceeded", "disk quota")
_UNREACHABLE = (
    "error sending request",
    "connection refused",
    "connection reset",
    "timed out",
    "timeout",
    "dns error",
    "status code: 5",
    "slowdown",
    "internalerror",
    "serviceunavailable",
    "server error",
    "max_retries",
    "error decoding response body",
    "connection closed",
    "unexpected eof",
)
_CONFLICT = ("incompatible transaction", "commit conflict", "ref conflict", "already exists")
_MISSING = ("not found", "no such file", "does not exist", "nosuchkey")


class NotThere(GenerationGone):
    """A table, a version, a tag or a file is not there; mostly one that a purge erased."""


def lost_to_another() -> WriterLost:
    """Return the error for a writer that was not the first."""
    return WriterLost("Another process wrote the library first; ingest again, on what it wrote.")


def translate(error: BaseException, location: str) -> InquoteError:
    """Return what a person can do about an error at a location."""
    text, place = str(error).lower(), printable(location)
    if _holds(text, _NO_BUCKET):
        return LibraryUnavailable(
            f"There is no bucket for {place}; make it, or name another with --library."
        )
    if _holds(text, _NO_CREDENTIALS):
        return LibraryUnavailable(
            f"There are no credentials for {place}; set them in the environment "
            "(for S3 AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION)."
        )
    if _holds(text, _REFUSED):
        return LibraryUnavailable(
            f"The store refused access to {place}; see that the credentials in the environment "
            "are right and may read and write there."
        )
    if _holds(text, _FULL) or getattr(error, "errno", None) == errno.ENOSPC:
        return LibraryUnavailable(f"There is no space left for {place}; make room and try again.")
    if _holds(text, _CONFLICT):
        return lost_to_another()
    if _holds(text, _UNREACHABLE):
        return LibraryUnavailable(
            f"The store of {place} cannot be reached now; see that it answers, and try again."
        )
    if _holds(text, _MISSING):
        return NotThere(f"Something of the library at {place} is not there.")
    return LibraryDamaged(
        f"The library at {place} cannot be read as it was written; see inquote verify."
    )


def _holds(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs)


@contextmanager
def explained(location: str) -> Iterator[None]:
    """Turn the errors of the store within into `InquoteError`s."""
    try:
        yield
    except InquoteError:
        raise
    except RAISED as error:
        raise translate(error, location) from error


@contextmanager
def unchanged(location: str) -> Iterator[None]:
    """Turn what keeps a writer from writing into `IngestError`; other errors pass."""
    try:
        yield
    except (LibraryUnavailable, NotThere, LibraryDamaged, OSError) as error:
        fault = error.__cause__ if isinstance(error, InquoteError) else error
        if isinstance(fault, OSError) and fault.errno is not None:
            reason = fault.strerror or str(fault)
        else:
            reason = str(error).rstrip(".")
        raise IngestError(
            f"The library at {printable(location)} was not changed: {reason}."
        ) from error
