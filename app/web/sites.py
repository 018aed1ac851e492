"""Know the names that this server answers to, and what a proxy before it says of a request.

A browser behind a proxy calls the server by the proxy's name, often below a folder of it. The proxy
may pass that name and folder on or put its own in their place; either way the application sees a
request for the root, and all links of the page are relative to where the browser found it.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from inquote.app.web.asgi import Scope
from inquote.app.web.refusals import Refusal
from inquote.app.web.routes import LOCAL, route_of
from inquote.ingest.errors import InquoteError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SECURE = "inquote.secure"  # in a scope: whether the browser is known to use TLS
PAGE = "inquote.page"  # in a scope: the address of the page, as whoever asks calls it
_PATH = re.compile(r"(/[\w~-][\w.~-]*)*", re.ASCII)
_PORTS = {"http": 80, "https": 443}
_FORWARDED = re.compile(rb"x-forwarded-.*|forwarded|x-real-ip|via")


class SiteError(InquoteError):
    """A public URL or the address of a proxy cannot be read."""


@dataclass(frozen=True)
class PublicUrl:
    """An address at which a proxy offers this server; `path` is "" or "/folder"."""

    origin: str
    name: str
    path: str

    @property
    def address(self) -> str:
        """The address without a stroke at its end."""
        return f"{self.origin}{self.path}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers use TLS at this address."""
        return self.origin.startswith("https:")

    @classmethod
    def parse(cls, text: str, option: str = "--public-url") -> "PublicUrl":
        """Read an address that an option gives; raises `SiteError`.

        >>> PublicUrl.parse("https://Docs.example.org:443/inquote/")
        PublicUrl(origin='https://docs.example.org', name='docs.example.org', path='/inquote')
        """
        try:
            parts = urlsplit(text.strip())
            name, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            name = ""
        path = parts.path.rstrip("/") if name else "?"
        is_plain = name and parts.scheme in _PORTS and not (parts.query or parts.fragment)
        if not is_plain or "@" in parts.netloc or not _PATH.fullmatch(path):
            raise SiteError(
                f"{option} {text} is no address of the form https://docs.example.org/inquote."
            )
        host = f"[{name}]" if ":" in name else name
        suffix = f":{port}" if port and port != _PORTS[parts.scheme] else ""
        return cls(f"{parts.scheme}://{host}{suffix}", name, path)


