# Everything a newcomer needs. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
export HEMOSTAT_HOME ?= $(CURDIR)/home
# Tests never see the home of a running product.
TEST_HOME := $(CURDIR)/build/no-home
# How long `make fuzz` tries each target.
SECONDS ?= 600
# A lock is whole: nothing is left for pip to resolve, so a newer release of a dependency can change nothing.
LOCKED := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r
PYTEST := HEMOSTAT_HOME=$(TEST_HOME) $(BIN)/python -m pytest -p no:cacheprovider

.PHONY: help
help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: up
up: $(RUNTIME) ## Set up, then run the product with a live drill to join
	$(BIN)/hemostat up --drill storefront-session-leak

.PHONY: drill
drill: $(RUNTIME) ## Run the drill alone, headless, and write its report to out/
	$(BIN)/hemostat drill run storefront-session-leak --autopilot --seed 7 --report out

.PHONY: test
test: $(DEVELOPMENT) ## Set up, then pass every check
	@scripts/test

.PHONY: check
check: $(DEVELOPMENT) ## The quick half of the checks: lint, types, layers, content
	@scripts/check

.PHONY: bench
bench: $(RUNTIME) ## Measure speed against named limits
	$(BIN)/hemostat bench

.PHONY: peers
peers: ## Install the scanners of other makers that the benches measure beside ours, apart from the product
	@PYTHON=$(PYTHON) scripts/peers

.PHONY: soak
soak: $(DEVELOPMENT) ## Kill processes at many more random moments than `make test` does
	HEMOSTAT_SOAK=50 $(PYTEST) tests/flows/test_killed_at_any_moment.py tests/unit/lake tests/unit/intake -q

.PHONY: mutants
mutants: $(DEVELOPMENT) ## Change the law one constant at a time and show which change no worked case notices
	@scripts/mutants

.PHONY: fuzz
fuzz: ## Try every parser with ever new bytes, SECONDS=600 each; TARGET=name for one, KEEP=1 to keep new seeds
	@scripts/fuzz $(SECONDS) $(TARGET)

.PHONY: docs
docs: $(DEVELOPMENT) ## Draw the generated pages and pictures of the manual again
	@scripts/docs

.PHONY: lock
lock: | $(VENV)/bin/python ## Lock the dependencies again, with hashes and without index addresses
	@scripts/lock

.PHONY: clean
clean: ## Delete what can be made again; the home with its data stays
	rm -rf $(VENV) build out .coverage .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@scripts/venv $(PYTHON) $(VENV)

$(RUNTIME): requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	$(LOCKED) requirements/runtime.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): requirements/dev.lock $(RUNTIME)
	$(LOCKED) requirements/dev.lock
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@
