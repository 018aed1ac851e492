"""Write a number in the way that a list names: letters, Roman numerals, characters of a script."""

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MAX_ROMAN = 3999
_MAX_REPEATS = 10  # of a letter, after the end of its alphabet
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_ALPHABETS = {  # the next round of each doubles the letters: "aa", "bb"
    "lowerLetter": _LATIN,
    "upperLetter": _LATIN.upper(),
    "russianLower": _RUSSIAN,
    "russianUpper": _RUSSIAN.upper(),
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "aiueo": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ",
    "iroha": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマ",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "chicago": "*†‡§",
}
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting "
    "taiwaneseCountingThousand ideographDigital japaneseDigitalTenThousand "
    "taiwaneseDigital koreanDigital2".split()
)
_DIGITS = "〇一二三四五六七八九"


def numeral(number: int, format: str) -> str:
    """Return a number in a format of Word's, in decimal digits where it is not known.

    >>> [numeral(28, format) for format in ("lowerLetter", "upperRoman", "decimalZero")]
    ['bb', 'XXVIII', '28']
    """
    alphabet = _ALPHABETS.get(format.removesuffix("FullWidth"))
    if alphabet and 0 < number <= len(alphabet) * _MAX_REPEATS:
        repeats, at = divmod(number - 1, len(alphabet))
        return alphabet[at] * (repeats + 1)
    if format in ("lowerRoman", "upperRoman") and 0 < number <= _MAX_ROMAN:
        roman = _roman(number)
        return roman.upper() if format == "upperRoman" else roman
    if format in _CHINESE and 0 < number < 100:
        return _chinese(number)
    if format == "ordinal":
        return f"{number}{_ordinal_ending(number)}"
    if format == "decimalZero":
        return f"{number:02d}"
    return "" if format == "none" else str(number)


def _roman(number: int) -> str:
    letters = ""
    for size, letter in _ROMAN:
        while number >= size:
            letters += letter
            number -= size
    return letters


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return lead + (_DIGITS[ones] if ones else "")


def _ordinal_ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
