"""A reader by its name or path."""

import os
from pathlib import Path

from app.reader.base import Reader
from ingest.errors import ModelError


def open_reader(name_or_path: str | None = None) -> Reader:
    """The span reader that comes with inquote for None or "span", else a question-answering model from local files.

    `name_or_path` is a folder or a name in the local hub cache; nothing is fetched over the network. Raises
    `ModelError` where the model is not here or cannot be loaded.
    """
    if name_or_path in (None, "span"):
        from app.reader.span import SpanReader

        return SpanReader()
    from app.reader.other import TransformersReader

    return TransformersReader(_local_folder(name_or_path), name_or_path)


def _local_folder(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if path.is_dir():
        return path
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name_or_path, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"There is no reader {name_or_path} here: it is neither a folder nor in the local hub cache, "
            "and inquote fetches nothing over the network."
        ) from error
