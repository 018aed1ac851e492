"""Change a folder while it is watched: `changing_folder.py [CHANGES [SEED [AT_ONCE]]]`.

Files are written, written in halves, renamed, deleted, moved in and out, touched, linked; AT_ONCE
files come at once in the end. When all is quiet the library must equal a fresh ingest of what is
there, and be as written.
"""

import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakes import FakeEmbedder
from inquote.app.service.watching import Watch
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.following import Follower, Look
from inquote.index.updating.ingest import ingest
from made_files import pdf

WAIT_SECONDS = 600  # for the watch to follow, on a busy machine


class Changes:
    """Makes changes in a folder, with a folder outside to move files from and to."""

    def __init__(self, folder: Path, outside: Path, seed: int) -> None:
        self.folder, self.outside = folder, outside
        self.rng = random.Random(seed)
        self.number = 0
        for each in (folder, folder / "sub", outside):
            each.mkdir(exist_ok=True)
        (folder / "stays.md").write_text("This stays here always.")

    def make(self) -> str:
        """Make a change at random and return its name."""
        self.number += 1
        kinds: list[Callable[[], None]] = [
            *(self.write, self.write, self.write, self.write_in_halves, self.rename, self.delete),
            *(
                self.move_in,
                self.move_out,
                self.touch,
                self.rewrite_quickly,
                self.link,
                self.folders,
            ),
        ]
        kind = self.rng.choice(kinds)
        kind()
        return kind.__name__

    def text(self) -> str:
        return f"Animal {self.number} eats {self.rng.randrange(10**9)} crabs.\n"

    def new_path(self, folder: Path) -> Path:
        place = folder / self.rng.choice(["", "sub"])
        place.mkdir(exist_ok=True)
        return place / f"{self.number % 90:03d}.md"

    def some(self) -> Path | None:
        # A link that leads nowhere keeps its document, so that what links lead to stays.
        files = []
        for path in self.folder.rglob("*.md"):
            is_kept = path.name == "stays.md" or ".versions" in path.parts
            if path.is_file() and not is_kept:
                files.append(path)
        return self.rng.choice(sorted(files)) if files else None

    def write(self) -> None:
        self.new_path(self.folder).write_text(self.text())

    def write_in_halves(self) -> None:
        path, text = self.new_path(self.folder), self.text()
        with path.open("w") as file:
            file.write(text[:9])
            file.flush()
            time.sleep(self.rng.uniform(0, 0.1))
            file.write(text[9:])
        content = pdf([[(700, 10, text.strip())]])
        with path.with_suffix(".pdf").open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            time.sleep(self.rng.uniform(0, 0.1))
            file.write(content[len(content) // 2 :])

    def rename(self) -> None:
        path = self.some()
        if path:
            path.replace(self.new_path(self.folder))

    def delete(self) -> None:
        path = self.some()
        if path:
            path.unlink()

    def move_in(self) -> None:
        path = self.outside / f"in-{self.number}.md"
        path.write_text(self.text())
        path.replace(self.new_path(self.folder))

    def move_out(self) -> None:
        path = self.some()
        if path:
            path.replace(self.outside / f"out-{self.number}.md")

    def touch(self) -> None:
        path = self.some()
        if path:
            os.utime(path)

    def rewrite_quickly(self) -> None:
        path = self.new_path(self.folder)
        for _ in range(5):
            path.write_text(self.text())

    def link(self) -> None:
        hidden = self.folder / ".versions"
        hidden.mkdir(exist_ok=True)
        target = hidden / f"{self.number}.md"
        target.write_text(self.text())
        link = self.folder / f"link-{self.number % 7}.md"
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def folders(self) -> None:
        place = self.folder / f"folder-{self.number % 5}"
        if place.exists():
            shutil.rmtree(place)
        else:
            shutil.copytree(self.folder / "sub", place)

    def come_at_once(self, count: int) -> None:
        many = self.folder / "many"
        many.mkdir()
        for number in range(count):
            (many / f"{number:05d}.md").write_text(f"Beast {number} sleeps.")


def holdings(library: Path) -> dict[str, str]:
    with LocalStore(library).snapshot() as snapshot:
        return {info.id: info.sha256 for info in snapshot.document_infos()}


def fresh(folder: Path, library: Path) -> dict[str, str]:
    ingest(LocalStore(library), [folder], FakeEmbedder())
    return holdings(library)


def run_trial(place: Path, changes: int, seed: int, at_once: int = 0) -> dict[str, Any]:
    """Change a watched folder, wait until the library has followed, and compare it."""
    folder, library = place / "corpus", place / "library"
    changing = Changes(folder, place / "outside", seed)
    rounds: list[int] = []
    store = LocalStore(library)
    follower = Follower([folder], library)
    said: list[str] = []

    def take(look: Look, held: frozenset[Path]) -> None:
        rounds.append(len(follower.ingest(look, held, store, FakeEmbedder()).skipped))

    watch = Watch(follower, take, said.append, quiet=0.2, patience=5, every=3)
    thread = threading.Thread(target=watch.run)
    thread.start()
    counts: dict[str, int] = {}
    try:
        for _ in range(changes):
            name = changing.make()
            counts[name] = counts.get(name, 0) + 1
            if changing.rng.random() < 0.1:
                time.sleep(changing.rng.uniform(0, 2.5))
        if at_once:
            changing.come_at_once(at_once)
        expected = fresh(folder, place / "fresh")
        deadline = time.monotonic() + WAIT_SECONDS
        while (not library.exists() or holdings(library) != expected) and thread.is_alive():
            assert time.monotonic() < deadline, set(holdings(library).items()) ^ set(
                expected.items()
            )
            time.sleep(0.2)
    finally:
        watch.stop.set()
        thread.join()
    assert holdings(library) == expected
    assert store.verify() == []
    store.close()
    return {"changes": counts, "ingests": len(rounds), "documents": len(expected), "said": said}


def main(changes: int = 1_000, seed: int = 0, at_once: int = 0) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        print(run_trial(Path(folder), changes, seed, at_once))
        print(f"the library equals a fresh ingest; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