class Proxies:
    """The addresses of proxies that are trusted to say whom they speak for."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._networks = []
        for address in addresses:
            try:
                self._networks.append(ipaddress.ip_network(address.strip(), strict=False))
            except ValueError:
                raise SiteError(
                    f"--trusted-proxy {address} is no address of the form 127.0.0.1 or 10.0.0.0/8."
                ) from None

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trust(self, address: str) -> bool:
        """Say whether an address is a trusted proxy's."""
        try:
            parsed: Any = ipaddress.ip_address(address)
        except ValueError:
            return False
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(parsed in network for network in self._networks)

    def client_of(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the address that a request comes from, behind all trusted proxies.

        `forwarded` are the addresses that X-Forwarded-For lists, the last proxy's client last.
        """
        client = peer
        for text in reversed(forwarded):
            if not self.trust(client):
                break
            client = _without_port(text) or client
        return client


class Sites:
    """The names of a server: of the `host` it listens on, and public ones that proxies give it."""

    def __init__(
        self, host: str, public: Sequence[PublicUrl] = (), proxies: Proxies | None = None
    ) -> None:
        self._host = host.lower()
        self._public = public
        self._proxies = proxies or Proxies()

    def admit(self, scope: Scope) -> Scope:
        """Return a request as the application sees it.

        It is one for the root, from the browser's own address, and says no more what proxies told.
        Raises `Refusal` for a foreign name or origin, and to send a browser on to the page.
        """
        headers = headers_of(scope)
        peer = (scope.get("client") or ("", 0))[0]
        told = headers if self._proxies.trust(peer) else {}
        host = _last(told.get("x-forwarded-host", "")) or headers.get("host", "")
        site = self._site(host, headers.get("origin"))
        forwarded = told.get("x-forwarded-for", "").split(",")
        is_secure = (site is not None and site.is_secure) or (
            _last(told.get("x-forwarded-proto", "")) == "https"
        )
        scope = {
            **scope,
            "client": (self._proxies.client_of(peer, [text for text in forwarded if text]), 0),
            "headers": [item for item in scope["headers"] if not _FORWARDED.fullmatch(item[0])],
            LOCAL: self._is_local(scope, peer),
            SECURE: is_secure,
            PAGE: site.address if site else f"http{'s' if is_secure else ''}://{host}",
        }
        return self._from_root(scope)

    def _is_local(self, scope: Scope, peer: str) -> bool:
        """Say whether a request is from this machine itself.

        A proxy on this machine speaks for others; where one is known of, nothing is local.
        """
        is_forwarded = any(_FORWARDED.fullmatch(name) for name, _ in scope["headers"])
        is_loopback = _is_address(peer) and ipaddress.ip_address(peer).is_loopback
        return is_loopback and not (is_forwarded or self._public or self._proxies)

    def _site(self, host: str, origin: str | None) -> PublicUrl | None:
        """Return the public address that a request was sent to; None for one of the host's own.

        Raises `Refusal` for a foreign name or origin.
        """
        name = hostname(host)
        named = [site for site in self._public if site.name == name]
        is_own = self._is_own_name(name)
        if not (named or is_own):
            raise Refusal(
                400,
                "This server does not go by that name; "
                "behind a proxy, start it with --public-url https://NAME.",
            )
        if origin is None:
            return named[0] if named else None
        # A proxy may call the server by a name of its own; the browser says where the page is from.
        for site in self._public:
            if site.origin == origin.lower():
                return site
        if is_own and origin.split("://", 1)[-1] == host:
            return None
        raise Refusal(
            403,
            "Requests from other sites are not answered; "
            "behind a proxy, start the server with --public-url and its address.",
        )

    def _is_own_name(self, name: str) -> bool:
        """Say whether a request may call this server by that name.

        A page that rebinds its own DNS name to this machine may not.
        """
        if name in LOOPBACK or name == self._host:
            return True
        if self._host not in ("0.0.0.0", "::"):
            return False
        return name == socket.gethostname().lower() or _is_address(name)

    def _from_root(self, scope: Scope) -> Scope:
        """Return a request without the folder of a public address, where a proxy left it there."""
        path = scope["path"]
        if route_of(path) is not None:
            return scope
        for site in self._public:
            if path == site.path:
                query = scope["query_string"].decode("latin-1")
                location = f"{site.path}/{'?' if query else ''}{query}"
                headers = {"location": location}
                raise Refusal(308, f"The page is at {site.path}/.", headers, noted=False)
            if site.path and path.startswith(f"{site.path}/"):
                rest = path.removeprefix(site.path)
                return {**scope, "path": rest, "raw_path": rest.encode()}
        return scope


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by their lower-case names; those of one name as one list."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        is_list = key.startswith("x-forwarded-") and key in headers
        headers[key] = f"{headers[key]},{text}" if is_list else text
    return headers


def _last(text: str) -> str:
    """Return the last entry of a list in a header: what the nearest proxy says."""
    return text.rpartition(",")[2].strip()


def _without_port(text: str) -> str:
    """Return the address in an entry of X-Forwarded-For; "" where there is none."""
    text = text.strip()
    if not _is_address(text):
        text = hostname(text)
    return text if _is_address(text) else ""


def hostname(host: str) -> str:
    """Return the name in a Host header, without port and brackets.

    >>> hostname("[::1]:7860"), hostname("LOCALHOST:7860")
    ('::1', 'localhost')
    """
    bracketed = re.fullmatch(r"\[([^\[\]]*+)\](:\d+)?", host)
    return (bracketed.group(1) if bracketed else host.rsplit(":", 1)[0]).lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
