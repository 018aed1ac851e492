from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.app.system import System
from inquote.index.stores.base import KEPT_GENERATIONS
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.index.updating.removal import remove, restore
from inquote.ingest.errors import GenerationGone, IngestError

MakeSystem = Callable[..., System]
OWLS = "zoo/owls.md"


def test_what_was_removed_comes_back_as_it_was(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    system = make_system(corpus)
    path, before = system.store.folder, system.document(OWLS)
    account = remove(LocalStore(path), [OWLS], embedder)
    assert (account.generation, account.removed, account.unchanged) == (2, (OWLS,), 2)
    (corpus / "owls.md").write_text("Another text that nobody ingested.")
    embedder.embedded.clear()
    account = restore(LocalStore(path), [OWLS], 1, embedder)
    assert (account.generation, account.added, account.unchanged) == (3, (OWLS,), 2)
    assert system.document(OWLS) == before
    assert embedder.embedded == []
    assert system.store.verify() == []
    (corpus / "owls.md").write_text(
        "# Owls\n\nAn owl turns its head by 270 degrees. Owls hunt at night.\n"
    )
    assert not ingest(LocalStore(path), [corpus], embedder).has_changes


def test_what_came_back_by_itself_is_left_alone(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    system = make_system(corpus)
    path = system.store.folder
    remove(LocalStore(path), [OWLS], embedder)
    (corpus / "owls.md").write_text("Owls are birds.")
    ingest(LocalStore(path), [corpus], embedder)
    with pytest.raises(IngestError, match="nothing to bring back"):
        restore(LocalStore(path), [OWLS], 1, embedder)
    assert system.document(OWLS).text == "Owls are birds."


def test_only_kept_generations_can_be_brought_back(
    make_system: MakeSystem, corpus: Path, embedder: FakeEmbedder
) -> None:
    path = make_system(corpus).store.folder
    remove(LocalStore(path), [OWLS], embedder)
    for number in range(KEPT_GENERATIONS):
        (corpus / "otters.md").write_text(f"An otter weighs {number} kilograms.")
        (corpus / "owls.md").unlink(missing_ok=True)
        ingest(LocalStore(path), [corpus], embedder)
    with pytest.raises(GenerationGone, match="Generation 1"):
        restore(LocalStore(path), [OWLS], 1, embedder)
