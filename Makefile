# Two commands on a fresh machine with git and Python 3.11 or later: `make demo`, `make test`.
# Everything is installed into .venv from the pinned and hashed files in requirements/.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FLOORS := workflow reports tasks web camket
LOCK   := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-header --no-annotate --upgrade

.DEFAULT_GOAL := help
.PHONY: help demo up test coverage test-long test-browser check lint types imports containers catalogs \
        migrations lock clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

# ── Installing: a second call finds the stamp and does nothing ──────────────────────────────

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; try: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

PIP     := $(BIN)/python -m pip --disable-pip-version-check --quiet install
# The files name everything there is: nothing is left to be worked out, or to be fetched unseen.
PINNED  := --no-deps --require-hashes
INSTALL := $(PIP) --no-deps --no-build-isolation --editable .

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	$(PIP) $(PINNED) -r requirements/run.txt -r requirements/build.txt
	$(INSTALL)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(PIP) $(PINNED) -r requirements/dev.txt
	$(INSTALL)
	@touch $@ $(VENV)/.run

# ── Using ───────────────────────────────────────────────────────────────────────────────────

demo: $(VENV)/.run ## live through the first quarters of the Từ Sơn example; reports in demo-out
	$(BIN)/camket demo --data demo-data --out demo-out

up: $(VENV)/.run ## run the product here, on SQLite in the folder data
	$(BIN)/camket up --data data

# ── Testing ─────────────────────────────────────────────────────────────────────────────────

test: $(VENV)/.dev ## all tests that pip can bring; every line and branch of the rules is covered
	$(BIN)/pytest -n 2 --dist worksteal --cov=workflow/domain --cov-report=
	@$(BIN)/coverage report --include='workflow/domain/*' --fail-under=100 --skip-covered

coverage: $(VENV)/.dev ## the same tests, and what they cover of everything: at least 95 %
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --sort=cover --skip-covered --fail-under=95

test-long: $(VENV)/.dev ## many fault rounds, simulated years, 10⁶ rows
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n 2 -m long

test-browser: $(VENV)/.dev ## pages in a real browser (needs Chromium: apt-get install chromium)
	$(BIN)/pytest -m browser tests/browser

# ── Checking: what a tool can remember ──────────────────────────────────────────────────────

check: lint types imports containers catalogs migrations ## everything that needs no test to run

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

containers: $(VENV)/.dev
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

catalogs: $(VENV)/.dev
	$(BIN)/pytest -q tests/test_wording.py

migrations: $(VENV)/.dev
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	  && export CAMKET_DATABASE_URL="sqlite:///$$folder/checked.db" \
	  && echo "alembic upgrade head && alembic check" \
	  && $(BIN)/alembic upgrade head && $(BIN)/alembic check

# ── Keeping ─────────────────────────────────────────────────────────────────────────────────

lock: ## pin the newest versions anew (needs uv on the path)
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) --group build -c requirements/run.txt -o requirements/build.txt
	$(LOCK) pyproject.toml --group dev -c requirements/run.txt -c requirements/build.txt \
	  -o requirements/dev.txt

clean: ## remove what tests and tools leave behind; not the data
	rm -rf .coverage .coverage.* htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache build dist *.egg-info
