import torch

from inquote.app.reader.model import Batch, SpanModel, Window
from inquote.eval.peers.passages import export, rename_tensors
from inquote.index.models.bert import Size


def test_the_exported_model_says_what_the_span_reader_says(tmp_path):
    from transformers import AutoModelForQuestionAnswering

    torch.manual_seed(0)
    model = SpanModel(Size()).eval()
    export(model, tmp_path)
    theirs = AutoModelForQuestionAnswering.from_pretrained(tmp_path, local_files_only=True).eval()
    ids = (101, 2043, 2003, 2009, 102, 2009, 2003, 2085, 102)
    batch = Batch.of([Window(ids, question_length=5, prefix=5, first=0, last=3)])
    with torch.inference_mode():
        ours = model(batch)
        found = theirs(input_ids=batch.ids, token_type_ids=batch.types)
    assert torch.allclose(ours.start[0, 5:8], found.start_logits[0, 5:8], atol=1e-4)
    assert torch.allclose(ours.end[0, 5:8], found.end_logits[0, 5:8], atol=1e-4)


def test_its_tokenizer_is_the_packaged_one(tmp_path):
    export(SpanModel(Size()), tmp_path)
    assert (tmp_path / "tokenizer.json").exists()


def test_only_what_such_a_model_has_goes_along():
    names = rename_tensors(dict(SpanModel(Size(layers=1)).state_dict()))
    assert names["qa_outputs.weight"].shape == (2, 384)
    assert not any("answerable" in name or "projections" in name for name in names)
    assert names["bert.encoder.layer.0.attention.self.key.weight"].shape == (384, 384)
