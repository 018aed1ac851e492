import numpy as np

from app.reader.synonyms import near_words, vocabulary
from index.lexical import FUNCTION_WORDS

DEGREES = {"drug": 0, "drugs": 1, "medicine": 20, "king": 90, "queen": 100, "ruler": 120, "stone": 180}
DEGREES |= {"big": 250, "small": 258}


class Compass:
    """Words as directions in a plane, in degrees."""

    def embed_passages(self, texts):
        angles = np.radians([DEGREES[text] for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_near_words_are_neither_other_forms_nor_opposites() -> None:
    near = near_words(list(DEGREES), Compass())  # type: ignore[arg-type]
    assert near["drug"] == ("medicine",)
    assert near["medicine"] == ("drugs", "drug")
    assert near["ruler"] == ("queen", "king")
    assert near["queen"] == ("ruler",)
    assert "stone" not in near
    assert "big" not in near


def test_the_vocabulary_is_of_whole_lower_case_words() -> None:
    words = vocabulary()
    assert len(words) > 15_000
    assert {"virus", "medicine"} <= set(words)
    assert not {"The", "with", "##ing", "a"} & set(words)
    assert not set(words) & FUNCTION_WORDS
