"""Changes to the corpus while the chat runs, through the endpoints of the drawer, with the models'
fakes."""

import asyncio
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fake_system import INJECTIONS, FakeSystem, opener
from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.service.uploads import MAX_UPLOAD_BYTES
from inquote.app.system import System
from inquote.app.web.corpus_endpoints import corpus_routes
from inquote.app.web.endpoints import create_api
from inquote.app.web.guard import Guard
from inquote.app.web.programs import program_routes
from inquote.app.web.server import create_app
from inquote.app.web.sites import Sites
from inquote.app.web.streams import StreamEnds
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import LibraryBusy

ADDRESS = "http://127.0.0.1:7860"
MOLES = "Moles\n\nA mole digs tunnels of 200 metres a day.\n"


@dataclass
class Running:
    """A server over a library, with its parts at hand."""

    client: TestClient
    keeper: LibraryJobs
    library: Path
    embedder: FakeEmbedder

    def post(self, what: str, **body: str) -> dict[str, Any]:
        response = self.client.post(f"/api/corpus/{what}", json=body)
        assert response.status_code == 202, response.text
        return self.finished()

    def upload(self, **contents: str | bytes) -> dict[str, Any]:
        response = self.client.post("/api/corpus/files", files=form(contents))
        assert response.status_code == 202, response.text
        return self.finished()

    def finished(self) -> dict[str, Any]:
        """The work once it is over: its problem and its account."""
        work = self.keeper.latest
        while work and (work.running or work.comparing):
            time.sleep(0.01)
        assert work
        return {"problem": work.problem, **(work.report.as_json() if work.report else {})}

    def ids(self) -> list[str]:
        with LocalStore(self.library).snapshot() as snapshot:
            return [info.id for info in snapshot.document_infos()]

    def ask(self, question: str) -> Any:
        return self.client.post("/api/ask", json={"question": question}).json()["answer"]


