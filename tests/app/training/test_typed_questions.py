import random

from inquote.app.training.typed_questions import imitate_typing, keep_keywords, misspell

QUESTION = "What percentage had a durable response?"


def test_a_misspelt_question_keeps_its_short_words_and_loses_at_most_a_letter_a_word() -> None:
    for seed in range(50):
        typed = misspell(QUESTION, random.Random(seed)).split()
        assert len(typed) == 6
        assert [typed[at] for at in (0, 2, 3)] == ["What", "had", "a"]
        assert all(abs(len(a) - len(b)) <= 1 for a, b in zip(typed, QUESTION.split(), strict=True))


def test_keywords_are_what_is_left_of_function_words() -> None:
    assert keep_keywords(QUESTION) == "percentage durable response"
    assert keep_keywords("Who was it?") == "Who was it?"


def test_most_questions_stay_as_they_were_written() -> None:
    rng = random.Random(0)
    asked = [imitate_typing(QUESTION, rng) for _ in range(2000)]
    assert 0.84 < asked.count(QUESTION) / 2000 < 0.88
    assert 0.04 < asked.count("percentage durable response") / 2000 < 0.08
