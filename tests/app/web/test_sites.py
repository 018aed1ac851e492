"""Which names and origins are let in, and what is believed of a proxy."""

import pytest

from inquote.app.web.asgi import Scope
from inquote.app.web.refusals import Refusal
from inquote.app.web.sites import SECURE, Proxies, PublicUrl, SiteError, Sites
from places import ROOT

PUBLIC = [
    PublicUrl.parse("https://docs.example.org/inquote"),
    PublicUrl.parse("http://intranet:8080"),
]


def request(path: str = "/", client: str = "127.0.0.1", **headers: str) -> Scope:
    pairs = []
    for name, value in headers.items():
        pairs.append((name.replace("_", "-").encode(), value.encode()))
    return {"path": path, "query_string": b"", "client": (client, 1), "headers": pairs}


def admit(*given: object, proxies: tuple[str, ...] = (), **headers: str) -> Scope:
    sites = Sites("0.0.0.0", PUBLIC, Proxies(proxies))
    return sites.admit(request(*given, **headers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("docs.example.org", "https://docs.example.org"),  # the proxy passes the name on
        ("127.0.0.1:7898", "https://docs.example.org"),  # nginx's usual Host
        ("docs.example.org:443", "https://docs.example.org"),
        ("intranet:8080", "http://intranet:8080"),
        ("127.0.0.1:7898", "http://127.0.0.1:7898"),  # no proxy
    ],
)
def test_own_and_public_names_are_let_in(host: str, origin: str) -> None:
    assert admit("/api/ask", host=host, origin=origin)["path"] == "/api/ask"
    assert admit("/api/ask", host=host)["path"] == "/api/ask"


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("docs.example.com", None, 400),
        ("docs.example.org", "http://docs.example.org", 403),  # anybody between may have sent it
        ("docs.example.org", "https://docs.example.org:8443", 403),
        ("docs.example.org", "https://evil.example", 403),
        ("127.0.0.1:7898", "https://evil.example", 403),
        ("127.0.0.1:7898", "null", 403),
    ],
)
def test_others_are_refused_by_a_sentence_that_names_the_option(
    host: str, origin: str | None, status: int
) -> None:
    headers = {"host": host, **({"origin": origin} if origin else {})}
    with pytest.raises(Refusal, match="--public-url") as refused:
        admit("/", **headers)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("/inquote/", "/"),
        ("/inquote/api/ask", "/api/ask"),
        ("/api/ask", "/api/ask"),
        ("/inquote-other/", "/inquote-other/"),
    ],
)
def test_the_folder_is_taken_off_where_the_proxy_left_it(path: str, inner: str) -> None:
    assert admit(path, host="docs.example.org")["path"] == inner


def test_the_folder_without_its_slash_is_sent_on_with_the_question() -> None:
    scope = {**request("/inquote", host="docs.example.org"), "query_string": b"q=Who"}
    with pytest.raises(Refusal) as refused:
        Sites("127.0.0.1", PUBLIC).admit(scope)
    assert (refused.value.status, refused.value.headers["location"]) == (308, "/inquote/?q=Who")


def test_only_a_trusted_proxy_is_believed() -> None:
    told = {
        "x_forwarded_for": "6.6.6.6, 203.0.113.9, 10.1.2.3",
        "x_forwarded_host": "docs.example.org",
        "x_forwarded_proto": "https",
        "host": "127.0.0.1:7860",
    }
    alone = admit("/", "192.0.2.1", **told)
    assert (alone["client"][0], alone[SECURE]) == ("192.0.2.1", False)
    near = admit("/", "127.0.0.1", proxies=("127.0.0.1", "10.0.0.0/8"), **told)
    assert (near["client"][0], near[SECURE]) == ("203.0.113.9", True)
    assert admit("/", "::ffff:127.0.0.1", proxies=("127.0.0.1",), **told)["client"][0] == "10.1.2.3"
    assert [name for name, _ in near["headers"]] == [b"host"]
    foreign = {**told, "x_forwarded_host": "evil.example"}
    assert admit("/", "192.0.2.1", **foreign)["path"] == "/"
    with pytest.raises(Refusal):
        admit("/", "127.0.0.1", proxies=("127.0.0.1",), **foreign)


@pytest.mark.parametrize("entry", ["unknown", "", "_hidden", "1.2.3"])
def test_an_entry_that_is_no_address_leaves_the_proxys_own(entry: str) -> None:
    told = {"x_forwarded_for": entry, "host": "localhost"}
    assert admit("/", "127.0.0.1", proxies=("127.0.0.1",), **told)["client"][0] == "127.0.0.1"


@pytest.mark.parametrize("entry", ["203.0.113.9:4711", "[2001:db8::1]:4711", "2001:db8::1"])
def test_an_address_may_come_with_its_port(entry: str) -> None:
    told = {"x_forwarded_for": entry, "host": "localhost"}
    client = admit("/", "127.0.0.1", proxies=("127.0.0.1",), **told)["client"][0]
    assert client in ("203.0.113.9", "2001:db8::1")


def test_tls_is_known_from_the_public_address() -> None:
    assert admit("/", host="docs.example.org")[SECURE]
    assert admit("/", host="127.0.0.1:7860", origin="https://docs.example.org")[SECURE]
    assert not admit("/", host="intranet:8080")[SECURE]


@pytest.mark.parametrize(
    "text",
    [
        "docs.example.org",
        "ftp://docs.example.org",
        "https://",
        "https://a@b.org",
        "https://b.org/?q",
        "https://b.org/a/../b",
        "https://b.org/a b",
        "https://b.org:port",
        "https://b.org/..",
    ],
)
def test_an_address_of_another_form_is_a_sentence(text: str) -> None:
    with pytest.raises(SiteError, match="--public-url"):
        PublicUrl.parse(text)


def test_a_proxy_of_another_form_is_a_sentence() -> None:
    with pytest.raises(SiteError, match="--trusted-proxy"):
        Proxies(["proxy.example.org"])


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_guide_shows_the_files_that_the_tests_start(name: str) -> None:
    guide = ROOT / "docs" / "guide"
    text = (guide / "proxy" / name).read_text("utf-8")
    assert f"```\n{text}```" in (guide / "serving.md").read_text("utf-8")
