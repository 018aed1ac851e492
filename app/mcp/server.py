"""The MCP server over a library: its tools, and a resource a document.

Nothing is kept between requests, so that one server answers every client, each as what they may
see: who asks is known by the task that a request is handled in.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import (
    CallToolResult,
    InputRequiredResult,
    Resource,
    ResourceTemplate,
    ToolAnnotations,
)
from pydantic import ValidationError

from inquote import __version__
from inquote.app.mcp.tools import RESOURCES, NoSuchDocument, Tools, uri_of
from inquote.app.service.service import Service, explain
from inquote.ingest.errors import InquoteError

MOST_RESOURCES = 1000  # that are listed; the tool `documents` lists all
INSTRUCTIONS = (
    "inquote answers questions over a library of documents with their own words. Use `ask` for a "
    "question: each citation is a verbatim quote with its document, offsets and page, and a null "
    "answer means that the documents do not say. Use `search` for passages, `read` for the text "
    "around one, `documents` for what there is, and `verify_citation` before you quote by heart. "
    "Quote exactly, and give the link where there is one."
)
P = ParamSpec("P")
T = TypeVar("T")


class LibraryServer(MCPServer[Any]):
    """An MCP server whose resources are the documents that whoever asks may see."""

    def __init__(self, service: Service, page: Callable[[], str]) -> None:
        logging.basicConfig(level=logging.WARNING, format="%(message)s")  # else the SDK does
        super().__init__(
            "inquote",
            title="inquote",
            description="Ask a text a question; get the text's own words back.",
            instructions=INSTRUCTIONS,
            version=__version__,
            log_level="WARNING",
            subscriptions=False,
        )
        self._service = service
        self._tools = tools = Tools(service, page)
        reads = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        for tool in (tools.ask, tools.search, tools.read, tools.documents, tools.verify_citation):
            about = inspect.cleandoc(tool.__doc__ or "")
            self.add_tool(_in_sentences(tool), description=about, annotations=reads)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Any = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; what it is refused for is one sentence."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            sentence = str(error).removeprefix(f"Error executing tool {name}: ")
            if isinstance(error.__cause__, ValidationError):
                sentence = _argument_sentence(name, error.__cause__)
            raise ToolError(sentence) from None

    async def list_resources(self) -> list[Resource]:
        """List the documents."""
        listed = []
        for info in (await self._service.documents())[:MOST_RESOURCES]:
            listed.append(
                Resource(
                    uri=uri_of(info.id),
                    name=info.id,
                    title=info.title,
                    description=f"{info.characters:,} characters, ingested {info.ingested_at}",
                    mime_type="text/plain",
                )
            )
        return listed

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Describe the URI of any document."""
        template = ResourceTemplate(
            uri_template=f"{RESOURCES}{{+id}}",
            name="document",
            title="A document of the library",
            description="Its text; offsets of citations count its Unicode code points.",
            mime_type="text/plain",
        )
        return [template]

    async def read_resource(
        self, uri: object, context: object = None
    ) -> Iterable[ReadResourceContents]:
        """Return the text of a document."""
        address = str(uri)
        id = unquote(address.removeprefix(RESOURCES))
        try:
            if not address.startswith(RESOURCES):
                raise NoSuchDocument(f"Documents are called {RESOURCES}ID.")
            document = await self._tools.text(id)
        except NoSuchDocument as error:
            raise ResourceNotFoundError(str(error)) from None
        except InquoteError as error:
            raise ResourceError(explain(error)) from None
        about = {"title": document.title, "sha256": document.sha256, "source": document.source}
        return [ReadResourceContents(document.text, "text/plain", meta=about)]


def _argument_sentence(name: str, error: ValidationError) -> str:
    """Say which arguments a tool does not take, without repeating them."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        argument = ".".join(map(str, problem["loc"]))
        problems.append(f"{argument}: {problem['msg'].lower()}")
    return f"Please call {name} with other arguments ({'; '.join(problems)})."


def _in_sentences(tool: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Make a tool whose errors are one sentence each; a fault of ours is a reference to the log."""

    @wraps(tool)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await tool(*args, **kwargs)
        except Exception as error:
            raise ToolError(explain(error)) from None

    return call
