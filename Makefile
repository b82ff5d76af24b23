PYTHON ?= python3
UPGRADE ?=
# One process more than there are cores: some tests wait for time to pass.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CLIENTS := tests/clients
BROWSER := tests/browser
TYPESCRIPT := schema/clients/typescript
INSTALLED := $(addsuffix /node_modules/.installed,$(CLIENTS) $(BROWSER) $(TYPESCRIPT))
SBOM ?= build/coverline.cdx.json
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)
SCHEMATHESIS := .tools/schemathesis
ARIADNE := .tools/ariadne-codegen
PEERS := tests/benchmarks/peers
PYTHON_PEERS := .tools/peers

.DEFAULT_GOAL := help
.PHONY: help install clients typed-clients demo test test-long test-plain peers bench bench-reports bench-ticks lint \
	format types compatible lock data messages sbom audit

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP)  ## Create .venv from the locked, hashed requirements (PYTHON=python3.12 picks another interpreter)

# A half-made environment is never stamped, so a failed install is simply run again.
$(STAMP): requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clients: $(INSTALLED)  ## Install the JavaScript clients and the browser that tests use (Node comes as a wheel)

$(INSTALLED): %/node_modules/.installed: %/package.json %/package-lock.json %/.npmrc | $(STAMP)
	$(BIN)/npm ci --prefix $*
	@touch $@

# A tool whose own requirements are none of the project's business has an environment of its own.
$(SCHEMATHESIS)/.installed: requirements-fuzzing.txt
	$(PYTHON) -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/python -m pip install --quiet --require-hashes --requirement requirements-fuzzing.txt
	@touch $@

$(ARIADNE)/.installed: requirements-clients.txt
	$(PYTHON) -m venv $(ARIADNE)
	$(ARIADNE)/bin/python -m pip install --quiet --require-hashes --requirement requirements-clients.txt
	@touch $@

$(PYTHON_PEERS)/.installed: requirements-peers.txt
	$(PYTHON) -m venv $(PYTHON_PEERS)
	$(PYTHON_PEERS)/bin/python -m pip install --quiet --require-hashes --requirement requirements-peers.txt
	@touch $@

$(PEERS)/node_modules/.installed: $(PEERS)/package.json $(PEERS)/package-lock.json $(PEERS)/.npmrc | $(STAMP)
	$(BIN)/npm ci --prefix $(PEERS)
	@touch $@

typed-clients: clients $(ARIADNE)/.installed  ## Generate schema/clients from the SDL and schema/operations
	$(BIN)/python scripts/typed_clients.py

demo: install  ## Serve the API with sample data, and the console
	$(BIN)/coverline serve --demo

test: install clients  ## Run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
	@echo "The longer tests were left out; 'make test-long' runs them."

test-long: install clients peers $(SCHEMATHESIS)/.installed $(ARIADNE)/.installed  ## Run only the longer tests
	$(BIN)/python -m pytest -m long

test-plain: install  ## Run the tests of the API without compiled operations (COVERLINE_COMPILED=false)
	COVERLINE_COMPILED=false $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/schema tests/api tests/hostile

peers: $(PYTHON_PEERS)/.installed $(PEERS)/node_modules/.installed  ## Install the servers that `make bench` asks beside coverline

bench: install peers  ## Measure coverline over HTTP beside floors and peers (ASK="--short" takes two minutes; ASK=--help)
	$(BIN)/python -m tests.benchmarks.comparison $(if $(SIZES),--sizes $(SIZES)) $(ASK)

bench-reports: install  ## Measure billing's reports on SQLite and PostgreSQL (SIZES=10000,100000 chooses how many licences)
	$(BIN)/python -m tests.benchmarks.reports $(if $(SIZES),--sizes $(SIZES))

bench-ticks: install  ## Measure `coverline tick` on SQLite and PostgreSQL (SIZES=10000,100000 chooses how many licences)
	$(BIN)/python -m tests.benchmarks.ticks $(if $(SIZES),--sizes $(SIZES))

lint: install  ## Check style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: install  ## Rewrite the code to the style
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: install  ## Check the types
	$(BIN)/pyright

compatible: install clients $(ARIADNE)/.installed  ## Refuse what breaks callers, and typed clients that are not of this schema
	$(BIN)/node $(CLIENTS)/changes.mjs schema/released.graphql schema/schema.graphql
	$(BIN)/python scripts/typed_clients.py --check

lock: install  ## Resolve the requirements of Python and of the clients again (UPGRADE=--upgrade takes the newest versions)
	$(COMPILE) pyproject.toml --group dev --extra telemetry --output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --constraint requirements-dev.txt --output-file requirements.txt
	$(COMPILE) --group pyproject.toml:fuzzing --output-file requirements-fuzzing.txt
	$(COMPILE) --group pyproject.toml:clients --output-file requirements-clients.txt
	$(COMPILE) pyproject.toml --group peers --override $(PEERS)/overrides.txt --no-emit-package strawberry-graphql \
		--output-file requirements-peers.txt
	$(BIN)/npm install --prefix $(CLIENTS) --package-lock-only
	$(BIN)/npm install --prefix $(TYPESCRIPT) --package-lock-only
	$(BIN)/npm install --prefix $(BROWSER) --package-lock-only
	$(BIN)/npm install --prefix $(PEERS) --package-lock-only

messages: install  ## Bring the catalogues of messages up to the code and the guide
	$(BIN)/python scripts/messages.py

sbom: install  ## Write a bill of materials of what is installed where coverline runs (CycloneDX), from the lock
	@mkdir -p $(dir $(SBOM))
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file $(SBOM)

audit: install  ## Look for known vulnerabilities in both locks; fails as well when a package was not audited
	$(BIN)/python scripts/audit.py requirements.txt requirements-dev.txt

data: install  ## Regenerate the holiday calendars and the demonstration portfolio
	$(BIN)/python scripts/holiday_calendars.py
	$(BIN)/python scripts/demonstration.py
