"""Documents on other subjects change no answer about the article, and no confidence by much."""

import shutil
from contextlib import closing
from pathlib import Path

from inquote.app.build import open_system
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import CORPUS

QUESTIONS = (
    "Who developed IMLYGIC?",
    "When did the FDA approve IMLYGIC?",
    "Which virus is IMLYGIC derived from?",
    "What durable response rate did IMLYGIC reach in the OPTiM trial?",
    "What percentage responded with GM-CSF?",
    "How is IMLYGIC administered?",
    "What are the side effects of IMLYGIC?",
    "What does one dose of IMLYGIC cost in dollars?",
)
MOST = 0.02  # that a confidence may change
SUBJECTS = ("harbour", "orchard", "quarry", "library", "glacier")
SENTENCES = (
    "The {subject} of Ostrey number {number} was opened in {year} and has {count} workers.",
    "Its keeper writes down the weather every morning.",
    "In winter the {subject} closes for {count} days.",
    "Visitors reach it by the coast road.",
)


def write_others(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        subject = SUBJECTS[number % len(SUBJECTS)]
        words = {"subject": subject, "number": number, "year": 1900 + number, "count": 7 + number}
        text = " ".join(sentence.format(**words) for sentence in SENTENCES)
        (folder / f"{subject}-{number:02}.md").write_text(f"# {subject}\n\n{text}\n", "utf-8")


def test_fifty_other_documents_change_no_answer_and_hardly_a_confidence(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder()
    write_others(tmp_path / "others", 50)
    ingest(LocalStore(tmp_path / "alone"), [CORPUS], embedder)
    shutil.copytree(tmp_path / "alone", tmp_path / "beside")  # the article is embedded once
    ingest(LocalStore(tmp_path / "beside"), [CORPUS, tmp_path / "others"], embedder)
    with (
        closing(open_system(tmp_path / "alone")) as alone,
        closing(open_system(tmp_path / "beside")) as beside,
    ):
        for question in QUESTIONS:
            before, after = alone.answer(question), beside.answer(question)
            assert after.text == before.text, question
            assert abs(after.confidence - before.confidence) <= MOST, question
