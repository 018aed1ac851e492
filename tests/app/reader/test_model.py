"""The network, its windows, its losses and its training, on a tiny model."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import typer

from inquote.app.reader.decode import best_spans
from inquote.app.reader.model import STRIDE_TOKENS, Batch, Logits, SpanModel, Window
from inquote.app.training.epochs import epoch_examples, make_batches, worker_processes
from inquote.app.training.examples import Example, ExampleMaker, plan_batches
from inquote.app.training.objective import area_under_roc, compute_losses, validate
from inquote.app.training.pairs import Pair
from inquote.app.training.run import TrainingRun, make_optimiser, rate_share
from inquote.app.training.settings import Settings
from inquote.app.training.squad import Article, Paragraph, Question
from inquote.app.training.train import held_out_titles, main, new_model
from inquote.ingest.errors import ModelError
from reader_models import TINY, pieces, tiny_bert, tiny_model

TEXT = "Anna Lind built it in 1932. It spans the Glomma. The work took four years."


def maker(longest: int = 64) -> ExampleMaker:
    return ExampleMaker(pieces(), longest)


def pair(answer: str | None = "four years", question: str = "How long did it take?") -> Pair:
    start = None if answer is None else TEXT.index(answer)
    return Pair(
        question, "", TEXT, start, None if start is None or answer is None else start + len(answer)
    )


def words(example: Example, first: int, last: int) -> str:
    tokens = pieces().tokens(TEXT)
    shift = example.window.first - example.window.prefix
    return TEXT[tokens.offsets[first + shift][0] : tokens.offsets[last + shift][1]]


def test_the_separator_in_a_text_is_plain_text() -> None:
    tokens = pieces().tokens("a [SEP] b")
    assert [tokens.offsets[i] for i in (0, 1, -2, -1)] == [(0, 1), (2, 3), (6, 7), (8, 9)]
    assert 102 not in tokens.ids


def test_word_pieces_know_where_words_begin_and_end() -> None:
    tokens = pieces().tokens("unbelievableness is")
    assert tokens.opens == (True, False, True) and tokens.closes == (False, True, True)


def test_an_empty_text_has_no_tokens() -> None:
    assert pieces().tokens("") == pieces().tokens(" \u200b")


def test_a_long_question_is_cut_and_says_so() -> None:
    ids, cut = pieces().question("word " * 100)
    assert len(ids) == 64 and cut
    assert pieces().question("Who?") == (pieces().tokens("Who?").ids, False)


def test_of_a_long_context_the_end_is_kept() -> None:
    assert pieces().context("", "") == ()
    assert pieces().context("Effects", "These are") == pieces().tokens("Effects: These are:").ids
    assert pieces().context("far " * 100 + "near") == pieces().tokens("far " * 46 + "near:").ids


def test_windows_cover_a_long_text_and_overlap() -> None:
    text = pieces().tokens("word " * 700)
    windows = list(pieces().windows((7, 8), (9,), text))
    assert [(w.first, w.last) for w in windows] == [(0, 378), (282, 660), (564, 700)]
    assert windows[0].last - windows[1].first == STRIDE_TOKENS
    assert [len(w.ids) for w in windows] == [384, 384, 142]
    assert (
        windows[0].ids[:7] == (101, 7, 8, 102, 9, text.ids[0], text.ids[1])
        and windows[0].ids[-1] == 102
    )


def test_a_short_text_is_one_window_and_an_empty_one_too() -> None:
    (window,) = pieces().windows((7,), (), pieces().tokens(""))
    assert window == Window((101, 7, 102, 102), 3, 3, 0, 0)


def test_a_batch_is_padded_to_its_longest_window() -> None:
    batch = Batch.of(
        [Window((101, 7, 102, 5, 6, 102), 3, 3, 0, 2), Window((101, 7, 102, 102), 3, 3, 0, 0)]
    )
    assert batch.ids.tolist() == [[101, 7, 102, 5, 6, 102], [101, 7, 102, 102, 0, 0]]
    assert batch.types.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 0, 0]]
    assert batch.text.tolist() == [[False, False, False, True, True, False], [False] * 6]
    assert batch.padding is not None and batch.padding.sum(1).tolist() == [0, 2]


def test_windows_of_one_length_need_no_mask() -> None:
    assert Batch.of([Window((101, 7, 102, 5, 102), 3, 3, 0, 1)] * 2).padding is None


def test_the_encoder_computes_what_bert_computes(tmp_path: Path) -> None:
    from transformers import BertModel

    tiny_bert(tmp_path / "bert")
    theirs = BertModel.from_pretrained(tmp_path / "bert", attn_implementation="eager").eval()
    ours = new_model(TINY, tmp_path / "bert", seed=0)
    ids, types = torch.randint(1000, 2000, (2, 9)), torch.tensor([[0] * 4 + [1] * 5] * 2)
    attention = torch.tensor([[1] * 9, [1] * 7 + [0] * 2])
    with torch.inference_mode():
        expected = theirs(
            input_ids=ids, token_type_ids=types, attention_mask=attention
        ).last_hidden_state
        x = ours.encode(ids[attention > 0], types[attention > 0], (9, 7))
    assert torch.allclose(x[:9], expected[0], atol=1e-5) and torch.allclose(
        x[9:], expected[1, :7], atol=1e-5
    )


def test_logits_stand_only_where_text_stands() -> None:
    example = maker().example(pair())
    logits = tiny_model()(Batch.of([example.window]))
    finite = torch.isfinite(logits.start[0])
    assert finite.sum() == example.window.last and finite[example.window.prefix] and not finite[0]
    assert logits.evidence.shape == logits.end.shape and logits.answerable.shape == (1,)


def test_targets_are_the_tokens_of_the_answer_and_of_its_sentence() -> None:
    example = maker().example(pair())
    assert example.answers and words(example, example.start, example.end) == "four years"
    assert (
        words(example, example.evidence_start, example.evidence_end) == "The work took four years."
    )


def test_an_answer_in_a_later_window_is_found_there() -> None:
    example = maker(longest=24).example(pair())
    assert example.window.first > 0 and words(example, example.start, example.end) == "four years"


def test_an_answer_that_no_window_holds_is_none() -> None:
    assert not maker(longest=12).example(Pair("Who?", "", TEXT, 0, len(TEXT))).answers


def test_a_pair_without_answer_has_no_targets() -> None:
    example = maker().example(pair(None))
    assert (example.start, example.end, example.evidence_start, example.evidence_end) == (
        -1,
        -1,
        -1,
        -1,
    )


def test_batches_hold_every_group_once_and_like_lengths_together() -> None:
    lengths = [[n % 50 + 10] for n in range(500)]
    made = plan_batches(lengths, 10, seed=0)
    assert sorted(group for batch in made for group in batch) == list(range(500))
    assert max(max(lengths[g][0] for g in b) - min(lengths[g][0] for g in b) for b in made) <= 2
    assert made == plan_batches(lengths, 10, seed=0) and made != plan_batches(lengths, 10, seed=1)


def test_pairs_of_a_question_stay_together_and_count() -> None:
    assert [len(batch) for batch in plan_batches([[5, 5]] * 8, 4, seed=0)] == [2, 2, 2, 2]


def test_the_losses_of_a_hand_made_case() -> None:
    window = Window((101, 7, 102, 5, 6, 102), 3, 3, 0, 2)
    groups = [[Example(window, 3, 4, 3, 4), Example(window)]]
    nowhere = -math.inf
    row = [nowhere, nowhere, nowhere, 0.0, 0.0, nowhere]
    logits = Logits(
        torch.tensor([row, row]), torch.tensor([row, row]), torch.zeros(2, 6), torch.zeros(2)
    )
    losses = compute_losses(logits, groups, Batch.of([window, window]).text)
    assert losses["span"].item() == pytest.approx(
        math.log(3)
    )  # of two tokens and none, for start and for end
    assert losses["rival"].item() == pytest.approx(
        math.log(5) / 2
    )  # of four tokens and none; one of two windows
    assert losses["evidence"].item() == losses["answerable"].item() == pytest.approx(math.log(2))


def test_the_best_spans_of_a_hand_made_case() -> None:
    start, end = np.array([1.0, 3.0, 0.0]), np.array([2.0, 0.0, 2.5])
    everywhere = [True] * 3
    assert best_spans(start, end, everywhere, everywhere, k=3) == [
        (1, 2, 5.5),
        (0, 2, 3.5),
        (0, 0, 3.0),
    ]
    assert best_spans(start, end, everywhere, everywhere, k=1, longest=1) == [(0, 0, 3.0)]
    assert best_spans(start, end, [True, False, True], everywhere, k=1) == [(0, 2, 3.5)]
    assert best_spans(start, end, everywhere, [True, True, False], k=1) == [(0, 0, 3.0)]
    assert best_spans(start[:0], end[:0], [], []) == []


def test_best_spans_agree_with_trying_all() -> None:
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, 40))
    opens, closes = rng.random((2, 40)) < 0.7
    every = [
        (i, j, start[i] + end[j])
        for i in range(40)
        for j in range(i, min(i + 7, 40))
        if opens[i] and closes[j]
    ]
    expected = sorted(every, key=lambda span: -span[2])[:20]
    assert best_spans(start, end, opens.tolist(), closes.tolist(), k=20, longest=7) == expected


def test_area_under_roc_of_a_hand_made_case() -> None:
    assert (
        area_under_roc(np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False]))
        == 0.625
    )


def test_the_learning_rate_goes_up_and_down() -> None:
    assert [rate_share(share) for share in (0.0, 0.025, 0.05, 0.525, 1.0)] == pytest.approx(
        [0, 0.5, 1, 0.5, 0]
    )


def test_embeddings_are_frozen_and_lower_layers_slower() -> None:
    model = tiny_model()
    optimiser = make_optimiser(model, Settings(learning_rate=1.0, head_rate=5.0))
    assert not any(parameter.requires_grad for parameter in model.embeddings.parameters())
    assert sorted({group["height"] for group in optimiser.param_groups}) == [0.9, 1.0, 5.0]


def articles() -> list[Article]:
    asked = [
        ("Who built it?", "Anna Lind"),
        ("When was it built?", "1932"),
        ("How long did it take?", "four years"),
    ]
    questions = [
        Question(str(i), text, ((TEXT.index(a), a),)) for i, (text, a) in enumerate(asked * 4)
    ]
    return [Article("Bridge", (Paragraph(TEXT, (*questions, Question("no", "Who sank it?", ()))),))]


def run(folder: Path, epochs: int = 1, minutes: float = 0) -> TrainingRun:
    return TrainingRun(folder, tiny_model(), Settings(epochs=epochs, batch=4), minutes)


def weights_of(model: SpanModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    trained = TrainingRun(
        tmp_path,
        tiny_model(),
        replace(Settings(), epochs=3, batch=4, learning_rate=3e-3, head_rate=1e-2),
    )
    examples = [
        maker().example(pair("Anna Lind", "Who built it?")),
        maker().example(pair(None, "Who sank it?")),
    ]
    before = validate(trained.model, examples)["loss"]
    trained.fit(articles(), maker())
    assert validate(trained.model, examples)["loss"] < before


def test_an_interrupted_run_ends_like_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole", epochs=2)
    whole.fit(articles(), maker())
    first = run(tmp_path / "cut", epochs=2)
    step = first.step

    def cut(*arguments: object) -> dict[str, float]:
        if first.progress.step == 5:
            first.save()
            raise KeyboardInterrupt
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(first, "step", cut)
    with pytest.raises(KeyboardInterrupt):
        first.fit(articles(), maker())
    second = run(tmp_path / "cut", epochs=2)
    second.resume()
    assert second.progress.step == 5
    second.fit(articles(), maker())
    assert second.progress.step == whole.progress.step > 6
    assert torch.equal(weights_of(second.model), weights_of(whole.model))


def test_a_run_ends_when_its_time_is_over(tmp_path: Path) -> None:
    short = run(tmp_path, minutes=1)
    short.progress.seconds = 61.0
    short.fit(articles(), maker())
    assert short.progress.step == 0 and (tmp_path / "checkpoint.pt").exists()
    assert json.loads((tmp_path / "log.jsonl").read_text())["done"] is True


def test_examples_are_the_same_from_other_processes() -> None:
    settings = Settings(batch=4)
    alone = make_batches(epoch_examples(articles(), maker(), settings, 1), settings, 1)
    with worker_processes(2) as each:
        together = make_batches(epoch_examples(articles(), maker(), settings, 1, each), settings, 1)
    assert together == alone
    assert sum(len(groups) for groups in alone) >= 5  # questions, repeated


def test_dropout_is_for_training_only(tmp_path: Path) -> None:
    model = TrainingRun(tmp_path, tiny_model().train(), Settings(dropout=0.5)).model
    window = Batch.of([maker().example(pair("Anna Lind", "Who built it?")).window])
    assert not torch.equal(model(window).evidence, model(window).evidence)
    examples = [maker().example(pair("Anna Lind", "Who built it?"))]
    assert validate(model, examples)["loss"] == validate(model, examples)["loss"]
    assert model.training


def test_a_device_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(typer.BadParameter, match="no cuda on this machine"):
        main([tmp_path / "squad.json"], tmp_path / "run", device="cuda")
    assert not (tmp_path / "run").exists()


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    run(tmp_path, epochs=1).save()
    with pytest.raises(ModelError, match="has other settings"):
        run(tmp_path, epochs=2).resume()


def test_resuming_without_a_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no whole checkpoint"):
        run(tmp_path).resume()


def test_the_split_keeps_titles_from_training(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text(
        '{"train": ["A"], "calibrate": ["B"], "report": ["C", "D"]}'
    )
    assert held_out_titles(tmp_path / "split.json") == ({"B"}, {"C", "D"})
    assert held_out_titles(None) == (set(), set())
