"""How much of the words of files an ingest keeps, with made references."""

from pathlib import Path

import pytest

from inquote.eval.studies import fidelity
from inquote.eval.studies.fidelity import (
    _text_with_labels,
    _without_page_words,
    check_programs,
    compare,
    print_summary,
    summarize,
)
from inquote.ingest.documents import Document, Page
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import Limits

REFERENCES = {
    "a.html": ["The otter sleeps in a holt."],
    "b.htm": ["The owl hunts.", "Hunts? The owl!"],
    "c.html": [""],
}


def read_references(path: Path) -> list[str]:
    return REFERENCES.get(path.name, [])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("<p>The otter sleeps.<p>In a holt.", encoding="utf-8")
    (tmp_path / "b.htm").write_text("<p>Hunts the owl? No.", encoding="utf-8")
    (tmp_path / "c.html").write_text("<p>Nobody reads this.", encoding="utf-8")
    (tmp_path / "d.txt").write_bytes(b"")
    return tmp_path


def test_files_are_compared_format_by_format(folder: Path) -> None:
    formats = compare(folder, Limits(), read_references)
    assert list(formats) == ["html", "txt"]
    assert formats["html"].files == 3
    rows = [(Path(file.path).name, file.recall, file.order) for file in formats["html"].read]
    assert rows == [("a.html", 1.0, 1.0), ("b.htm", 1.0, 1.0)]
    assert list(formats["txt"].skipped) == ["it is empty"]


def test_an_order_that_no_reference_has_is_told(folder: Path) -> None:
    (folder / "b.htm").write_text("<p>Owl hunts the.", encoding="utf-8")
    assert compare(folder, Limits(), read_references)["html"].read[1].order == 0.6667


def test_the_label_of_a_page_counts_as_read() -> None:
    page = Page(1, 0, 3, label="12")
    document = Document("a.pdf", "", "", "The owl.", "", pages=(page, Page(2, 3, 8)))
    assert _text_with_labels(document) == "The\n12\n owl.\n\n"
    text = "The owl.\nPage 12 of 30\nPage 13 of 30\nPage 12 is torn."
    assert _without_page_words(text, document) == ("The owl.\n12\nPage 13 of 30\nPage 12 is torn.")


def test_the_worst_file_is_named_with_what_it_lacks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.html").write_text("<p>The otter in a holt.", encoding="utf-8")
    summary = summarize(compare(folder, Limits(), read_references)["html"])
    assert summary["worst"][0]["missing"] == ["sleeps"]
    assert summary["recall_p50"] == 0.9166
    print_summary("html", summary)
    assert "html: 3 files, 2 compared" in capsys.readouterr().out


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fidelity.shutil, "which", lambda program: None)
    with pytest.raises(IngestError, match="install the Debian package poppler-utils"):
        check_programs()
