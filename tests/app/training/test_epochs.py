from inquote.app.training.epochs import (
    draw_articles,
    epoch_examples,
    make_batches,
    worker_processes,
)
from inquote.app.training.settings import Settings
from inquote.app.training.squad import Article, Paragraph, Question
from reader_models import articles, maker

OWL = Article("Owl", (Paragraph("They hunt at night.", (Question("1", "When?", ()),)),))


def test_examples_are_the_same_from_other_processes() -> None:
    settings = Settings(batch=4)
    alone = make_batches(epoch_examples(articles(), maker(), settings, 1), settings, 1)
    with worker_processes(2) as each:
        together = make_batches(epoch_examples(articles(), maker(), settings, 1, each), settings, 1)
    assert together == alone
    assert sum(len(groups) for groups in alone) >= 5  # questions, repeated


def test_articles_without_unanswerable_questions_are_drawn_by_the_seed() -> None:
    plain = [Article(f"A{at}", ()) for at in range(9)]
    chosen = draw_articles([OWL, *plain], Settings(seed=3, answerable_articles=4))
    assert len(chosen) == 5 and chosen[-1] == OWL
    assert chosen == draw_articles([OWL, *plain], Settings(seed=3, answerable_articles=4))
    assert draw_articles([OWL, *plain], Settings()) == [*plain, OWL]
