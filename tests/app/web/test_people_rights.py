"""What each person meets at every address: nothing tells of a document that they may not see."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from answering_library import make_system
from several_people import TEXTS, enter, make_people, people_served, told

import inquote
from inquote.app.answering.suggestions import ATTACHMENT, Suggestion, dump_suggestions
from inquote.app.remote import ServerRefused
from inquote.app.service.viewer import Person
from inquote.app.web.people import People, PeopleError
from inquote.app.web.people_login import PeopleLogin, session_of
from inquote.app.web.refusals import Refusal
from inquote.index.stores.sessions import Sessions
from serving import Visitor

pytestmark = pytest.mark.server

NEWTS = "Where do newts live?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with people_served(tmp_path_factory.mktemp("library")) as address:
        yield address


@pytest.fixture(scope="module", params=["bob", "eve"])
def limited(request: pytest.FixtureRequest, address: str) -> Iterator[httpx.Client]:
    with enter(address, request.param) as client:
        yield client


@pytest.fixture(scope="module")
def ann(address: str) -> Iterator[httpx.Client]:
    with enter(address, "ann") as client:
        yield client


PLACES = [
    "/api/pane?document={id}",
    "/api/pane?document={id}&mark=1:0-5&view=page",
    "/api/overview?document={id}",
    "/api/overview/questions?document={id}",
    "/api/passage?document={id}&start=0&end=5",
    "/api/pages?document={id}",
    "/api/pages/boxes?document={id}&mark=1:0-5",
    "/api/pages/words?document={id}&page=1",
    "/api/pages/picture?document={id}&page=1&width=100",
    "/api/corpus?find={id}",
    "/api/corpus?folder={id}",
    "/api/corpus/places?find={id}",
    "/api/v1/documents/{id}",
    "/api/v1/documents/{id}?start=0&end=5",
    "/api/v1/documents/{id}?sha256=0",
]
LISTS = ["/api/pane", "/api/corpus", "/api/corpus/work", "/config", "/api/v1/documents"]
LISTS += ["/api/v1/library", "/api/v1/work"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("hidden", "absent"), [("hr/zebra.md", "no/such.md"), ("secret.md", "absent.md"), ("hr", "no")]
)
def test_a_hidden_document_answers_as_one_that_is_not_there(
    limited: httpx.Client, place: str, hidden: str, absent: str
) -> None:
    other = limited.get(place.format(id=absent))
    response = limited.get(place.format(id=hidden))
    assert response.status_code == other.status_code
    texts = [response.text, other.text]
    for old, new in zip(hidden.split("/"), absent.split("/"), strict=True):
        texts = [text.replace(old, new) for text in texts]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("place", LISTS)
@pytest.mark.parametrize("more", ["", "?find=zebra"])
def test_no_list_no_count_and_no_job_tells_of_it(
    limited: httpx.Client, place: str, more: str
) -> None:
    assert told(limited.get(place + more).text.replace("find=zebra", "")) == []
    assert "4 documents" not in limited.get(place).text


def test_counts_are_of_what_is_seen(address: str, ann: httpx.Client) -> None:
    for name, count in (("bob", "2 documents"), ("eve", "1 document ")):
        with enter(address, name) as client:
            assert count in client.get("/api/corpus").text
    assert "4 documents" in ann.get("/api/corpus").text
    assert "Removing hr/zebra.md" in ann.get("/api/corpus").text


@pytest.mark.parametrize(
    "question",
    [
        NEWTS,
        "What is the zebra code?",
        "What does a zebra earn?",
        "What are these documents about?",
        "According to zebra.md, where do newts live?",
        "Which zebras live in the valt?",
    ],
)
def test_no_answer_and_no_refusal_tells_of_it(limited: httpx.Client, question: str) -> None:
    answer = limited.post("/api/ask", json={"question": question}).json()
    for key in ("question", "understood_as"):
        assert answer.pop(key)
    # The words of the question itself may stand in the reasons.
    words = [word for word in told(json.dumps(answer)) if word not in question.lower()]
    assert words == []
    places = [*answer["citations"], *answer["nearest"]]
    assert {place["document"] for place in places} <= {"shared/otters.md", "press/newts.md"}


def test_each_is_answered_from_what_they_see(address: str, ann: httpx.Client) -> None:
    def ask(client: httpx.Client) -> Any:
        return client.post("/api/ask", json={"question": "Newts live where?"}).json()

    with enter(address, "bob") as bob, enter(address, "eve") as eve:
        assert "ponds" in ask(bob)["answer"]
        assert ask(eve)["answer"] is None
        assert "vault" not in json.dumps([ask(bob), ask(eve)])
    assert "vault" in json.dumps(ask(ann))


@pytest.mark.parametrize("scope", [["hr"], ["hr/zebra.md"], ["secret.md"]])
def test_a_hidden_scope_is_refused_as_one_that_is_not_there(
    limited: httpx.Client, scope: list[str]
) -> None:
    def ask(scope: list[str]) -> httpx.Response:
        return limited.post("/api/ask", json={"question": NEWTS, "scope": scope})

    response, other = ask(scope), ask(["nothing"])
    assert response.status_code == other.status_code == 404
    assert response.text.replace(scope[0], "nothing") == other.text


def test_a_search_lists_what_is_seen(limited: httpx.Client, ann: httpx.Client) -> None:
    def search(client: httpx.Client, **more: Any) -> httpx.Response:
        return client.post("/api/v1/search", json={"query": "newts zebra vault", **more})

    result = search(limited).json()
    assert {place["document"] for place in result["passages"]} <= {
        "shared/otters.md",
        "press/newts.md",
    }
    assert told(json.dumps(result["passages"])) == []
    assert len(search(ann).json()["passages"]) == 4
    for path, body in (("search", {"query": NEWTS}), ("ask", {"question": NEWTS})):
        hidden, absent = (
            limited.post(f"/api/v1/{path}", json={**body, "scope": [scope]})
            for scope in ("hr", "no")
        )
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(" hr ", " no ") == absent.text


def test_counts_of_programs_are_of_what_is_seen(address: str, ann: httpx.Client) -> None:
    for name, count in (("bob", 2), ("eve", 1)):
        with enter(address, name) as client:
            assert client.get("/api/v1/library").json()["documents"] == count
            assert client.get("/api/v1/library").json()["writable"] is False
            assert len(client.get("/api/v1/documents").json()["documents"]) == count
    assert ann.get("/api/v1/library").json()["documents"] == 4


def call_mcp(client: httpx.Client, method: str, **params: Any) -> Any:
    """Send a request of MCP, as clients of before 2026 do."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"accept": "application/json, text/event-stream"}
    return client.post("/mcp", json=body, headers=headers).json()


