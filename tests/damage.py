"""Damage a library, as a failing disk or a stranger's program would."""

import contextlib
import sqlite3
from pathlib import Path


def change_rows(library: Path, *statements: str) -> None:
    """Change rows of library.db beside inquote."""
    with contextlib.closing(sqlite3.connect(library / "library.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def flip_bit(file: Path, place: int) -> None:
    """Flip a bit of a file, counted from its beginning."""
    content = bytearray(file.read_bytes())
    content[place // 8] ^= 1 << place % 8
    file.write_bytes(content)


def make_older(library: Path) -> None:
    """Take away what the format before did not have."""
    change_rows(
        library,
        *(f"ALTER TABLE {table} DROP COLUMN digest" for table in ("passages", "embeddings")),
        "ALTER TABLE passages DROP COLUMN body",
        "ALTER TABLE passages DROP COLUMN segments",
        *(
            f"ALTER TABLE documents DROP COLUMN {column}"
            for column in (
                "digest",
                "passages",
                "boxes",
                "original",
                "recognised",
                "blocks",
                "hidden",
            )
        ),
        "UPDATE documents SET pages = (SELECT json_group_array(json_extract(value, '$[1]'))"
        " FROM json_each(pages))",
        "DELETE FROM meta WHERE key = 'digest'",
        "UPDATE meta SET value = json_set(value, '$.format', 2) WHERE key = 'recipe'",
        "PRAGMA user_version = 2",
    )
