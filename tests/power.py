"""Lose what was not synced: `python tests/power.py [IMAGES [SEED]]`, IMAGES a step of a change.

A change of a library runs once. Before each of its writes, and after its end, the disk is imagined
as a power cut could leave it: of every file and folder entry that was not synced the old one stays,
the new one, part of it, or none, whatever came first. SQLite's own files are as they are at that
moment, for SQLite is trusted. Each image must answer as before the change or as after it, after it
if the change had ended, and the next ingest must bring it to the end.
"""

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from changes import CHANGES, Change, look, run_ingest

from inquote.index import disk

SQLITE_FILES = ("library.db", "journal.db")


class ImaginedDisk:
    """What of a folder would outlast a power cut; all that is there at first would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._contents: dict[int, bytes] = {}  # of files by inode, as they were synced
        self._entries: dict[int, dict[str, int]] = {}  # of folders by inode, as they were synced
        self._held: list[int] = []  # descriptors, so that no inode's number is given away again
        for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
            for path in folder.iterdir():
                if path.is_file():
                    self._note(path)
            self._note(folder)

    def _note(self, path: Path) -> None:
        """Remember a file or a folder as it is."""
        self._held.append(os.open(path, os.O_RDONLY))
        number = path.stat().st_ino
        if path.is_dir():
            self._entries[number] = {inner.name: inner.stat().st_ino for inner in path.iterdir()}
        else:
            self._contents[number] = path.read_bytes()

    def note_sync(self, descriptor: int) -> None:
        """Remember what a descriptor that is being synced stands for."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_relative_to(self.root) and path.exists():
            self._note(path)

    def write_image(self, target: Path, rng: random.Random) -> None:
        """Write what a power cut now could leave."""
        now = {path.stat().st_ino: path for path in (self.root, *self.root.rglob("*"))}
        self._write_folder(self.root.stat().st_ino, target, now, rng)
        for name in SQLITE_FILES:
            for path in self.root.glob(f"{name}*"):
                shutil.copyfile(path, target / path.name)

    def _write_folder(
        self, number: int, target: Path, now: dict[int, Path], rng: random.Random
    ) -> None:
        target.mkdir(exist_ok=True)
        old = self._entries.get(number, {})
        new: dict[str, int] = {}
        if number in now:
            new = {inner.name: inner.stat().st_ino for inner in now[number].iterdir()}
        for name in sorted(old.keys() | new.keys()):
            entry = rng.choice([old.get(name), new.get(name)])
            if entry is None:
                continue
            if entry in self._entries or (entry in now and now[entry].is_dir()):
                self._write_folder(entry, target / name, now, rng)
            else:
                (target / name).write_bytes(self._content(entry, now, rng))

    def _content(self, number: int, now: dict[int, Path], rng: random.Random) -> bytes:
        synced = self._contents.get(number, b"")
        written = now[number].read_bytes() if number in now else synced
        cut = written[: rng.randrange(len(written) + 1)]
        return (
            rng.choice([synced, written, cut, cut + bytes(len(written) - len(cut))])
            if written != synced
            else synced
        )

    def close(self) -> None:
        for descriptor in self._held:
            os.close(descriptor)


def run_with_cuts(
    library: Path, run: Callable[[], object], cut: Callable[[ImaginedDisk], None]
) -> None:
    """Run a change, and call `cut` with the imagined disk before each write and after the end."""
    library.mkdir(exist_ok=True)
    imagined = ImaginedDisk(library)
    fsync, step = os.fsync, disk.step

    def noted_fsync(file: Any) -> None:
        fsync(file)
        imagined.note_sync(file if isinstance(file, int) else file.fileno())

    def noted_step() -> None:
        cut(imagined)
        step()

    os.fsync = noted_fsync
    modules = [
        module for module in list(sys.modules.values()) if getattr(module, "step", None) is step
    ]
    for module in modules:
        module.step = noted_step  # type: ignore[attr-defined]
    try:
        run()
    finally:
        os.fsync = fsync
        for module in modules:
            module.step = step  # type: ignore[attr-defined]
    cut(imagined)
    imagined.close()


def check_change(
    change: Change, folder: Path, images: int, seed: int, most: int | None = None
) -> int:
    """Cut the power `images` times before each write of a change; returns how many times in all.

    Of more than `most` images so many are looked at, from the first to the last, evenly.
    """
    texts, base, library = folder / "texts", folder / "base", folder / "library"
    change.prepare(base, texts)
    before = look(base)
    if base.exists():
        shutil.copytree(base, library)
    places: list[Path] = []
    ends: list[int] = []

    def cut(imagined: ImaginedDisk) -> None:
        ends.append(len(places))
        for _ in range(images):
            image = folder / f"image-{len(places)}"
            imagined.write_image(image, random.Random(f"{seed} {len(places)}"))
            places.append(image)

    run_with_cuts(library, lambda: change.run(library, texts), cut)
    after = look(library)
    assert before["digest"] != after["digest"]
    looked_at: Sequence[int] = range(len(places))
    if most is not None and most < len(places):
        looked_at = [round(at * (len(places) - 1) / (most - 1)) for at in range(most)]
    for number in looked_at:
        image = places[number]
        expected = [after] if number >= ends[-1] else [before, after]
        change.check(image, number >= ends[-1])
        seen = look(image)
        assert seen["problems"] == [], (number, seen["problems"])
        assert seen["digest"] in [state["digest"] for state in expected], f"neither, cut {number}"
        if seen["digest"] == before["digest"] and change.run is run_ingest:
            run_ingest(image, texts)
            assert look(image)["digest"] == after["digest"], f"not mended, cut {number}"
        shutil.rmtree(image, ignore_errors=True)
    return len(looked_at)


def main(images: int = 5, seed: int = 0) -> None:
    total = 0
    for name, change in CHANGES.items():
        with tempfile.TemporaryDirectory() as folder:
            count = check_change(change, Path(folder), images, seed)
        print(f"{name}: {count} power cuts, before or after each time", flush=True)
        total += count
    print(f"{total} power cuts")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
