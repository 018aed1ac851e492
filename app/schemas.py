"""Describe what programs send and get, as the OpenAPI description has it.

Answers are made elsewhere and sent as they are; the models say what stands in them. What a request
is refused for beyond its form, whoever answers it says in a sentence.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StrictInt

from inquote.app.answering.cleaning import MAX_CHARACTERS
from inquote.app.answering.scope import MAX_ENTRIES
from inquote.app.answering.search_result import FEW_PASSAGES, MOST_PASSAGES

# The limits of texts and scopes are described here and kept where they are read, with a sentence.
# A letter or digit of any script makes a question, if only one that a notice answers; a search
# takes two.
_QUESTION: dict[str, Any] = {"maxLength": MAX_CHARACTERS, "pattern": r"[^\W_]"}
_QUERY: dict[str, Any] = {"maxLength": MAX_CHARACTERS, "pattern": r"[^\W_][\s\S]*[^\W_]"}
_SCOPE: dict[str, Any] = {"minItems": 1, "maxItems": MAX_ENTRIES}


def _whole(value: Any) -> Any:
    """Return 10 for 10.0, which is an integer of JSON Schema, and anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class AskRequest(BaseModel):
    """A question, and the questions asked before it in the same conversation, oldest first."""

    question: str = Field(
        description="The question, as it was typed.",
        examples=["Who developed IMLYGIC?"],
        json_schema_extra=_QUESTION,
    )
    history: list[str] = Field(
        default=[], description="Earlier questions of the conversation, oldest first."
    )
    scope: list[str] | None = Field(
        default=None,
        description="Ids of documents and folders; only these are asked. Null is everything.",
        examples=[["reports/2024", "rules.pdf"]],
        json_schema_extra=_SCOPE,
    )


class SearchRequest(BaseModel):
    """A query for passages."""

    query: str = Field(
        description="A question, or words.", examples=["side effects"], json_schema_extra=_QUERY
    )
    limit: Annotated[StrictInt, BeforeValidator(_whole)] = Field(
        default=FEW_PASSAGES,
        description="The most passages that are listed.",
        json_schema_extra={"minimum": 1, "maximum": MOST_PASSAGES},
    )
    scope: list[str] | None = Field(
        default=None,
        description="Ids of documents and folders; only these are searched. Null is everything.",
        json_schema_extra=_SCOPE,
    )


class CitationOut(BaseModel):
    """A verbatim range: `quote` is `text[start:end]`, counted in Unicode code points."""

    document: str
    document_sha256: str = Field(
        description="Of the document's text in UTF-8, as hexadecimal digits."
    )
    title: str
    heading: str
    page: int | None = Field(description="From 1; null for formats without pages.")
    start: int
    end: int
    quote: str
    passage_start: int
    passage_end: int


class PassageOut(BaseModel):
    """A passage that was considered, `text[start:end]` of its document."""

    document: str
    heading: str
    start: int
    end: int
    quote: str


class InferredOut(BaseModel):
    """What follows from the quotes and is none: a verdict, a count, or how documents agree."""

    kind: str = Field(description='"verdict", "count" or "agreement".')
    text: str


class AnswerOut(BaseModel):
    """An answer in the corpus's own words; `answer` is null when the corpus does not say."""

    version: int = Field(description="Of this form; it rises where a key changes its meaning.")
    id: Any = None
    question: str
    understood_as: str
    readings: list[str] = Field(
        description="What the question may mean besides, the likeliest first."
    )
    notice: str = Field(
        description="A sentence of the program itself: for a turn that is no question, or on its "
        "language; empty for most."
    )
    scope: list[str] | None = Field(description="What alone was asked; null is everything.")
    answer: str | None = Field(
        description='The quotes joined: items by "; ", each without the mark that ends it, '
        "sentences by a space."
    )
    inferred: InferredOut | None
    confidence: float = Field(
        ge=0, le=1, description="The calibrated probability that the answer is right."
    )
    citations: list[CitationOut]
    headers: list[CitationOut] = Field(
        description="The headers of the cells among the citations, by row and by column."
    )
    nearest: list[PassageOut] = Field(description="The passages that were considered, best first.")
    trace: dict[str, Any]
    generation: int = Field(
        description="The state of the library that answered; every ingest raises it by one."
    )
    elapsed_ms: float


