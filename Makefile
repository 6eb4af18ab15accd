# `make run` and `make test` work from a fresh clone; they need Python 3.11 or later and make.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check
PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python
TEMPLATES := $(wildcard src/afterword/*/templates)
# Checks load Django's settings without a server, a data folder or a key of their own.
OFFLINE := AFTERWORD_DATA=$(CURDIR)/$(VENV)/offline \
	AFTERWORD_DATABASE_URL='postgresql:///none?host=/nonexistent' \
	DJANGO_SETTINGS_MODULE=afterword.settings

# Tests start Afterword a hundred times, and each start would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test prove check format bench screenshots lock dev clients browser mail-servers
.DELETE_ON_ERROR:

run: setup
	@exec $(BIN)/afterword up

setup: $(VENV)/.installed

test: dev clients browser mail-servers
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(PYTEST)

# What takes minutes and kills, at its full size; the report is docs/proof.md.
prove: dev clients browser mail-servers
	@$(BIN)/python -m tests.prove $(PROVE)

check: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(OFFLINE) $(BIN)/mypy
	$(BIN)/lint-imports
	$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings tests.settings
	$(if $(TEMPLATES),$(BIN)/djlint --lint --quiet $(TEMPLATES))

format: dev
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: dev
	@$(BIN)/python -m bench

dev: $(VENV)/.installed-dev

clients: dev
	@if [ -f tests/clients/install.py ]; then $(BIN)/python -m tests.clients.install; fi

browser: dev
	@$(BIN)/python -m tests.browser.install

mail-servers: dev
	@$(BIN)/python -m tests.mail_servers.install

# One lock for every Python and platform; uv resolves, in an environment of its own.
lock:
	@test -x $(VENV)-lock/bin/uv || { $(NEWEST_PYTHON) && "$$python" -m venv $(VENV)-lock \
		&& $(VENV)-lock/bin/python -m pip -qq install uv; }
	$(COMPILE) --group dev -o requirements-dev.txt
	$(COMPILE) -c requirements-dev.txt -o requirements.txt

COMPILE = $(VENV)-lock/bin/uv pip compile -q pyproject.toml --group build --universal \
	--python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

$(VENV)/.installed: requirements.txt pyproject.toml CHANGELOG.md | $(BIN)/python
	@echo "Installing what Afterword needs into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what its tests and checks need ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(NEWEST_PYTHON) && "$$python" -m venv $(VENV)

# Leaves the name of the newest suitable Python in $$python.
define NEWEST_PYTHON
for python in $(PYTHONS) none; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		2>/dev/null && break; \
done; \
if [ "$$python" = none ]; then \
	echo "Afterword needs Python 3.11 or later with its venv module" \
		"(on Debian and Ubuntu: the package python3-venv)." >&2; exit 1; \
fi
endef

# The pictures in the documentation.
screenshots: dev browser
	@$(BIN)/python -m docs.screenshots
