"""The tables of a journal's file: their digests, and what is sound of them."""

import sqlite3

from inquote.index.stores.sqlite import digest_of, digest_sql, readable_rows

SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER PRIMARY KEY, question TEXT NOT NULL, history TEXT NOT NULL, at TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '', UNIQUE (question, history)
);
CREATE TABLE IF NOT EXISTS feedback (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, said TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS settings (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, value TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT ''
);
"""
SEALED = {  # by a row's digest
    "asked": ("question", "history", "at"),
    "feedback": ("id", "said"),
    "settings": ("name", "value"),
}


def copy_sound_rows(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy the rows that are as they were written from a file that may be damaged."""
    for table, sealed in SEALED.items():
        columns = [*sealed, "digest"]
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
        for *row, digest in readable_rows(source, table, names):
            if digest == digest_of(*row):
                target.execute(insert, (*row, digest))


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing, and the digests that version 0.1 did not write."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    for table, columns in SEALED.items():
        if "digest" not in _columns(connection, table):
            connection.execute(f"ALTER TABLE {table} ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
            connection.execute(f"UPDATE {table} SET digest = {digest_sql(*columns)}")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [str(column[1]) for column in connection.execute(f"PRAGMA table_info({table})")]


def sound_rows(connection: sqlite3.Connection, table: str) -> str:
    """Return the SQL that tells whether a row is as it was written; "" where there is no table."""
    columns = _columns(connection, table)
    if not columns:
        return ""
    return f"coalesce(digest = {digest_sql(*SEALED[table])}, 0)" if "digest" in columns else "1"


def count_damaged(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows of each table are not as they were written."""
    counts = {}
    for table in SEALED:
        is_sound = sound_rows(connection, table)
        if is_sound:
            query = f"SELECT count(*) FROM {table} WHERE NOT {is_sound}"
            counts[table] = int(connection.execute(query).fetchone()[0])
    return counts
