"""Tell the encoding of a text that is not UTF-8.

Each encoding is tried, and each result is measured against the letters and frequent words of each
language: letters that the language has, words that it often has, capitals only where words begin.
Chinese, Japanese and Korean are told by their frequent characters. The best pair of an encoding and
a language wins; the order of the lists below decides between equals.
"""

import codecs
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from inquote.ingest.languages import CHINESE, KOREAN, LANGUAGES, Language, words_of

SAMPLE = 12_000  # bytes, of lines that are not ASCII alone

_NAMES = {
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1254": "Windows-1254",
    "cp1257": "Windows-1257", "cp1251": "Windows-1251", "cp1253": "Windows-1253",
    "cp1255": "Windows-1255", "cp1256": "Windows-1256", "cp874": "Windows-874",
    "koi8_r": "KOI8-R", "koi8_u": "KOI8-U", "iso8859_2": "ISO-8859-2", "iso8859_5": "ISO-8859-5",
    "iso8859_7": "ISO-8859-7", "iso8859_15": "ISO-8859-15", "mac_roman": "Mac Roman",
    "cp866": "code page 866", "cp850": "code page 850", "cp852": "code page 852",
    "gb18030": "GB18030", "big5hkscs": "Big5", "cp932": "Shift-JIS", "euc_jp": "EUC-JP",
    "cp949": "EUC-KR", "iso2022_jp": "ISO-2022-JP", "iso2022_kr": "ISO-2022-KR",
}  # fmt: skip
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_15")
_OLD_LATIN = ("mac_roman", "cp850", "cp852")  # of machines that few texts are from
_SCRIPTS = {
    "cp1251": "ru uk bg sr", "koi8_r": "ru", "koi8_u": "uk", "iso8859_5": "ru uk bg sr",
    "cp866": "ru", "cp1253": "el", "iso8859_7": "el", "cp1255": "he", "cp1256": "ar", "cp874": "th",
}  # fmt: skip
_EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
TRIED = (*_LATIN, *_SCRIPTS, *_EAST_ASIAN, *_OLD_LATIN)
_PENALTIES = {"cp1257": 0.4, "cp1254": 0.2, "iso8859_15": 0.3, "cp866": 1.0, "iso8859_5": 1.0}
_PENALTIES |= dict.fromkeys(_OLD_LATIN, 3.0)

_MARKS = frozenset("“”‘’„‚–—…«»‹›€£§°©®™•·ºª№¡¿\xa0\xad×±½¼¾²³µ")
_EAST_ASIAN_MARKS = frozenset("、。，．？！：；（）「」『』《》・ー〜～％“”‘’…—·\u3000￥")
_MARKS_IN_WORDS = frozenset("’·\xad")
_BAD_CASE = re.compile(r"[a-zß-öø-ÿа-яё][A-ZÀ-ÖØ-ÞА-ЯЁ]")
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[^\w\s!-~](?=[^\W\d_])")
_MANY_FOREIGN = re.compile(r"[^\W\d_a-zA-Z]{3,}+")
_MIXED_WORD = re.compile(r"[a-z](?=[\u0370-\u0e5b])|[\u0370-\u0e5b](?=[a-z])")
_MIXED_LINE = re.compile(
    r"[a-z](?=[\u0370-\uffdc])|[\u0370-\uffdc](?=[a-z])"
)  # scripts in one word
_HALF_KANA = range(0xFF61, 0xFFA0)


class Guess(NamedTuple):
    """An encoding, and how well the text reads in it: above 0 as a text in some language does."""

    encoding: str
    fitness: float


def name_of(encoding: str) -> str:
    """Return the name of an encoding as people write it."""
    return _NAMES.get(encoding, encoding.upper().replace("_", "-"))


def guess_encoding(content: bytes, favourite: str = "") -> Guess:
    """Return the encoding in which bytes that are not ASCII read best; `favourite` wins a tie."""
    sample = _sample(content)
    best = Guess("cp1252", float("-inf"))
    for encoding in dict.fromkeys((favourite, *TRIED) if favourite in TRIED else TRIED):
        fitness = _fitness(sample, encoding)
        if fitness > best.fitness + 1e-9:
            best = Guess(encoding, fitness)
    return best


def fitness(content: bytes, encoding: str) -> float:
    """Return how well bytes that are not ASCII read in an encoding."""
    return _fitness(_sample(content), encoding)


def _sample(content: bytes) -> bytes:
    """Return the first lines that are not ASCII."""
    lines: list[bytes] = []
    length = 0
    for line in content.splitlines():
        if not line.isascii():
            lines.append(line[: SAMPLE - length])
            length += len(line)
        if length >= SAMPLE:
            break
    return b"\n".join(lines)


