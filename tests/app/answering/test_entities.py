from inquote.app.answering.entities import entities_of, noun_phrases


def test_noun_phrases_are_what_is_no_verb_and_no_function_word() -> None:
    typed = "Does the Nova mixer cost more than an Orbit grinder in March?"
    phrases = noun_phrases(typed)
    assert [phrase.text for phrase in phrases] == ["Nova mixer", "Orbit grinder", "March"]
    assert [phrase.is_name for phrase in phrases] == [True, True, False]
    assert [typed[phrase.start : phrase.end] for phrase in phrases] == [
        phrase.text for phrase in phrases
    ]


def test_numbers_and_titles_name_nothing() -> None:
    assert [phrase.text for phrase in noun_phrases("What happens below 11.8 volts?")] == ["volts"]
    assert not any(phrase.is_name for phrase in noun_phrases("Pros Of Buying Company Stock"))


def test_weights_grow_with_mentions_and_fade_with_turns() -> None:
    turns = ["Who makes Nova?", "Is Orbit heavy?", "Is Nova safe?"]
    assert [entity.text for entity in entities_of(turns)] == ["Nova", "Orbit"]
    assert entities_of(["What are the benefits of tea?"])[0].text == "tea"
