"""Open a reader by its name or path."""

from inquote.app.reader.base import Reader
from inquote.index.models.embedder import local_folder


def open_reader(name_or_path: str | None = None) -> Reader:
    """Return the span reader for None or "span", else a reader of a model in local files.

    `name_or_path` is then a folder, or a name in the local hub cache; nothing is fetched over the
    network. Raises `ModelError` if the model is not here or cannot be loaded.
    """
    if name_or_path in (None, "span"):
        from inquote.app.reader.span import SpanReader

        return SpanReader()
    from inquote.app.reader.other import TransformersReader

    return TransformersReader(local_folder(name_or_path), name_or_path)
