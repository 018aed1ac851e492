"""Where a library lies: a folder, or a URL without secrets."""

from pathlib import Path

import pytest

from inquote.index.stores.location import is_shared, scheme_of, shared_url
from inquote.ingest.errors import InquoteError


@pytest.mark.parametrize(
    ("location", "scheme"),
    [
        ("s3://bucket/library", "s3"),
        (Path("s3://bucket/library"), "s3"),
        ("file:///srv/library", "file"),
        ("http://host:7860", "http"),
        ("inquote-library", ""),
        ("/srv/a:b/c", ""),
        (Path("C:/library"), ""),
    ],
)
def test_a_url_is_told_from_a_folder(location: str | Path, scheme: str) -> None:
    assert scheme_of(location) == scheme
    assert is_shared(location) == (scheme in ("s3", "file"))


def test_a_path_finds_the_strokes_again_that_it_lost() -> None:
    assert shared_url(Path("s3://bucket/a/b")) == "s3://bucket/a/b"
    assert shared_url(Path("file:///srv/library")) == "file:///srv/library"


@pytest.mark.parametrize(
    "location", ["s3://key:secret@bucket/library", "s3://bucket/a?secret=1", "s3://bucket/a#secret"]
)
def test_credentials_in_a_url_are_refused_and_not_repeated(location: str) -> None:
    with pytest.raises(InquoteError, match="no credentials") as caught:
        shared_url(location)
    assert "secret" not in str(caught.value).lower().replace("aws_secret_access_key", "")


def test_a_url_without_a_place_is_refused() -> None:
    with pytest.raises(InquoteError, match="names no library"):
        shared_url("s3://")
