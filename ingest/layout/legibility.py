"""Judge whether what the fonts of a PDF seem to show is text.

A font may not say which characters its glyphs are. PDFium then takes the codes for characters,
which is right for many fonts that the file holds, and nonsense for others.
"""

import re
import unicodedata
from dataclasses import dataclass

_MOST = 0.3  # of the characters without a way to Unicode, and more: perhaps nothing to read
_SOME = 0.03  # and more: a warning
_WORDED = 0.5  # of the pairs of letters in words, and more, are usual ones
_LEAST_LETTERS = 0.6  # of a text without such pairs
_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS = re.compile(r"[^\W\d_]{1,100}")
_PAIRS = frozenset(
    "th he in er an re nd on en at ou ed ha to or it is hi es ng te ar st se le ve as me al nt ti "
    "de io li ne ri ro co ra ic la il ec el ce ta us om si no ll ma ho ea rs ct ch ur ut et di em "
    "pe ss mo tr ac ie so lo ai qu ue un ei ge sc ht au do os ad am po da pr be ca ns op pa "
    "sp pl av ag ol im ig ul id ot fo wa ev wi ow sh tu ke na mi fi we by up if ry ty ly ay pu "
    "ub ob ab sa rt rd va vi bo ba su ia ci ga go gr cr ef ff fe".split()
)


@dataclass
class Legibility:
    """How many characters were looked at, and how many of them no font maps to Unicode.

    `guessed` are those of fonts that the file does not hold either; `cut` counts the strings that
    PDFium cuts for their length.
    """

    sampled: int = 0
    unmapped: int = 0
    guessed: int = 0
    cut: int = 0

    def add(self, other: "Legibility") -> None:
        """Add the counts of another page."""
        self.sampled += other.sampled
        self.unmapped += other.unmapped
        self.guessed += other.guessed
        self.cut += other.cut

    def is_garbage(self, text: str) -> bool:
        """Return whether the text has too few mapped characters and makes no words."""
        if self.unmapped <= _MOST * self.sampled:
            return False
        return self.guessed > _MOST * self.sampled or not _has_words(text)

    @property
    def warning(self) -> str:
        """What a person should know of a text that is kept."""
        warnings = []
        if self.unmapped > _SOME * self.sampled:
            share = max(1, round(100 * self.unmapped / self.sampled))
            warnings.append(
                f"its fonts do not say which characters {share} % of the glyphs are; compare the "
                "text with the pages before you rely on it"
            )
        if self.cut:
            warnings.append("a word or line of more than 32,767 bytes may be cut at that length")
        return "; ".join(warnings)


def _has_words(text: str) -> bool:
    """Return whether letters follow each other as in European languages, or are kana."""
    usual = total = 0
    for word in _LETTERS.findall(_MARKS.sub("", unicodedata.normalize("NFD", text))):
        if word[1:].islower() or word.isupper():
            word = word.lower()
        for at in range(len(word) - 1):
            total += 1
            usual += word[at : at + 2] in _PAIRS or "\u3040" < word[at] < "\u30ff"
    if total:
        return usual >= _WORDED * total
    return sum(map(str.isalpha, text)) >= _LEAST_LETTERS * len("".join(text.split()))
