"""Recognise the words in a picture, with the models in the wheel of rapidocr.

They come with the extra "ocr". Nothing is fetched, and nothing is told to anybody: the runtime's
telemetry is switched off before it starts.
"""

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inquote.ingest.errors import FileSkipped

if TYPE_CHECKING:  # a child that reads no picture need not wait for it
    import numpy as np

INSTALL = 'pip install "inquote[ocr]"'
MEMORY = 2_000_000_000  # bytes of address space that recognition takes; 1.5 GB were seen
_STAGES = {"Det": "*det*.onnx", "Rec": "*rec*.onnx"}


class Recognised(NamedTuple):
    """A line, or a piece of one, in a picture.

    `box` is its left, top, right and bottom edge in dots from the upper left corner. `score` is how
    sure the recognition is, from 0 to 1.
    """

    text: str
    box: tuple[float, float, float, float]
    score: float


def can_recognise() -> bool:
    """Return whether the extra is installed."""
    names = ("rapidocr", "onnxruntime")
    return all(importlib.util.find_spec(name) is not None for name in names)


def recognise(picture: "np.ndarray") -> list[Recognised]:
    """Return the lines in a picture of (height, width, 3) bytes, red first, from top to bottom.

    Raises `FileSkipped` if the extra is not installed.
    """
    result = _engine()(picture[:, :, ::-1])  # it takes blue first
    if result.boxes is None or result.txts is None:
        return []
    lines = []
    for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0)
        box = (float(left), float(top), float(right), float(bottom))
        lines.append(Recognised(text, box, round(float(score), 3)))
    return lines


@cache
def _engine() -> Any:
    """Return the engine of rapidocr; one thread, for every file has a process of its own."""
    if not can_recognise():
        raise FileSkipped(f"the words in pictures are read after: {INSTALL}")
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    import rapidocr

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    params: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,  # it was seen to turn upright lines around
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Rec.rec_batch_num": 1,
    }
    folder = Path(rapidocr.__file__).parent / "models"
    for stage, pattern in _STAGES.items():
        weights = sorted(folder.glob(pattern))
        if not weights:
            raise FileSkipped(f"the weights of rapidocr are missing; repeat {INSTALL}")
        params[f"{stage}.model_path"] = str(weights[0])
    return rapidocr.RapidOCR(params=params)
