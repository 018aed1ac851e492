"""An ingest on a Ray cluster makes the library that one process makes, whatever happens to it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fakes import FakeEmbedder
from inquote.index.distributed import cluster as cluster_module
from inquote.index.distributed.cluster import RayCluster
from inquote.index.stores.base import Store
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.registry import open_store
from inquote.index.updating.ingest import DEFAULT, Options, ingest
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError, LibraryMissing
from inquote.ingest.files.collect import FileOutcome, read_files
from made_files import down, pdf, word
from places import ROOT
from ray_cluster import Cluster, kill, ray_cluster

pytest.importorskip("ray.data")
pytestmark = [pytest.mark.scale, pytest.mark.server]


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files go to the cluster."""
    monkeypatch.setattr(cluster_module, "HEAD_START", 0.0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ray_cluster() as started:
        yield started


def make_files(folder: Path, count: int) -> None:
    """Write texts, a PDF and a Word file, and bad ones of both, in several folders."""
    for number in range(count):
        place = folder / f"part{number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        paragraphs = [f"Paragraph {part} of text {number} tells of otters." for part in range(5)]
        text = "\n\n".join([f"# Text {number}", *paragraphs, "All rights are reserved."])
        (place / f"{number:03d}.md").write_text(text, "utf-8")
    (folder / "otters.pdf").write_bytes(pdf([down("An otter weighs 12 kilograms.")], "Otters"))
    (folder / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (folder / "cut.docx").write_bytes(word()[:300])
    (folder / "empty.md").write_bytes(b"")
    (folder / "picture.bin").write_bytes(bytes(range(256)) * 4)


def contents(store: Store) -> dict[str, Any]:
    """Everything that a generation holds, but for the time."""
    with store.snapshot() as snapshot:
        passages = {passage.id: passage for passage in snapshot.all_passages()}
        queries = np.eye(64, dtype=np.float32)[:8]
        cosines = [snapshot.cosines(query, passages) for query in queries]
        return {
            "generation": snapshot.generation,
            "recipe": snapshot.recipe,
            "documents": list(snapshot.documents()),
            "passages": passages,
            "cosines": [[round(by_id[id], 5) for id in passages] for by_id in cosines],
            "files": snapshot.file_records(),
            "left_out": list(snapshot.left_out()),
            "roots": snapshot.roots(),
            "originals": [snapshot.original(id) for id in snapshot.file_records()],
        }


def about(report: IngestReport) -> dict[str, Any]:
    return {name: value for name, value in report.as_json().items() if name != "seconds"}


def on_ray(
    cluster: Cluster, store: Store, folder: Path, options: Options = DEFAULT, **settings: Any
) -> IngestReport:
    embedder = FakeEmbedder()
    workers = RayCluster(cluster.address, embedder, options.originals)
    report = ingest(store, [folder], embedder, options=options, workers=workers, **settings)
    assert embedder.embedded == []  # the workers embed
    return report


def test_two_workers_make_the_library_that_one_process_makes(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 12)
    plain, shared = LocalStore(tmp_path / "plain"), LocalStore(tmp_path / "ray")
    seen: list[tuple[str, int, int]] = []
    first = ingest(plain, [folder], FakeEmbedder())
    assert len(first.added) == 13 and len(first.skipped) >= 3
    report = on_ray(cluster, shared, folder, progress=lambda *stage: seen.append(stage))
    assert about(report) == about(first)
    assert contents(shared) == contents(plain)
    assert shared.verify() == []
    readings = [stage for stage in seen if stage[0] == "reading"]
    count = len(first.added) + len(first.skipped)
    assert [done for _, done, _ in readings] == list(range(1, count + 1))
    embedded = [done for stage, done, total in seen if stage == "embedding" and done <= total]
    assert embedded[-1] == first.passages_embedded

    # A change, a new name, a file that is gone: only what is new is embedded.
    (folder / "part0/000.md").write_text("# Text 0\n\nAnother text of voles.\n", "utf-8")
    (folder / "part1/001.md").rename(folder / "part1/renamed.md")
    (folder / "part2/002.md").unlink()
    again = ingest(plain, [folder], FakeEmbedder())
    assert again.changed and again.renamed and again.removed and again.passages_embedded == 1
    assert about(on_ray(cluster, shared, folder)) == about(again)
    assert contents(shared) == contents(plain)

    # A dry run; a rebuild without the originals.
    (folder / "new.md").write_text("# New\n\nA new text.\n", "utf-8")
    dry = Options(dry_run=True)
    expected = about(ingest(plain, [folder], FakeEmbedder(), options=dry))
    assert about(on_ray(cluster, shared, folder, dry)) == expected
    anew = Options(rebuild=True, originals=False)
    expected = about(ingest(plain, [folder], FakeEmbedder(), options=anew))
    assert about(on_ray(cluster, shared, folder, anew)) == expected
    assert contents(shared) == contents(plain)


def test_killed_workers_are_replaced(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 90)
    plain, shared = LocalStore(tmp_path / "plain"), LocalStore(tmp_path / "ray")
    first = ingest(plain, [folder], FakeEmbedder())
    killed: list[int] = []

    def killing(stage: str, done: int, total: int) -> None:
        if stage == "reading" and done in (3, 40):
            for pid in cluster.workers():
                kill(pid)
                killed.append(pid)

    assert about(on_ray(cluster, shared, folder, progress=killing)) == about(first)
    assert len(killed) >= 2
    assert contents(shared) == contents(plain)
    assert shared.verify() == []


def test_files_that_were_read_here_and_on_the_cluster_make_one_library(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 6)
    plain, shared = LocalStore(tmp_path / "plain"), LocalStore(tmp_path / "ray")
    first = ingest(plain, [folder], FakeEmbedder())

    def begin(*arguments: Any) -> Iterator[FileOutcome]:
        yield from islice(read_files(*arguments), 4)

    monkeypatch.setattr(cluster_module, "_begin_here", begin)
    embedder = FakeEmbedder()
    workers = RayCluster(cluster.address, embedder)
    assert about(ingest(shared, [folder], embedder, workers=workers)) == about(first)
    assert contents(shared) == contents(plain)
    assert 0 < len(embedder.embedded) < first.passages_embedded


def test_a_shared_library_is_filled_by_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    pytest.importorskip("lancedb")
    folder = tmp_path / "texts"
    make_files(folder, 6)
    plain = LocalStore(tmp_path / "plain")
    first = ingest(plain, [folder], FakeEmbedder())
    with closing(open_store(f"file://{tmp_path}/shared", must_exist=False)) as shared:
        assert about(on_ray(cluster, shared, folder)) == about(first)
        assert contents(shared) == contents(plain)


KILLED_INGEST = """
import os, signal, sys
from pathlib import Path
from fakes import FakeEmbedder
from inquote.index.distributed import cluster as cluster_module
from inquote.index.distributed.cluster import RayCluster
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest

def dying(stage, done, total):
    if stage == "embedding" and done >= 12:
        os.kill(os.getpid(), signal.SIGKILL)

library, folder, address = sys.argv[1:]
cluster_module.HEAD_START = 0.0
embedder = FakeEmbedder()
workers = RayCluster(address, embedder)
ingest(LocalStore(Path(library)), [Path(folder)], embedder, progress=dying, workers=workers)
"""


def test_what_a_killed_ingest_embedded_is_not_embedded_again(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 40)
    plain, shared = LocalStore(tmp_path / "plain"), LocalStore(tmp_path / "ray")
    first = ingest(plain, [folder], FakeEmbedder())
    command = [sys.executable, "-c", KILLED_INGEST, str(tmp_path / "ray"), str(folder)]
    killed = subprocess.run([*command, cluster.address], cwd=ROOT, timeout=300)
    assert killed.returncode == -9
    report = on_ray(cluster, shared, folder)
    assert report.passages_embedded <= first.passages_embedded - 12
    assert report.generation == 1
    assert contents(shared) == contents(plain)


def test_folders_without_a_text_are_refused_and_strict_changes_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    library = tmp_path / "ray"
    with pytest.raises(IngestError, match="There is no text to ingest"):
        on_ray(cluster, LocalStore(library), folder)
    assert not library.exists()
    (folder / "text.md").write_text("A text.\n", "utf-8")
    with pytest.raises(IngestError, match="Not everything could be read"):
        on_ray(cluster, LocalStore(library), folder, Options(strict=True))
    with LocalStore(library).snapshot() as snapshot:
        assert snapshot.generation == 0


def test_the_command_ingests_on_a_cluster_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 3)
    library = tmp_path / "ray"
    program = (
        "from inquote.index.distributed import cluster; cluster.HEAD_START = 0.0\n"
        "from inquote.app.cli.start import main; main()"
    )
    command = [sys.executable, "-c", program, "ingest", str(folder)]
    options = ["--library", str(library), "--ray", "local", "--json"]
    ingested = subprocess.run([*command, *options], capture_output=True, text=True, timeout=600)
    assert ingested.stderr == ""
    assert ingested.returncode == 3  # files were skipped
    assert '"generation": 1' in ingested.stdout
    assert LocalStore(library).verify() == []


def test_no_library_is_made_where_the_address_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 1)
    store = LocalStore(tmp_path / "ray")
    with pytest.raises(IngestError, match="There is no Ray cluster at"):
        ingest(store, [folder], FakeEmbedder(), workers=RayCluster("127.0.0.1:1", FakeEmbedder()))
    with pytest.raises(LibraryMissing), store.snapshot():
        pass


# The last test, for it ends the cluster of the others.


def test_a_cluster_that_goes_away_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    make_files(folder, 60)
    store = LocalStore(tmp_path / "ray")

    def killing(stage: str, done: int, total: int) -> None:
        if stage == "reading" and done == 2:
            cluster.kill()

    with pytest.raises(IngestError) as error:
        on_ray(cluster, store, folder, progress=killing)
    assert str(error.value).startswith(f"The Ray cluster at {cluster.address} ")
    assert str(error.value).endswith("the same command goes on from them.")
    with store.snapshot() as snapshot:
        assert snapshot.generation == 0
    # The plain way goes on from what was embedded.
    total = ingest(LocalStore(tmp_path / "plain"), [folder], FakeEmbedder()).passages_embedded
    assert ingest(store, [folder], FakeEmbedder()).passages_embedded < total
    with pytest.raises(IngestError, match="There is no Ray cluster at"):
        RayCluster(cluster.address, FakeEmbedder())
