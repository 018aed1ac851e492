"""A PDF of pictures: its words are recognised where the extra is there, else it is said."""

from pathlib import Path

import numpy as np
import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files import load
from inquote.ingest.files.load import load_document, read_content
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats import picture, scan
from inquote.ingest.layout.recognition import Recognised
from made_files import pdf


def test_a_pdf_of_pictures_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "can_recognise", lambda: False)
    (tmp_path / "a.pdf").write_bytes(pdf([[]]))
    with Sandbox() as sandbox, pytest.raises(FileSkipped, match=r'pip install "inquote\[ocr\]"'):
        load_document(read_content(tmp_path / "a.pdf"), "a.pdf", sandbox)


def test_the_words_of_each_page_carry_their_score(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, ...]] = []

    def recognise(dots: np.ndarray) -> list[Recognised]:
        sizes.append(dots.shape)
        return [Recognised(f"Page {len(sizes)} says so", (0.0, 0.0, 90.0, 10.0), 0.8)]

    monkeypatch.setattr(picture, "recognise", recognise)
    monkeypatch.setattr(scan, "can_recognise", lambda: True)
    parsed = scan.parse(pdf([[], []]))
    assert parsed.text == "Page 1 says so\n\nPage 2 says so"
    assert parsed.recognised == ((0, 14, 0.8), (16, 30, 0.8))
    assert [(page.start, page.end) for page in parsed.pages] == [(0, 14), (14, 30)]
    assert len({shape[2] for shape in sizes}) == 1 and max(sizes[0]) <= picture.MAX_SIDE + 1
