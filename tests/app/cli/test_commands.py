"""The command line as a user runs it: exit statuses, one sentence for what is wrong, JSON that is
a contract."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import change_rows

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.stores.journal import SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest

MakeSystem = Callable[..., System]


@pytest.fixture
def system(make_system: MakeSystem, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A small library, opened with the fakes wherever the command line opens one."""
    made = make_system(corpus)
    monkeypatch.setattr("inquote.app.build.open_system", lambda path, **_: made)
    return made


@pytest.fixture
def fake_models(monkeypatch: pytest.MonkeyPatch, embedder: object) -> None:
    monkeypatch.setattr(
        "inquote.index.models.embedder.SentenceTransformerEmbedder", lambda name: embedder
    )
    monkeypatch.setattr(
        "inquote.app.build.make_answerer", lambda *_: Answerer(FakeReader(), PLAIN_CALIBRATION)
    )


Run = Callable[..., tuple[int, str, str]]


def test_ask_prints_the_answer_with_its_place(run: Run, system: System) -> None:
    status, out, _ = run(
        "ask", "An otter weighs how many kilograms?", "--library", system.store.folder
    )
    assert status == 0
    assert "An otter weighs 12 kilograms." in out
    assert "[1] zoo/otters.md 8-37" in out


def test_ask_says_that_the_corpus_does_not_say(run: Run, system: System) -> None:
    status, out, _ = run(
        "ask", "What does a zebra cost in summer?", "--library", system.store.folder
    )
    assert status == 0
    assert out.startswith("The corpus does not say.")
    assert "zoo/newts.txt 0-45: A newt regrows its tail." in out


def test_lines_in_are_lines_out(run: Run, system: System) -> None:
    lines = [
        '{"id": 1, "question": "An otter weighs how many kilograms?"}',
        '{"id": "b", "question": "  "}',
        "not json",
        "[1]",
        '{"id": 5, "question": "It sleeps afloat, or?", "history": ["What is an Otter?"]}',
        '{"id": 6, "question": "An otter weighs?", "history": "no list"}',
        '{"id": 7}',
        " \r",
        '{"id": NaN, "question": "An otter weighs?"}',
        '{"id": "\\ud83d", "question": "An otter weighs how many kilograms?", "history": '
        '[{"role": "user"}]}',
    ]
    status, out, _ = run(
        "ask", "--json", "--input", "-", "--library", system.store.folder, stdin="\n".join(lines)
    )
    objects = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [o.get("id") for o in objects] == [1, "b", None, None, 5, 6, 7, None, "\ud83d"]
    assert objects[0]["answer"] == "An otter weighs 12 kilograms."
    assert (
        objects[1]["error"] == "Please type a question: at least two letters or digits are needed."
    )
    assert objects[2]["error"].startswith("The line is not valid JSON")
    assert "JSON object" in objects[3]["error"]
    assert objects[4]["understood_as"] == "Otters sleeps afloat, or?"
    assert "history must be a list" in objects[5]["error"]
    assert "Please type a question" in objects[6]["error"]
    assert objects[7]["error"] == "The line is not valid JSON: NaN is no number of JSON."
    assert "history must be a list" in objects[8]["error"]


def test_verify_and_status_and_show(run: Run, system: System) -> None:
    place = ("--library", system.store.folder)
    assert run("verify", *place)[1] == (
        "As written: 3 documents with 3 passages and their vectors; generations 1 to 1 with their "
        "rows, search files and suggestions; 0 questions and 0 verdicts of the journal; the "
        "uploaded files.\n"
    )
    told = run("status", *place)[1]
    assert f"{system.store.folder}: generation 1 of 2" in told
    assert "3 documents, 3 passages, 0.1 MB on disk" in told
    assert run("show", "zoo/otters.md", "8", "37", *place)[1] == "An otter weighs 12 kilograms.\n"
    assert run("show", "zoo/otters.md", "8", "9999", *place)[0] == 2
    assert system.store.folder
    change_rows(
        system.store.folder,
        "UPDATE documents SET text = replace(text, 'turn', 'burn') WHERE id = 'zoo/owls.md'",
    )
    status, _, err = run("verify", *place)
    assert (status, err) == (2, "The text of zoo/owls.md does not have its SHA-256.\n")
    status, out, err = run("show", "zoo/owls.md", *place)
    assert (status, out) == (2, "")
    assert "zoo/owls.md is damaged, so it is not quoted; ingest its file again" in err


