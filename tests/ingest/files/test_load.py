import hashlib
import os
from pathlib import Path

import pytest

from inquote.ingest.documents import Document, Hidden
from inquote.ingest.errors import FileSkipped, IngestError
from inquote.ingest.files.find import find_sources
from inquote.ingest.files.load import (
    MAX_BYTES,
    FileContent,
    load_document,
    read_content,
    read_file,
)
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats.encoding import decode
from inquote.ingest.formats.registry import detect_format
from inquote.ingest.text import printable


def load(path: Path, id: str) -> Document:
    with Sandbox() as sandbox:
        return load_document(read_content(path), id, sandbox)[0]


def ids(*paths: Path) -> list[str]:
    return [source.id for source in find_sources(paths).sources]


def test_ids_are_the_folder_s_name_and_the_path_below_it(tmp_path: Path) -> None:
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    (tmp_path / "notes" / "b.md").write_text("b")
    (tmp_path / "notes" / "deep" / "a.txt").write_text("a")
    (tmp_path / "notes" / ".hidden").write_text("x")
    assert ids(tmp_path / "notes") == ["notes/b.md", "notes/deep/a.txt"]
    assert ids(tmp_path / "notes" / "b.md") == ["notes/b.md"]
    assert ids(tmp_path / "notes", tmp_path / "notes" / "b.md") == [
        "notes/b.md",
        "notes/deep/a.txt",
    ]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="There is no file or folder"):
        find_sources([tmp_path / "nothing"])


def test_two_folders_of_one_name_are_told_apart_and_keep_their_names(tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "docs").mkdir(parents=True)
        (tmp_path / parent / "docs" / "x.md").write_text(parent)
    assert ids(tmp_path / "a" / "docs", tmp_path / "b" / "docs") == ["docs/x.md", "b/docs/x.md"]
    names = {str(tmp_path / "b" / "docs"): "docs"}
    sources = find_sources([tmp_path / "a" / "docs", tmp_path / "b" / "docs"], names).sources
    assert [source.id for source in sources] == ["a/docs/x.md", "docs/x.md"]


def test_libraries_are_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("x")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "library.db").write_text("")
    listing = find_sources([tmp_path])
    sources, skipped = listing.sources, listing.skipped
    assert [source.path.name for source in sources] == ["x.md"]
    assert [skip.reason for skip in skipped] == ["it is a library of inquote's own"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é".encode(), "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "é"),
        ("é".encode("utf-16"), "é"),
        ("plain text".encode("utf-16-le"), "plain text"),
        ("plain text".encode("utf-16-be"), "plain text"),
        (b"caf\xe9 \x93quoted\x94", "café “quoted”"),
    ],
)
def test_encodings(content: bytes, text: str) -> None:
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(range(256)) * 4, "binary"),
        (b"text\x00text", "binary"),
    ],
)
def test_what_is_no_text_is_skipped(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        decode(content)


def test_an_encoding_can_be_given() -> None:
    assert decode(b"\xe9", "cp437") == "Θ"
    with pytest.raises(FileSkipped, match="cannot be decoded"):
        decode(b"x", "no-such-encoding")


@pytest.mark.parametrize("content", [b"\n \n", b"\xef\xbb\xbf", b"---\ntitle: x\n---\n"])
def test_a_file_without_text_is_skipped(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(content)
    with pytest.raises(FileSkipped, match="it holds no text"):
        load(path, "x.md")


def test_special_files_are_skipped_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(FileSkipped, match="not a regular file"):
        load(tmp_path / "pipe.txt", "pipe.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "pipe.txt")
    with pytest.raises(FileSkipped, match="cannot be opened"):
        load(tmp_path / "link.txt", "link.txt")


def test_a_sparse_giant_is_skipped(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(FileSkipped, match="larger than 67 MB"):
        load(tmp_path / "big.txt", "big.txt")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.txt", b"<!DOCTYPE html><p>x", "html"),
        ("x.html", b"<p>x", "html"),
        ("x.html", b"no markup at all", "text"),
        ("x.txt", b"%PDF-1.7 ...", "pdf"),
        ("x.csv", b"a;b\n1;2\n", "csv"),
        ("x.txt", b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nx", "mail"),
        ("x.md", b"# x", "markdown"),
        ("x", b"x", "text"),
    ],
)
def test_what_a_file_is_is_told_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert detect_format(content, Path(name).suffix).name == kind


def test_pictures_and_archives_are_named_and_skipped() -> None:
    with pytest.raises(FileSkipped, match="it is a gzip archive; unpack it"):
        detect_format(b"\x1f\x8b...", ".txt")
    with pytest.raises(FileSkipped, match="it is empty"):
        detect_format(b"", ".txt")


def test_names_are_printed_on_one_line() -> None:
    assert printable(Path("a\nb\u202ec<img>")) == "a\\nb\\u202ec<img>"
    assert printable(os.fsdecode(b"\xff.txt")) == "\\xff.txt"


def test_a_document_knows_its_title_source_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "my_notes.txt"
    path.write_text("Text.")
    document = load(path, "x/my_notes.txt")
    assert (document.id, document.title, document.source, document.text) == (
        "x/my_notes.txt",
        "my notes",
        "",
        "Text.",
    )
    assert document.sha256 == hashlib.sha256(b"Text.").hexdigest()


def warning_of(content: FileContent) -> str:
    with Sandbox() as sandbox:
        return load_document(content, "x.txt", sandbox)[1]


def test_what_was_guessed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"caf\xe9")
    assert "read as Windows-1252" in warning_of(read_content(path))
    assert warning_of(read_content(path, encoding="cp1252")) == ""
    path.write_bytes("café".encode())
    assert warning_of(read_content(path)) == ""


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("one")
    stat, calls = os.fstat, []

    def fstat(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) == 2:  # after the first reading
            path.write_text("three")
        return stat(descriptor)

    monkeypatch.setattr("inquote.ingest.files.load.os.fstat", fstat)
    assert read_file(path, 100) == b"three"


def test_hidden_text_comes_through_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<style>.x{display:none}</style><p>Otters swim.<p class=x>Newts glow.")
    document = load(path, "a.html")
    assert document.text == "Otters swim.\n\nNewts glow."
    assert document.hidden == (Hidden(14, 25, "display: none"),)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<p hidden>Newts glow.</p><p style='opacity:0'>Owls.</p>"),
        ("a.md", "<p hidden>Newts glow.</p>\n\n<p style='opacity:0'>Owls.</p>"),
    ],
)
def test_a_file_of_hidden_text_alone_is_skipped(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(FileSkipped, match=r"only text that no reader sees \(hidden attribute, op"):
        load(tmp_path / name, name)
