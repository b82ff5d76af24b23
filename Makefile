PYTHON ?= python3
UPGRADE ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)
SCHEMATHESIS := .tools/schemathesis

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long lint format types lock data

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP)  ## Create .venv from the locked, hashed requirements (PYTHON=python3.12 picks another interpreter)

# A half-made environment is never stamped, so a failed install is simply run again.
$(STAMP): requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# A tool whose own requirements are none of the project's business has an environment of its own.
$(SCHEMATHESIS)/.installed: requirements-fuzzing.txt
	$(PYTHON) -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/python -m pip install --quiet --require-hashes --requirement requirements-fuzzing.txt
	@touch $@

demo: install  ## Serve the API with sample data and the GraphiQL console
	$(BIN)/coverline serve --demo

test: install  ## Run the tests
	$(BIN)/python -m pytest
	@echo "The longer tests were left out; 'make test-long' runs them."

test-long: install $(SCHEMATHESIS)/.installed  ## Run only the longer tests
	$(BIN)/python -m pytest -m long

lint: install  ## Check style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: install  ## Rewrite the code to the style
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: install  ## Check the types
	$(BIN)/pyright

lock: install  ## Resolve the requirements files again (UPGRADE=--upgrade takes the newest versions)
	$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --constraint requirements-dev.txt --output-file requirements.txt
	$(COMPILE) --group pyproject.toml:fuzzing --output-file requirements-fuzzing.txt

data: install  ## Regenerate the holiday calendars and the demonstration portfolio
	$(BIN)/python scripts/holiday_calendars.py
	$(BIN)/python scripts/demonstration.py
