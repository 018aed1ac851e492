"""Time embedding: the embedder against plain `encode`, and against the least time it can take."""

from collections.abc import Callable
from typing import Any

from inquote.eval.bench.floor import best_rate, operations, products
from inquote.eval.bench.harness import in_turns, machine, save_section, table
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.models.embedder import SentenceTransformerEmbedder, packaged_model
from inquote.index.models.precision import fastest_precision

COMPARED = 512  # passages
TURNS = 3


def bench_embed(file: SquadFile) -> dict[str, Any]:
    """Embed the same passages plainly and as an ingest does, `TURNS` times in turns.

    `ratio` says how many times faster the embedder is than `SentenceTransformer.encode` called
    plainly, the best of the turns each. `times_the_floor` is its time over the least time: that of
    the operations on its texts at the best rate of a matrix product.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    embedder = SentenceTransformerEmbedder()
    plain = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    texts = [context.text for context in file.contexts[:COMPARED]]
    theirs = plain.encode(texts, normalize_embeddings=True)
    ours = embedder.embed_passages(texts)
    works: dict[str, Callable[[], object]] = {
        "plain": lambda: plain.encode(texts),
        "ours": lambda: embedder.embed_passages(texts),
        **products(torch.bfloat16 if fastest_precision() == "bfloat16" else torch.float32),
    }
    times = in_turns(works, TURNS)
    tokens = [min(embedder.count_tokens(text), embedder.window) for text in texts]
    least = operations(tokens) / best_rate(times)
    results = {
        "passages": len(texts),
        "tokens_a_passage": round(sum(tokens) / len(texts), 1),
        "plain_per_second": round(len(texts) / times["plain"].best, 1),
        "ours_per_second": round(len(texts) / times["ours"].best, 1),
        "floor_per_second": round(len(texts) / least, 1),
        "ratio": round(times["plain"].best / times["ours"].best, 2),
        "times_the_floor": round(times["ours"].best / least, 2),
        "least_cosine": round(float((theirs * ours).sum(axis=1).min()), 5),
    }
    command = f"`python -m inquote.eval bench embed FILE`. {machine()}.\n\n"
    rows = [(name, str(value)) for name, value in results.items()]
    save_section("Embed", command + table(("", "measured"), rows))
    return results
