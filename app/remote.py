"""Ask the library of a server, in place of a system of one's own.

`RemoteSystem` speaks `/api/v1` of `inquote chat`. An answer that comes from there is what the
server's JSON holds: its hits have neither scores nor ranks, and there are no times by stage.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import httpx

from inquote.app.answering.answer import JSON_VERSION, Answer, Citation, Inferred
from inquote.app.answering.search_result import SearchResult
from inquote.app.wire import read_document, read_record
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import DocumentInfo
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import InquoteError, LibraryUnavailable, QuestionError
from inquote.ingest.text import encodable

PATIENCE = 60.0  # seconds for which a server that is loading or busy is asked again
ANSWER_SECONDS = 120.0  # in which a server has to answer
LONGEST_WAIT = 5.0  # seconds between two attempts
T = TypeVar("T")


class ServerRefused(InquoteError):
    """The server lets this program not in, or not as far; a token may help."""


class RemoteSystem:
    """A library behind an address; safe to use from many threads.

    `token` is sent as `Authorization: Bearer`; for a name and a password that stand in the address,
    no sentence repeats them. A server that still loads its models is waited for, `patience` seconds
    at most. Raises `LibraryUnavailable` where no server answers there, and `ServerRefused` where it
    lets nobody in without another token.
    """

    def __init__(
        self, address: str, token: str | None = None, *, patience: float = PATIENCE
    ) -> None:
        headers = {"authorization": f"Bearer {_plain(token)}"} if token else {}
        self._address, account = _without_account(address.rstrip("/"))
        self._patience = patience
        self._client = httpx.Client(headers=headers, auth=account, timeout=ANSWER_SECONDS)
        try:
            self._ask(_about, "GET", "library", missing=self._strange())
        except BaseException:
            self.close()
            raise

    def ask(
        self, question: object, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        """Answer a question as `System.ask` does."""
        earlier = [encodable(text) for text in history]
        body = {"question": _text(question), "history": earlier, "scope": _list(scope)}
        return self._ask(read_answer, "POST", "ask", body)

    def retrieve(
        self, query: object, limit: int, scope: Sequence[str] | None = None
    ) -> SearchResult:
        """Return the passages for a query as `System.retrieve` does."""
        body = {"query": _text(query), "limit": limit, "scope": _list(scope)}
        return self._ask(_read_result, "POST", "search", body)

    def document(self, id: str) -> Document:
        """Return a document; raise `KeyError` where there is none of that id."""
        name = quote(encodable(id), safe="")
        return self._ask(read_document, "GET", f"documents/{name}", missing=KeyError(id))

    def documents(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids, without their texts."""
        return self._ask(_read_infos, "GET", "documents")

    def close(self) -> None:
        """Close the connections; no question may be running."""
        self._client.close()

    def _ask(
        self,
        read: Callable[[Any], T],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        missing: Exception | None = None,
    ) -> T:
        """Read what the server answers; `missing` is raised in the place of 404."""
        response = self._call(method, path, body)
        if response.status_code == 404 and missing is not None:
            raise missing
        if response.status_code != 200:
            raise self._error(response)
        try:
            return read(response.json())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._strange() from None

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        """Return the server's response; one that is busy or loading is waited for."""
        end = time.monotonic() + self._patience
        while True:
            response = self._send(method, f"{self._address}/api/v1/{path}", body)
            wait = _seconds_to_wait(response)
            if wait is None or time.monotonic() + wait > end:
                return response
            time.sleep(wait)

    def _send(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx.Response:
        try:
            return self._client.request(method, url, json=body)
        except httpx.TimeoutException:
            raise LibraryUnavailable(
                f"The server at {self._address} took too long to answer; try again later."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise LibraryUnavailable(
                f"No server answers at {self._address} ({error}); "
                "see whether inquote chat runs there."
            ) from None

    def _error(self, response: httpx.Response) -> Exception:
        """Return the error that a status stands for, with the server's own sentence."""
        try:
            sentence = str(response.json()["error"])
        except (ValueError, KeyError, TypeError):
            return self._strange()
        if response.status_code == 401:
            return ServerRefused(
                f"The server at {self._address} lets in who has a token; "
                "give it as open_library(..., token=...)."
            )
        if response.status_code in (400, 404, 413, 422):
            return QuestionError(sentence)
        if response.status_code == 403:
            return ServerRefused(sentence)
        return LibraryUnavailable(sentence)

    def _strange(self) -> InquoteError:
        return LibraryUnavailable(
            f"What answers at {self._address} is no inquote server; give the address of the page."
        )


def _seconds_to_wait(response: httpx.Response) -> float | None:
    """Return when a server that is busy or loading may be asked again, None for any other."""
    after = response.headers.get("retry-after", "")
    if response.status_code != 503 or not (after.isascii() and after.isdigit()):
        return None
    return min(LONGEST_WAIT, float(after[:6]))


def _plain(token: str) -> str:
    """Return a token without the white space around it; raise `InquoteError` for what is none."""
    token = token.strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise InquoteError("That is no token: one is a word of letters, digits and signs.")
    return token


def _without_account(address: str) -> tuple[str, tuple[str, str] | None]:
    """Return an address without a name and a password in it, and these."""
    scheme, stroke, rest = address.partition("//")
    place, slash, path = rest.partition("/")
    account, at, host = place.rpartition("@")
    if not at:
        return address, None
    name, _, password = account.partition(":")
    return f"{scheme}{stroke}{host}{slash}{path}", (unquote(name), unquote(password))


def _text(value: object) -> str:
    """Return a text as JSON can hold it; raise `QuestionError` for what is none."""
    if not isinstance(value, str):
        raise QuestionError("Please type a question: a text is needed.")
    return encodable(value)


def _list(scope: Sequence[str] | None) -> list[str] | None:
    return None if scope is None else [encodable(entry) for entry in scope]


def _about(fields: Mapping[str, Any]) -> int:
    """Return the generation of a library; what has none is no library."""
    return int(fields["generation"])


def _read_infos(fields: Mapping[str, Any]) -> list[DocumentInfo]:
    return [read_record(DocumentInfo, info) for info in fields["documents"]]


def _read_result(fields: Mapping[str, Any]) -> SearchResult:
    passages = tuple(map(read_citation, fields["passages"]))
    return SearchResult(fields["query"], fields["generation"], passages)


def read_citation(fields: Mapping[str, Any]) -> Citation:
    """Return the citation that `Citation.as_json` wrote."""
    return read_record(Citation, {**fields, "document_id": fields["document"]})


def read_answer(fields: Mapping[str, Any]) -> Answer:
    """Return the answer that `Answer.as_json` wrote; raise `InquoteError` for one of a new form."""
    if fields["version"] > JSON_VERSION:
        raise LibraryUnavailable(
            "The server is a newer inquote, whose answers this one cannot read; update this one."
        )
    hits = []
    for near in fields["nearest"]:
        passage = Passage(
            near["document"], near["start"], near["end"], near["heading"], near["quote"]
        )
        hits.append(Hit(passage, 0.0, None, 0.0, None, 0.0))
    return Answer(
        question=fields["question"],
        understood_as=fields["understood_as"],
        text=fields["answer"],
        confidence=fields["confidence"],
        citations=tuple(map(read_citation, fields["citations"])),
        hits=tuple(hits),
        trace=fields["trace"],
        generation=fields["generation"],
        elapsed_ms=fields["elapsed_ms"],
        inferred=read_record(Inferred, fields["inferred"]) if fields["inferred"] else None,
        headers=tuple(map(read_citation, fields["headers"])),
        scope=tuple(fields["scope"] or ()),
        readings=tuple(fields["readings"]),
        notice=fields["notice"],
    )
