"""Describe what the tools give, each with a link that opens the page there, where one is known."""

from pydantic import BaseModel, Field

from inquote.app.schemas import CitationOut, DocumentInfoOut, InferredOut, PageOut

_LINK = "Opens the page with the place marked; null where no address of a page is known."


class Quote(CitationOut):
    """A verbatim range of a document: `quote` is `text[start:end]`, in Unicode code points."""

    link: str | None = Field(description=_LINK)


class ToolAnswer(BaseModel):
    """An answer in the documents' own words; `answer` is null where they do not say."""

    question: str
    understood_as: str
    answer: str | None = Field(description="The quotes of `citations`, joined.")
    inferred: InferredOut | None = Field(description="What follows from the quotes and is none.")
    confidence: float = Field(description="The calibrated probability that the answer is right.")
    citations: list[Quote]
    headers: list[Quote] = Field(
        description="The headers of the cells among the citations, by row and by column."
    )
    nearest: list[Quote] = Field(description="For a refusal, the passages that came nearest.")
    readings: list[str] = Field(description="What the question may mean besides.")
    notice: str = Field(description='A sentence of the program itself; "" for most.')
    scope: list[str] | None
    generation: int = Field(description="Of the library; every ingest raises it by one.")


class ToolPassages(BaseModel):
    """Passages, best first; each quote is a whole passage."""

    query: str
    passages: list[Quote]
    generation: int


class ToolText(BaseModel):
    """A document or a range of it: `text` is `text[start:end]` of the whole."""

    document: str
    document_sha256: str
    title: str
    source: str
    characters: int = Field(description="Of the whole text.")
    start: int
    end: int
    text: str
    headings: list[str] = Field(description="Titles of the sections that the range touches.")
    pages: list[PageOut] = Field(description="That the range touches; none without pages.")
    next_start: int | None = Field(description="Where to read on; null at the end.")
    link: str | None = Field(description=_LINK)


class ListedDocument(DocumentInfoOut):
    """A document of the library."""

    uri: str = Field(description="Of the resource that holds its text.")
    link: str | None = Field(description=_LINK)


class ToolDocuments(BaseModel):
    """Documents in the order of their ids."""

    documents: list[ListedDocument]
    total: int = Field(description="How many there are of those that were looked for.")
    next_after: str | None = Field(description="Give it as `after` for more; null at the end.")


class Place(BaseModel):
    """A range of a document."""

    start: int
    end: int
    page: int | None
    link: str | None = Field(description=_LINK)


class Verdict(BaseModel):
    """Whether a quote stands where a citation says."""

    is_verbatim: bool
    reason: str = Field(description="One sentence.")
    text: str | None = Field(description="What stands there; null where there is no such place.")
    document_sha256: str | None = Field(description="Of the document as it is now.")
    elsewhere: list[Place] = Field(description="Where else the quote stands, at most ten places.")
    link: str | None = Field(description=_LINK)
