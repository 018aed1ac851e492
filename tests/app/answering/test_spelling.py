"""Misspelt words of a question, put right by the words of the passages."""

import pytest

from inquote.app.answering.spelling import correct_spelling

TEXTS = [
    "IMLYGIC was approved in 2015 for patients with symptomatic melanoma.",
    "Approved by the FDA, it is personalized. Patients and their bases are optimistic.",
]


def never(word: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("when was imlygik aproved?", "when was IMLYGIC approved?"),
        ("waht did the patiens get", "what did the patients get"),
        ("melanmoa defintion", "melanoma definition"),
        ("personalised medicine", "personalized medicine"),
    ],
)
def test_a_word_one_edit_from_one_of_the_texts_is_spelt_as_there(typed: str, right: str) -> None:
    assert correct_spelling(typed, TEXTS, never) == right


@pytest.mark.parametrize(
    "typed",
    [
        "Was Imlygik approved",  # a name may be somebody else's
        "asymptomatic melanoma",  # another first letter, another word
        "melanona in tissus",  # another letter, perhaps another word
        "they optimise it",  # not "optimism", were that in the texts
        "melanxxma",  # two edits
        "patiens' rights, pre-aproved",  # parts of words
        "overt, whats, melanomas",  # a letter more at the end
        "who cant be treated and why dont they",
        "",
    ],
)
def test_anything_else_stays_as_it_is(typed: str) -> None:
    assert correct_spelling(typed, [*TEXTS, "optimism isn't tissue can't don't"], never) == typed


@pytest.mark.parametrize(
    ("asked", "of_the_text"),
    [
        ("dysphasia", "dysphagia"),
        ("microcytic", "macrocytic"),
        ("adduction", "abduction"),
        ("nitrites", "nitrates"),
        ("ilium", "ileum"),
        ("bake", "base"),
        ("signer", "signed"),
    ],
)
def test_another_letter_is_another_word(asked: str, of_the_text: str) -> None:
    assert correct_spelling(asked, [of_the_text], never) == asked


def test_a_word_of_the_language_or_the_corpus_stays_though_the_texts_have_one_near() -> None:
    typed = "a patiens word"
    assert correct_spelling(typed, TEXTS, lambda word: word == "patiens") == typed


def test_of_several_words_the_most_frequent_is_meant() -> None:
    assert correct_spelling("moels", ["motels motels models"], never) == "motels"
