# Everything a person or CI does with the checkout. `make` alone lists the targets.
# Needs make and Python 3.11 or newer; everything else is installed into .venv, by hash.

.DEFAULT_GOAL := help
.PHONY: help run seed test laws trust bench contact-sheet lighthouse check format-check lint types templates \
        fmt locks clean environment dev-environment

SHELL := /bin/sh
BIN := .venv/bin
TESTS ?= tests
PYTEST_ARGS ?= -n 3
SIZE ?= small
SECONDS ?= 5

# The settings are FORUM_*; HOST and PORT are the short names of two of them.
ifneq ($(HOST),)
export FORUM_HOST := $(HOST)
endif
ifneq ($(PORT),)
export FORUM_PORT := $(PORT)
endif

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Variables: HOST, PORT (8000), FORUM_INSTANCE (instance/); README.md lists the rest."

run: environment ## Start the forum: everything it needs, then server and worker; Ctrl-C stops it
	@exec $(BIN)/forum run

seed: environment ## Bring the database up to date and the first films into it
	@$(BIN)/forum migrate
	@$(BIN)/forum seed

test: dev-environment ## Run every test once, with coverage
	@sh .ci/test_programs.sh
	@rm -f .coverage .coverage.*
	@sh .ci/in_memory.sh $(BIN)/coverage run -m pytest $(PYTEST_ARGS) $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

laws: dev-environment ## Run only the laws of the house: seconds
	@$(BIN)/python -m pytest -q tests/laws

# What hostile people try, in full; the suite tries a sample of it.
TRUST := tests/trust tests/laws/test_matrix.py tests/lib/test_markup_safety.py \
         tests/browser/test_payloads.py tests/test_guest_pages.py
trust: export FORUM_TEST_WHOLE := 1
trust: export FORUM_TEST_STEPS := 10000
trust: dev-environment ## Try all that hostile people try, and print the figures: 20 minutes
	@sh .ci/in_memory.sh $(BIN)/python -m pytest -q -o faulthandler_timeout=3600 $(PYTEST_ARGS) $(TRUST)

contact-sheet: dev-environment ## A picture of every page, for somebody to look at: PAGES="film thread"
	@$(BIN)/python -m tests.browser.contact_sheet contact-sheet $(PAGES)

LIGHTHOUSE := .lighthouse/node_modules/.bin/lighthouse
lighthouse: dev-environment ## What Lighthouse says of the first pages (needs node, npm and Chromium)
	@command -v npm >/dev/null || { echo "make lighthouse needs node and npm" >&2; exit 1; }
	@[ -x $(LIGHTHOUSE) ] || npm install --prefix .lighthouse --no-audit --no-fund --loglevel=error lighthouse@12
	@$(BIN)/python -m tests.browser.lighthouse $(LIGHTHOUSE)

check: format-check lint types templates test ## All that CI runs: format, lint, types, laws, tests

format-check: dev-environment
	@$(BIN)/ruff format --check --quiet . || { echo "Badly formatted: run make fmt" >&2; $(BIN)/ruff format --check .; }

lint: dev-environment
	@$(BIN)/ruff check --quiet .

types: dev-environment
	@$(BIN)/mypy

templates: dev-environment
	@$(BIN)/djlint templates --lint --quiet

fmt: dev-environment ## Format the code, and mend what the linter can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

locks: ## Write the lock files anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make locks needs uv: pip install uv" >&2; exit 1; }
	@set -e; options="--universal --generate-hashes --no-emit-index-url --no-annotate --no-header"; \
	uv pip compile $$options --python-version 3.11 -q pyproject.toml -o requirements.lock; \
	uv pip compile $$options --python-version 3.11 -q pyproject.toml --group dev -o requirements-dev.lock

bench: dev-environment ## Measure beside a bare Flask page: SIZE=small|medium|large DATABASE= SECONDS= SOAK= ONLY=
	@$(BIN)/python -m benchmarks --size $(SIZE) --seconds $(SECONDS) $(if $(DATABASE),--database $(DATABASE)) \
		$(if $(SOAK),--soak $(SOAK)) $(if $(ONLY),--only "$(ONLY)")

clean: ## Remove .venv and caches; instance/ stays
	@rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis build ./*.egg-info \
		.coverage .coverage.* htmlcov contact-sheet .lighthouse
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@$(find_python); exec "$$python" .ci/environment.py requirements.lock

dev-environment:
	@$(find_python); exec "$$python" .ci/environment.py requirements-dev.lock

# The first Python that is new enough and can make environments. Version managers leave names that
# answer with an error, so each one is tried.
define find_python
python=; for name in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then python=$$name; break; fi; done; \
if [ -z "$$python" ]; then \
	echo "Foyer needs Python 3.11 or newer with the modules venv and ensurepip." >&2; \
	echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3 ..." >&2; \
	exit 1; fi
endef
