# make chat and make test do all the set-up; the others are for developers.
PYTHON ?= python3.11
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help install chat eval test test-browser test-wheel test-all coverage screenshots check lint types docs wheel build/tree clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# pip shows its own progress; torch is pinned and comes first, so that nothing else picks another build.
.venv/installed: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; install it or name one: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check "torch==2.13.0"
	$(BIN)/pip install --disable-pip-version-check -e ".[dev]"
	@touch $@

install: .venv/installed  ## make .venv and install everything into it

chat: .venv/installed  ## ingest corpus/ and open the chat in the browser; PORT=8000 names another port
	$(BIN)/inquote ingest corpus || [ $$? -eq 3 ]  # 3: a file was skipped, which was told
	$(BIN)/inquote chat $(if $(PORT),--port $(PORT))

eval: .venv/installed  ## ask the evaluation questions and write a report
	$(BIN)/python -m inquote.eval run --floor eval/floors.toml

# Playwright keeps an event loop running in its process, so the tests of the page have one of their own. They run one by one,
# for a browser and its server keep two cores busy.
test: .venv/installed  ## all tests but the slow ones
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow and not browser" $(COVERAGE)
	$(BIN)/pytest -m browser tests/browser

coverage: COVERAGE = --cov --cov-report=term
coverage: test  ## the same, with the branches that they cover, of which there is a floor

test-browser: .venv/installed  ## the tests of the page; a missing Chromium is an error
	INQUOTE_REQUIRE_BROWSER=1 $(BIN)/pytest -m browser tests/browser

test-wheel: .venv/installed  ## the wheel, installed beside nothing and run from an empty folder
	$(BIN)/pytest -m slow tests/test_wheel.py

test-all: .venv/installed  ## every test, the slow ones too
	$(BIN)/pytest -m "not browser"
	INQUOTE_REQUIRE_BROWSER=1 $(BIN)/pytest -m browser tests/browser

screenshots: .venv/installed  ## pictures of the page for the README
	PYTHONPATH=tests $(BIN)/python -m browser.screenshots docs/screenshots

check: lint types  ## ruff and mypy

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/installed build/tree
	$(BIN)/mypy build/tree/inquote

# The installed tree as links, for tools that read files and do not see an editable install.
build/tree:
	rm -rf build/tree
	mkdir -p build/tree/inquote
	for file in src/inquote/*.py src/inquote/py.typed; do ln -s ../../../$$file build/tree/inquote/; done
	for folder in ingest index app eval corpus; do ln -s ../../../$$folder build/tree/inquote/; done

.venv/docs: .venv/installed
	$(BIN)/pip install --disable-pip-version-check -e ".[docs]"
	@touch $@

docs: .venv/docs build/tree  ## the guide and the API reference, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# setuptools puts what an earlier build left in build/lib into the wheel, so that goes first.
WHEELS ?= build/wheels
wheel: .venv/installed  ## the wheel, into build/wheels; fetches nothing
	rm -rf build/lib build/bdist.*
	$(BIN)/python -m pip wheel --disable-pip-version-check --no-index --no-deps --no-build-isolation --wheel-dir $(WHEELS) .

clean:  ## remove what was installed and made
	rm -rf .venv build inquote-library inquote-runs *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
