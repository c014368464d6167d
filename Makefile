# Every target works as the first command on a machine that has Python >= 3.11 (with venv), make and git.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv

.PHONY: run test check fix bench lock clean

run: .venv/ready
	$(BIN)/restai demo

test: .venv/ready
	$(BIN)/pytest -n 2

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready
	$(BIN)/python -m bench

.venv/ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "RestAI needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Universal locks with hashes; no package index is named in them.
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header
lock: .venv/ready
	$(UV) $(LOCK) pyproject.toml -o requirements/runtime.txt
	$(UV) $(LOCK) pyproject.toml --extra dev -o requirements/dev.txt

clean:
	rm -rf .venv
