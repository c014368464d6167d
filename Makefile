# Every target works as the first command on a machine that has Python >= 3.11 (with venv), make and git.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv

# Node's programs: those of the wheel in .venv where it was needed, else the machine's own.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
WEB := src/restai/web/.built
WEB_SOURCES := package.json $(shell find sdk/typescript/src web -type f -not -path '*/node_modules/*' -not -path 'web/tests/*')

.PHONY: run test simulate web check fix spec vectors chaos faults mutate bench bench-web screenshots lock clean

run: .venv/ready $(WEB)
	$(BIN)/restai demo

# Three at once on two cores: a third of their time tests wait for other processes
test: .venv/ready $(WEB)
	$(NPM) test
	$(BIN)/pytest -n 3 --dist worksteal

# A whole evening of one branch at its peak, in a quarter of an hour, with every promise checked
simulate: .venv/ready
	$(BIN)/restai simulate --serve --minutes 300 --speed 20

web: $(WEB)

check: .venv/ready node_modules/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/restai spec --check
	$(NPM) run --silent check

fix: .venv/ready node_modules/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent fix

# The documents in protocol/, from the code, and TypeScript's types from them
spec: .venv/ready node_modules/.ready
	$(BIN)/restai spec
	$(NPM) run --silent types -- protocol/openapi.json protocol/asyncapi.json

# What an evening's events made of its snapshots, for every SDK to do the same
vectors: .venv/ready
	$(BIN)/python -m tests.properties.record

# Everything breaks, for MINUTES; with SEED it breaks as it did before
MINUTES ?= 10
chaos: .venv/ready
	$(BIN)/python -m tests.system.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

# Only Redis breaks; one of two processes is killed under its sockets
faults: .venv/ready
	$(BIN)/python -m tests.system.chaos --redis --minutes 11
	$(BIN)/python -m tests.system.chaos.storm --sockets 2000

# Is each mechanism missed by a test when it is taken away?
mutate: .venv/ready
	$(BIN)/python -m tests.system.mutations

bench: .venv/ready
	$(BIN)/python -m bench

# What a cook waits for, in a real browser
bench-web: .venv/ready $(WEB)
	$(BIN)/python -m bench.web

# The README's pictures
screenshots: .venv/ready $(WEB)
	$(BIN)/python docs/screenshots.py

.venv/ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "RestAI needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Node from its wheel, if the machine has none that is new enough.
.venv/node-ready: requirements/web.txt | .venv/ready
	@{ node -e 'process.exit(+(parseInt(process.versions.node) < 22))' && npm --version; } >/dev/null 2>&1 || \
	  VIRTUAL_ENV=.venv $(UV) pip install --quiet --require-hashes -r requirements/web.txt
	@touch $@

node_modules/.ready: .venv/node-ready package.json package-lock.json sdk/typescript/package.json web/package.json
	$(NPM) ci --no-progress --loglevel=error
	@touch $@

$(WEB): node_modules/.ready $(WEB_SOURCES)
	$(NPM) run --silent build
	@touch $@

# Universal locks with hashes; no package index is named in them.
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header
lock: .venv/ready
	$(UV) $(LOCK) pyproject.toml -o requirements/runtime.txt
	$(UV) $(LOCK) pyproject.toml --extra dev -o requirements/dev.txt
	$(UV) $(LOCK) requirements/web.in -o requirements/web.txt
	$(NPM) install --package-lock-only

clean:
	rm -rf .venv node_modules src/restai/web