class SearchOut(BaseModel):
    """Passages as citations, best first; each quote is a whole passage."""

    query: str
    passages: list[CitationOut]
    generation: int


class DocumentInfoOut(BaseModel):
    """A line of the list of documents."""

    id: str
    title: str
    source: str = Field(description='The origin that the file states, else "".')
    sha256: str = Field(description="Of the text in UTF-8.")
    characters: int
    passages: int
    ingested_at: str = Field(description="ISO 8601, UTC.")


class DocumentsOut(BaseModel):
    """The documents in the order of their ids."""

    documents: list[DocumentInfoOut]
    generation: int


class SectionOut(BaseModel):
    """The text from a heading to the next of its level or above."""

    title: str
    level: int = Field(description="1 to 6; 0 for the text before the first heading.")
    start: int
    end: int


class PageOut(BaseModel):
    """A page of a document that has pages."""

    number: int = Field(description="From 1.")
    start: int
    end: int
    label: str = Field(description='The number as it is printed, "" where there is none.')
    width: float = Field(description="In points, as `height`; 0 where it is not known.")
    height: float


class BlockOut(BaseModel):
    """A part that the author made: a heading, a paragraph, a table, a row, a cell."""

    kind: str
    start: int
    end: int
    level: int
    label: str
    row: int
    column: int
    row_span: int
    column_span: int
    is_header: bool


class RangeOut(BaseModel):
    """A range of the text that stands beside it."""

    start: int
    end: int


class HiddenOut(RangeOut):
    """A range of the text that no reader of the file sees, and the reason."""

    reason: str


class RecognisedOut(RangeOut):
    """A range of the text that was read from a picture; `score` says how surely."""

    score: float


class DocumentOut(BaseModel):
    """A document or a range of it, with what touches that; offsets are the whole document's."""

    id: str
    title: str
    source: str
    sha256: str = Field(description="Of the whole text in UTF-8.")
    characters: int = Field(description="Of the whole text.")
    start: int = Field(description="Of the range that follows in `text`, as `end`.")
    end: int
    text: str
    sections: list[SectionOut]
    pages: list[PageOut]
    blocks: list[BlockOut]
    asides: list[RangeOut]
    hidden: list[HiddenOut]
    recognised: list[RecognisedOut]


class LibraryOut(BaseModel):
    """What this server answers from, as far as the caller may see it."""

    version: str = Field(description="Of inquote.")
    generation: int
    documents: int
    passages: int
    writable: StrictBool = Field(description="Whether the caller may change the library here.")


class SkippedOut(BaseModel):
    """A file that was not taken in, and why."""

    path: str
    reason: str


class ReportOut(BaseModel):
    """What a change did to the library."""

    generation: int
    added: list[str]
    changed: list[str]
    renamed: list[tuple[str, str]]
    removed: list[str]
    unchanged: int
    skipped: list[SkippedOut]
    passages_embedded: int
    seconds: float


class WorkOut(BaseModel):
    """The change of the library that runs, or ran last."""

    title: str = Field(description='"" where there was none since the server started.')
    since: str = Field(description="ISO 8601, UTC.")
    stage: str
    done: int
    total: int
    running: bool
    comparing: bool = Field(description="Whether earlier questions are asked again, quietly.")
    problem: str = Field(description='Why it failed; "" where it did not.')
    report: ReportOut | None = Field(description="Null until it is done, and where it failed.")


class ErrorOut(BaseModel):
    """Why there is no answer."""

    error: str = Field(description="One sentence that says what to do.")
