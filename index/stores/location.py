"""Tell a folder of this machine from the URL of a shared library, without opening either."""

import re
from pathlib import Path

from inquote.ingest.errors import InquoteError

SHARED_SCHEMES = ("file", "s3", "gs", "az")  # tried: file and s3
_URL = re.compile(r"([a-z][a-z0-9+.-]{1,40}):/{1,3}")  # a Path has lost some of the strokes


def scheme_of(location: str | Path) -> str:
    """Return the scheme of a URL; "" for a folder.

    >>> scheme_of("s3://bucket/library"), scheme_of(Path("s3://bucket/library")), scheme_of("a/b")
    ('s3', 's3', '')
    """
    match = _URL.match(str(location))
    return match[1] if match else ""


def is_shared(location: str | Path) -> bool:
    """Return whether a location is the URL of a shared library."""
    return scheme_of(location) in SHARED_SCHEMES


def shared_url(location: str | Path) -> str:
    """Return the URL of a shared library as it is opened; raise `InquoteError` for a wrong one.

    No credentials may stand in it, for it is printed, and kept in logs.

    >>> shared_url(Path("s3://bucket/library/")), shared_url("file:/srv/library")
    ('s3://bucket/library', 'file:///srv/library')
    """
    scheme, text = scheme_of(location), str(location)
    place = text[len(scheme) + 1 :].strip("/")
    if any(sign in place for sign in "@?#"):
        raise InquoteError(
            f"The {scheme}:// address of a library may hold no credentials, queries or fragments; "
            "put credentials into the environment (for S3 AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY)."
        )
    if not place:
        raise InquoteError(
            f"The address {scheme}:// names no library; write for example s3://bucket/library."
        )
    return f"file:///{place}" if scheme == "file" else f"{scheme}://{place}"
