"""An ingest of many, odd and bad files, and one that cannot write."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating import writer
from inquote.index.updating.ingest import Options, ingest
from inquote.ingest.errors import IngestError
from inquote.ingest.files import collect
from inquote.ingest.files.find import find_sources
from places import ROOT

MakeSystem = Callable[..., System]
IMPORTS = """
import resource, sys
from pathlib import Path
sys.path[:0] = ["tests"]
from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating import writer
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import IngestError
"""


def rows(library: Path) -> list[object]:
    """Everything that a library holds of its passages, but for the numbers of rows."""
    with LocalStore(library).snapshot() as snapshot:
        rows, matrix = snapshot.vectors()
        vectors = dict(zip(rows.tolist(), matrix.tolist(), strict=True))
        return [(passage, vectors[row]) for row, passage in snapshot.numbered_passages()]


def test_batches_make_the_library_that_one_batch_makes(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(LocalStore(tmp_path / "one"), [corpus], embedder)
    monkeypatch.setattr(writer, "BATCH_CHARACTERS", 1)
    monkeypatch.setattr(writer, "BATCH_PASSAGES", 1)
    said: list[tuple[str, int, int]] = []
    done = ingest(
        LocalStore(tmp_path / "many"), [corpus], embedder, progress=lambda *told: said.append(told)
    )
    assert rows(tmp_path / "many") == rows(tmp_path / "one")
    assert done.passages_embedded == 3
    assert [told for told in said if told[0] == "embedding"] == [
        ("embedding", at, at) for at in (1, 2, 3)
    ]
    assert [told for told in said if told[0] == "reading"] == [
        ("reading", at, 3) for at in (1, 2, 3)
    ]


def test_what_was_written_ahead_is_seen_by_nobody_and_goes(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    ingest(LocalStore(library), [corpus], embedder)
    before = rows(library)
    (corpus / "owls.md").write_text("Owls sleep by day.")
    monkeypatch.setattr(
        "inquote.index.stores.local.store.write_search_files",
        lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")),
    )
    monkeypatch.setattr(
        "inquote.index.stores.local.store.drop_unfinished", lambda *_: None
    )  # as where the process is killed
    with pytest.raises(IngestError, match="was not changed: No space left"):
        ingest(LocalStore(library), [corpus], embedder)
    written = "SELECT count(*) FROM passages WHERE since > 1"
    assert LocalStore(library).database.connection().execute(written).fetchone() == (1,)
    assert (rows(library), LocalStore(library).verify()) == (before, [])
    monkeypatch.undo()
    embedder.embedded.clear()
    (corpus / "owls.md").write_text(
        "# Owls\n\nAn owl turns its head by 270 degrees. Owls hunt at night.\n"
    )
    assert ingest(LocalStore(library), [corpus], embedder).unchanged == 3
    assert LocalStore(library).database.connection().execute(written).fetchone() == (0,)


def test_files_are_not_read_far_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}.txt").write_text("Some text.")
    monkeypatch.setattr(collect, "MAX_FILES_AHEAD", 3)
    read, reads = collect.read_content, []
    monkeypatch.setattr(
        collect, "read_content", lambda path, **given: (reads.append(path), read(path, **given))[1]
    )
    outcomes = collect.read_files(find_sources([tmp_path]).sources, {}, collect.Limits())
    next(outcomes)
    outcomes.close()
    assert 1 <= len(reads) <= 4


def test_strict_names_the_first_and_counts_all(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    for name in ("a.txt", "z.txt"):
        (corpus / name).write_bytes(b"")
    with pytest.raises(
        IngestError, match=r"a\.txt: it is empty \(and 1 more\); the library was not changed"
    ):
        ingest(LocalStore(tmp_path / "library"), [corpus], embedder, options=Options(strict=True))
    assert embedder.embedded == []


def test_the_account_is_a_contract(tmp_path: Path, corpus: Path, embedder: FakeEmbedder) -> None:
    ingest(LocalStore(tmp_path / "library"), [corpus], embedder)
    (corpus / "owls.md").write_text("Owls sleep by day.")
    (corpus / "newts.txt").rename(corpus / "salamanders.txt")
    (corpus / "otters.md").unlink()
    (corpus / "bats.txt").write_text("A bat hangs upside down.")
    (corpus / "bad.txt").write_bytes(b"")
    told = json.loads(
        json.dumps(ingest(LocalStore(tmp_path / "library"), [corpus], embedder).as_json())
    )
    assert told.pop("seconds") >= 0
    assert told == {
        "generation": 2,
        "added": ["zoo/bats.txt"],
        "changed": ["zoo/owls.md"],
        "renamed": [["zoo/newts.txt", "zoo/salamanders.txt"]],
        "removed": ["zoo/otters.md"],
        "unchanged": 0,
        "skipped": [{"path": str(corpus / "bad.txt"), "reason": "it is empty"}],
        "passages_embedded": 2,
    }


def test_one_bad_file_in_a_hundred(tmp_path: Path, embedder: FakeEmbedder) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(99):
        (folder / f"{number:02}.txt").write_text(f"Animal {number} sleeps.")
    (folder / "50x.pdf").write_bytes(b"%PDF-1.7 nothing")
    done = ingest(LocalStore(tmp_path / "library"), [folder], embedder)
    assert (len(done.added), [Path(skipped.path).name for skipped in done.skipped]) == (
        99,
        ["50x.pdf"],
    )


def test_the_same_text_twice_and_one_name_in_two_folders_are_all_citable(
    tmp_path: Path, make_system: MakeSystem, embedder: FakeEmbedder
) -> None:
    for name in ("a/x.txt", "a/y.txt", "b/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"A stork flies to Africa. It is told in {name[0]}.")
    system = make_system(tmp_path / "a", tmp_path / "b", tmp_path / "a")
    assert [document.id for document in system.documents()] == ["a/x.txt", "a/y.txt", "b/x.txt"]
    for id in ("a/x.txt", "a/y.txt", "b/x.txt"):
        assert system.document(id).text.startswith("A stork flies to Africa.")
    cited = {hit.passage.document_id for hit in system.ask("A stork flies where?").hits}
    assert "b/x.txt" in cited
    assert (
        ingest(
            LocalStore(system.store.folder), [tmp_path / "a", tmp_path / "b"], embedder
        ).unchanged
        == 3
    )


@pytest.mark.parametrize(
    "name",
    [
        b"\xff\xfe.txt",
        b"two\nlines.txt",
        b"<img src=x onerror=alert(1)>.txt",
        "\u202etxt.exe".encode(),
        b"n" * 251 + b".txt",
    ],
    ids=["no UTF-8", "newline", "markup", "right to left", "255 bytes"],
)
def test_odd_names_can_be_cited(tmp_path: Path, make_system: MakeSystem, name: bytes) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_text("A stork flies to Africa.")
    system = make_system(folder)
    cited = system.ask("A stork flies where?").citations[0]
    assert (
        system.document(cited.document_id).text[cited.start : cited.end]
        == cited.quote
        == "A stork flies to Africa."
    )
    assert cited.document_id.encode()  # can be written as UTF-8
    assert system.store.verify() == []


def test_a_folder_called_like_a_text_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    (tmp_path / "x.txt" / "y.txt").write_text("y")
    assert [source.path.name for source in find_sources([tmp_path]).sources] == ["y.txt"]


def test_a_folder_that_cannot_be_written_says_so(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquote.index.stores.local.lock.os.access", lambda *_: False)
    with pytest.raises(IngestError, match="was not changed: the folder is not writable"):
        ingest(LocalStore(tmp_path / "library"), [corpus], embedder)
    (tmp_path / "file").write_text("")
    with pytest.raises(IngestError, match="was not changed: Not a directory"):
        ingest(LocalStore(tmp_path / "file" / "library"), [corpus], embedder)


def test_files_that_may_not_grow_leave_the_library_as_it_was(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    """As on a full disk, but that the system says so, at whatever write it comes."""
    library = tmp_path / "library"
    ingest(LocalStore(library), [corpus], embedder)
    before = rows(library)
    (corpus / "owls.md").write_text(
        "\n\n".join(f"Owl {number} sleeps by day." for number in range(2_000))
    )
    code = IMPORTS
    code += "limit = int(sys.argv[3]); resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
    code += "try: ingest(LocalStore(Path(sys.argv[1])), [Path(sys.argv[2])], FakeEmbedder())\n"
    code += "except IngestError as error: print(error)"
    said = []
    for limit in (60_000, 200_000, 400_000):
        asked = [sys.executable, "-c", code, str(library), str(corpus), str(limit)]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        said.append("was not changed: " in done.stdout)
        if said[-1]:
            assert (rows(library), LocalStore(library).verify()) == (before, [])
    assert said[0]


def test_shapes_are_checked_without_assertions() -> None:
    code = "import numpy as np\nfrom inquote.index.stores.local.vectors import FaissIndex\n"
    code += (
        "for rows in (np.zeros((1, 3), np.float32), np.zeros((2, 4)), np.full((1, 4), "
        "np.nan, np.float32)):\n"
    )
    code += "    try: FaissIndex.build([1], np.eye(1, 4, dtype=np.float32)).search(rows, 9)\n"
    code += "    except ValueError as error: print(error)"
    done = subprocess.run(
        [sys.executable, "-O", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 3


words = st.text(alphabet="ab\u0301é漢👩🏽\u200d\r\n\t .\ufeff-|#*'’", min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(st.lists(words.map(lambda told: f"A stork flies {told}."), min_size=1, max_size=4))
def test_whatever_the_texts_every_passage_and_citation_is_verbatim(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t").mkdir()
        for number, text in enumerate(texts):
            (Path(folder) / "t" / f"{number}.{'md' if number % 2 else 'txt'}").write_bytes(
                text.encode()
            )
        embedder = FakeEmbedder()
        ingest(LocalStore(Path(folder) / "l"), [Path(folder) / "t"], embedder)
        system = System(
            LocalStore(Path(folder) / "l"),
            Search(embedder),
            Answerer(FakeReader(), PLAIN_CALIBRATION),
        )
        answer = system.ask("A stork flies?")
        assert answer.citations
        for cited in answer.citations:
            assert system.document(cited.document_id).text[cited.start : cited.end] == cited.quote
        for hit in answer.hits:
            text = system.document(hit.passage.document_id).text
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text
        system.close()


@pytest.mark.slow
def test_many_texts_take_no_more_memory_than_few(tmp_path: Path) -> None:
    code = IMPORTS
    code += "writer.BATCH_CHARACTERS = 500_000\n"
    code += "class Forgetful(FakeEmbedder):\n"
    code += "    def embed_passages(self, texts):\n        self.embedded.clear()\n"
    code += "        return super().embed_passages(texts)\n"
    code += "ingest(LocalStore(Path(sys.argv[2])), [Path(sys.argv[1])], Forgetful())\n"
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    peaks = []
    for count in (20, 200):
        folder = tmp_path / f"t{count}"
        folder.mkdir()
        for number in range(count):
            lines = (
                f"Animal {number}-{at} eats crabs and sleeps {at} hours a day.\n\n"
                for at in range(1_800)
            )
            (folder / f"{number:03}.txt").write_text("".join(lines))  # 100 KB
        asked = [sys.executable, "-c", code, str(folder), str(tmp_path / f"l{count}")]
        peaks.append(
            int(subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        )
    assert peaks[1] - peaks[0] < 60  # MB, the vectors among them, where the texts are 18 MB more
