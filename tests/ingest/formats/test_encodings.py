"""Texts of many languages and encodings are read right, and what was guessed is told."""

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import html, text
from inquote.ingest.formats.code_pages import guess_encoding
from inquote.ingest.formats.encoding import decode, encoding_of

WEST = "cp1252 iso8859_15 cp1254"
MIDDLE = "cp1250 iso8859_2 cp852"
TEXTS = (
    ("cp1252 iso8859_15 cp850 mac_roman", "La bibliothèque ouvre à neuf heures, même en été."),
    (f"{WEST} cp850 mac_roman", "Der Schlüssel für die Brücke liegt in der Straße beim Küster."),
    (WEST, "El museo abre a las diez de la mañana y los niños no pagan según el reglamento."),
    (WEST, "A estação fecha às segundas, e o preço da refeição não inclui o pão."),
    (WEST, "La città è aperta tutti i giorni perché il prestito è più facile così."),
    (WEST, "Båten går klockan åtta och biljetten är gratis för små barn."),
    (WEST, "Børn under tolv år rejser gratis, og øen er åben hele året."),
    (WEST, "Myöhästymisestä peritään kymmenen senttiä päivältä."),
    ("cp1252", "Það er ókeypis að fá lánaðar bækur í þrjátíu daga."),
    (MIDDLE, "Bilet kosztuje dwadzieścia złotych, a dzieci płacą połowę ceny."),
    (MIDDLE, "Muzeum je otevřeno každý den kromě pondělí, vstupné činí šedesát korun."),
    (MIDDLE, "A könyvtár reggel kilenckor nyit, a belépőjegy ára ötszáz forint, Győr hűvös."),
    ("cp1250 iso8859_2", "Biblioteca este deschisă în fiecare zi şi copiii intră fără plată."),
    ("cp1250 iso8859_2", "Članarina iznosi šezdeset kuna, a za đake je besplatna već godinama."),
    ("cp1254", "Müze sabah dokuzda açılır ve giriş öğrenciler için ücretsizdir."),
    ("cp1257", "Biblioteka dirba kiekvieną dieną išskyrus sekmadienį, vaikams įėjimas laisvas."),
    ("cp1257", "Bibliotēka ir atvērta katru dienu, un biļete maksā sešus eiro."),
    ("cp1251 koi8_r iso8859_5 cp866", "Музей открыт ежедневно. Билет стоит 250 рублей."),
    ("cp1251 koi8_u", "Музей відкритий щодня, її квиток коштує двісті гривень."),
    ("cp1251", "Музеят е отворен всеки ден, а за деца входът е безплатен."),
    ("cp1253 iso8859_7", "Το μουσείο είναι ανοιχτό κάθε μέρα εκτός Δευτέρας."),
    ("cp1255", "המוזיאון פתוח כל יום חוץ מיום שני."),
    ("cp1256", "المتحف مفتوح كل يوم ما عدا يوم الاثنين."),
    ("cp874", "พิพิธภัณฑ์เปิดทุกวันยกเว้นวันจันทร์"),
    ("gb18030", "图书馆每天早上九点开门，普通书籍的借期为三十天。"),
    ("big5hkscs gb18030", "圖書館每天早上九點開門，普通書籍的借期為三十天。"),
    ("cp932 euc_jp", "図書館は毎日午前九時に開きます。料金は二百円です。"),
    ("cp949", "도서관은 월요일에 닫습니다. 표는 천 원입니다."),
    ("cp1252", "It’s the museum’s policy – “never on Sundays”, says the owner of the café."),
    ("cp1252", "Water boils at 100 °C, and £5 is the price."),
    ("iso2022_jp", "図書館は毎日午前九時に開きます。"),
    ("utf-16-le utf-16-be utf-16 utf-32 utf-8-sig", "Музей открыт ежедневно, café."),
)  # fmt: skip
CASES = [(encoding, words) for encodings, words in TEXTS for encoding in encodings.split()]


@pytest.mark.parametrize(("encoding", "words"), CASES)
def test_a_text_is_read_as_it_was_written(encoding: str, words: str) -> None:
    assert decode(words.encode(encoding)) == words


