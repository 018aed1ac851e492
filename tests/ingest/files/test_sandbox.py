import io
import subprocess
import sys
from pathlib import Path

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files import child
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources
from inquote.ingest.files.processes import LENGTHS, receive, send
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats.base import Format, Parsed
from made_files import down, pdf, word
from places import ROOT


def test_a_child_gives_what_the_parser_gives() -> None:
    from inquote.ingest.formats import html
    from inquote.ingest.formats import pdf as pdf_format

    page, paper = (
        b"<nav>Zoo</nav><h1>Otters</h1><p>They swim.",
        pdf([[(700, 20, "Otters"), *down(["They swim."])]]),
    )
    with Sandbox() as sandbox:
        assert sandbox.parse("html", page) == html.parse(page)
        assert sandbox.parse("pdf", paper) == pdf_format.parse(paper)


def test_a_file_that_takes_too_long_is_skipped_and_the_next_one_read() -> None:
    with (
        Sandbox(seconds=0.001) as sandbox,
        pytest.raises(FileSkipped, match=r"longer than 0\.001 seconds"),
    ):
        sandbox.parse("html", b"<p>x" * 100_000)
    with Sandbox() as sandbox:
        with pytest.raises(FileSkipped, match="damaged"):
            sandbox.parse("docx", b"PK")
        assert sandbox.parse("html", b"<p>x").text == "x"


def test_a_file_that_brings_its_parser_down_is_skipped_and_the_next_one_read() -> None:
    with Sandbox() as sandbox:
        sandbox.parse("html", b"<p>x")
        sandbox._local.child.kill()
        sandbox._local.child.wait()
        assert sandbox.parse("html", b"<p>y").text == "y"


def test_half_an_answer_is_none() -> None:
    stream = io.BytesIO()
    send(stream, {"kind": "x"}, b"a text")
    for length in (4, LENGTHS.size + 3, len(stream.getvalue()) - 1):
        with pytest.raises(EOFError):
            receive(io.BytesIO(stream.getvalue()[:length]))
    assert receive(io.BytesIO(stream.getvalue())) == ({"kind": "x"}, b"a text")


def test_too_much_memory_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(content: bytes, encoding: str | None) -> Parsed:
        raise MemoryError

    monkeypatch.setattr(
        "inquote.ingest.files.child.find_format",
        lambda name: Format(name, lambda *_: True, parse),
    )
    reply = child._answer({"format": "pdf", "encoding": None}, b"")
    assert reply == ({"skipped": "reading it takes more than 1000 MB of memory"}, b"")


def test_the_child_imports_no_torch() -> None:
    modules = "inquote.ingest.files.child, inquote.ingest.formats.registry"
    code = f"import {modules}, sys; print('torch' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"


def test_bad_files_do_not_stop_the_good_ones_beside_them(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>One.")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "c.docx").write_bytes(word(lambda document: document.add_paragraph("Three.")))
    (tmp_path / "d.txt").write_bytes(bytes(range(256)))
    (tmp_path / "e.pdf").write_bytes(pdf([down(["Five."])]))
    outcomes = collect(find_sources([tmp_path]).sources, {}, Limits())
    assert [loaded.document.text for loaded in outcomes.loaded] == ["One.", "Three.", "Five."]
    assert [Path(skipped.path).name for skipped in outcomes.skipped] == ["b.pdf", "d.txt"]


def test_a_file_that_did_not_change_is_not_parsed_again(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>One.")
    sources = find_sources([tmp_path]).sources
    first = collect(sources, {}, Limits())
    digests = {loaded.source.id: loaded.digest for loaded in first.loaded}
    again = collect(sources, digests, Limits())
    assert (again.loaded, again.unchanged) == ([], [sources[0].id])


def test_the_time_that_a_file_may_take_grows_with_its_size_up_to_an_end() -> None:
    sandbox = Sandbox(seconds=18)
    sizes = (0, 1_000_000, 3_000_000, 1_000_000_000)
    assert [sandbox._allowed(size) for size in sizes] == [18, 28, 48, 180]
