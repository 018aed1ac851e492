import pytest

from inquote.app.answering.conversation import understand


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("Who makes IMLYGIC?", ["When was it approved?"], "Who makes IMLYGIC?"),
        ("When was it approved?", ["Who makes IMLYGIC?"], "When was IMLYGIC approved?"),
        ("when was it approved", ["who makes imlygic"], "when was imlygic approved"),
        ("What are its side effects?", ["Who makes IMLYGIC?"], "What are IMLYGIC's side effects?"),
        (
            "And in the control group?",
            ["What was the rate in the trial?"],
            "What was the rate in the control group?",
        ),
        (
            "And finished goods?",
            ["What were raw materials in 2021?"],
            "What were finished goods in 2021?",
        ),
        (
            "And women?",
            ["What is the dose for men?"],
            "What is the dose for men? Women?",
        ),
        (
            "And Spain?",
            ["What was the net income?"],
            "What was the net income? Spain?",
        ),
        (
            "What about side effects?",
            ["How effective is IMLYGIC?"],
            "What are the side effects of IMLYGIC?",
        ),
        ("Why?", ["Is IMLYGIC approved?"], "Why is IMLYGIC approved?"),
        ("Who is DelveInsight?", ["Who makes IMLYGIC?"], "Who is DelveInsight?"),
        ("What is its name?", [], "What is its name?"),
        ("When was it approved?", ["", "?!", "x" * 9999], "When was it approved?"),
        (
            "And its price?",
            ["Who makes IMLYGIC?", "When was it approved?"],
            "When was IMLYGIC approved? Its price?",
        ),
    ],
)
def test_follow_ups(question: str, history: list[str], understood: str) -> None:
    assert understand(question, history) == understood


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        (
            "What are the side effects of X?",
            "Are they severe?",
            "Are the side effects of X severe?",
        ),
        ("Which cancers do they treat?", "How common are those?", "How common are cancers?"),
        (
            "Did X improve survival?",
            "Who benefited more?",
            "Did X improve survival? Who benefited more?",
        ),
        (
            "How is X given?",
            "What happens to the cells then?",
            "How is X given? What happens to the cells then?",
        ),
        (
            "When is a gauge scrapped?",
            "And what does a new one cost?",
            "When is a gauge scrapped? What does a new one cost?",
        ),
        (
            "What did X reach in OPTiM?",
            "And what was the p-value?",
            "What did X reach in OPTiM? What was the p-value?",
        ),
        ("What happens below 11.8 volts?", "How low can it fall?", "How low can volts fall?"),
        ("Who makes X?", "What about?", "Who makes X?"),
        ("When was X approved?", "And in Europe?", "When was X approved? In Europe?"),
        ("Who makes X in Spain?", "And in France?", "Who makes X in France?"),
        ("What is X used for?", "For children?", "What is X used for? For children?"),
        (
            "What did the X group reach?",
            "And the control group?",
            "What did the control group reach?",
        ),
        ("How does the drug work?", "And the vaccine?", "How does the drug work? The vaccine?"),
        (
            "What is the price of the drug?",
            "And the dose?",
            "What is the price of the drug? The dose?",
        ),
        (
            "When is the station shut?",
            "And the one on the rock?",
            "When is the station shut? The one on the rock?",
        ),
        ("Is X sold? To whom?", "And to children?", "Is X sold? To children?"),
        ("What is the OPTiM study?", "And who was in it?", "Who was in the OPTiM study?"),
        ("What is the Halvorn virus?", "Is this drug sold?", "Is the Halvorn virus drug sold?"),
        ("Who makes X?", "And who makes Keytruda?", "Who makes Keytruda?"),
        (
            "Who makes X?",
            "What are the key factors of the market?",
            "What are the key factors of the market?",
        ),
    ],
)
def test_what_leans_on_the_question_before_it(earlier: str, question: str, understood: str) -> None:
    assert understand(question, [earlier]) == understood


def test_a_difference_is_one_between_the_things_asked_about() -> None:
    history = ["What is the rate with X?", "And with Y?"]
    assert understand("What is the difference?", history) == (
        "What is the difference between X and Y?"
    )


