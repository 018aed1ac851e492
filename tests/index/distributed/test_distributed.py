"""The parts of an ingest on a cluster, without one."""

import asyncio
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeEmbedder
from inquote import __version__
from inquote.index.distributed import cluster, failures
from inquote.index.distributed.cluster import RayCluster
from inquote.index.distributed.desk import Desk
from inquote.index.distributed.tasks import FILE_COST, MAX_FILES, share_out
from inquote.index.distributed.work import CutFile, Trouble, Work
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.recipe import recipe_of
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import IngestError, LibraryMismatch, ModelError
from inquote.ingest.files.collect import Limits, LoadedFile, UnchangedFile, file_size
from inquote.ingest.files.find import SkippedFile, find_sources
from places import ROOT

KEPT = (
    "the library answers as before, passages that were embedded are kept, and the same command "
    "goes on from them."
)


def work_of(folder: Path, originals: bool = True) -> Work:
    embedder = FakeEmbedder()
    recipe = recipe_of(embedder)
    return Work("1", embedder, recipe, __version__, Limits(), originals, {str(folder): str(folder)})


def import_stages() -> Any:
    """The stages, where the Arrow of the extra is installed; a fault of their own skips nothing."""
    pytest.importorskip("pyarrow")
    from inquote.index.distributed import stages

    return stages


# The tasks


def test_large_files_are_read_first_and_the_last_tasks_are_small(tmp_path: Path) -> None:
    sizes = [*range(0, 400_000, 10_000), 3_000_000, 1_000_000]
    for size in sizes:
        (tmp_path / f"{size}.txt").write_bytes(b"x" * size)
    files = [(source, "") for source in find_sources([tmp_path]).sources]
    tasks = share_out(files, processors=2)
    in_order = [file for task in tasks for file in task]
    assert len(in_order) == len(files) and set(in_order) == set(files)
    costs = [sum(file_size(source) + FILE_COST for source, _ in task) for task in tasks]
    assert [source.path.stem for source, _ in tasks[0]] == ["3000000", "1000000"]
    assert costs[-1] < sum(costs) / 2 / 8  # of what a processor has to do
    assert len(tasks) < len(files) / 2


def test_a_task_has_a_bounded_number_of_files(tmp_path: Path) -> None:
    (tmp_path / "otter.txt").write_text("An otter weighs 12 kilograms.")
    [source] = find_sources([tmp_path]).sources
    tasks = share_out([(source, "")] * (2 * MAX_FILES + 100), processors=1)
    assert sum(map(len, tasks)) == 2 * MAX_FILES + 100
    assert max(map(len, tasks)) == MAX_FILES
    assert share_out([], processors=2) == []


# The processes


