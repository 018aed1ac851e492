import random

from app.reader.asked import as_asked, in_other_words, keywords, misspelt

QUESTION = "What percentage had a durable response?"


def test_a_misspelt_question_keeps_its_short_words_and_loses_at_most_a_letter_a_word() -> None:
    for seed in range(50):
        typed = misspelt(QUESTION, random.Random(seed)).split()
        assert len(typed) == 6
        assert [typed[at] for at in (0, 2, 3)] == ["What", "had", "a"]
        assert all(abs(len(a) - len(b)) <= 1 for a, b in zip(typed, QUESTION.split(), strict=True))


def test_keywords_are_what_is_left_of_function_words() -> None:
    assert keywords(QUESTION) == "percentage durable response"
    assert keywords("Who was it?") == "Who was it?"


def test_most_questions_stay_as_they_were_written() -> None:
    rng = random.Random(0)
    asked = [as_asked(QUESTION, {"durable": ["lasting"]}, rng) for _ in range(2000)]
    assert 0.68 < asked.count(QUESTION) / 2000 < 0.72
    assert 0.04 < asked.count("percentage durable response") / 2000 < 0.08
    assert 0.14 < asked.count("What percentage had a lasting response?") / 2000 < 0.18


def test_lower_case_words_alone_are_exchanged() -> None:
    synonyms = {"what": ["which"], "What": ["Which"], "percentage": ["share", "part"]}
    typed = {in_other_words(QUESTION, synonyms, random.Random(seed)) for seed in range(20)}
    assert typed == {QUESTION.replace("percentage", other) for other in ("share", "part")}
