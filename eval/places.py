"""Where the questions, the texts that they are about, and the results lie."""

from pathlib import Path

EVAL = Path(__file__).parent
QUESTIONS = EVAL / "questions"
CORPORA = EVAL / "corpora"  # of the question files that are not about the article
ARTICLE = EVAL.parent / "corpus"  # the folder of the article that comes with inquote
RUNS = Path("inquote-runs")  # below the current folder
BENCH = EVAL / "bench.md"
