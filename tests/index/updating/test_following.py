"""A watched folder is followed by what is there, not by what is told of it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating import following
from inquote.index.updating.following import Follower, Look
from inquote.index.updating.ingest import ingest
from inquote.index.updating.mounts import mounts_around
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError
from inquote.ingest.files import collect

NOTHING: frozenset[Path] = frozenset()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    read = collect.read_content

    def noted(path: Path, **options: object) -> object:
        names.append(path.name)
        return read(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(collect, "read_content", noted)
    return names


class Followed:
    """A follower with its library."""

    def __init__(self, library: Path, *paths: Path) -> None:
        self.store = LocalStore(library)
        self.follower = Follower(paths, library)

    def take(self, held: frozenset[Path] = NOTHING) -> IngestReport | None:
        """Ingest if there is anything to do."""
        look = self.follower.look()
        if not self.follower.has_changed(look):
            return None
        return self.follower.ingest(look, held, self.store, FakeEmbedder())

    def ids(self) -> list[str]:
        with self.store.snapshot() as snapshot:
            return [info.id for info in snapshot.document_infos()]


def absences(look: Look) -> Sequence[str]:
    return list(look.absent.values())


def test_only_what_changed_is_read(library: Path, corpus: Path, reads: list[str]) -> None:
    followed = Followed(library, corpus)
    followed.take()
    assert sorted(reads) == ["newts.txt", "otters.md", "owls.md"]
    reads.clear()
    assert followed.take() is None
    (corpus / "owls.md").write_text("Owls see at night.")
    (corpus / "newts.txt").unlink()
    report = followed.take()
    assert report and (report.changed, report.removed) == (("zoo/owls.md",), ("zoo/newts.txt",))
    assert (reads, report.unchanged) == (["owls.md"], 1)


def test_what_changed_while_nobody_looked_is_taken_in_first(library: Path, corpus: Path) -> None:
    ingest(LocalStore(library), [corpus], FakeEmbedder())
    (corpus / "owls.md").unlink()
    report = Followed(library, corpus).take()
    assert report and report.removed == ("zoo/owls.md",)


def test_a_file_that_is_being_written_keeps_its_document(library: Path, corpus: Path) -> None:
    followed = Followed(library, corpus)
    followed.take()
    (corpus / "owls.md").write_text("Owls s")
    (corpus / "new.md").write_text("A n")
    report = followed.take(frozenset({corpus / "owls.md", corpus / "new.md"}))
    assert report and not report.has_changes
    assert {Path(file.path).name for file in report.skipped} == {"owls.md", "new.md"}
    assert len(followed.ids()) == 3
    (corpus / "owls.md").write_text("Owls sleep by day.")
    report = followed.take()
    assert report and (report.changed, report.added) == (("zoo/owls.md",), ("zoo/new.md",))


def test_a_file_that_cannot_be_read_is_read_once(
    library: Path, corpus: Path, reads: list[str]
) -> None:
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    followed = Followed(library, corpus)
    first = followed.take()
    reads.clear()
    (corpus / "owls.md").write_text("Owls see at night.")
    second = followed.take()
    assert first and second and first.skipped == second.skipped != ()
    assert reads == ["owls.md"]


def test_a_folder_that_is_gone_removes_nothing_and_says_so(library: Path, corpus: Path) -> None:
    followed = Followed(library, corpus)
    followed.take()
    shutil.rmtree(corpus)
    look = followed.follower.look()
    assert absences(look) == [
        f"{corpus} is not there: it was renamed, deleted, or is not mounted; its documents stay."
    ]
    with pytest.raises(IngestError, match="is not there"):
        followed.take()
    assert followed.take() is None
    assert len(followed.ids()) == 3
    corpus.mkdir()
    (corpus / "owls.md").write_text("Owls hunt.")
    report = followed.take()
    assert report and len(report.removed) == 2


def test_a_folder_that_was_renamed_is_noticed(library: Path, corpus: Path) -> None:
    followed = Followed(library, corpus)
    followed.take()
    new = corpus.rename(corpus.with_name("ark"))
    assert absences(followed.follower.look()) == [
        f"The folder {corpus} goes by the name {new} now, and its documents stay; "
        f"follow it with: inquote watch {new}"
    ]
    # By its new name the documents are the old ones.
    report = Followed(library, new).take()
    assert report and sorted(report.renamed) == [
        ("zoo/newts.txt", "ark/newts.txt"),
        ("zoo/otters.md", "ark/otters.md"),
        ("zoo/owls.md", "ark/owls.md"),
    ]
    assert (report.passages_embedded, followed.ids()) == (
        0,
        ["ark/newts.txt", "ark/otters.md", "ark/owls.md"],
    )


def test_an_empty_folder_at_the_start_removes_nothing(library: Path, corpus: Path) -> None:
    ingest(LocalStore(library), [corpus], FakeEmbedder())
    shutil.rmtree(corpus)
    corpus.mkdir()
    followed = Followed(library, corpus)
    assert absences(followed.follower.look()) == [
        f"{corpus} holds no file; documents that came from it stay."
    ]
    with pytest.raises(IngestError, match="holds no file"):
        followed.take()
    assert len(followed.ids()) == 3


def test_the_last_file_of_a_folder_may_go(library: Path, corpus: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "moles.md").write_text("A mole digs.")
    ingest(LocalStore(library), [more], FakeEmbedder())
    followed = Followed(library, corpus)
    followed.take()
    for path in corpus.iterdir():
        path.unlink()
    report = followed.take()
    assert report and len(report.removed) == 3
    assert followed.ids() == ["more/moles.md"]


def test_a_share_that_is_unmounted_removes_nothing(
    library: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = frozenset({"/", str(corpus)})
    monkeypatch.setattr(following, "mounts_around", lambda path: mounted)
    followed = Followed(library, corpus)
    followed.take()
    monkeypatch.setattr(following, "mounts_around", lambda path: frozenset({"/"}))
    (corpus / "owls.md").unlink()
    assert absences(followed.follower.look()) == [
        f"What was mounted at {corpus} is gone; {corpus} is followed again when it is back, "
        "and its documents stay."
    ]
    monkeypatch.setattr(following, "mounts_around", lambda path: mounted)
    report = followed.take()
    assert report and report.removed == ("zoo/owls.md",)


def test_mounts_around_a_path_are_those_above_and_below(tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "23 22 0:5 / /mnt/my\\040share rw - cifs //there rw\n"
        "24 22 0:6 / /mnt/my\\040share/sub rw - tmpfs x rw\n"
        "25 22 0:7 / /mnt/other rw - tmpfs x rw\n"
    )
    assert mounts_around(Path("/mnt/my share"), table) == {
        *("/", "/mnt/my share", "/mnt/my share/sub")
    }
    assert mounts_around(Path("/mnt/other/x"), table) == {"/", "/mnt/other"}
    assert mounts_around(Path("/mnt"), tmp_path / "none") == frozenset()


def test_a_path_that_never_was_is_refused(library: Path, corpus: Path, tmp_path: Path) -> None:
    ingest(LocalStore(library), [corpus], FakeEmbedder())
    shutil.rmtree(corpus)
    Follower([corpus], library).require(LocalStore(library))
    with pytest.raises(IngestError, match="There is no file or folder"):
        Follower([tmp_path / "typo"], library).require(LocalStore(library))


def test_links_are_followed_as_in_an_ingest(library: Path, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("Secrets of others.")
    (corpus / "out.md").symlink_to(tmp_path / "outside.md")
    (corpus / ".data").mkdir()
    (corpus / ".data" / "moles.md").write_text("A mole digs.")
    (corpus / "moles.md").symlink_to(corpus / ".data" / "moles.md")
    followed = Followed(library, corpus)
    followed.take()
    assert "zoo/moles.md" in followed.ids() and "zoo/out.md" not in followed.ids()
    (corpus / ".data" / "moles.md").write_text("A mole digs 20 metres.")
    report = followed.take()
    assert report and report.changed == ("zoo/moles.md",)


def test_what_goes_between_the_look_and_the_ingest_stays_in_the_library(
    library: Path, corpus: Path
) -> None:
    followed = Followed(library, corpus)
    followed.take()
    before = followed.ids()
    (corpus / "owls.md").write_text("Owls see at night.")
    look = followed.follower.look()
    shutil.move(corpus, corpus.with_name("elsewhere"))
    with pytest.raises(IngestError, match="its documents stay"):
        followed.follower.ingest(look, NOTHING, followed.store, FakeEmbedder())
    assert followed.ids() == before


def test_a_reason_is_said_once_however_often_the_file_is_passed_over(
    library: Path, corpus: Path
) -> None:
    followed = Followed(library, corpus)
    followed.take()
    (corpus / "owls.md").write_bytes(b"%PDF-1.4 broken")
    reasons = set()
    for text in ("One.", "Two.", "Three."):
        (corpus / "newts.txt").write_text(text)
        report = followed.take()
        assert report is not None
        reasons |= {file.reason for file in report.skipped}
    assert len(reasons) == 1
    assert reasons.pop().count("its earlier text is still answered from") == 1