def test_a_language_model_meets_what_its_person_sees(
    limited: httpx.Client, ann: httpx.Client
) -> None:
    def use(client: httpx.Client, tool: str, **arguments: Any) -> str:
        result = call_mcp(client, "tools/call", name=tool, arguments=arguments)
        return json.dumps(result["result"])

    assert "hr/zebra.md" in use(ann, "documents")
    texts = [
        use(limited, "documents"),
        use(limited, "search", query="newts vault").replace("newts vault", ""),
        use(limited, "ask", question="Newts live where?"),
        json.dumps(call_mcp(limited, "resources/list")),
    ]
    assert [told(text) for text in texts] == [[], [], [], []]
    place = {"start": 0, "end": 7, "quote": "A zebra"}
    for tool, more in (("read", {}), ("verify_citation", place)):
        hidden = use(limited, tool, document="hr/zebra.md", **more)
        absent = use(limited, tool, document="no/other.md", **more)
        assert hidden.replace("hr/zebra.md", "no/other.md") == absent
    uri = "inquote://documents/"
    hidden, absent = (
        json.dumps(call_mcp(limited, "resources/read", uri=f"{uri}{id}"))
        for id in ("secret.md", "absent.md")
    )
    assert hidden.replace("secret.md", "absent.md") == absent


def test_the_numbers_are_for_this_machine_and_for_who_sees_everything(
    address: str, limited: httpx.Client, ann: httpx.Client
) -> None:
    forwarded = {"x-forwarded-for": "192.0.2.1"}
    with httpx.Client(base_url=address) as nobody:
        assert nobody.get("/metrics").status_code == 200
        assert nobody.get("/metrics", headers=forwarded).status_code == 401
        for path in ("/healthz", "/readyz"):
            assert nobody.get(path, headers=forwarded).status_code == 200
    assert limited.get("/metrics", headers=forwarded).status_code == 403
    assert "inquote_library_documents 4.0" in ann.get("/metrics", headers=forwarded).text


