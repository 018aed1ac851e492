"""Ask a text a question; get the text's own words back, each with its place.

    import inquote

    with inquote.open_library("inquote-library") as library:
        answer = library.ask("Who developed IMLYGIC?")
        print(answer.text, answer.confidence)
        for citation in answer.citations:
            text = library.document(citation.document_id).text
            assert text[citation.start : citation.end] == citation.quote

Importing this package loads nothing else; its names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inquote.app.answering.answer import Answer, Citation
    from inquote.app.library import Library, open_library
    from inquote.ingest.documents import Document
    from inquote.ingest.errors import InquoteError

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "Citation",
    "Document",
    "InquoteError",
    "Library",
    "__version__",
    "open_library",
]

_MODULES = {
    "Answer": "inquote.app.answering.answer",
    "Citation": "inquote.app.answering.answer",
    "Document": "inquote.ingest.documents",
    "InquoteError": "inquote.ingest.errors",
    "Library": "inquote.app.library",
    "open_library": "inquote.app.library",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
