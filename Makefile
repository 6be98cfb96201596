# Every target makes .venv by itself. `make run` and `make test` are all that a fresh machine needs.
SHELL := /bin/bash
PY := .venv/bin/python
PORT ?= 8000
CASES ?= 500
KILLS ?= 200
export PORT

help:                    ## say what there is
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

# --no-deps: the lock names every package already, so pip need not resolve (and can check every hash)
.venv/run: requirements/run.txt pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Duban needs Python 3.11 or newer; python3 here is $$(python3 -V)"; exit 1; }
	@test -x $(PY) || python3 -m venv .venv
	@echo "Installing what Duban needs into .venv (about a minute, once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/run

.venv/dev: .venv/run requirements/dev.txt
	@echo "Installing what the tests need into .venv ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch .venv/dev

setup: .venv/dev         ## make the environment alone

run: .venv/run           ## start everything on http://127.0.0.1:8000 (PORT and DUBAN_DATABASE_URL change that)
	@exec .venv/bin/duban run --port $(PORT)

test: .venv/dev          ## run the tests
	@$(PY) -m pytest -q -n 2

gate: .venv/dev          ## style, types and import contracts, without the tests
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pyright
	.venv/bin/lint-imports

check: gate test         ## the whole gate: style, types, contracts, tests

bench: .venv/dev         ## benchmarks as ratios, written to bench/results.json
	$(PY) -m bench

differential: .venv/dev  ## random processes against the independent interpreter: make differential CASES=20000
	$(PY) -m tests.differential --cases $(CASES)

crash: .venv/dev         ## kill a working process at random moments on each database: make crash KILLS=200
	$(PY) -m tests.crash --kills $(KILLS)

lock:                    ## rewrite requirements/*.txt (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate --python-version 3.11 --universal -q -o requirements/run.txt
	uv pip compile pyproject.toml --group dev --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate --python-version 3.11 --universal -q -o requirements/dev.txt
	uv pip compile --group build --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 --universal -q -o requirements/build.txt

.PHONY: help setup run test gate check bench differential crash lock
