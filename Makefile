# make chat and make test do all the set-up; the others are for developers.
PYTHON ?= python3.11
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help install chat eval test test-browser test-wheel test-scale test-all coverage screenshots check lint types docs wheel build/tree clean

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

# A child of a test that compiles every module anew takes a second longer.
unexport PYTHONDONTWRITEBYTECODE
# Only the files that name a mark are imported for it, and no plugin that a part does not use.
files_of = $$(grep -rl --include='*.py' 'mark\.$(1)' tests)
LEAN = -p no:schemathesis
# A file with few tests may take longest, so that the files stay in their order.
SHARED = -n 2 --dist loadfile --no-loadscope-reorder

# Playwright keeps an event loop running in its process, so the tests of the page have processes of their own.
test: .venv/installed  ## all tests but the slow ones
	$(BIN)/pytest $(SHARED) $(LEAN) --ignore=tests/browser -m "not slow and not browser and not server and not scale" $(COVERAGE)
	$(BIN)/pytest -n 2 --dist loadfile -m "server and not slow and not browser and not scale" $(COVERAGE_TOO) $(call files_of,server)
	$(BIN)/pytest -n 2 --dist loadfile $(LEAN) -m browser tests/browser

coverage: COVERAGE = --cov --cov-report= --cov-fail-under=0
coverage: COVERAGE_TOO = --cov --cov-append --cov-report=term
coverage: test  ## the same, with the branches that they cover, of which there is a floor

test-browser: .venv/installed  ## the tests of the page; a missing Chromium is an error
	INQUOTE_REQUIRE_BROWSER=1 $(BIN)/pytest -n 2 --dist loadfile $(LEAN) -m browser tests/browser

test-wheel: .venv/installed  ## the wheel, installed beside nothing and run from an empty folder
	$(BIN)/pytest -m slow tests/test_wheel.py

test-scale: .venv/scale  ## a library on S3, and its ingest on several machines
	$(BIN)/python -c "import kubernetes_validate, lance, lancedb, moto.server, ray.data"  # for tests skip what is missing
	$(BIN)/pytest -n 2 --dist loadfile -m scale $(call files_of,scale)

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

.venv/scale: .venv/installed
	$(BIN)/pip install --disable-pip-version-check -e ".[dev,scale,scale-tests]"
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