def test_status_lists_what_was_left_out(run: Run, make_system: MakeSystem, corpus: Path) -> None:
    (corpus / "ad.md").write_text("Text stays.\n\nFor more information, visit our report.\n")
    library = make_system(corpus).store.folder
    _, out, _ = run("status", "--left-out", "--library", library)
    assert out == (
        "zoo/ad.md 13-52 (sends the reader elsewhere)\n    For more information, visit "
        "our report.\n"
    )


@pytest.mark.usefixtures("fake_models")
def test_ingest_prints_its_account_as_json(run: Run, corpus: Path, tmp_path: Path) -> None:
    status, out, _ = run("ingest", corpus, "--json", "--library", tmp_path / "l")
    account = json.loads(out)
    assert status == 0
    assert account.pop("seconds") >= 0
    assert account == {
        "generation": 1,
        "added": ["zoo/newts.txt", "zoo/otters.md", "zoo/owls.md"],
        "changed": [],
        "renamed": [],
        "removed": [],
        "unchanged": 0,
        "skipped": [],
        "passages_embedded": 3,
    }
    assert (
        "Nothing had changed; nothing was embedded."
        in run("ingest", corpus, "--library", tmp_path / "l")[1]
    )


@pytest.mark.usefixtures("fake_models")
def test_a_skipped_file_has_its_own_exit_status(run: Run, corpus: Path, tmp_path: Path) -> None:
    (corpus / "bad.txt").write_bytes(b"\x00\x01")
    status, out, _ = run("ingest", corpus, "--library", tmp_path / "l")
    assert status == 3
    assert "bad.txt: it is a binary file" in out
    assert run("ingest", corpus, "--strict", "--library", tmp_path / "m")[0] == 2


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("ask", "Who?", "--library", "nowhere"),
            "There is no library at nowhere; make one with: inquote ingest",
        ),
        (("ask", "", "--library", "nowhere"), "Please type a question"),
        (("ask", "🙂🙂", "--library", "nowhere"), "Please type a question"),
        (("ask", "x" * 10_000, "--library", "nowhere"), "please ask in at most 2,000 characters"),
        (("ask", "--library", "nowhere"), "Give one question"),
        (("ask", "--input", "x.jsonl", "--library", "nowhere"), "add --json"),
        (
            ("ingest", "no/such/path", "--library", "nowhere"),
            "There is no file or folder no/such/path",
        ),
        (("verify", "--library", "nowhere"), "There is no library at nowhere"),
        (("status", "--library", "nowhere"), "There is no library at nowhere"),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence_and_changes_nothing(
    run: Run,
    arguments: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00binary", b"   \n"])
def test_an_empty_or_binary_file_alone_is_an_error(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    status, _, err = run("ingest", tmp_path / "x.txt", "--library", tmp_path / "l")
    assert status == 2
    assert "There is no text to ingest" in err
    assert not (tmp_path / "l").exists()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['inquote', '--help']\nfrom inquote.app.cli.commands "
        "import main\ntry: main()\nexcept SystemExit: pass\n"
    )
    code += "print({'torch', 'gradio', 'transformers', 'faiss', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_an_interruption_while_the_program_loads_is_no_traceback() -> None:
    code = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from inquote.app.cli.start import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_changes_tells_what_became_of_the_answers(
    run: Run, system: System, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    system.journal = SqliteJournal(system.store.folder)
    place = ("--library", system.store.folder)
    run("ask", "An otter weighs how many kilograms?", *place)
    assert "not kept" in run("changes", *place)[2]
    (corpus / "otters.md").write_text("# Otters\n\nAn otter weighs 14 kilograms. Otters eat crabs.")
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    status, out, _ = run("changes", *place)
    assert status == 0
    assert out == (
        "changed: An otter weighs how many kilograms?\n"
        "  before An otter weighs 12 kilograms.  [zoo/otters.md 8-37]\n"
        "  now    An otter weighs 14 kilograms.  [zoo/otters.md 8-37]\n"
        "0 unchanged, 0 moved, 1 changed, 0 lost, 0 newly answerable\n"
    )
    (tmp_path / "q.jsonl").write_text('{"question": "Otters eat crabs?"}\n')
    found = json.loads(run("changes", "--json", "--questions", tmp_path / "q.jsonl", *place)[1])
    assert [(change["question"], change["kind"]) for change in found] == [
        ("Otters eat crabs?", "newly answerable"),
        ("An otter weighs how many kilograms?", "changed"),
    ]
    (tmp_path / "q.jsonl").write_text("nonsense\n")
    status, _, err = run("changes", "--questions", tmp_path / "q.jsonl", *place)
    assert (status, err) == (
        2,
        f"Line 1 of {tmp_path}/q.jsonl is not a JSON object like "
        '{"question": "...", "history": ["..."], "scope": ["..."]}.\n',
    )


def test_changes_asks_the_questions_of_a_file_within_their_scopes(
    run: Run, system: System, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    place = ("--library", system.store.folder)
    (corpus / "otters.md").write_text("# Otters\n\nOtters eat crabs.\n", "utf-8")
    ingest(system.store, [corpus], embedder)
    questions = tmp_path / "q.jsonl"
    lines = []
    for scope in (["zoo/otters.md"], ["zoo/owls.md"]):
        lines.append(json.dumps({"question": "Otters eat crabs?", "scope": scope}))
    questions.write_text("\n".join(lines))
    out = json.loads(run("changes", "--json", "--questions", questions, *place)[1])
    assert [(change["scope"], change["kind"]) for change in out] == [
        (["zoo/otters.md"], "newly answerable"),
        (["zoo/owls.md"], "unchanged"),
    ]
    for scope in ("zoo", [], [1]):
        questions.write_text(json.dumps({"question": "Otters eat crabs?", "scope": scope}))
        status, _, err = run("changes", "--questions", questions, *place)
        assert (status, err[:6]) == (2, "Line 1")


def test_changes_has_a_limit_and_goes_on_where_it_was_stopped(
    run: Run,
    system: System,
    corpus: Path,
    embedder: FakeEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system.journal = SqliteJournal(system.store.folder)
    place = ("--library", system.store.folder)
    for question in ("Do owls hunt at night?", "An otter weighs how many kilograms?"):
        run("ask", question, *place)
    (corpus / "otters.md").write_text("# Otters\n\nAn otter weighs 14 kilograms.")
    ingest(LocalStore(system.store.folder), [corpus], embedder)
    out_file = tmp_path / "changes.jsonl"
    status, out, _ = run("changes", "--limit", "1", "--out", out_file, *place)
    assert (status, out.splitlines()[0]) == (0, "changed: An otter weighs how many kilograms?")
    with out_file.open("a") as file:
        file.write('{"question": "cut')  # as by a power cut
    asked: list[str] = []
    answer = System.answer
    monkeypatch.setattr(
        System, "answer", lambda self, q, *rest: asked.append(q) or answer(self, q, *rest)
    )
    status, out, _ = run("changes", "--out", out_file, *place)
    assert asked == ["Do owls hunt at night?"] * 2
    assert out == "1 unchanged, 0 moved, 1 changed, 0 lost, 0 newly answerable\n"
    out_file.write_text("nonsense\n")
    assert "holds no results" in run("changes", "--out", out_file, *place)[2]


@pytest.mark.usefixtures("fake_models")
def test_documents_are_removed_by_their_ids(run: Run, system: System) -> None:
    place = ("--library", system.store.folder)
    status, _, err = run("remove", "zoo/zebra.md", *place)
    assert (status, err) == (
        2,
        "There is no document zoo/zebra.md in the library; inquote status lists them.\n",
    )
    status, out, _ = run("remove", "zoo/owls.md", *place)
    assert status == 0
    assert out.startswith(
        "removed: zoo/owls.md\n2 documents unchanged, 0 passages embedded.\nGeneration 2"
    )
    assert run("verify", *place)[0] == 0


def test_an_export_is_checked_against_the_library(run: Run, system: System, tmp_path: Path) -> None:
    place, file = ("--library", system.store.folder), tmp_path / "saved.json"
    answer = system.ask("An otter weighs how many kilograms?").as_json()
    file.write_text(json.dumps({"answers": [answer, answer]}))
    assert run("verify", "--export", file, *place)[:2] == (
        0,
        "All 2 citations are what their documents say.\n",
    )
    answer["citations"][0]["quote"] = "An otter weighs 13 kilograms."
    file.write_text(json.dumps(answer))
    status, _, err = run("verify", "--export", file, *place)
    assert (status, err) == (2, "zoo/otters.md 8-37 does not say: An otter weighs 13 kilograms.\n")
    file.write_text("[1]")
    assert run("verify", "--export", file, *place)[0] == 2


def test_listening_for_others_needs_a_password_or_a_word(
    run: Run, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = ("chat", "--host", "0.0.0.0", "--library", system.store.folder)
    status, _, err = run(*chat)
    assert status == 2
    assert err.startswith("Listening on 0.0.0.0 lets others in; give --auth-file FILE")
    assert run(*chat, "--auth", "ann:secret")[2].endswith(
        "Line 1 of --auth is not USER:HASH as made by: inquote password USER\n"
    )
    assert "There is no USER:HASH in --auth" in run(*chat, "--auth", "")[2]
    assert "cannot be read: No such file" in run(*chat, "--auth-file", tmp_path / "none")[2]
    assert "Give one of" in run(*chat, "--auth", "x", "--no-auth")[2]
    monkeypatch.setenv("INQUOTE_AUTH", "")  # as where a command that should print it failed
    assert run(*chat) == (
        2,
        "",
        "There is no USER:HASH in INQUOTE_AUTH; run: inquote password USER\n",
    )


def test_the_hash_comes_from_a_file_the_environment_or_as_before_with_a_word(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: dict[str, object] = {}
    monkeypatch.setattr("inquote.app.web.server.serve", lambda *_, **more: started.update(more))
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "secret")
    file = tmp_path / "users"

    status, line, err = run("password", "ann")
    assert (status, line.startswith("ann:scrypt$")) == (0, True)
    assert err.endswith("give it to: inquote chat --auth-file FILE\n")
    for user in ("ann", "bob", "ann"):
        assert run("password", user, "--out", file)[:2] == (0, "")
    assert [each.split(":")[0] for each in file.read_text().splitlines()] == ["bob", "ann"]
    assert file.stat().st_mode & 0o777 == 0o600

    def starts(*arguments: str | Path) -> str:
        started.clear()
        status, _, err = run("chat", *arguments)
        assert (status, started["login"] is not None) == (0, True)
        return err

    assert starts("--auth-file", file) == ""
    assert "will go; use --auth-file FILE or INQUOTE_AUTH" in starts("--auth", line.strip())
    monkeypatch.setenv("INQUOTE_AUTH", line)
    assert starts() == ""
    assert "INQUOTE_AUTH" not in os.environ  # child processes get none of it
    file.chmod(0o644)
    assert starts("--auth-file", file) == f"Others may read {file}; run: chmod 600 {file}\n"
    file.chmod(0o666)
    assert run("chat", "--auth-file", file)[2].startswith(f"Others may write {file}")


def test_an_ingest_leaves_the_questions_to_suggest_to_the_chat(
    run: Run, corpus: Path, tmp_path: Path, fake_models: None
) -> None:
    (corpus / "whale.txt").write_text("Blue Whale is a mammal.")
    assert run("ingest", corpus, "--library", tmp_path / "library")[0] == 0
    derived = tmp_path / "library" / "derived" / "gen-000001"
    assert not (derived / "attached" / "questions.json").exists()


def test_few_verdicts_do_not_calibrate_and_undo_says_that_nothing_was_fitted(
    run: Callable[..., tuple[int, str, str]], system: System, tmp_path: Path
) -> None:
    system.journal = system.store.journal
    status, out, err = run("calibrate", "--library", tmp_path / "library")
    assert (status, out) == (2, "")
    assert "There are 0 verdicts on answers as they are now, and 100 are needed" in err
    assert run("calibrate", "--undo", "--library", tmp_path / "library") == (
        0,
        "Nothing was fitted before.\n",
        "",
    )


def test_a_question_comes_in_words_or_from_a_pipe(run: Run, system: System) -> None:
    place = ("--library", system.store.folder)
    words = "An otter weighs how many kilograms?"
    for code, out, _ in (
        run("ask", *words.split(), *place),
        run("ask", *place, stdin=f"{words}\n"),
    ):
        assert code == 0
        assert out.splitlines()[0] == "An otter weighs 12 kilograms."


def test_an_interrupted_ingest_says_what_was_kept(
    run: Run, corpus: Path, tmp_path: Path, fake_models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("inquote.index.updating.ingest.ingest", interrupted)
    code, _, err = run("ingest", corpus, "--library", tmp_path / "library")
    assert code == 130
    assert err.splitlines()[-1].startswith("Stopped; the library answers as before.")
