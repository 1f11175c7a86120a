# make test · make slow · make native · make demo · make bench · make lint · make clean.
# Each makes its own .venv first (once, a few minutes).

PYTHON ?= python3
EXTRAS ?= dev
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.made
NATIVE := $(VENV)/.native

# Processes that share the tests; each runs all engines.
JOBS   ?= 2

# Tests and demos run on small machines: quiet engines that do not fight over the cores.
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: help test slow native lint format demo bench clean

help:
	@echo "make test    run the tests (without the slow ones)"
	@echo "make slow    run the slow tests (and install the engines' tools that some of them need, once)"
	@echo "make native  run the tests of the engines' tools and write docs/native.md"
	@echo "make lint    ruff and pyright"
	@echo "make format  put the code into ruff's format"
	@echo "make demo    train on photos, save a model, draw pictures: everything lands in demo/"
	@echo "make bench   measure against Keras and against loops written by hand"
	@echo "make clean   remove .venv, demo/ and caches"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Lanthorn needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "making $(VENV) with the extras '$(EXTRAS)' (once)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

# The tools of the engines that only slow tests need.
$(NATIVE): $(STAMP)
	@echo "adding the extra 'native' to $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS),native]'
	@touch $@

test: $(STAMP)
	$(BIN)/python -m pytest -q -m "not slow" -n $(JOBS)

slow: $(NATIVE)
	$(BIN)/python -m pytest -q -m slow -n $(JOBS)

native: $(NATIVE)
	$(BIN)/python tools/make_native_page.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(STAMP)
	$(BIN)/python tools/make_stubs.py
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

demo: $(STAMP)
	$(BIN)/python examples/demo.py

bench: $(STAMP)
	$(BIN)/python benchmarks/run.py $(BENCH)

clean:
	rm -rf $(VENV) demo build dist .pytest_cache .ruff_cache src/lanthorn.egg-info
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
