import io
from pathlib import Path, PurePosixPath

import pytest

from inquote.app.service.uploads import MAX_DEPTH, MAX_NAME_BYTES, UploadError, Uploads, safe_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("guide.md", "guide.md"),
        ("2026/guide.md", "2026/guide.md"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\texts\\a.md", "C:/texts/a.md"),
        (".hidden", "hidden"),
        (". . /.", None),
        ("", None),
        ("..", None),
        ("a\nb\x00c\u202e.md", "abc.md"),
        ('<img src=x onerror="alert(1)">.md', '<img src=x onerror="alert(1)">.md'),
        ("e\u0301.md", "\u00e9.md"),
    ],
)
def test_a_name_stays_within_the_uploads(given: str, name: str | None) -> None:
    assert safe_name(given) == (name and PurePosixPath(name))


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    name = safe_name("\u00e4" * 300 + ".pdf")
    assert (
        name
        and name.suffix == ".pdf"
        and MAX_NAME_BYTES - 2 < len(str(name).encode()) <= MAX_NAME_BYTES
    )
    deep = safe_name("/".join("abcdefghijkl"))
    assert deep and len(deep.parts) == MAX_DEPTH and deep.name == "l"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "library")


def files(**contents: str) -> list[tuple[str, io.BytesIO]]:
    return [(f"{name}.md", io.BytesIO(content.encode())) for name, content in contents.items()]


def there(uploads: Uploads) -> dict[str, str]:
    """Every file of the folder, hidden ones too, by its name."""
    files = [path for path in uploads.folder.rglob("*") if path.is_file()]
    return {path.name: path.read_text() for path in files if path.parent.name != ".replaced"}


def test_what_is_of_use_stays_and_the_rest_is_as_it_was(uploads: Uploads) -> None:
    first = uploads.receive(files(a="a1", b="b1"))
    uploads.lay(first)
    uploads.settle(first, set())
    assert there(uploads) == {"a.md": "a1", "b.md": "b1"}
    second = uploads.receive(files(a="a2", b="b2", c="c2"))
    uploads.lay(second)
    uploads.settle(second, {PurePosixPath("b.md"), PurePosixPath("c.md")})
    assert there(uploads) == {"a.md": "a2", "b.md": "b1"}


def test_what_was_replaced_is_swapped_and_swapped_again(uploads: Uploads) -> None:
    first = uploads.receive(files(a="a1"))
    uploads.lay(first)
    uploads.settle(first, set())
    second = uploads.receive(files(a="a2", b="b2"))
    uploads.lay(second)
    uploads.settle(second, set())
    uploads.swap(second.names)
    assert there(uploads) == {"a.md": "a1"}
    uploads.swap(second.names)
    assert there(uploads) == {"a.md": "a2", "b.md": "b2"}
    uploads.swap(second.names)
    third = uploads.receive(files(c="c3"))
    uploads.lay(third)
    uploads.settle(third, set())
    assert there(uploads) == {"a.md": "a1", "c.md": "c3"}
    assert not (uploads.folder / ".replaced").exists()


def test_what_was_not_laid_replaces_nothing(uploads: Uploads) -> None:
    first = uploads.receive(files(a="a1"))
    uploads.lay(first)
    uploads.settle(first, set())
    second = uploads.receive(files(a="a2"))
    uploads.settle(second, set(second.names))
    assert there(uploads) == {"a.md": "a1"}


def test_two_files_of_one_name_are_not_both_taken(uploads: Uploads) -> None:
    batch = uploads.receive(
        [("a.md", io.BytesIO(b"1")), ("./a.md", io.BytesIO(b"2")), ("..", io.BytesIO(b"3"))]
    )
    assert batch.names == [PurePosixPath("a.md")]
    assert [skipped.reason for skipped in batch.skipped] == [
        "another file goes by the same name; rename one",
        "it has no name",
    ]


def test_an_upload_without_a_file_leaves_nothing_behind(uploads: Uploads) -> None:
    with pytest.raises(UploadError, match="no file"):
        uploads.receive([])
    assert list(uploads.folder.iterdir()) == []


def test_a_link_in_the_uploads_is_replaced_not_followed(uploads: Uploads, tmp_path: Path) -> None:
    uploads.folder.mkdir(parents=True)
    (tmp_path / "outside").write_text("outside")
    (uploads.folder / "a.md").symlink_to(tmp_path / "outside")
    batch = uploads.receive(files(a="a2"))
    uploads.lay(batch)
    uploads.settle(batch, set())
    assert (tmp_path / "outside").read_text() == "outside"
    assert not (uploads.folder / "a.md").is_symlink()


def test_a_folder_where_a_file_is_wanted_is_one_sentence(uploads: Uploads) -> None:
    first = uploads.receive(files(a="a1"))
    uploads.lay(first)
    uploads.settle(first, set())
    batch = uploads.receive([("a.md/b.md", io.BytesIO(b"x"))])
    with pytest.raises(UploadError, match="cannot be stored"):
        uploads.lay(batch)
    uploads.settle(batch, set(batch.names))
    assert there(uploads) == {"a.md": "a1"}


def test_what_is_set_aside_comes_back(uploads: Uploads) -> None:
    batch = uploads.receive(files(a="a1", b="b1"))
    uploads.lay(batch)
    uploads.settle(batch, set())
    uploads.set_aside(["a.md"])
    assert not (uploads.folder / "a.md").exists()
    uploads.put_back(["a.md"])
    assert there(uploads) == {"a.md": "a1", "b.md": "b1"}
    uploads.set_aside(["a.md"])
    uploads.set_aside(["b.md"])  # only what was removed last is kept
    assert there(uploads) == {"b.md": "b1"}


def test_what_a_killed_server_left_half_done_comes_back_with_the_next_upload(
    uploads: Uploads,
) -> None:
    first = uploads.receive(files(a="a1"))
    uploads.lay(first)
    uploads.settle(first, set())
    uploads.lay(uploads.receive(files(a="a2")))  # and no settle
    waiting, third = uploads.receive(files(c="c3")), uploads.receive(files(b="b3"))
    uploads.lay(third)
    uploads.settle(third, set())
    assert there(uploads) == {"a.md": "a1", "b.md": "b3", "c.md": "c3"}
    assert (waiting.new / "c.md").exists()
