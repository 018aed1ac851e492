"""Seven languages as far as a question in one of them is told from English, and answered.

`ingest/languages.py` has the frequent words of texts; here are those that open questions.
"""

from typing import NamedTuple

from inquote.ingest.languages import LANGUAGES


class Foreign(NamedTuple):
    """A language: its words that say nothing of a topic, some of its own, and what the page says.

    A library that holds most of `signs` holds texts in the language.
    """

    words: frozenset[str]
    signs: tuple[str, ...]
    searched: str
    nothing: str


def _foreign(code: str, questions: str, signs: str, searched: str, nothing: str) -> Foreign:
    words = LANGUAGES[code].words | frozenset(questions.split()) | frozenset(signs.split())
    return Foreign(words, tuple(signs.split()), searched, nothing)


FOREIGN = {
    "de": _foreign(
        "de",
        "wer was wann wo warum wie welche welcher welches wieviel wem wen wofür woher wieso gibt "
        "hat wurde macht ist",
        "und der nicht ist",
        "Die Texte sind nicht auf Deutsch; gesucht wurde nach: {words}.",
        "Die Texte sind nicht auf Deutsch; bitte fragen Sie in der Sprache der Texte.",
    ),
    "fr": _foreign(
        "fr",
        "qui quoi quand où pourquoi comment quel quelle quels quelles combien est-ce c'est "
        "qu'est-ce fait",
        "les est dans pour",
        "Les textes ne sont pas en français ; mots cherchés : {words}.",
        "Les textes ne sont pas en français ; posez la question dans la langue des textes.",
    ),
    "es": _foreign(
        "es",
        "quién quien qué cuándo cuando dónde donde cómo cual cuál cuáles cuánto cuántos "
        "cuanto cuantos hace tiene",
        "los para una por",
        "Los textos no están en español; se buscó: {words}.",
        "Los textos no están en español; pregunte en el idioma de los textos.",
    ),
    "it": _foreign(
        "it",
        "chi cosa quando dove perché perche come quale quali quanto quanti cos'è qual fa hanno",
        "che della sono per",
        "I testi non sono in italiano; parole cercate: {words}.",
        "I testi non sono in italiano; faccia la domanda nella lingua dei testi.",
    ),
    "pt": _foreign(
        "pt",
        "quem quê quando onde porquê porque qual quais quanto quantos quantas faz têm",
        "uma não para com",
        "Os textos não estão em português; foi procurado: {words}.",
        "Os textos não estão em português; pergunte na língua dos textos.",
    ),
    "nl": _foreign(
        "nl",
        "wie wat wanneer waar waarom hoe welke welk hoeveel heeft maakt doet",
        "het een van niet",
        "De teksten zijn niet in het Nederlands; gezocht is naar: {words}.",
        "De teksten zijn niet in het Nederlands; stel de vraag in de taal van de teksten.",
    ),
    "pl": _foreign(
        "pl",
        "kto co kiedy gdzie dlaczego jak jaki jaka jakie który która które ile czy czym",
        "nie jest się że",
        "Teksty nie są po polsku; szukano słów: {words}.",
        "Teksty nie są po polsku; proszę pytać w języku tekstów.",
    ),
}
