"""The network and its windows, on a tiny model."""

from pathlib import Path

import torch

from inquote.app.reader.model import STRIDE_TOKENS, Batch, Window
from inquote.app.training.train import new_model
from reader_models import TINY, maker, pair, pieces, tiny_bert, tiny_model


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
