"""Save what is sound of a library.db that SQLite cannot read through, into a new one."""

import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from inquote.index.stores.local.database import (
    FOREVER,
    PASSAGES_SEAL,
    SEALED,
    UNSEALED_FORMAT,
    Database,
    read_meta,
    seal_meta,
    version_of,
)
from inquote.index.stores.local.search_files import DERIVED
from inquote.index.stores.sqlite import Row, digest_of, readable_rows, replace_damaged, sha256_of
from inquote.ingest.errors import LibraryDamaged

_NEW = "recovery"  # the folder of the new file until it is whole
_EXTRA = {"documents": "text", "passages": "row", "embeddings": "rowid"}  # columns in no digest
_WITHOUT = {
    "hidden": "'[]'",
    "blocks": "'[]'",
    "passages": "''",
}  # what libraries without digests do not say


def recover_database(folder: Path) -> int:
    """Make library.db anew of its sound documents, and return how many these are.

    The library must be locked. The damaged file is kept as library.db.damaged. The documents are
    those of the current generation; earlier ones are lost, and so is every document of which
    anything is damaged. Search files are removed, for they may name passages that are lost.
    """
    old, new = Database(folder), Database(folder / _NEW, writes=True)
    shutil.rmtree(new.folder, ignore_errors=True)
    new.folder.mkdir(0o700)
    new.create()
    try:
        with new.writing() as target:
            count = _copy(old, target)
    finally:
        new.close()
        old.close()
    shutil.rmtree(folder / DERIVED, ignore_errors=True)
    replace_damaged(old.file, new.file)
    shutil.rmtree(new.folder, ignore_errors=True)
    return count


def _copy(old: Database, target: sqlite3.Connection) -> int:
    """Copy the sound rows of a library into an empty one."""
    meta: dict[str, str] = {}
    names: dict[str, str] = {}
    try:
        with old.reading() as source:
            meta = _readable_meta(source)
            for root, name in readable_rows(source, "roots", "root, name"):
                names[root] = name
            latest = int(meta.get("generation", FOREVER))
            for table in SEALED:
                _copy_table(source, target, table, latest)
    except LibraryDamaged:  # what was read until then is kept
        pass
    _drop_incomplete(target)
    count = int(target.execute("SELECT count(*) FROM documents").fetchone()[0])
    if count:
        _write_meta(target, meta, names)
    return count


def _readable_meta(source: sqlite3.Connection) -> dict[str, str]:
    try:
        return read_meta(source)
    except (LibraryDamaged, sqlite3.Error):
        return {}


def _copy_table(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, latest: int
) -> None:
    """Copy the rows of a table that are as they were written, of generations up to `latest`."""
    has_digests = version_of(source) != UNSEALED_FORMAT
    sealed = SEALED[table]
    columns = [name if has_digests else _WITHOUT.get(name, name) for name in sealed]
    columns += [_EXTRA[table], "digest" if has_digests else "''"]
    names = [*sealed, _EXTRA[table], "digest"]
    marks = ", ".join("?" * len(names))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"
    for *row, extra, digest in readable_rows(source, table, ", ".join(columns)):
        fields = dict(zip(sealed, row, strict=True))
        is_late = fields.get("since", 0) > latest
        expected = digest_of(*row)
        is_sound = digest == expected or not has_digests
        if is_sound and not is_late and _is_sound(table, fields, extra):
            target.execute(insert, (*row, extra, expected))


def _is_sound(table: str, fields: Mapping[str, object], text: object) -> bool:
    """Return whether a document is current and its text is as it was written."""
    if table != "documents":
        return True
    is_current = fields["until"] == FOREVER
    return is_current and isinstance(text, str) and fields["sha256"] == sha256_of(text)


def _drop_incomplete(target: sqlite3.Connection) -> None:
    """Remove documents that lack a passage or a vector, and what belongs to no document."""
    missing = (
        "SELECT 1 FROM passages WHERE document_id = documents.id"
        " AND since = documents.since AND content NOT IN (SELECT content FROM embeddings)"
    )
    target.execute(
        f"DELETE FROM documents WHERE passages NOT IN ('', {PASSAGES_SEAL}) OR EXISTS ({missing})"
        " OR EXISTS (SELECT 1 FROM documents AS later"
        " WHERE later.id = documents.id AND later.since > documents.since)"
    )
    target.execute(
        "DELETE FROM passages WHERE NOT EXISTS (SELECT 1 FROM documents"
        " WHERE id = passages.document_id AND since = passages.since)"
    )
    target.execute("DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)")


def _write_meta(target: sqlite3.Connection, meta: dict[str, str], names: dict[str, str]) -> None:
    """Say which generation the documents are; where that was lost too, the latest of them."""
    latest, changed_at = target.execute(
        "SELECT max(since), max(ingested_at) FROM documents"
    ).fetchone()
    generation = meta.get("generation", str(latest))
    about = {"changed_at": changed_at, **meta, "generation": generation, "oldest": generation}
    about.setdefault("recipe", json.dumps(None))
    target.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", about.items())
    target.executemany("INSERT OR IGNORE INTO roots VALUES (?, ?)", _roots(target, names))
    seal_meta(target)


def _roots(target: sqlite3.Connection, names: dict[str, str]) -> list[Row]:
    """Return the roots of the documents with the names that their ids begin with."""
    roots = []
    for root, id in target.execute("SELECT root, min(id) FROM documents GROUP BY root"):
        name = names.get(root, "")
        is_name = id == name or id.startswith(f"{name}/")
        roots.append((root, name if is_name else id.partition("/")[0]))
    return roots
