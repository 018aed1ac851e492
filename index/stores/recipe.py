"""Say how a library is made: one of another recipe is refused, and nothing is embedded twice."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from inquote.index.models.embedder import Embedder
from inquote.ingest import chunk as chunking
from inquote.ingest.documents import Passage
from inquote.ingest.errors import LibraryMismatch

FORMAT = 5


@dataclass(frozen=True)
class Recipe:
    """The way in which a library was made: one recipe and one text give the same answers."""

    embedder: str
    fingerprint: str
    dimension: int
    window: int
    chunking: str
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        """Return plain values for storage and reports."""
        return asdict(self)


def recipe_of(embedder: Embedder) -> Recipe:
    """Return the recipe of this embedder and this version of the chunker."""
    return Recipe(
        embedder.name, embedder.fingerprint, embedder.dimension, embedder.window, chunking.RECIPE
    )


def check_recipe(stored: Recipe, embedder: Embedder) -> None:
    """Raise `LibraryMismatch` where a library was made in another way than this one would be.

    Only names and hashes are compared, so that the model need not be loaded.
    """
    if (stored.embedder, stored.fingerprint) != (embedder.name, embedder.fingerprint):
        made, now = stored.embedder, embedder.name
        difference = (
            f"with {made}, not with {now}" if made != now else f"with another version of {now}"
        )
    elif stored.chunking != chunking.RECIPE:
        difference = "by another version of inquote, which cuts passages differently"
    else:
        return
    raise LibraryMismatch(
        f"The library was made {difference}; rebuild it with: inquote ingest --rebuild PATH..."
    )


def content_hash(passage: Passage, recipe: Recipe) -> str:
    """Return the key of a passage's embedding, a digest of its text and of the embedder."""
    return hashlib.sha256(f"{recipe.fingerprint}\n{passage.embedded_text}".encode()).hexdigest()