def test_only_editors_change_the_corpus(limited: httpx.Client, ann: httpx.Client) -> None:
    for method, path in (
        ("POST", "documents"),
        ("DELETE", "documents/press/newts.md"),
        ("DELETE", "documents/hr/zebra.md"),
        ("GET", "work"),
    ):
        response = limited.request(method, f"/api/v1/{path}")
        assert response.status_code == 403
        assert told(response.text) == []
    for change in ("demonstration", "remove", "rename", "undo", "compare", "stop", "files"):
        response = limited.post(f"/api/corpus/{change}", json={"document": "press/newts.md"})
        assert response.status_code == 403
        assert told(response.text) == []
    assert ann.post("/api/corpus/stop").status_code == 202


def test_the_page_itself_answers_each_from_what_they_see(address: str) -> None:
    async def ask(name: str) -> str:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            await client.post("/login", data={"name": name, "password": f"{name}-word"})
            visitor = await Visitor(client).open()
            return str(await visitor.ask("Newts live where?"))

    assert "vault" in asyncio.run(ask("ann"))
    assert "ponds" in asyncio.run(ask("bob"))
    assert told(asyncio.run(ask("bob"))) == []
    assert told(asyncio.run(ask("eve"))) == []


def test_an_export_and_a_copied_answer_are_one_persons(address: str) -> None:
    async def fetch() -> list[int]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            await client.post("/login", data={"name": "ann", "password": "ann-word"})
            visitor = await Visitor(client).open()
            shown = await visitor.show("Newts live where?")
            (export,) = set(re.findall(r"(api/export/[\w-]+)\.json", shown))
            turn = re.findall(r"turn=([\w-]+)", shown)[0]
            paths = [f"/{export}.json", f"/api/copied/{turn}", f"/api/feedback/{turn}"]
            own = [await client.get(path) for path in paths]
            assert all("vault" in response.text for response in own)
            client.cookies.clear()
            await client.post("/login", data={"name": "bob", "password": "bob-word"})
            others = [await client.get(path) for path in paths]
            absent = [await client.get(f"{path[:-9]}abcdefgh{path[-5:]}") for path in paths[:1]]
            assert absent[0].text == others[0].text
            assert told("".join(response.text for response in others)) == []
            return [response.status_code for response in others]

    assert asyncio.run(fetch()) == [404, 400, 400]


def test_suggestions_are_of_what_is_seen() -> None:
    system = make_system(**TEXTS)
    made = [Suggestion("Newts live where?", id, 0, 5, 0.9) for id in TEXTS]
    text = dump_suggestions(system.answerer.reader.name, made)
    system.store.attach(1, ATTACHMENT, text)
    assert len(system.suggestions()) == 4
    seen = system.limited_to(("press", "shared")).suggestions()
    assert {item.document_id for item in seen} == {"press/newts.md", "shared/otters.md"}
    # Where none are attached, they are drawn from what is seen.
    own = make_system(**TEXTS).limited_to(("press", "shared")).suggestions()
    assert {item.document_id for item in own} <= {"press/newts.md", "shared/otters.md"}


def test_a_tab_of_the_page_is_one_persons(address: str) -> None:
    async def ask() -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            await client.post("/login", data={"name": "ann", "password": "ann-word"})
            visitor = await Visitor(client).open()
            await visitor.ask("Newts live where?")
            client.cookies.clear()
            await client.post("/login", data={"name": "bob", "password": "bob-word"})
            with pytest.raises(httpx.HTTPStatusError, match="404"):
                await visitor.ask("Newts live where?")

    asyncio.run(ask())


