# The project's commands. Each sets up what it needs; `make venv` alone prepares Python.
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.requirements-installed
PINNED := --universal --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make requirements"

.PHONY: help venv system test lint demo proof bench docs gallery requirements

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1 : /'

venv: $(STAMP)  ## set up Python: picks an interpreter, installs what is pinned in requirements*.txt, by hash

$(STAMP): requirements.txt requirements-dev.txt
	@python=$$(sh deploy/pick-python) && if [ ! -x $(PY) ]; then "$$python" -m venv $(VENV); fi
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.txt -r requirements-dev.txt
	@touch $@

system:  ## install what pip cannot bring (as root on Debian), or say what is missing
	@sh deploy/install-system-packages

lint: venv  ## formatting, lint rules, types, import rules, dependencies
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry .

test: system lint  ## set up all that is needed and pass the tests
	$(PY) -m pytest -m "not proof" -n 2 --dist loadfile --maxfail=30

proof: system venv  ## the long forms of the proofs
	$(PY) -m pytest -m proof -n 2

demo: venv  ## run the main job end to end; ARGS=--exit ends after the table
	$(PY) run_server.py demo $(ARGS)

bench: venv  ## print the benchmark figures
	$(PY) -m benchmarks

docs: venv  ## rewrite what is generated: docs/reference/coverage.md, the README's table of settings, the catalogues
	$(PY) -m tests.docs.catalogues --write
	$(PY) -m tests.docs.coverage --write
	$(PY) -m tests.docs.settings_table --write

gallery: venv  ## rewrite docs/gallery and docs/screens: what each option does, and the console, as pictures
	$(PY) -m tests.docs.gallery
	$(PY) -m tests.docs.screens

requirements:  ## rewrite requirements.txt and requirements-dev.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml $(PINNED) -o requirements.txt
	uv pip compile --group pyproject.toml:dev -c requirements.txt $(PINNED) -o requirements-dev.txt
