# `make help` lists the targets. Everything is installed into .venv; nothing else on the machine is changed,
# except that `make test` installs Debian's chromium when it is missing and you are root.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest
JOBS ?= 3
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
INSTALLED_EINVOICE := .venv/.installed-einvoice

.DEFAULT_GOAL := help
.PHONY: help install install-dev install-einvoice chromium demo demo-reset test check prove bench seed-large soak screenshots lock

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  %-14s%s\n' "$$name" "$$text"; done

# A named interpreter is always looked at; without one, the stamp of the lock file decides.
install: $(if $(PYTHON),named-python) $(INSTALLED) ## Install what the portal needs into .venv (PYTHON=… names an interpreter)

install-dev: install $(INSTALLED_DEV) ## Install what tests and checks need too

install-einvoice: install ## Add the offline check by published Peppol and EN 16931 rules (104 MB)
	@scripts/install.sh requirements-einvoice.lock $(INSTALLED_EINVOICE)

.PHONY: named-python
named-python:
	@scripts/install.sh requirements.lock $(INSTALLED)

$(INSTALLED): requirements.lock
	@scripts/install.sh requirements.lock $(INSTALLED)

$(INSTALLED_DEV): requirements-dev.lock | $(INSTALLED)
	@scripts/install.sh requirements-dev.lock $(INSTALLED_DEV)

chromium:
	@scripts/chromium.sh

demo: install ## Run the whole portal with a simulator and do the main job once (PORT, SANDBOX_PORT, VAR_DIR)
	@$(RUN) manage.py demo

demo-reset: install ## Forget the demo's data and begin anew
	@$(RUN) manage.py demo --reset

# The part that depends on the database runs on SQLite first; then everything runs on PostgreSQL.
test: install-dev chromium ## Run every test but the proofs in full size
	TEST_DATABASE=sqlite $(PYTEST) -n $(JOBS) -q -m "database and not e2e and not prove"
	TEST_DATABASE=postgres $(PYTEST) -n $(JOBS) -q -m "not prove"

prove: install-dev chromium ## Run the fault, fuzz and load proofs in full size
	TEST_DATABASE=postgres $(PYTEST) -m prove

check: install-dev ## Lint, format, types, import contracts, migrations, deployment settings
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(RUN) scripts/check_settings.py

bench: install-dev ## Measure, as ratios, and write docs/performance.md
	$(RUN) -m tests.bench

seed-large: install-dev ## Fill the demo's database with 100,000 companies and 1,000,000 invoices (INVOICES=…)
	$(RUN) -m tests.load $(INVOICES)

soak: install-dev ## Load the whole stack for half an hour with everything going wrong, and compare every row (MINUTES=…)
	$(RUN) -m tests.load.soak $(MINUTES)

screenshots: install-dev chromium ## Render the pages light and dark, wide and narrow, into docs/images
	$(RUN) -m tests.e2e.screenshots

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --extra einvoice --group dev -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --extra einvoice -o requirements-einvoice.lock
