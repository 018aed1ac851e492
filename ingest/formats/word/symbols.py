"""Decode characters that a font draws as symbols, and those that stand raised or lowered."""

UNKNOWN_SYMBOL = "\ufffd"
_GREEK_CAPITALS = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"  # of the Symbol font, for A to Z
_GREEK = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_SYMBOLS = {
    **dict(zip(range(0x41, 0x5B), _GREEK_CAPITALS, strict=True)),
    **dict(zip(range(0x61, 0x7B), _GREEK, strict=True)),
    **dict(zip(range(0x22, 0x28), "∀#∃%&∋", strict=True)),
    **dict(zip(range(0x28, 0x41), "()∗+,−./0123456789:;<=>?≅", strict=True)),
    **dict(zip(range(0xA2, 0xB0), "′≤⁄∞ƒ♣♦♥♠↔←↑→↓", strict=True)),
    **dict(zip(range(0xB0, 0xC0), "°±″≥×∝∂•÷≠≡≈…⏐⎯↵", strict=True)),
    **dict(zip(range(0xC4, 0xD0), "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉", strict=True)),
    **dict(zip(range(0xD0, 0xE0), "∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓", strict=True)),
    0xE5: "∑",
    0xF2: "∫",
}
_MARKS = {  # of Wingdings
    0x6C: "●",
    0x6E: "■",
    0x6F: "□",
    0x71: "❑",
    0x75: "◆",
    0x76: "❖",
    0x9F: "•",
    0xA7: "▪",
    0xA8: "☐",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_TICKS = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
_FONTS = {"Symbol": _SYMBOLS, "Wingdings": _MARKS, "Wingdings 2": _TICKS}
RAISED = {
    "superscript": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
_RAISED_MARKS = str.maketrans("0123456789ivxlcdm", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁱᵛˣˡᶜᵈᵐ")
_PRIVATE = range(0xF000, 0xF100)  # where the characters of such fonts stand


def decode_symbol(font: str, code: str) -> str:
    """Return a character of a symbol font, the replacement character if it is not known.

    >>> decode_symbol("Symbol", "F0B1"), decode_symbol("MS Gothic", "2612")
    ('±', '☒')
    """
    try:
        number = int(code, 16)
    except ValueError:
        return UNKNOWN_SYMBOL
    known = _FONTS.get(font, {}).get(number & 0xFF)
    if known or number in _PRIVATE or not 0x20 <= number < 0xD800:
        return known or UNKNOWN_SYMBOL
    return UNKNOWN_SYMBOL if font in _FONTS else chr(number)


def raise_mark(mark: str) -> str:
    """Return the mark of a note as it is set beside a word, so that it reads as no number.

    >>> raise_mark("12"), raise_mark("iv"), raise_mark("*")
    ('¹²', 'ⁱᵛ', '*')
    """
    return mark.translate(_RAISED_MARKS)
