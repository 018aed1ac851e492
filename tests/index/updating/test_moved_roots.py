"""A folder that was ingested and goes by another name now is the same folder."""

import shutil
from pathlib import Path

from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.index.updating.report import IngestReport


def take(library: Path, folder: Path) -> IngestReport:
    return ingest(LocalStore(library), [folder], FakeEmbedder())


def test_documents_of_a_renamed_folder_have_its_new_name(library: Path, corpus: Path) -> None:
    take(library, corpus)
    (corpus / "owls.md").write_text("Owls see at night.")
    report = take(library, corpus.rename(corpus.with_name("ark")))
    assert sorted(report.renamed) == [
        ("zoo/newts.txt", "ark/newts.txt"),
        ("zoo/otters.md", "ark/otters.md"),
    ]
    assert report.added == ("ark/owls.md",)
    [warning] = report.warnings
    assert warning.path == str(corpus)
    assert warning.reason == "the folder is gone; of its documents 1 more stay until inquote remove"


def test_a_copy_is_no_renamed_folder(library: Path, corpus: Path) -> None:
    take(library, corpus)
    report = take(library, shutil.copytree(corpus, corpus.with_name("ark")))
    assert (len(report.added), report.renamed, report.warnings) == (3, (), ())


def test_another_folder_is_no_renamed_one(library: Path, corpus: Path, tmp_path: Path) -> None:
    take(library, corpus)
    other = tmp_path / "other"
    other.mkdir()
    shutil.move(corpus / "owls.md", other / "owls.md")
    shutil.rmtree(corpus)
    report = take(library, other)
    assert (report.added, report.renamed, report.warnings) == (("other/owls.md",), (), ())


def test_where_the_folder_around_is_gone_too_nothing_is_renamed(
    library: Path, corpus: Path, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    inside = corpus.rename(share / "zoo")
    take(library, inside)
    copy = shutil.copytree(inside, tmp_path / "zoo-copy")
    shutil.rmtree(share)
    assert take(library, copy).renamed == ()
