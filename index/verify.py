"""Check the citations of an exported conversation against the library."""

import json
from dataclasses import dataclass
from typing import Any

from inquote.index.stores.base import Snapshot
from inquote.ingest.errors import InquoteError


@dataclass(frozen=True)
class ExportedCitation:
    """A citation as an export holds it: `quote` is `text[start:end]` of a document of that hash."""

    document: str
    sha256: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "ExportedCitation":
        """Read a citation of an answer's JSON; raise `ValueError` or `KeyError` for others."""
        return cls(
            str(fields["document"]),
            str(fields["document_sha256"]),
            int(fields["start"]),
            int(fields["end"]),
            str(fields["quote"]),
        )


def verify_export(snapshot: Snapshot, content: bytes) -> tuple[int, list[str]]:
    """Return how many citations an export holds, and what is wrong with them, a sentence each.

    `content` is the page's JSON export, or what `inquote ask --json` printed. Raises `InquoteError`
    for anything else.
    """
    try:
        exported = json.loads(content)
        answers = exported.get("answers", [exported])
        citations = [ExportedCitation.of(c) for answer in answers for c in answer["citations"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InquoteError(
            "The file is no export of a conversation; save one as JSON from the page."
        ) from error
    problems = [_problem(snapshot, citation) for citation in citations]
    return len(citations), [problem for problem in problems if problem]


def _problem(snapshot: Snapshot, citation: ExportedCitation) -> str:
    """Say what is wrong with a citation; "" for nothing."""
    place = f"{citation.start}-{citation.end}"
    try:
        document = snapshot.document(citation.document)
    except KeyError:
        return f"{citation.document} is not in the library."
    if document.text[citation.start : citation.end] != citation.quote:
        return f"{citation.document} {place} does not say: {citation.quote}"
    if document.sha256 != citation.sha256:
        return f"{citation.document} has changed since, but says the same at {place}."
    return ""