@pytest.mark.parametrize(("encoding", "words"), CASES)
def test_a_page_that_declares_nothing_is_read_as_it_was_written(encoding: str, words: str) -> None:
    if encoding != "iso2022_jp":  # that browsers read only where it is declared
        page = f"<html><body><p>{words}</p></body></html>"
        assert html.parse(page.encode(encoding)).text == words


def test_what_was_guessed_is_told() -> None:
    parsed = text.FORMAT.parse("Билет стоит 250 рублей.".encode("koi8_r"), None)
    assert parsed.warning.startswith("it is not UTF-8 and was read as KOI8-R; give --encoding")
    assert text.FORMAT.parse("Билет".encode("koi8_r"), "koi8_r").warning == ""
    assert text.FORMAT.parse("Билет".encode(), None).warning == ""


def test_a_bad_byte_leaves_a_text_utf_8_and_is_told() -> None:
    content = "Die Brücke trägt höchstens zwölf Tonnen, ".encode() + b"\xfcber Kassel."
    parsed = text.FORMAT.parse(content, None)
    assert parsed.text == "Die Brücke trägt höchstens zwölf Tonnen, �ber Kassel."
    assert parsed.warning == "a byte that is not UTF-8 became � (U+FFFD)"
    parsed = text.FORMAT.parse(content + "ä".encode() + b" \xff", None)
    assert parsed.warning == "2 bytes that are not UTF-8 became � (U+FFFD)"


def test_a_named_encoding_that_fails_is_told() -> None:
    with pytest.raises(FileSkipped, match="cannot be decoded"):
        decode(b"caf\xe9", "utf-8")
    with pytest.raises(FileSkipped, match="binary"):
        encoding_of(b"\x00\x01\x02\x03")


PLACES = (
    '<html><head><meta charset="{}"></head><body>',
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset={}"></head><body>',
    '<html><head><!-- ä --><style>' + "p {{ color: red }}" * 400 + "</style>"
    "<meta charset={}></head><body>",
    '<?xml version="1.0" encoding="{}"?><html><body>',
)  # fmt: skip
GERMAN = "Die Brücke trägt höchstens 12 Tonnen."


@pytest.mark.parametrize("place", PLACES)
def test_a_page_of_utf_8_is_read_so_whatever_it_declares(place: str) -> None:
    for label in ("utf-8", "iso-8859-1", "windows-1251", "nonsense", "utf-16"):
        parsed = html.parse((place.format(label) + f"<p>{GERMAN}</p>").encode())
        assert (parsed.text, parsed.warning) == (GERMAN, "")


@pytest.mark.parametrize("place", PLACES)
def test_other_pages_are_read_as_they_declare(place: str) -> None:
    def read(label: str, encoding: str, words: str) -> str:
        page = place.replace("ä", "").format(label) + f"<p>{words}</p>"
        parsed = html.parse(page.encode(encoding))
        assert parsed.warning == ""
        return parsed.text

    assert read("latin1", "cp1252", "“5 €” – Ž") == "“5 €” – Ž"
    assert read("gb2312", "gb18030", "镕基，㐀") == "镕基，㐀"
    assert read("x-sjis", "cp932", "①料金") == "①料金"
    assert read("ISO-8859-2", "iso8859_2", "żółw") == "żółw"
    assert read("iso-2022-jp", "iso2022_jp", "料金は") == "料金は"


def test_a_declaration_that_fails_is_told() -> None:
    page = '<html><head><meta charset="{}"></head><body><p>Музей открыт, билет стоит 250 рублей.'
    for label in ("utf-8", "windows-1252", "shift_jis"):
        parsed = html.parse(page.format(label).encode("cp1251"))
        assert parsed.text == "Музей открыт, билет стоит 250 рублей."
        assert "was read as Windows-1251; save it as UTF-8" in parsed.warning


def test_the_words_of_a_language_tell_its_encoding() -> None:
    assert guess_encoding("Kde je šatňa? Je pri vchode.".encode("cp1250")).encoding == "cp1250"
