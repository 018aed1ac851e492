"""Say what to do about a library that is not as it was written."""

from inquote.ingest.errors import LibraryDamaged
from inquote.ingest.text import printable


def damaged_document(id: str) -> LibraryDamaged:
    """Return the error for a document of which something is not as it was written."""
    return LibraryDamaged(
        f"What the library keeps of {printable(id)} is damaged, so it is not quoted; "
        "ingest its file again with inquote ingest, which mends it."
    )


def missing_passages() -> LibraryDamaged:
    """Return the error for an index that names passages which are not there."""
    return LibraryDamaged(
        "The index names passages that the library does not hold; "
        "ingest its texts again with inquote ingest, which mends it."
    )


def damaged_meta() -> LibraryDamaged:
    """Return the error for a library that does not say which generation it has."""
    return LibraryDamaged(
        "What library.db says of its generations is damaged; "
        "inquote ingest saves what is sound of it."
    )


def damaged_file(fault: str) -> LibraryDamaged:
    """Return the error for a database in which SQLite finds a fault."""
    return LibraryDamaged(
        f"library.db is damaged ({printable(fault)}); inquote ingest saves what is sound of it."
    )
