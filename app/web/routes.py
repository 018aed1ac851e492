"""List the addresses that the page and programs may call, and what each takes.

Gradio has many more: file and proxy look-ups, uploads, monitoring, its own API. None is needed.
"""

import re
from dataclasses import dataclass

from inquote.app.web.asgi import Scope
from inquote.app.web.headers import FOREVER, NO_CACHE, NO_STORE

# Bytes; a question of a million characters still reaches the polite refusal.
BODY_LIMIT = 8 * 1024 * 1024
LOCAL = "inquote.local"  # in a scope: whether it is from this machine, and no proxy sent it on
SMALL_LIMIT = 64 * 1024  # of a body that holds some names and numbers


@dataclass(frozen=True)
class Route:
    """Addresses of one kind: methods, the JSON that is posted, how long a copy may be kept.

    Without a `form` the endpoint itself looks at the body, if at all.
    """

    addresses: str
    methods: tuple[str, ...] = ("GET",)
    form: str = ""
    limit: int = SMALL_LIMIT
    is_stream: bool = False
    is_upload: bool = False  # what is posted are files, and may be more than `BODY_LIMIT`
    has_form: bool = False  # its page sends a form to this server
    cache: bytes = NO_STORE

    def takes(self, path: str) -> bool:
        """Say whether the path is one of the addresses."""
        return re.fullmatch(self.addresses, path, re.ASCII) is not None

    @property
    def allowed(self) -> str:
        """Write the methods for an Allow header."""
        methods = [*self.methods, "OPTIONS"]
        if "GET" in methods:
            methods.insert(1, "HEAD")
        return ", ".join(methods)


ASK_FORM = '{"question": "...", "history": ["..."]}'
SEARCH_FORM = '{"query": "...", "limit": 10}'
MCP_FORM = '{"jsonrpc": "2.0", "id": 1, "method": "..."}'
FEEDBACK_FORM = '{"verdict": "...", "sentence": 0}'
JOIN_FORM = '{"data": [...], "fn_index": 0, "session_hash": "..."}'
CANCEL_FORM = '{"event_id": "...", "fn_index": 0, "session_hash": "..."}'
RESET_FORM = '{"event_id": "..."}'
PLAIN = r"(?!.*\.\.)[\w./@-]+"  # a path without steps up
HASHED = r"(?!.*\.\.)[\w./@-]*-[\w-]{8,}\.\w+"
ROUTES = (
    Route(r"/|/docs|/openapi\.json|/page/[\w.-]+", cache=NO_CACHE),
    Route(rf"/assets/{HASHED}", cache=FOREVER),
    Route(rf"/(assets|static)/{PLAIN}|/theme\.css|/favicon\.ico", cache=NO_CACHE),
    Route(r"/config/?"),
    Route(r"/mcp", ("POST",), MCP_FORM, BODY_LIMIT),
    Route(r"/healthz|/readyz|/metrics"),
    Route(r"/login", ("GET", "POST"), has_form=True),
    Route(r"/logout", ("POST",)),
    Route(r"/api/person"),
    Route(r"/api/(pane|passage|copied/[\w-]+|export/[\w-]+\.(md|html|json|ris|bib))"),
    Route(r"/api/pages(/(boxes|words|picture))?"),
    Route(r"/api/overview(/questions)?"),
    Route(r"/api/(v1/)?ask", ("POST",), ASK_FORM, BODY_LIMIT),
    Route(r"/api/v1/search", ("POST",), SEARCH_FORM, BODY_LIMIT),
    Route(r"/api/v1/(library|work)"),
    Route(r"/api/v1/documents", ("GET", "POST"), limit=BODY_LIMIT, is_upload=True),
    Route(r"/api/v1/documents/(?s:.+)", ("GET", "DELETE")),
    Route(r"/api/corpus(/work|/places)?"),
    Route(r"/api/corpus/files", ("POST",), limit=BODY_LIMIT, is_upload=True),
    Route(r"/api/corpus/(demonstration|remove|rename|undo|compare|stop|settle|dismiss)", ("POST",)),
    Route(r"/api/feedback/[\w-]+", ("GET", "POST"), FEEDBACK_FORM),
    Route(r"/gradio_api/startup-events"),
    Route(r"/gradio_api/app_id"),  # Gradio's client looks whether the server is another
    Route(r"/gradio_api/(queue/data|heartbeat/[\w-]{1,64})", is_stream=True),
    Route(r"/gradio_api/queue/join/?", ("POST",), JOIN_FORM, BODY_LIMIT),
    Route(r"/gradio_api/cancel/?", ("POST",), CANCEL_FORM),
    Route(r"/gradio_api/reset/?", ("POST",), RESET_FORM),
)


def route_of(path: str) -> Route | None:
    """Return the route of an address, or None where nothing may be called."""
    return next((route for route in ROUTES if route.takes(path)), None)


def needs_no_login(scope: Scope) -> bool:
    """Say whether monitoring may ask for this without a password."""
    path = scope["path"]
    return path in ("/healthz", "/readyz") or (path == "/metrics" and scope.get(LOCAL, False))


def form_sentence(path: str) -> str:
    """Write what is to be posted to an address."""
    route = route_of(path)
    return f"Please send JSON of the form {route.form if route else ''}."
