"""Questions with passages that answer them and passages that do not."""

from inquote.app.training.pairs import training_groups
from inquote.app.training.squad import Article, Paragraph, Question

TEXT = (
    "The bridge was built in 1932 by Anna Lind. It spans the river Glomma near Hamar. "
    "The work took 4 years and cost 12 million crowns. A storm damaged the eastern tower in 1951. "
    "Repairs were paid for by the city, and the tower reopened after 9 months."
)
OTHER = (
    "The ferry across the river Glomma was run by Ole Berg until 1931. "
    "It carried 300 people a day, and it was slow. "
    "Many people complained about the price of the ferry before the bridge was opened to them."
)


def article(copies: int = 1) -> Article:
    first = [
        Question(
            f"a{i}",
            "Who built the bridge across the Glomma?",
            ((TEXT.index("Anna Lind"), "Anna Lind"),),
        )
        for i in range(copies)
    ]
    second = [
        Question(
            f"b{i}", "How long did the work take in 1932?", ((TEXT.index("4 years"), "4 years"),)
        )
        for i in range(copies)
    ]
    return Article("The_bridge", (Paragraph(TEXT, (*first, *second)), Paragraph(OTHER, ())))


def test_a_positive_keeps_its_answer_whatever_was_cropped() -> None:
    groups = training_groups([article(40)], seed=1)
    positives = [group[0] for group in groups if group[0].start is not None]
    assert len(positives) == 80
    assert {pair.text[pair.start : pair.end] for pair in positives} == {"Anna Lind", "4 years"}
    assert any(pair.text == TEXT for pair in positives) and any(
        len(pair.text) < len(TEXT) for pair in positives
    )


def test_a_question_has_at_most_two_retrieved_rivals() -> None:
    paragraphs = (
        *article(60).paragraphs,
        *(Paragraph(f"The bridge across the Glomma, part {i}.", ()) for i in range(3)),
    )
    groups = training_groups([Article("The_bridge", paragraphs)], seed=2)
    assert {len(group) for group in groups} == {1, 2, 3}


def test_negatives_do_not_hold_the_answer() -> None:
    negatives = [pair for group in training_groups([article(60)], seed=2) for pair in group[1:]]
    assert len(negatives) > 10
    assert all(pair.start is None for pair in negatives)
    assert not any(
        "Anna Lind" in pair.text for pair in negatives if pair.question.startswith("Who")
    )


def test_some_negatives_are_retrieved_and_some_have_lost_their_answer() -> None:
    texts = [pair.text for group in training_groups([article(60)], seed=3) for pair in group[1:]]
    assert any(text in OTHER for text in texts)
    assert any("A storm damaged" in text for text in texts)


def test_the_same_seed_gives_the_same_groups() -> None:
    assert training_groups([article(9)], seed=4) == training_groups([article(9)], seed=4)
    assert training_groups([article(9)], seed=4) != training_groups([article(9)], seed=5)


def test_a_question_without_answers_stands_alone() -> None:
    paragraph = Paragraph(TEXT, (Question("x", "Who sank the bridge?", ()),))
    ((pair,),) = training_groups([Article("T", (paragraph,))], seed=0)
    assert pair.start is None and pair.text in TEXT