def form(contents: dict[str, str | bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    encoded = {
        name: text.encode() if isinstance(text, str) else text for name, text in contents.items()
    }
    return [
        ("files", (f"{name}.md" if "." not in name else name, content))
        for name, content in encoded.items()
    ]


def make_app(service: Service, jobs: LibraryJobs) -> Guard:
    """The endpoints of questions and of the corpus behind the guard, without Gradio's page."""
    api = create_api(service)
    api.include_router(program_routes(service, jobs, has_people=False))
    api.include_router(corpus_routes(service, jobs, has_people=False))
    return Guard(StreamEnds(api), Sites("127.0.0.1"), upload_limit=MAX_UPLOAD_BYTES)


@pytest.fixture
def running(tmp_path: Path, embedder: FakeEmbedder) -> Iterator[Running]:
    """A server that begins without a library."""
    library = tmp_path / "library"

    def open_system() -> System:
        journal = SqliteJournal(library)
        return System(
            LocalStore(library),
            Search(embedder),
            Answerer(FakeReader(), PLAIN_CALIBRATION),
            journal,
        )

    service = Service(open_system)
    keeper = LibraryJobs(service, library, lambda: embedder)
    app = make_app(service, keeper)
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield Running(client, keeper, library, embedder)
    keeper.close()
    service.close()


def test_a_first_upload_makes_the_library_and_is_answered_from(running: Running) -> None:
    assert "There is no text yet" in running.client.get("/api/corpus").text
    done = running.upload(moles=MOLES)
    assert (done["problem"], done["added"], done["generation"]) == ("", ("uploads/moles.md",), 1)
    assert (
        running.ask("A mole digs tunnels of how many metres?")
        == "A mole digs tunnels of 200 metres a day."
    )
    assert (running.library / "uploads" / "moles.md").read_text() == MOLES
    assert LocalStore(running.library).verify() == []
    page = running.client.get("/api/corpus").text
    assert "1 document · " in page and "uploads/moles.md" in page and "1 added" in page


def test_uploads_and_folders_leave_each_other_alone(running: Running, corpus: Path) -> None:
    running.upload(moles=MOLES)
    account = ingest(LocalStore(running.library), [corpus], running.embedder)
    assert (len(account.added), account.removed) == (3, ())
    assert running.upload(voles="Voles are small.")["removed"] == ()
    assert ingest(LocalStore(running.library), [corpus.parent], running.embedder).removed == ()
    assert {"uploads/moles.md", "uploads/voles.md", "zoo/owls.md"} <= set(running.ids())


def test_the_account_tells_changed_unchanged_and_skipped(running: Running) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    done = running.upload(moles=MOLES.replace("200", "300"), **{"bad.pdf": b"%PDF-1.4 nothing"})
    assert (done["changed"], done["unchanged"]) == (("uploads/moles.md",), 1)
    [skipped] = done["skipped"]
    assert skipped["path"] == "bad.pdf" and skipped["reason"]
    assert (
        running.ask("A mole digs tunnels of how many metres?")
        == "A mole digs tunnels of 300 metres a day."
    )
    assert sorted(path.name for path in (running.library / "uploads").iterdir()) == [
        ".replaced",
        "moles.md",
        "voles.md",
    ]
    assert running.upload(voles="Voles are small.")["skipped"] == ()


def test_a_bad_file_does_not_take_the_place_of_a_good_one(running: Running) -> None:
    running.upload(moles=MOLES, shrews="Shrews are smaller.")
    done = running.upload(**{"moles.md": b"\x00\x01\x02" * 500})
    assert len(done["skipped"]) == 1
    assert (running.library / "uploads" / "moles.md").read_text() == MOLES
    assert running.upload(voles="Voles are small.")["removed"] == ()


def test_only_bad_files_change_nothing_and_the_sentence_shows_no_path(running: Running) -> None:
    done = running.upload(**{"bad.pdf": b"%PDF-1.4 nothing"})
    assert done["problem"].startswith("There is no text to ingest: bad.pdf: ")
    assert str(running.library) not in running.client.get("/api/corpus").text
    assert list((running.library / "uploads").iterdir()) == []


def test_a_removed_document_comes_back_with_undo(running: Running, corpus: Path) -> None:
    running.upload(moles=MOLES)
    ingest(LocalStore(running.library), [corpus], running.embedder)
    for id in ("uploads/moles.md", "zoo/owls.md"):
        before = running.ids()
        assert running.post("remove", document=id)["removed"] == (id,)
        assert id not in running.ids()
        assert ">Undo<" in running.client.get("/api/corpus").text
        assert running.post("undo")["added"] == (id,)
        assert running.ids() == before
        assert ">Undo<" not in running.client.get("/api/corpus").text
    assert running.client.post("/api/corpus/undo").status_code == 400


def test_undo_that_fails_can_be_tried_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    running.post("remove", document="uploads/moles.md")
    with monkeypatch.context() as patched:
        patched.setattr(
            "inquote.app.service.jobs.restore",
            lambda *_, **__: (_ for _ in ()).throw(LibraryBusy("Busy.")),
        )
        assert running.post("undo")["problem"] == "Busy."
    assert ">Undo<" in running.client.get("/api/corpus").text
    assert running.post("undo")["added"] == ("uploads/moles.md",)
    assert ">Undo<" not in running.client.get("/api/corpus").text


def test_an_upload_is_taken_back_with_what_it_replaced(running: Running) -> None:
    running.upload(moles=MOLES)
    assert ">Undo<" not in running.client.get("/api/corpus").text  # nothing would be left
    running.upload(moles=MOLES.replace("200", "300"), voles="Voles are small.")
    done = running.post("undo")
    assert (done["changed"], done["removed"]) == (("uploads/moles.md",), ("uploads/voles.md",))
    assert running.ids() == ["uploads/moles.md"]
    assert "200 metres" in running.ask("A mole digs tunnels of how many metres?")
    assert LocalStore(running.library).verify() == []


def test_an_upload_beside_ingested_files_is_taken_back_whole(
    running: Running, corpus: Path
) -> None:
    ingest(LocalStore(running.library), [corpus], running.embedder)
    running.upload(moles=MOLES)
    assert running.post("undo")["removed"] == ("uploads/moles.md",)
    assert len(running.ids()) == 3


def test_several_documents_are_removed_and_come_back_together(
    running: Running, corpus: Path
) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    ingest(LocalStore(running.library), [corpus], running.embedder)
    before = running.ids()
    ids = ["uploads/moles.md", "uploads/voles.md", "zoo/owls.md"]
    response = running.client.post("/api/corpus/remove", json={"documents": ids})
    assert response.json()["title"] == "Removing 3 documents"
    assert running.finished()["removed"] == tuple(ids)
    running.post("undo")
    assert running.ids() == before


def test_what_is_there_already_is_said_before(running: Running) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    sent = form({"moles": MOLES + "More.\n", "copy": MOLES, "voles": "Voles are small."})
    response = running.client.post("/api/corpus/files?check=true", files=sent)
    assert response.status_code == 200
    held = response.json()
    assert "<li>moles.md</li>" in held["html"]
    assert "<li>copy.md = uploads/moles.md</li>" in held["html"]
    assert "voles.md" not in held["html"]
    assert running.ids() == ["uploads/moles.md", "uploads/voles.md"]
    done = running.post("settle", held=held["held"], namesakes="both")
    assert done["added"] == ("uploads/moles (2).md",)
    assert [skipped["path"] for skipped in done["skipped"]] == ["copy.md"]
    again = running.client.post("/api/corpus/settle", json={"held": held["held"]})
    assert again.status_code == 400 and "add them again" in again.json()["error"]


def test_held_files_can_be_left_out(running: Running) -> None:
    running.upload(moles=MOLES)
    sent = form({"copy": MOLES})
    held = running.client.post("/api/corpus/files?check=true", files=sent).json()["held"]
    response = running.client.post("/api/corpus/settle", json={"held": held})
    assert response.json()["error"] == "Nothing was taken in; the corpus is as it was."
    held = running.client.post("/api/corpus/files?check=true", files=sent).json()["held"]
    dropped = {"held": held, "drop": True}
    assert running.client.post("/api/corpus/settle", json=dropped).status_code == 202
    assert [path.name for path in (running.library / "uploads").iterdir()] == ["moles.md"]


def test_an_account_can_be_closed(running: Running) -> None:
    running.upload(moles=MOLES)
    assert "1 added" in running.client.get("/api/corpus").text
    assert running.client.post("/api/corpus/dismiss").status_code == 202
    assert "1 added" not in running.client.get("/api/corpus").text


def test_a_removed_upload_stays_away(running: Running) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    running.post("remove", document="uploads/moles.md")
    assert running.upload(shrews="Shrews are smaller.")["added"] == ("uploads/shrews.md",)
    assert running.ids() == ["uploads/shrews.md", "uploads/voles.md"]


def test_the_last_document_cannot_be_removed_and_keeps_its_file(running: Running) -> None:
    running.upload(moles=MOLES)
    assert "Nothing would be left" in running.post("remove", document="uploads/moles.md")["problem"]
    assert (running.library / "uploads" / "moles.md").exists()
    assert "There is no document <b>" in running.post("remove", document="<b>")["problem"]
    assert "There is no document &lt;b&gt;" in running.client.get("/api/corpus").text


def test_answers_that_changed_are_told_with_the_old_words_and_the_new(running: Running) -> None:
    running.upload(moles=MOLES, voles="Voles are small.")
    for question in ("A mole digs tunnels of how many metres?", "Voles are how small?"):
        SqliteJournal(running.library).record_question(QuestionInContext(question), "2026-11-24")
    running.upload(moles=MOLES.replace("200", "300"))
    page = running.client.get("/api/corpus").text
    assert "Of 2 questions asked: 1 unchanged · 1 changed." in page
    assert "<q>A mole digs tunnels of 200 metres a day.</q>" in page
    assert "<q>A mole digs tunnels of 300 metres a day.</q>" in page
    running.post("remove", document="uploads/moles.md")
    assert "1 lost" in running.client.get("/api/corpus").text
    running.post("undo")
    assert "1 newly answerable" in running.client.get("/api/corpus").text
    ingest(LocalStore(running.library), [running.library / "uploads"], running.embedder)
    assert running.post("compare")["problem"] == ""
    assert "1 newly answerable" in running.client.get("/api/corpus").text


def test_one_writer_at_a_time_and_questions_are_answered_meanwhile(running: Running) -> None:
    running.upload(moles=MOLES)
    hold, begun = threading.Event(), threading.Event()
    embed = running.embedder.embed_passages

    def slow(texts: Any) -> Any:
        begun.set()
        assert hold.wait(20)
        return embed(texts)

    running.embedder.embed_passages = slow  # type: ignore[method-assign]
    response = running.client.post("/api/corpus/files", files=form({"voles": "Voles are small."}))
    assert response.status_code == 202 and response.json()["running"]
    assert begun.wait(20)
    assert (
        running.ask("A mole digs tunnels of how many metres?")
        == "A mole digs tunnels of 200 metres a day."
    )
    busy = running.client.post("/api/corpus/files", files=form({"shrews": "Shrews are smaller."}))
    assert busy.status_code == 409
    assert busy.json()["error"].startswith("Busy: another ingest is running since ")
    assert (
        running.client.post("/api/corpus/remove", json={"document": "uploads/moles.md"}).status_code
        == 409
    )
    with pytest.raises(LibraryBusy):
        running.keeper.compare()
    assert running.client.get("/api/corpus/work").json()["title"] == "Taking in 1 file"
    hold.set()
    assert running.finished()["added"] == ("uploads/voles.md",)
    assert [
        path.name for path in (running.library / "uploads").iterdir() if path.name.startswith(".")
    ] == []


def test_what_is_stopped_changes_nothing(running: Running) -> None:
    running.upload(moles=MOLES)
    embed = running.embedder.embed_passages

    def stopping(texts: Any) -> Any:
        assert running.client.post("/api/corpus/stop").status_code == 202
        return embed(texts)

    running.embedder.embed_passages = stopping  # type: ignore[method-assign]
    assert (
        running.upload(voles="Voles are small.")["problem"]
        == "It was stopped; the library was not changed."
    )
    assert running.ids() == ["uploads/moles.md"]
    assert not (running.library / "uploads" / "voles.md").exists()


@pytest.mark.parametrize("text", INJECTIONS)
def test_hostile_names_and_titles_are_escaped(running: Running, text: str) -> None:
    name = text.replace("/", "-") + ".md"
    file = ("files", (name, io.BytesIO(b"# " + text.encode() + b"\n\nMoles dig.")))
    assert running.client.post("/api/corpus/files", files=[file]).status_code == 202
    running.finished()
    [id] = running.ids()
    assert id.startswith("uploads/")
    page = running.client.get("/api/corpus").text
    assert escape(id) in page
    for tag in ("<script", "<img", "<style", "<b>", "<form"):
        assert tag not in page


# ---- what is refused


def test_too_much_is_413_and_a_malformed_upload_400(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.client.app._upload_limit = 100_000  # type: ignore[attr-defined]
    assert (
        running.client.post("/api/corpus/files", files=form({"big": "x" * 200_000})).status_code
        == 413
    )
    boundary = b"--b\r\nContent-Disposition: form-data; name=files; filename=a.md\r\n\r\n"
    chunks = iter([boundary, *[b"x" * 50_000] * 4])
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert running.client.post("/api/corpus/files", content=chunks, headers=kind).status_code == 413
    assert (
        running.client.post("/api/corpus/files", content=b"nonsense", headers=kind).status_code
        == 400
    )
    assert running.client.post("/api/corpus/files", content=b"{}").status_code == 400
    assert (
        running.client.post("/api/corpus/files", files=[("other", ("a.md", b"x"))]).status_code
        == 400
    )
    assert running.client.post("/api/corpus/remove", json={"documents": "x"}).status_code == 400
    assert running.client.post("/api/corpus/remove", content=b"\xff").status_code == 400
    assert not running.library.exists() or running.keeper.latest is None


def test_other_sites_change_nothing(running: Running) -> None:
    for headers, status in [({"origin": "https://evil.example"}, 403), ({"origin": "null"}, 403)]:
        response = running.client.post("/api/corpus/files", files=form({"a": "x"}), headers=headers)
        assert response.status_code == status
    assert (
        running.client.post("/api/corpus/undo", headers={"host": "evil.example"}).status_code == 400
    )
    assert running.client.get("/api/corpus", headers={"host": "evil.example"}).status_code == 400
    assert running.keeper.latest is None


def test_read_only_is_said_by_the_server() -> None:
    service = Service(opener(FakeSystem()))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS) as client:
        for what in ("files", "remove", "undo", "compare", "stop"):
            response = client.post(f"/api/corpus/{what}", files=form({"a": "x"}))
            assert (response.status_code, "read-only" in response.json()["error"]) == (403, True)
        page = client.get("/api/corpus").text
        assert "A small article" in page
        for change in ("data-post", "data-rename", "data-remove", 'data-selected="remove"'):
            assert change not in page
        assert 'type="file"' not in page
        assert (
            client.post("/api/corpus/files", files=form({"a": "x" * 9_000_000})).status_code == 413
        )
    service.close()


def test_a_title_is_given_and_taken_back(running: Running) -> None:
    running.upload(moles=MOLES)
    assert running.keeper.latest and running.keeper.latest.opens == "uploads/moles.md"
    assert (
        running.post("rename", document="uploads/moles.md", title=" Of \n moles ")["problem"] == ""
    )
    assert "Of moles" in running.client.get("/api/corpus").text
    assert "Of moles" in running.client.get("/api/pane?document=uploads/moles.md").text
    running.post("undo")
    assert "Of moles" not in running.client.get("/api/corpus").text
    refused = running.client.post("/api/corpus/rename", json={"document": "a", "title": "\n"})
    assert refused.json()["error"] == "Please type a title."
    assert "no document a" in running.post("rename", document="a", title="b")["problem"]
