"""The tools: what a language model may ask of a library, from the service that answers the page."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

from pydantic import Field

from inquote.app.answering.answer import Citation
from inquote.app.answering.search_result import FEW_PASSAGES, MOST_PASSAGES, cite_hit
from inquote.app.mcp import results
from inquote.app.service.service import DocumentChanged, Service
from inquote.app.wire import check_range, document_json
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable, printable

if TYPE_CHECKING:
    from inquote.app.answering.reply import Reply

MOST_READ = 20_000  # characters that one call of `read` gives
FEW_DOCUMENTS, MOST_DOCUMENTS = 100, 1000
MOST_PLACES = 10
RESOURCES = "inquote://documents/"

Scope = Annotated[
    list[str] | None,
    Field(description="Ids of documents or folders; only these are asked. Null is everything."),
]
DocumentId = Annotated[str, Field(description="The document's id, as the other tools give it.")]
Offset = Annotated[int | None, Field(ge=0, description="Of a range, in Unicode code points.")]
Sha256 = Annotated[
    str | None, Field(description="Of the document that is meant, as a citation gives it.")
]


class NoSuchDocument(InquoteError):
    """There is no document of that id; the list has those that there are."""


class Tools:
    """The tools over a service; `page` gives the address of its page, "" for none."""

    def __init__(self, service: Service, page: Callable[[], str]) -> None:
        self._service = service
        self._page = page

    async def ask(
        self,
        question: Annotated[str, Field(description="One question, in plain words.")],
        history: Annotated[
            list[str], Field(description="Earlier questions of the conversation, oldest first.")
        ] = [],  # noqa: B006
        scope: Scope = None,
    ) -> results.ToolAnswer:
        """Answer a question with verbatim quotes of the documents, or say that they do not say.

        Nothing is generated: every citation is text[start:end] of its document. A null answer means
        that the documents do not answer; do not fill it from elsewhere without saying so.
        """
        reply = await self._service.reply(question, history, scope)
        answer = reply.answer
        nearest = self._nearest(reply) if answer.text is None else []
        return results.ToolAnswer(
            question=answer.question,
            understood_as=answer.understood_as,
            answer=answer.text,
            inferred=asdict(answer.inferred) if answer.inferred else None,  # type: ignore[arg-type]
            confidence=answer.confidence,
            citations=[self._quote(citation) for citation in answer.citations],
            headers=[self._quote(header) for header in answer.headers],
            nearest=nearest,
            readings=list(answer.readings),
            notice=answer.notice,
            scope=list(answer.scope) or None,
            generation=answer.generation,
        )

    async def search(
        self,
        query: Annotated[str, Field(description="A question, or words.")],
        limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = FEW_PASSAGES,
        scope: Scope = None,
    ) -> results.ToolPassages:
        """List the passages that match a query best, by meaning and by words."""
        result = await self._service.retrieve(query, limit, scope)
        passages = [self._quote(citation) for citation in result.passages]
        return results.ToolPassages(
            query=result.query, passages=passages, generation=result.generation
        )

    async def read(
        self,
        document: DocumentId,
        start: Offset = None,
        end: Offset = None,
        sha256: Sha256 = None,
    ) -> results.ToolText:
        """Read a document, or a range of it, such as the text around a citation.

        At most 20,000 characters come at once; `next_start` says where to read on.
        """
        whole = await self._document(document, sha256)
        first, last = check_range(whole, start, end)
        stop = min(last, first + MOST_READ)
        fields = document_json(whole, first, stop)
        return results.ToolText(
            document=whole.id,
            document_sha256=whole.sha256,
            title=whole.title,
            source=whole.source,
            characters=len(whole.text),
            start=first,
            end=stop,
            text=fields["text"],
            headings=[section["title"] for section in fields["sections"] if section["title"]],
            pages=fields["pages"],
            next_start=stop if stop < last else None,
            link=self._link(whole.id, whole.sha256, first, stop),
        )

    async def documents(
        self,
        find: Annotated[str, Field(description="Part of an id or a title; all without it.")] = "",
        limit: Annotated[int, Field(ge=1, le=MOST_DOCUMENTS)] = FEW_DOCUMENTS,
        after: Annotated[str, Field(description="The id after which the list goes on.")] = "",
    ) -> results.ToolDocuments:
        """List the documents of the library, with their titles and sizes."""
        wanted = find.casefold()
        matching = []
        for info in await self._service.documents():
            if wanted in info.id.casefold() or wanted in info.title.casefold():
                matching.append(info)
        rest = [info for info in matching if info.id > after]
        listed = []
        for info in rest[:limit]:
            link = self._link(info.id, info.sha256, 0, 0)
            fields = {**asdict(info), "uri": uri_of(info.id), "link": link}
            listed.append(results.ListedDocument(**fields))
        more = listed[-1].id if len(rest) > limit else None
        return results.ToolDocuments(documents=listed, total=len(matching), next_after=more)

    async def verify_citation(
        self,
        document: DocumentId,
        start: Annotated[int, Field(description="Of the range, in Unicode code points.")],
        end: Annotated[int, Field(description="Of the range; the first that is not in it.")],
        quote: Annotated[str, Field(description="The words that are to stand there.")],
        sha256: Sha256 = None,
    ) -> results.Verdict:
        """Say whether a quote stands, character for character, where a citation says it does."""
        try:
            whole = await self._document(document)
        except NoSuchDocument as error:
            return _verdict(False, str(error))
        places = [self._place(whole, at, len(quote)) for at in _places(whole.text, quote)]
        elsewhere = [place for place in places if place.start != start][:MOST_PLACES]
        is_inside = 0 <= start < end <= len(whole.text)
        text = whole.text[start:end] if is_inside else None
        shown = text if text is not None and len(text) <= MOST_READ else None
        is_verbatim = text == quote
        reason = "The quote stands there, character for character."
        if not is_inside:
            reason = f"The document has the characters 0 to {len(whole.text)}, no such range."
        elif not is_verbatim:
            reason = "Other words stand there."
        if sha256 is not None and sha256 != whole.sha256:
            reason = f"{reason} The document is another than the citation's."
        return results.Verdict(
            is_verbatim=is_verbatim,
            reason=reason,
            text=shown,
            document_sha256=whole.sha256,
            elsewhere=elsewhere,
            link=self._link(whole.id, whole.sha256, start, end) if is_inside else None,
        )

    async def text(self, id: str) -> Document:
        """Return a document; raise `NoSuchDocument` where there is none of that id."""
        return await self._document(id)

    async def _document(self, id: str, sha256: str | None = None) -> Document:
        try:
            document = await self._service.document(encodable(id))
        except DocumentChanged:
            raise NoSuchDocument(
                f"There is no document {printable(id)}; the tool documents lists them."
            ) from None
        if sha256 is not None and sha256 != document.sha256:
            raise DocumentChanged(
                f"The document {printable(id)} is another by now; ask the question again."
            )
        return document

    def _nearest(self, reply: "Reply") -> list[results.Quote]:
        """Return the passages that a refusal considered, as quotes."""
        quotes = []
        for hit in reply.answer.hits:
            citation = cite_hit(hit, reply.documents[hit.passage.document_id])
            quotes.append(self._quote(citation))
        return quotes

    def _quote(self, citation: Citation) -> results.Quote:
        place = citation.start, citation.end
        link = self._link(citation.document_id, citation.document_sha256, *place)
        return results.Quote(**citation.as_json(), link=link)

    def _place(self, document: Document, start: int, length: int) -> results.Place:
        end = start + length
        link = self._link(document.id, document.sha256, start, end)
        return results.Place(start=start, end=end, page=document.page_at(start), link=link)

    def _link(self, id: str, sha256: str, start: int, end: int) -> str | None:
        """Return the address that opens the page at a range; at the document for an empty one."""
        page = self._page()
        if not page:
            return None
        place: dict[str, Any] = {"document": id, "sha256": sha256}
        if start < end:
            place |= {"start": start, "end": end}
        return f"{page.rstrip('/')}/#{urlencode(place, quote_via=quote)}"


def uri_of(id: str) -> str:
    """Return the URI of a document's resource.

    >>> uri_of("a b/c.md")
    'inquote://documents/a%20b/c.md'
    """
    return f"{RESOURCES}{quote(encodable(id))}"


def _places(text: str, quote: str) -> Sequence[int]:
    """Return where a quote begins in a text, at most one more than are shown."""
    places: list[int] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(places) <= MOST_PLACES:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _verdict(is_verbatim: bool, reason: str) -> results.Verdict:
    return results.Verdict(
        is_verbatim=is_verbatim,
        reason=reason,
        text=None,
        document_sha256=None,
        elsewhere=[],
        link=None,
    )
