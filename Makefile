# `make` alone says what there is. Only GNU make and Python 3.11 or later are needed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# Another Python: make run PYTHON=/usr/local/bin/python3.12
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
# How many tests run at once, and what else pytest is told: make test ARGS="-k votes"
# Browsers and servers are waited for, so three keep two processors busy.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 3 / 2)))
ARGS ?=

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard cocreate/translations/*/LC_MESSAGES/*.po))
# Nothing but the lock decides what is installed, whatever the machine's pip is told.
PIP := PIP_CONSTRAINT= PIP_REQUIREMENT= $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile setup.cfg --universal --python-version 3.11 --extra build \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	--no-annotate --quiet

.PHONY: help setup setup-dev run test lint bench bench-search eval-search lighthouse screenshots messages lock clean

help: ## say what there is
	@echo 'CoCreate. Use:'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/installed $(CATALOGUES) build/static.packed $(VENV)/czech ## install what running needs, exactly as locked

setup-dev: $(VENV)/installed-dev node_modules/installed $(CATALOGUES) build/static.packed $(VENV)/czech ## install what developing needs, exactly as locked

run: setup ## start the portal and print its address; the first start loads a demo
	@exec $(BIN)/cocreate serve $(ARGS)

test: setup-dev lint ## check the style and run every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup-dev ## check layout, likely mistakes, types and templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

bench: setup-dev ## measure requests per second, as ratios to a bare Flask "hello"
	$(BIN)/python -m benchmarks.run $(ARGS)

eval-search: setup-dev ## print how well the search finds what it should, and fail below the promises
	$(BIN)/python -m benchmarks.eval_search $(ARGS)

bench-search: setup-dev ## measure searching on both engines, and how soon a change is found
	$(BIN)/python -m benchmarks.search $(ARGS)

lighthouse: setup-dev ## look at the demo's pages with Lighthouse, and print bytes against the budget
	$(BIN)/python -m benchmarks.lighthouse $(ARGS)

screenshots: setup-dev ## take pictures of the demo's main pages, into build/screenshots
	$(BIN)/python -m benchmarks.screenshots $(ARGS)

messages: setup-dev ## bring the catalogues up to date with the words in code and templates
	@mkdir -p build
	$(BIN)/pybabel -q extract -F pyproject.toml -o build/messages.pot --project=CoCreate \
		--copyright-holder="the CoCreate project" \
		--keyword=lazy_gettext --keyword=lazy_ngettext:1,2 --add-location=file --sort-by-file .
	$(BIN)/pybabel -q update -i build/messages.pot -d cocreate/translations \
		--no-fuzzy-matching --ignore-pot-creation-date

lock: $(VENV)/installed-dev ## choose releases anew from setup.cfg (UPGRADE=1: the newest of all)
	$(PIP) install uv
	$(COMPILE) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock

clean: ## remove what was installed and built; the data folder stays
	rm -rf $(VENV) node_modules build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -path ./data -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(CATALOGUES)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'CoCreate needs Python 3.11 or later, with venv' \
		'(on Debian and Ubuntu: apt install python3-venv).' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The portal runs from this folder: installed here means that `cocreate` is found.
$(VENV)/installed: requirements.lock setup.cfg | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock setup.cfg | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/installed

# Programs that check pages are written for Node, which the virtual environment brings along.
node_modules/installed: package-lock.json package.json $(VENV)/installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

# Static files are compressed here, once, and only sent afterwards.
build/static.packed: cocreate/static.py cocreate/packing.py $(shell find static -type f) | $(VENV)/installed
	$(BIN)/python -c 'from cocreate import static; static.build()'
	@touch $@

# The dictionary of Czech forms that searching maps; who runs without it waits for it once.
$(VENV)/czech: cocreate/search/czech.py cocreate/search/czech_forms.py | $(VENV)/installed
	$(BIN)/python -c 'from cocreate.search import czech; czech.forms()'
	@touch $@

%.mo: %.po | $(VENV)/installed
	$(BIN)/pybabel -q compile -i $< -o $@
