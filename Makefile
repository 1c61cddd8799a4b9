# The two commands: make demo, make test. Both set themselves up; the second run takes seconds.

PYTHON ?= $(shell for v in 3.11 3.12 3.13 3.14; do \
	if python$$v -c 'import ensurepip, venv' >/dev/null 2>&1; then echo python$$v; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types unit examples docs bench bench-gateway bench-simulation clean

help:
	@echo 'make demo   pictures from several providers through the built-in sandbox'
	@echo 'make test   every check there is'
	@echo 'make docs   write the generated parts of the docs anew'
	@echo 'make bench  measure, and write benchmarks/results.json'
	@echo 'make bench-gateway  the gateway beside others, under the same load'
	@echo 'make bench-simulation  requests a second that a simulation plays'

demo: $(VENV)/.demo
	@$(BIN)/python cookbook/multi_provider.py

test: lint types unit examples
	@echo 'all checks passed'

lint: $(VENV)/.test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.test
	@$(BIN)/mypy router cookbook benchmarks

# What lies below the faces must be covered to the last branch. Tracing costs time, so the tests that
# go through sockets, terminals and drawings run without it.
UNTRACED := cli config_tests configs conformance cookbook emulators explain gateway lint migrate sandbox senders simulator

unit: $(VENV)/.test
	@$(BIN)/pytest -n auto --cov --cov-report= tests $(UNTRACED:%=--ignore=tests/%)
	@$(BIN)/pytest -n auto $(UNTRACED:%=tests/%)
	@$(BIN)/coverage report --skip-covered --show-missing --fail-under=100

examples: $(VENV)/.test
	@$(BIN)/pixroute check --sandbox configs
	@$(BIN)/pixroute test configs

docs: $(VENV)/.test
	@$(BIN)/python docs/generate.py

bench: $(VENV)/.test
	@$(BIN)/python benchmarks/run.py $(if $(FORMER),--former $(FORMER))

bench-simulation: $(VENV)/.test
	@$(BIN)/python benchmarks/simulation.py --day

bench-gateway: $(VENV)/.test
	@$(BIN)/python benchmarks/gateway/run.py

$(VENV)/.python:
	@test -n '$(PYTHON)' || { \
		echo 'no Python from 3.11 to 3.14 with venv was found; install one, for instance:'; \
		echo '  apt-get install python3-venv     (Debian, Ubuntu; as root)'; \
		echo 'or name it: make PYTHON=/path/to/python3.12 demo'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { \
		echo '$(PYTHON) is not a Python from 3.11 to 3.14; name one: make PYTHON=... demo'; exit 1; }
	@echo 'setting up $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.python
	@echo 'installing what the demo needs'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.python
	@echo 'installing what the checks need'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $(VENV)/.demo $@

clean:
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