def test_nothing_but_the_way_in_is_answered_to_who_is_not_known(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for path in ("/", "/?q=Who"):
            response = client.get(path)
            assert (response.status_code, response.headers["location"][:5]) == (303, "login")
        for place in [*PLACES, "/config", "/docs", "/openapi.json", "/api/person", "/page/page.js"]:
            assert client.get(place).status_code == 401
        for place in ("/api/ask", "/api/v1/ask", "/api/v1/search", "/api/v1/documents", "/mcp"):
            assert client.post(place, json={"question": NEWTS}).status_code == 401
        assert client.delete("/api/v1/documents/secret.md").status_code == 401
        forged = {"x-inquote-person": "ann"}
        assert client.get("/api/corpus", headers=forged).status_code == 401
    with enter(address, "bob") as bob:
        assert bob.get("/api/person", headers={"x-inquote-person": "ann"}).json() == {"name": "bob"}


def test_a_program_has_a_token(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        for path in ("/api/ask", "/api/v1/ask"):
            for token, status in (("token", 200), ("other", 401)):
                headers = {"authorization": f"Bearer {token}"}
                response = client.post(path, json={"question": NEWTS}, headers=headers)
                assert response.status_code == status
                assert told(response.text) == []
    with inquote.open_library(address, token="token") as library:
        assert [info.id for info in library.documents()] == ["press/newts.md", "shared/otters.md"]
        with pytest.raises(KeyError):
            library.document("hr/zebra.md")
    for token in ("other", None):
        with pytest.raises(ServerRefused, match=r"token=\.\.\."):
            inquote.open_library(address, token=token)


def test_wrong_tokens_are_counted_and_a_right_one_is_let_in_all_the_same(tmp_path: Path) -> None:
    login = PeopleLogin(make_people(), Sessions(tmp_path))

    async def send(token: str) -> int:
        scope = {"path": "/api/v1/library", "headers": [], "client": ("192.0.2.7", 1)}
        try:
            await login.admit(scope, {"authorization": f"Bearer {token}"})
        except Refusal as refusal:
            return refusal.status
        return 200

    async def guess() -> list[int]:
        return [await send(f"guess {number}") for number in range(11)] + [await send("token")]

    assert asyncio.run(guess()) == [401] * 10 + [429, 200]


def test_a_session_ends_with_its_log_out(address: str) -> None:
    with enter(address, "bob") as bob:
        cookie = dict(bob.cookies)
        assert bob.get("/api/person").json() == {"name": "bob"}
        response = bob.post("/logout")
        assert response.headers["clear-site-data"] == '"storage"'
        assert bob.get("/api/person").status_code == 401
    with httpx.Client(base_url=address, cookies=cookie) as stolen:
        assert stolen.get("/api/person").status_code == 401


def test_what_is_too_long_for_a_session_is_none() -> None:
    assert session_of("inquote-session=abc; other=1") == "abc"
    assert session_of(f"inquote-session={'a' * 5000}") == ""


def test_the_cookie_is_for_this_server_alone(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        response = client.post("/login", data={"name": "bob", "password": "bob-word"})
        cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path" not in cookie


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[people", "is no TOML"),
        ("peoples = 1", "has 'peoples', which is none of"),
        ("editors = ['office']", "has no \\[people.NAME\\]"),
        ("people = 1", "has people, which is no table"),
        ("[people.ann]\npassword = 1", "has no password for 'ann'"),
        ("[people.ann]\npassword = 'secret'", "is not as made by"),
        ("folders.hr = 'office'", "has no list of names for folders.hr"),
        ("[tokens.robot]\nsha256 = 'abc'", "has no SHA-256 of a token for robot"),
    ],
)
def test_a_file_that_is_wrong_is_a_sentence(text: str, problem: str) -> None:
    with pytest.raises(PeopleError, match=f"^The file f.toml .*{problem}"):
        People(text, "f.toml")


def test_folders_are_given_to_groups() -> None:
    people = make_people()
    seen = {name: people.person(name) for name in ("ann", "bob", "eve", "robot", "zoe")}
    assert seen["ann"] == Person("ann", None, changes=True)
    assert seen["bob"] == Person("bob", ("press", "shared"))
    assert seen["eve"] == Person("eve", ("shared",))
    assert seen["robot"] == Person("robot", ("press", "shared"))
    assert seen["zoe"] is None


def test_a_wrong_password_is_a_sentence_and_they_are_counted(tmp_path: Path) -> None:
    async def guess(login: PeopleLogin, times: int) -> list[int]:
        statuses = []
        for _ in range(times):
            try:
                await login.begin("bob", "wrong", "192.0.2.1")
            except Exception as error:
                statuses.append(getattr(error, "status", 0))
        return statuses

    people, sessions = make_people(), Sessions(tmp_path)
    assert asyncio.run(guess(PeopleLogin(people, sessions), 11)) == [401] * 10 + [429]
    # A restart forgets neither guesses nor sessions.
    assert asyncio.run(guess(PeopleLogin(people, Sessions(tmp_path)), 1)) == [429]
    secret = sessions.begin("bob", people.version("bob"))
    assert Sessions(tmp_path).find(secret) == ("bob", people.version("bob"))
    assert sessions.end_all("bob") == 1
    assert sessions.find(secret) is None
