"""The tools and resources, called by the SDK's own client in this process."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from answering_library import make_system
from mcp import Client
from mcp.shared.exceptions import MCPError

from inquote.app.mcp import tools
from inquote.app.mcp.server import LibraryServer
from inquote.app.service.service import DocumentChanged, Service
from inquote.app.service.viewer import Person, see_as, visible

TEXTS = {
    "zoo/otters.md": "An otter weighs 12 kilograms. Otters sleep afloat. Otters sleep afloat.",
    "zoo/a b&c.md": "An owl turns its head by 270 degrees 🦉 at night.",
    "long.md": "A word. " * 4000,
}
PAGE = "https://docs.example.org/inquote"
OTTERS_HASH = hashlib.sha256(TEXTS["zoo/otters.md"].encode()).hexdigest()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service(lambda: make_system(**TEXTS), visible=visible)
    yield service
    service.close()


def use(
    service: Service,
    work: Callable[[Client], Awaitable[Any]],
    page: str = PAGE,
    sees: tuple[str, ...] | None = None,
) -> Any:
    """Do some work with a client of a server over the service."""

    async def run() -> Any:
        see_as(Person("ann", sees))
        async with Client(LibraryServer(service, lambda: page)) as client:
            return await work(client)

    return asyncio.run(run())


def call(service: Service, tool: str, **arguments: Any) -> Any:
    """Call a tool and return what it gives, or the sentence that it is refused with."""

    async def work(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        if result.is_error:
            (content,) = result.content
            return content.text  # type: ignore[union-attr]
        return result.structured_content

    return use(service, work)


def test_an_answer_has_its_places_and_links(service: Service) -> None:
    answer = call(service, "ask", question="An otter weighs how many kilograms?")
    assert answer["answer"] == "An otter weighs 12 kilograms."
    (citation,) = answer["citations"]
    text = TEXTS[citation["document"]]
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["document_sha256"] == OTTERS_HASH
    place = f"document=zoo%2Fotters.md&sha256={OTTERS_HASH}&start=0&end=29"
    assert citation["link"] == f"{PAGE}/#{place}"
    assert answer["nearest"] == answer["headers"] == []


def test_a_refusal_shows_what_came_nearest(service: Service) -> None:
    answer = call(service, "ask", question="What is the capital of Peru?")
    assert answer["answer"] is None
    assert answer["nearest"]
    for near in answer["nearest"]:
        assert TEXTS[near["document"]][near["start"] : near["end"]] == near["quote"]


def test_a_refusal_needs_no_document_that_is_gone_meanwhile(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(id: str, sha256: str = "") -> Any:
        raise DocumentChanged("It was removed.")

    monkeypatch.setattr(service, "document", gone)
    assert call(service, "ask", question="What is the capital of Peru?")["nearest"]


def test_a_search_and_a_scope(service: Service) -> None:
    result = call(service, "search", query="sleep afloat", limit=1, scope=["zoo"])
    assert [passage["document"] for passage in result["passages"]] == ["zoo/otters.md"]


def test_a_document_is_read_whole_or_in_part(service: Service) -> None:
    part = call(service, "read", document="zoo/otters.md", start=3, end=8)
    assert (part["text"], part["characters"], part["next_start"]) == ("otter", 71, None)
    text, start = "", 0
    while start is not None:
        part = call(service, "read", document="long.md", start=start)
        text += part["text"]
        start = part["next_start"]
    assert text == TEXTS["long.md"]
    assert len(text) > tools.MOST_READ


def test_documents_are_listed_looked_for_and_paged(service: Service) -> None:
    ids = ["long.md", "zoo/a b&c.md", "zoo/otters.md"]
    listed = call(service, "documents")
    assert [item["id"] for item in listed["documents"]] == ids
    assert listed["documents"][1]["uri"] == "inquote://documents/zoo/a%20b%26c.md"
    first = call(service, "documents", limit=2)
    assert (first["total"], first["next_after"]) == (3, ids[1])
    rest = call(service, "documents", limit=2, after=first["next_after"])
    assert ([item["id"] for item in rest["documents"]], rest["next_after"]) == ([ids[2]], None)
    assert call(service, "documents", find="OTTER")["total"] == 1


@pytest.mark.parametrize(
    ("place", "quote", "is_verbatim", "reason", "elsewhere"),
    [
        ((0, 29), "An otter weighs 12 kilograms.", True, "character for character", []),
        ((0, 29), "An otter weighs 13 kilograms.", False, "Other words", []),
        ((5, 10), "Otters sleep afloat.", False, "Other words", [30, 51]),
        ((30, 50), "Otters sleep afloat.", True, "character for character", [51]),
        ((5, 4), "otter", False, "0 to 71", [3]),
        ((0, 99), "otter", False, "0 to 71", [3]),
        ((0, 5), "", False, "Other words", []),
    ],
)
def test_a_citation_is_checked(
    service: Service,
    place: tuple[int, int],
    quote: str,
    is_verbatim: bool,
    reason: str,
    elsewhere: list[int],
) -> None:
    start, end = place
    verdict = call(
        service, "verify_citation", document="zoo/otters.md", start=start, end=end, quote=quote
    )
    assert verdict["is_verbatim"] is is_verbatim
    assert reason in verdict["reason"]
    assert [place["start"] for place in verdict["elsewhere"]] == elsewhere


def test_a_citation_of_another_document_is_told(service: Service) -> None:
    arguments = {"start": 0, "end": 2, "quote": "An"}
    verdict = call(service, "verify_citation", document="none.md", **arguments)
    assert (verdict["is_verbatim"], verdict["text"]) == (False, None)
    verdict = call(
        service, "verify_citation", document="zoo/otters.md", sha256="0" * 64, **arguments
    )
    assert "another than the citation's" in verdict["reason"]


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {"question": "?"}, "Please type a question"),
        ("ask", {}, "Please call ask with other arguments (question: field required)."),
        ("ask", {"question": "An owl?", "scope": ["rats"]}, "no document or folder rats"),
        ("search", {"query": "owl", "limit": 1000}, "(limit: input should be less than or equal"),
        ("read", {"document": "rats"}, "There is no document rats"),
        ("read", {"document": "long.md", "start": 5, "end": 4}, "The range must lie within"),
        ("read", {"document": "long.md", "sha256": "0"}, "is another by now"),
        ("nothing", {}, "Unknown tool: nothing"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    service: Service, tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    told = call(service, tool, **arguments)
    assert isinstance(told, str)
    assert sentence in told
    assert "\n" not in told
    assert "Error executing" not in told


def test_documents_are_resources(service: Service) -> None:
    async def work(client: Client) -> None:
        listed = (await client.list_resources()).resources
        assert [resource.name for resource in listed] == sorted(TEXTS)
        for resource in listed:
            (content,) = (await client.read_resource(resource.uri)).contents
            assert content.text == TEXTS[resource.name]  # type: ignore[union-attr]
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "inquote://documents/{+id}"
        for uri in ("inquote://documents/rats", "inquote://documents/../etc", "file:///etc/passwd"):
            with pytest.raises(MCPError, match=r"There is no document|Documents are called"):
                await client.read_resource(uri)

    use(service, work)


def test_without_a_page_there_is_no_link(service: Service) -> None:
    async def work(client: Client) -> Any:
        return (await client.call_tool("documents", {})).structured_content

    listed = use(service, work, page="")
    assert {item["link"] for item in listed["documents"]} == {None}


def test_each_sees_what_they_may_see(service: Service) -> None:
    async def work(client: Client) -> Any:
        resources = (await client.list_resources()).resources
        listed = (await client.call_tool("documents", {})).structured_content
        hidden = await client.call_tool("read", {"document": "long.md"})
        absent = await client.call_tool("read", {"document": "none.md"})
        texts = [result.content[0].text for result in (hidden, absent)]  # type: ignore[union-attr]
        assert texts[0].replace("long.md", "none.md") == texts[1]
        return {item.name for item in resources} | {item["id"] for item in listed["documents"]}

    assert use(service, work, sees=("zoo",)) == {"zoo/a b&c.md", "zoo/otters.md"}
    assert use(service, work, sees=()) == set()
