"""Name the places of the questions, of the texts they are about, and of the results."""

from pathlib import Path

EVAL = Path(__file__).parent
QUESTIONS = EVAL / "questions"
CORPORA = EVAL / "corpora"  # of the question files that are not about the article
ARTICLE = EVAL.parent / "corpus"  # the folder of the article that comes with inquote
RUNS = Path("inquote-runs")  # below the current folder
BENCH = EVAL / "bench.md"  # part of the repository, never of an installed package
IS_CHECKOUT = (EVAL.parent / "pyproject.toml").is_file()
