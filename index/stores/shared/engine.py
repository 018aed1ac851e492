"""Lance, with its options and its silence: the one module that says how tables are opened.

Credentials come from the environment alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
and AWS_ENDPOINT_URL with AWS_ALLOW_HTTP=true for what speaks S3 elsewhere.
"""

import os
from functools import cache
from typing import Any

os.environ.setdefault("LANCE_LOG", "error")  # its errors are raised; what it logs is for its makers

import lance
import pyarrow as pa

__all__ = ["REMOTE_OPTIONS", "dataset", "lance", "pa", "session", "write"]

# Of requests to an object store: what fails for longer is out of reach.
REMOTE_OPTIONS = {
    "connect_timeout": "5s",
    "timeout": "60s",
    "client_max_retries": "6",
    "client_retry_timeout": "30",
    "download_retry_count": "3",
}
# Of the look for a newer generation, which a question waits for.
QUICK_OPTIONS = REMOTE_OPTIONS | {
    "connect_timeout": "2s",
    "timeout": "10s",
    "client_max_retries": "2",
    "client_retry_timeout": "5",
}
_CONNECTION = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
)
_INDEX_CACHE_BYTES = 2 << 30
_METADATA_CACHE_BYTES = 256 << 20


def session() -> Any:
    """Return the caches of indexes and metadata that all tables of this process share.

    They hold connections too, which belong to the credentials and the store of the environment.
    """
    return _session(tuple(os.environ.get(name, "") for name in _CONNECTION))


@cache
def _session(connection: tuple[str, ...]) -> Any:
    return lance.Session(
        index_cache_size_bytes=_INDEX_CACHE_BYTES, metadata_cache_size_bytes=_METADATA_CACHE_BYTES
    )


def options_of(uri: str) -> dict[str, str] | None:
    """Return the options with which the tables at a place are opened; None for a folder."""
    return None if uri.startswith("file://") else dict(REMOTE_OPTIONS)


def dataset(uri: str, version: int | str | None = None, *, quick: bool = False) -> Any:
    """Open a table at a version, a tag's name, or the newest version; `quick` to give up soon."""
    options = options_of(uri)
    if options and quick:
        options = dict(QUICK_OPTIONS)
    return lance.dataset(uri, version=version, storage_options=options, session=session())


def write(table: Any, uri: str, mode: str) -> Any:
    """Write a table of Arrow, "create", "append" or "overwrite", and return the dataset."""
    return lance.write_dataset(
        table, uri, mode=mode, storage_options=options_of(uri), session=session()
    )