def test_a_pronoun_stands_for_the_only_thing_of_the_last_turn() -> None:
    history = ["How long is the training of a leader?", "Is a leader paid?", "And a keeper?"]
    assert understand("How long is their training?", history) == "How long is keepers' training?"


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        # What is always of something is asked of the topic.
        ("Who makes the Nova mixer?", "What is the price?", "What is the price of the Nova mixer?"),
        ("How many Orbit grinders were sold?", "Price?", "What is the price of Orbit grinders?"),
        ("Who makes X?", "What are the benefits of Y?", "What are the benefits of Y?"),
        # A thing takes the place of another.
        (
            "How many Orbit grinders were sold in March?",
            "What about the Nova mixer?",
            "How many Nova mixer were sold in March?",
        ),
        (
            "What was the revenue of Amcor in 2022?",
            "What about net income?",
            "What was the net income of Amcor in 2022?",
        ),
        ("What was the revenue of Amcor?", "Who is their CEO?", "Who is Amcor's CEO?"),
        ("How many skills are there?", "What about Hebrew?", "What about Hebrew?"),
        # A choice between two.
        (
            "What is the difference between Market Cap and NAV?",
            "Which is more important?",
            "Which is more important: Market Cap or NAV?",
        ),
        # A pronoun takes no abstraction, and nothing that its own question says.
        (
            "What are the risks?",
            "Who can receive it?",
            "What are the risks? Who can receive it?",
        ),
        ("Who makes X?", "Why is it so important to rest?", "Why is it so important to rest?"),
        ("Who makes X?", "If a card is lost, who blocks it?", "If a card is lost, who blocks it?"),
        ("Who makes X?", "Is there a rule that applies?", "Is there a rule that applies?"),
        (
            "How long is the gust kept?",
            "When was that?",
            "How long is the gust kept? When was that?",
        ),
        # A phrase takes the place of one with the same article, the same last word, its kind.
        ("How old must a visit leader be?", "And a keeper?", "How old must a keeper be?"),
        (
            "How many gale warnings are there?",
            "And storm warnings?",
            "How many storm warnings are there?",
        ),
        ("How much is the basic plan?", "And the large one?", "How much is the large plan?"),
        (
            "What are the side effects?",
            "Are there serious ones?",
            "Are there serious side effects?",
        ),
        ("Does it cover dental work?", "And glasses?", "Does it cover dental work? Glasses?"),
        ("What about survival?", "And safety?", "What about safety?"),
        # Another question word.
        ("Is X approved?", "Since when?", "Since when is X approved?"),
        ("Is X approved?", "For what?", "What is X approved for?"),
        ("What is X used for?", "In which patients?", "In which patients is X used?"),
        ("What is the rate?", "Compared to what?", "What is the rate compared to?"),
        ("In which year was output highest?", "Why?", "Why was output highest?"),
        ("Who may enter?", "Why?", "Why may somebody enter?"),
        ("Can I cancel?", "Within how many days?", "Within how many days can I cancel?"),
        ("Is X a virus?", "Which virus?", "Is X a virus? Which virus?"),
        # Things that a turn does not name.
        ("How many ports are there?", "Which was the first?", "Which of the ports was the first?"),
        ("Who maintains the lifts?", "How many are there?", "How many lifts are there?"),
        # Persons and firms, and things of which there are many.
        ("Who is the head of Y?", "How old is he?", "How old is the head of Y?"),
        ("Who is the maker?", "Where are they based?", "Where are the maker based?"),
        ("Who supplies oxygen?", "What is their fee?", "Who supplies oxygen? What is their fee?"),
        ("What is a virus?", "How do they spread?", "How do viruses spread?"),
        # "That" is what happened.
        ("How did Y open?", "Is that legal?", "How did Y open? Is that legal?"),
        ("What does X do?", "What happens after that?", "What does X do? What happens after that?"),
        # What stands alone, and where a topic goes.
        ("What does X do?", "And what role do the cells play?", "What role do the cells play?"),
        ("Who makes X?", "How will sales develop?", "How will sales of X develop?"),
        ("What does X do?", "So is it safe?", "Is X safe?"),
    ],
)
def test_topics_are_kept(earlier: str, question: str, understood: str) -> None:
    assert understand(question, [earlier]) == understood


def test_a_topic_outlives_the_turns_that_do_not_name_it() -> None:
    history = ["How heavy is the Nova mixer?", "How much does it cost?", "Is it safe?"]
    assert understand("How long is its guarantee?", history) == (
        "How long is the Nova mixer's guarantee?"
    )


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("Okay, could you tell me who made it?", "Who made X?"),
        ("I am wondering which bank sells Y", "Which bank sells Y?"),
        ("If I lose my ticket", "What happens if I lose my ticket?"),
        ("any discounts for students", "Are there any discounts for students?"),
        ("bonds versus stocks", "What are the differences between bonds and stocks?"),
    ],
)
def test_wrappings_are_taken_off(typed: str, understood: str) -> None:
    assert understand(typed, ["Who sells X?"]) == understood