def _fitness(sample: bytes, encoding: str) -> float:
    """Return how well a sample reads in an encoding, in any of its languages."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    foreign = Counter(re.findall(r"[^\x00-\x7f]", text))
    if encoding in _EAST_ASIAN:
        return _east_asian_fitness(foreign, encoding) - 1.5 * len(_MIXED_LINE.findall(text))
    return _shape(text, foreign) + _letters(text, foreign, encoding) - _PENALTIES.get(encoding, 0.0)


def _letters(text: str, foreign: Counter[str], encoding: str) -> float:
    """Return how well letters and words match those of the best language."""
    words = words_of(text)
    letters: Counter[str] = Counter()
    for character, count in foreign.items():
        if character.isalpha() or unicodedata.category(character) == "Mn":
            letters[character.lower()[:1]] += count
    languages = _SCRIPTS.get(encoding, "").split()
    if not languages:
        languages = [code for code, language in LANGUAGES.items() if language.is_latin]
    return max(_match(words, letters, LANGUAGES[language]) for language in languages)


def _match(words: Counter[str], letters: Counter[str], language: Language) -> float:
    """Return how well words and letters match a language's."""
    score = 0.0
    for letter, count in letters.items():
        rank = language.letters.find(letter)
        if rank < 0:
            score -= (2.0 if letter > "\x7f" else 0.0) * count
        elif language.is_latin:
            score += (1.0 - 0.3 * rank / len(language.letters)) * count
        else:
            score += (1.2 - 1.2 * rank / len(language.letters)) * count
    total = max(1, sum(words.values()))
    frequent = sum(min(count, 20) for word, count in words.items() if word in language.words)
    return score + frequent * min(1.0, 40 / total)


def _shape(text: str, foreign: Counter[str]) -> float:
    """Return what speaks against a text whatever its language is: 0 or less."""
    score = 0.0
    for character, count in foreign.items():
        if character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cn", "Co"):
            score -= 4.0 * count
        elif not character.isalnum() and character not in _MARKS:
            score -= (0.0 if unicodedata.category(character) == "Mn" else 1.5) * count
    score -= 2.0 * len(_BAD_CASE.findall(text)) + 3.0 * len(_MIXED_WORD.findall(text))
    for mark in _BETWEEN_LETTERS.findall(text):
        score += 0.5 if mark in _MARKS_IN_WORDS else -1.5
    for run in _MANY_FOREIGN.findall(text):
        if run[0] < "\u0250":
            score -= 0.7 * (len(run) - 2)
    return score


def _east_asian_fitness(foreign: Counter[str], encoding: str) -> float:
    """Return how frequent the characters of a text are in Chinese, Japanese or Korean."""
    score = 0.0
    for character, count in foreign.items():
        score += count * _east_asian_weight(character, encoding)
    return score


def _east_asian_weight(character: str, encoding: str) -> float:
    """Return what a character says for an encoding, less where it is rare in its language."""
    code = ord(character)
    category = unicodedata.category(character)
    if code == 0xFFFD or category in ("Co", "Cn", "Cc"):
        return -6.0
    is_hangul = 0xAC00 <= code < 0xD7A4
    if encoding == "cp949":
        if is_hangul:
            return 2.2 if character in KOREAN else 0.2
        return _mark_weight(character)
    if 0x3041 <= code < 0x3100:  # kana
        return 2.0 if encoding in ("cp932", "euc_jp") else -2.0
    if is_hangul or code in _HALF_KANA:
        return -2.0
    if category != "Lo":
        return _mark_weight(character)
    if encoding in ("gb18030", "big5hkscs"):
        return 2.2 if character in CHINESE else _plane_weight(character, encoding)
    return 1.2 if _plane_weight(character, encoding) > 0 else -2.0


def _mark_weight(character: str) -> float:
    """Return what a character says that is no letter of East Asia."""
    is_wide = 0xFF10 <= ord(character) < 0xFF5B
    return 0.8 if is_wide or character in _EAST_ASIAN_MARKS else -1.5


def _plane_weight(character: str, encoding: str) -> float:
    """Return whether a character stands among the frequent ones of its standard."""
    standard, first, last = {
        "gb18030": ("gb2312", 0xB0, 0xD7),
        "big5hkscs": ("big5", 0xA4, 0xC6),
    }.get(encoding, ("euc_jp", 0xB0, 0xCF))
    try:
        lead = character.encode(standard)[0]
    except UnicodeEncodeError:
        return -2.5
    return 0.2 if first <= lead <= last else -1.5
