"""Tell languages by their frequent words and letters.

`formats/code_pages.py` tells encodings with them, and `text.py` the ends of sentences. English is
in `english.py` where it is more than a language among others.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+")


class Language(NamedTuple):
    """A language: its most frequent words, and its letters beyond a to z, frequent ones first.

    The letters of a language that is not written in Latin letters are all of its letters.
    """

    words: frozenset[str]
    letters: str
    is_latin: bool


def _latin(words: str, letters: str = "") -> Language:
    return Language(frozenset(words.split()), letters, True)


def _other(words: str, letters: str) -> Language:
    return Language(frozenset(words.split()), letters, False)


LANGUAGES = {
    "en": _latin(
        "the of and to in is that for it was on are as with be by at have from this not but they "
        "which you were their has an we there or will would can been more when who if",
        "é",
    ),
    "de": _latin(
        "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an "
        "werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so "
        "zum war haben nur oder aber vor zur bis mehr durch wurde wir ich kann können müssen",
        "üäöß",
    ),
    "fr": _latin(
        "le la les de des du et est un une en à que qui dans pour sur pas au aux par plus ce il "
        "elle ne se sont avec son sa ses ou nous vous été être cette mais leur fait où lui sans "
        "ont ces comme même après très deux",
        "éèàêçôîûâùëïœ",
    ),
    "es": _latin(
        "el la los las de del y que en un una es se no por con para su al lo como más pero sus le "
        "ya o este sí porque esta entre cuando muy sin sobre también hasta hay donde desde todo "
        "nos son está qué fue han años",
        "óíáéñúü",
    ),
    "it": _latin(
        "il lo la i gli le di del della dei delle e è che in un una per non con si da dal dalla "
        "sono come al alla più anche ma nel nella su o questo questa se ci ha perché essere dopo "
        "ogni può stato sua suo",
        "èàùòìé",
    ),
    "pt": _latin(
        "o a os as de do da dos das e que em um uma é para com não no na se por mais ao como mas "
        "foi ou seu sua tem são às nos nas já também pelo pela até isso entre depois sem está",
        "ãçáéóíêõâúôà",
    ),
    "nl": _latin(
        "de het een en van in is dat op te met voor niet zijn aan er die ook als maar om dan nog "
        "bij naar uit door over wordt worden deze heeft hij zij werd kan tot wij of was geen meer",
        "ëéïöèü",
    ),
    "sv": _latin(
        "och i att det som en på är av för med den till inte om ett har de men var jag vi så han "
        "från eller vid kan när hur efter ska under mellan också år där sin",
        "äåöé",
    ),
    "da": _latin(
        "og i at det er en af til på der den for med som de ikke et har om var vi jeg han men fra "
        "eller ved kan når efter skal blev også år hvor sin over bliver ud",
        "åæøé",
    ),
    "no": _latin(
        "og i det er en på av til som den for med at de ikke et har om var vi jeg han men fra "
        "eller ved kan når etter skal ble også år hvor sin over blir ut",
        "åøæéò",
    ),
    "fi": _latin(
        "ja on ei se että hän oli joka mutta kun niin myös tai ovat ole vain kuin jos mitä sen "
        "hänen minä sitä voi kanssa mukaan jälkeen sekä siitä vielä tämä klo kaikki",
        "äöåšž",
    ),
    "is": _latin(
        "og að í á er sem það við til um en ekki með var hann af fyrir hún eru þar frá eða því ég "
        "þeir þá svo upp eftir verður",
        "áðíéóúýþæö",
    ),
    "pl": _latin(
        "i w na z się nie do że to jest o jak po ale za od przez co dla tym są oraz czy był może "
        "tego który która które tylko już być także lub ze pod jego jej było",
        "łęóążśćńź",
    ),
    "cs": _latin(
        "a se v na je že to s z do o i ve pro za jsou k by jako po jeho od které který která ale "
        "při než bylo byl byla aby tak také jen nebo už si podle až",
        "áíéěýřčžšůúťňóď",
    ),
    "sk": _latin(
        "a sa v na je že to s z do o aj vo pre za sú k by ako po jeho od ktoré ktorý ktorá ale "
        "pri než bolo bol bola aby tak tiež len alebo už si podľa až nie",
        "áíéčýúžšľťôňóäďĺŕ",
    ),
    "hu": _latin(
        "a az és hogy nem is egy van ez de meg csak volt már el ha vagy még azt ki mint kell lesz "
        "után nagyon több minden között én mert által alatt fel le óra óráig",
        "áéöőíóüúű",
    ),
    "ro": _latin(
        "de și şi în a la cu o nu pe din care se un că este mai sau pentru sunt să ce prin au fost "
        "al ale dar fi lui după până fără într",
        "ăîâşţșț",
    ),
    "hr": _latin(
        "i u je na se da za su s od ne a o kao koji iz do koja koje bi će to ili ali biti bio sve "
        "po samo nakon te pri oko jer što in v ki ni pa ob",
        "čžšćđ",
    ),
    "tr": _latin(
        "ve bir bu da de için ile ne çok daha olarak o gibi olan var kadar sonra en ama mi değil "
        "her ya veya ise göre olduğu şu ki yok saat sabah akşam",
        "ıüşğçöiâî",
    ),
    "lt": _latin(
        "ir į yra kad iš su tai o kaip ar bet buvo po nuo už per taip apie jis pagal turi bus dėl "
        "tik gali iki prie apie jo",
        "ėšųžįąūčę",
    ),
    "lv": _latin(
        "un ir ar no uz par ka kas lai bet vai tas arī pēc pie ko kā tā būs bija nav to līdz viņš "
        "savu jau tikai var",
        "āīēšūņļģžķč",
    ),
    "et": _latin(
        "ja on ei et see oma kui ka oli ning aga või mis ta ole siis selle need kes pärast kuni "
        "veel nagu üle välja juba kell saab",
        "äõüöšž",
    ),
    "ru": _other(
        "и в не на я что он с как это по но его к из у за от о так же для бы до при или был была "
        "были было есть если они мы вы которые который только еще ещё после",
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    ),
    "uk": _other(
        "і в на не що з у до та як це за від по його для про але є й або так був була було вони ми "
        "ви який яка які після при",
        "оаниівтерсклдумпьзяйбгчхцїєжюшщґф’",
    ),
    "bg": _other(
        "и на да не в за се от с е по че са до като си но ще който която което при или към това "
        "така беше след само много във със",
        "аоиетнрсвлкдпмзъгбчуящхжцфйшьюѝ",
    ),
    "sr": _other(
        "и у је на се да за су од не о као који из до која које би ће то или али бити био све по "
        "само после при око јер што с",
        "аоиенстрјукдвлпмзбгчшхцћжљњђфџ",
    ),
    "el": _other(
        "και το του η της ο να την των τα με για από που στο οι τον στην είναι δεν σε στη τις θα "
        "τη ένα μια ή αλλά κατά μετά τους έχει στις στους ως",
        "αοιετσνηρπκμλυςτίάόδγωέήύώθχφβξζψϊϋΐΰ",
    ),
    "he": _other(
        "של את על לא עם הוא זה כל גם או היא אם כי אל אני מה בין היה אבל עד יותר אין יש רק אחרי",
        "יוהלאתברמשנכדםחעקפסטגצןזךץףְִֵָ",
    ),
    "ar": _other(
        "في من على إلى أن عن هذا التي مع هذه كان ما لا هو الذي كل أو و بين بعد لم ذلك هي كانت قد "
        "عند قبل حتى يوم الى",
        "اليمنورتبعدسهكفحقةجشصىطخأزذضثغئإءظؤآپچگَُِّ،؛؟",
    ),
    "th": _other(
        "ที่ และ ใน การ ของ เป็น ไม่ มี ได้ จะ ให้ ว่า",
        "านรกอเงทมยลวดสตหคบปพชขผจแโไใะัิีึืุู่้๊๋็์ำศซถธภฟณญฐษฎฏฑฒฌฉฝฮ",
    ),
}
"""The languages that encodings are told by."""

CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已"
    "工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信"
    "表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才"
    "结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展科司五基眼书非则听白界达光放强像难且权"
    "思王象完设式色路记南品住告类求据程北边死张该交规万取格望觉术领共确传师观清今切院让识候带导争运元价票每期限周百六七八九"
    "這個們來為國時說會對過發後經麼學現當沒動還進樣開從實無與長機關點業將兩間問應戰頭體見產話內給門兒東聲員論處義幾認條氣題"
    "爾別變總電數報結務場計資許統區隊決書則聽達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運價週館請費館號"
)
"""Frequent characters of Chinese, simplified and traditional."""

KOREAN = frozenset(
    "이다는의에을가고하은로지한를서도기사자어리아시대나스인정그해부일들수있과전제구보여상적원으만장오라습니까안연조주비경방공국"
    "생무물개신관유교선소학미세계산화실동문분성우명통당역위내러면중려때것같없든된했았었던며게네요배표월년십천백아침홉떠납입출"
    "용금료회터거말합함되될때할간차열닫음후요토금화목"
)
"""Frequent syllables of Korean."""


def words_of(text: str) -> Counter[str]:
    """Count the words of a text, in small letters."""
    return Counter(_WORD.findall(text.lower()))


class Stops(NamedTuple):
    """How a language uses full stops that end no sentence.

    A word of `before_digits` is an abbreviation before a number alone, one of `lists` ("etc.") only
    there or before a small letter. `ordinals` are the words before a number with a stop ("am 12."),
    `ordered` those after it; None where numbers have none.
    """

    abbreviations: frozenset[str]
    before_digits: frozenset[str]
    lists: frozenset[str]
    ordinals: frozenset[str] | None = None
    ordered: frozenset[str] | None = None


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EVERYWHERE = "dr prof st vs cf ca mr mrs ing "
_PAGES = "p pp s art fig vol cap no nr tel "
STOPS = {
    "de": Stops(
        _set(
            f"{_EVERYWHERE} nr bzw inkl exkl zzgl ggf evtl vgl mio mrd hr fr frl dipl hl ev kath "
            "bspw sog gem geb gest abt tel str pl jan feb febr apr jun jul aug sept okt nov dez "
            "verf hrsg aufl z d u i o b allg max mind urspr vorm nachm ehem betr bes nördl südl "
            "mo di mi do sa"
        ),
        _set("abs art s bd kap abb std min jh so ziff anm rn par lfd"),
        _set("usw etc ff"),
        _set(
            "am im vom zum zur den der dem des das die ab bis seit bei jeden jede jeder jedes ein "
            "einen einer eines eine und oder sowie in auf unter nach vor von bereits kein keine"
        ),
        _set(
            "januar jänner februar märz april mai juni juli august september oktober november "
            "dezember stock stockwerk etage og obergeschoss jahrhundert jh jahrhunderts auflage "
            "klasse weltkrieg quartal halbjahr liga bezirk"
        ),
    ),
    "fr": Stops(
        _set(f"{_EVERYWHERE} m mm mme mmes mlle me mgr av bd éd env tél boul jr sr ste"),
        _set(f"{_PAGES} chap al n pl para §"),
        _set("etc"),
    ),
    "es": Stops(
        _set(
            f"{_EVERYWHERE} sr sra srta sres dra d dña ud uds vd núm avda av c tel tfno ee lic "
            "arq gral pdte depto apdo aprox"
        ),
        _set(f"{_PAGES} pág págs núm art"),
        _set("etc"),
    ),
    "it": Stops(
        _set(
            f"{_EVERYWHERE} sig sigg dott avv geom rag arch on egr spett tel p.zza c.so v.le ss "
            "rev mons gent"
        ),
        _set(f"{_PAGES} pag pagg n co comma lett"),
        _set("ecc etc"),
    ),
    "nl": Stops(
        _set(f"{_EVERYWHERE} dhr mevr mw nr bijv drs ir blz resp t.a.v m.b.t max min jl str"),
        _set(f"{_PAGES} blz hfst afb lid"),
        _set("enz etc"),
    ),
    "pt": Stops(
        _set(f"{_EVERYWHERE} sr sra srs dra d exmo exma av eng tel lda ltda depto aprox"),
        _set(f"{_PAGES} pág n núm"),
        _set("etc"),
    ),
}
"""The languages whose sentences are told apart from English ones."""

USED_BEFORE_STOPS = frozenset().union(
    *(stops.abbreviations | stops.before_digits | stops.lists for stops in STOPS.values())
)
"""Words after which languages differ in the end of a sentence; others are one letter, a number."""

_CLEAR = 2  # frequent words
_OF_ENGLISH = 3  # frequent words for each English one


@lru_cache(maxsize=256)
def stops_of(block: str, text: str) -> Stops | None:
    """Return how the language of a block uses stops, None for English and what is not clear.

    A block says it by two frequent words or more; a shorter one is in the language of `text`.

    >>> stops_of("Das Bad ist am 12. Mai und an allen Tagen offen.", "") is STOPS["de"]
    True
    """
    counts = words_of(block)
    clear = _clear_language(counts)
    if clear is None and text:
        around = _language_of(text)
        english = _frequency(counts, "en")
        clear = around if around and _frequency(counts, around) >= english else None
    return STOPS.get(clear or "")


@lru_cache(maxsize=16)
def _language_of(text: str) -> str | None:
    """Return the language of a text, None where it is not clear."""
    return _clear_language(words_of(text))


def _clear_language(counts: Counter[str]) -> str | None:
    """Return the language of some words, None where it is not clear."""
    english = _frequency(counts, "en")
    best, most = None, max(_CLEAR, _OF_ENGLISH * english) - 1
    for language in STOPS:
        frequency = _frequency(counts, language)
        if frequency > most:
            best, most = language, frequency
    return best


def _frequency(counts: Counter[str], language: str) -> int:
    """Return how many words are frequent ones of a language, or have letters that English lacks."""
    words, letters, _ = LANGUAGES[language]
    ordered = STOPS[language].ordered if language in STOPS else None
    frequency = 0
    for word, count in counts.items():
        if len(word) == 1:  # an initial
            continue
        is_own = language != "en" and not word.isascii() and not set(letters).isdisjoint(word)
        if word in words or is_own or (ordered and word in ordered):
            frequency += count
    return frequency
