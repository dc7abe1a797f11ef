# Everything a person types: `make run`, `make test`, `make check`, `make bench`, `make chaos`.
# POSIX sh only, and relative paths only, so that the checkout's own path may hold spaces.

.SUFFIXES:
.PHONY: run test test-long check bench chaos install install-dev page

# `make run PORT=8001 HOST=0.0.0.0`; UP_ARGS takes further options of `neuroshiksha up`.
PORT ?=
HOST ?=
UP_ARGS ?=
# `make test PYTEST_ARGS="-k tutor"`
PYTEST_ARGS ?=
# Further options of pip: an --extra-index-url with CPU builds of PyTorch makes the first install
# several gigabytes smaller where pip would take PyTorch with CUDA.
PIP_ARGS ?=

VENV_PYTHON = .venv/bin/python
PYTHON_CANDIDATES = $(PYTHON) python3.11 python3.12 python3.13 python3 python
PIP_INSTALL = $(VENV_PYTHON) -m pip install -q --disable-pip-version-check -c constraints.txt $(PIP_ARGS)
# The Node of the wheel comes first on the path, for npm's own scripts too.
NPM = PATH="$$(pwd)/.venv/bin:$$PATH" npm --prefix web --no-audit --no-fund --loglevel=error

# Compiled modules are kept even where an image says otherwise: everything starts many processes.
unexport PYTHONDONTWRITEBYTECODE

PYTEST = $(VENV_PYTHON) -m pytest -n auto

run: page
	@echo "4/4 starting"
	@exec ./neuroshiksha up $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST)) $(UP_ARGS)

test: install-dev page
	$(PYTEST) -m "not long" $(PYTEST_ARGS)

# What needs the machine to itself comes after the others, one test at a time.
test-long: install-dev page
	$(PYTEST) -m "long and not alone" $(PYTEST_ARGS)
	$(VENV_PYTHON) -m pytest -n 0 -m "long and alone" $(PYTEST_ARGS)

check: install-dev page
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy
	.venv/bin/lint-imports
	@if [ -f web/package.json ]; then $(NPM) run check; fi

# All the faults, one after the other, on one installation; the table goes into the docs.
chaos: install-dev page
	CHAOS_PAGE=docs/chaos.md $(VENV_PYTHON) -m pytest tests/faults -n 0 -p no:randomly $(PYTEST_ARGS)

bench: install
	$(VENV_PYTHON) -m benchmarks

# A virtual environment of this very folder; one that was moved here, or left half made, is renewed.
.venv/.checkout: FORCE
	@if [ "$$(cat $@ 2>/dev/null)" != "$$(pwd -P)" ] || ! $(VENV_PYTHON) -m pip --version >/dev/null 2>&1; then \
	    echo "1/4 creating .venv"; \
	    is_usable='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'; \
	    for candidate in $(PYTHON_CANDIDATES) ""; do \
	        [ -z "$$candidate" ] && break; \
	        "$$candidate" -c "$$is_usable" >/dev/null 2>&1 && break; \
	    done; \
	    if [ -z "$$candidate" ]; then \
	        echo "No Python 3.11 or newer with venv was found. Install one (Debian, Ubuntu:" >&2; \
	        echo "apt install python3 python3-venv), or name it: make run PYTHON=/path/to/python3" >&2; \
	        exit 1; \
	    fi; \
	    rm -rf .venv && "$$candidate" -m venv .venv && pwd -P > $@; \
	fi

# Installing again is skipped while pyproject.toml and constraints.txt are as they were.
install: .venv/.checkout
	@sum=$$(cat pyproject.toml constraints.txt | cksum); \
	if [ "$$(cat .venv/.installed 2>/dev/null)" != "$$sum" ]; then \
	    echo "2/4 installing Python packages (a few minutes the first time)"; \
	    $(PIP_INSTALL) -e '.[build]' && echo "$$sum" > .venv/.installed; \
	fi

install-dev: install
	@sum=$$(cat pyproject.toml constraints.txt | cksum); \
	if [ "$$(cat .venv/.installed-dev 2>/dev/null)" != "$$sum" ]; then \
	    echo "installing what the tests need"; \
	    $(PIP_INSTALL) -e '.[build,dev]' && echo "$$sum" > .venv/.installed-dev; \
	fi

# The page is built again when it, or the stored interface it is generated from, has changed.
page: install
	@[ -f web/package.json ] || exit 0; \
	sum=$$(find web -type f ! -path '*/node_modules/*' ! -path 'web/dist/*' ! -name schema.d.ts \
	    -exec cksum {} + | sort | cksum); \
	if [ "$$(cat web/dist/.built 2>/dev/null)" != "$$sum" ]; then \
	    echo "3/4 building the page"; \
	    lock=$$(cksum < web/package-lock.json); \
	    if [ "$$(cat web/node_modules/.installed 2>/dev/null)" != "$$lock" ]; then \
	        $(NPM) ci && echo "$$lock" > web/node_modules/.installed || exit 1; \
	    fi; \
	    $(NPM) run build -- --logLevel warn && echo "$$sum" > web/dist/.built; \
	fi

FORCE:
