from pathlib import Path

import numpy as np
import pytest

from inquote.eval import places
from inquote.eval.bench.floor import best_rate, operations
from inquote.eval.bench.harness import Times, in_turns, save_section, table, write_section
from inquote.eval.bench.ingest import Peaks
from inquote.eval.bench.scale import NOISE, SyntheticLibrary, add_noise, vary
from inquote.ingest.documents import Passage


def test_median_percentile_and_best() -> None:
    times = Times((3.0, 1.0, 2.0))
    assert (times.best, times.p50) == (1.0, 2.0)
    assert times.p95 == pytest.approx(2.9)


def test_works_take_turns_after_one_to_warm_up() -> None:
    done: list[str] = []
    ticks = iter(range(100))
    times = in_turns(
        {"a": lambda: done.append("a"), "b": lambda: done.append("b")},
        2,
        lambda: float(next(ticks)),
    )
    assert done == ["a", "b"] * 3
    assert times["a"].seconds == (1.0, 1.0)


def test_a_section_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "bench.md"
    for title, body in (("Start", "one"), ("Ask", "two"), ("Start", "three")):
        write_section(title, body, file)
    text = file.read_text()
    assert text.startswith("# What inquote costs\n")
    assert text.endswith("\n\n## Start\n\nthree\n\n## Ask\n\ntwo\n")


def test_an_installed_package_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "BENCH", tmp_path / "bench.md")
    monkeypatch.setattr(places, "IS_CHECKOUT", False)
    save_section("Ask", "body")
    assert list(tmp_path.iterdir()) == []
    assert 'section "Ask" of eval/bench.md' in capsys.readouterr().err
    monkeypatch.setattr(places, "IS_CHECKOUT", True)
    save_section("Ask", "body")
    assert (tmp_path / "bench.md").read_text().endswith("## Ask\n\nbody\n")


def test_a_table_in_markdown() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_operations_of_a_packed_forward_pass() -> None:
    assert operations([10], 384, 6) == 6 * (24 * 384 * 384 * 10 + 4 * 384 * 100)
    assert operations([1, 2], 1, 1) == 28 + 48 + 16


def test_a_made_library_begins_with_the_real_texts_and_varies_them(tmp_path: Path) -> None:
    texts, vectors = ["an otter swims", "an owl flies"], np.eye(2, 8, dtype=np.float32)
    made = SyntheticLibrary(texts, vectors, 7, tmp_path / "made.npy")
    made_texts = [entry.text for entry in made.entries()]
    assert made_texts[:2] == texts and len(set(made_texts)) == 7
    assert all(set("an otter swims".split()) <= set(text.split()) for text in made_texts[2::2])
    assert np.allclose(np.linalg.norm(made.matrix, axis=1), 1, atol=1e-6)
    assert np.array_equal(made.matrix[:2], vectors)
    id = Passage.id_of("0000003", 0, len(made_texts[3]))
    assert made.passages([id])[id].text == made_texts[3] == vary(texts[1], texts, 3)


def test_noise_has_the_length_that_it_says() -> None:
    vectors = np.eye(100, 384, dtype=np.float32)
    made = add_noise(vectors, np.ones(100, bool), seed=0)
    assert float((made * vectors).sum(axis=1).mean()) == pytest.approx(
        1 / np.sqrt(1 + NOISE**2), abs=0.01
    )


def test_peaks_are_thinned_evenly_and_what_is_told_is_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[tuple[str, int, int]] = []
    peaks = Peaks(lambda *call: calls.append(call))
    for done in range(1, 8):
        monkeypatch.setattr("inquote.eval.bench.ingest.peak_memory", lambda done=done: 100 + done)
        peaks("embedding", done, 7)
    peaks("indexing", 1, 1)
    assert peaks.thinned(3) == {2: 102, 4: 104, 7: 107}
    assert peaks.thinned(20) == {done: 100 + done for done in range(1, 8)}
    assert calls[-1] == ("indexing", 1, 1)
    assert len(calls) == 8


def test_the_best_rate_is_that_of_the_fastest_product() -> None:
    times = {
        "product 10 20 30": Times((4.0, 2.0)),
        "product 10 10 10": Times((1.0,)),
        "forward": Times((0.001,)),
    }
    assert best_rate(times) == 6000