def test_nothing_of_ray_is_loaded_without_it(corpus: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.path[:0] = ['tests']\n"
        "from pathlib import Path\n"
        "import inquote, inquote.app.cli.commands\n"
        "from fakes import FakeEmbedder\n"
        "from inquote.index.stores.local.store import LocalStore\n"
        "from inquote.index.updating.ingest import ingest\n"
        "from inquote.index.distributed.cluster import RayCluster\n"
        "library, folder = map(Path, sys.argv[1:])\n"
        "assert ingest(LocalStore(library), [folder], FakeEmbedder()).generation == 1\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(names & {'ray', 'pyarrow', 'pandas', 'lancedb', 'lance'}))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "library"), str(corpus)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_without_the_extra_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(IngestError) as error:
        RayCluster("local", FakeEmbedder())
    assert str(error.value) == (
        'Ray is not installed; install it with: pip install "inquote[scale]"'
    )


@pytest.mark.parametrize("address", ["", "ray://a:1", "host", "host:", "host:99999", "a b:1"])
def test_an_odd_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    with pytest.raises(IngestError, match="is no address of a Ray cluster; give local, auto or"):
        RayCluster(address, FakeEmbedder())


def test_an_address_where_nothing_listens_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    with pytest.raises(IngestError) as error:
        RayCluster("127.0.0.1:1", FakeEmbedder())
    assert str(error.value) == (
        "There is no Ray cluster at 127.0.0.1:1, or this machine is no part of it; start it with "
        "ray start --head, and join this machine with ray start --address=HOST:PORT."
    )


# What is said of failures


class ObjectStoreFullError(Exception):
    """As Ray names it."""


class OutOfMemoryError(Exception):
    """As Ray names it."""


def test_each_failure_is_a_sentence() -> None:
    def say(error: BaseException) -> str:
        return failures.sentence_about(error, "h:1")

    full = RuntimeError("a task failed")
    full.__cause__ = ObjectStoreFullError("dump")
    assert say(full) == (
        "The object store of the Ray cluster at h:1 is full; give its machines more disk, or Ray "
        f"more memory (--object-store-memory): {KEPT}"
    )
    assert say(OutOfMemoryError()) == (
        "The machines of the Ray cluster at h:1 ran out of memory; give them more, or fewer "
        f"processors each: {KEPT}"
    )
    assert say(ModuleNotFoundError("No module named 'inquote'")) == (
        "The workers of the Ray cluster at h:1 lack inquote; install the same version on all its "
        'machines: pip install "inquote[scale]".'
    )
    assert say(RuntimeError("Version mismatch: The cluster was started with:\nRay: 1")) == (
        "The Ray cluster at h:1 runs another version of Ray or Python than this machine; install "
        "the same on all machines."
    )
    assert say(ConnectionError("dump")).startswith("There is no Ray cluster at h:1")
    assert say(RuntimeError("first\nlast")) == (
        f"The Ray cluster at h:1 failed (RuntimeError: last); {KEPT}"
    )
    own = RuntimeError("outer")
    own.__cause__ = ModelError("The model is cut.")
    assert say(own) == "The model is cut."


# The desk


def test_the_desk_brings_each_answer_to_who_asked() -> None:
    async def talk() -> tuple[list[str], list[str]]:
        desk = Desk()
        first = asyncio.create_task(desk.missing(["a", "b"]))
        second = asyncio.create_task(desk.missing(["c"]))
        await asyncio.sleep(0)
        questions = await desk.questions()
        assert [keys for _, keys in questions] == [["a", "b"], ["c"]]
        await desk.answer("of an earlier desk", ["x"])
        for name, keys in reversed(questions):
            await desk.answer(name, keys[:1])
        return await first, await second

    assert asyncio.run(talk()) == (["a"], ["c"])


# The stages


def test_a_reader_says_what_became_of_each_file(corpus: Path) -> None:
    stages = import_stages()
    (corpus / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    sources = {source.path.name: source for source in find_sources([corpus]).sources}
    reader = stages.FileReader(work_of(corpus, originals=False))
    try:
        file = reader.read(sources["owls.md"], "")
        skipped = reader.read(sources["cut.pdf"], "")
        same = reader.read(sources["owls.md"], file.outcome.digest)
    finally:
        reader.close()
    assert isinstance(file.outcome, LoadedFile) and file.outcome.content == b""
    assert [passage.document_id for passage in file.chunks.passages] == ["zoo/owls.md"]
    assert len(file.keys) == 1
    assert isinstance(skipped.outcome, SkippedFile)
    assert same == CutFile(UnchangedFile("zoo/owls.md"))


def test_a_file_that_cannot_be_cut_is_skipped_with_the_reason(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = import_stages()

    def broken(*_: object) -> None:
        raise TypeError("no")

    monkeypatch.setattr(stages, "chunk", broken)
    source = find_sources([corpus / "owls.md"]).sources[0]
    file = stages.FileReader(work_of(corpus)).read(source, "")
    reason = "it cannot be parsed (TypeError: no)"
    assert file == CutFile(SkippedFile(str(corpus / "owls.md"), reason))


def test_a_folder_that_a_worker_cannot_see_ends_the_ingest(corpus: Path) -> None:
    stages = import_stages()
    sources = find_sources([corpus]).sources
    reader = stages.FileReader(work_of(corpus))
    for source in sources:
        source.path.unlink()
    assert isinstance(reader.read(sources[0], ""), CutFile)  # a file that went is no more than that
    corpus.rmdir()
    trouble = reader.read(sources[0], "")
    assert isinstance(trouble, Trouble)
    assert "cannot see the folder" in trouble.message
    assert trouble.message.endswith("that all machines of the cluster see under the same path.")


def test_a_worker_of_another_version_refuses(tmp_path: Path) -> None:
    stages = import_stages()
    work = replace(work_of(tmp_path), release="0.1")
    with pytest.raises(LibraryMismatch, match="has another version of inquote or of the embedder"):
        stages.FileReader(work)
    [table] = stages.read_and_cut(stages.rows(source=[]), work)
    [trouble] = stages.values(table, "file")
    assert isinstance(trouble, Trouble)


def test_an_embedding_stage_embeds_what_is_missing_and_each_text_once(tmp_path: Path) -> None:
    stages = import_stages()
    work = work_of(tmp_path)
    questions: list[list[str]] = []

    def missing(keys: list[str]) -> list[str]:
        questions.append(keys)
        return [key for key in keys if key != "b"]

    texts = [{"a": "an otter", "b": "an owl"}, {}, {"a": "an otter", "c": "newt"}]
    batch = stages.rows(file=[1, 2, 3], texts=texts)
    table = stages.Embedding(work, missing)(batch)
    assert list(stages.values(table, "file")) == [1, 2, 3]
    vectors = list(stages.values(table, "vectors"))
    assert [keys for keys, _ in vectors] == [["a"], [], ["c"]]
    assert vectors[0][1].tolist() == [FakeEmbedder().embed_query("an otter").tolist()]
    assert questions == [["a", "b", "c"]]
    assert isinstance(work.embedder, FakeEmbedder)
    assert work.embedder.embedded == ["newt", "an otter"]  # short ones first


# The process that has the library


def test_a_few_files_do_not_wait_for_a_cluster(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    monkeypatch.setattr(cluster, "HEAD_START", 600.0)
    monkeypatch.setattr(cluster, "_driver", None)
    embedder = FakeEmbedder()
    plain, store = LocalStore(tmp_path / "plain"), LocalStore(tmp_path / "library")
    first = ingest(plain, [corpus], FakeEmbedder())
    report = ingest(store, [corpus], embedder, workers=RayCluster("local", embedder))
    assert report.added == first.added
    assert len(embedder.embedded) == report.passages_embedded == first.passages_embedded
    with plain.snapshot() as one, store.snapshot() as other:
        assert list(other.all_passages()) == list(one.all_passages())


def test_what_two_workers_embed_at_once_is_stored_and_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    embedder = FakeEmbedder()
    workers = RayCluster("local", embedder)
    answers: list[list[str]] = []
    monkeypatch.setattr(cluster, "send", lambda _, header, content: answers.append(content))
    with LocalStore(tmp_path / "library").begin() as draft:
        seen: list[tuple[str, int, int]] = []
        writer = workers.writer(draft, embedder, lambda *stage: seen.append(stage), True)
        child = type("Child", (), {"stdin": object()})
        for keys in (["a", "b"], ["b", "c"]):
            workers._answer(child, "1", keys)  # type: ignore[arg-type]
        assert [sorted(pickle.loads(answer)) for answer in answers] == [["a", "b"], ["b", "c"]]
        for keys in (["a", "b"], ["b", "c"]):
            file = pickle.dumps(CutFile(UnchangedFile("x")))
            vectors = pickle.dumps((keys, embedder.embed_passages(keys)))
            assert workers._take(file + vectors, len(file)) == UnchangedFile("x")
        assert writer.embedded == 3
        assert seen == [("embedding", 2, 3), ("embedding", 3, 3)]
        assert workers._writer is writer and writer.missing(["a", "b", "c", "d"]) == ["d"]
