# make help lists the targets. Everything is made in .venv and build/; `make clean` takes both away.
PYTHON ?= python3
DESTDIR ?=
# More for pytest: make test ARGS="-k journal"
ARGS ?=
BENCHES = sale-commit scan-to-screen start memory zvt payment receipt

SHELL = /bin/sh
BIN = .venv/bin
# PYPI=1 makes lgpio's source build hold its own C library, as its wheels do.
PIP = PYPI=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip
PIP_INSTALL = $(PIP) install --quiet --require-hashes --no-build-isolation
UV_COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links $(UPGRADE)
TEXTS = $(patsubst %.po,%.mo,$(wildcard terminal/texts/locale/*/LC_MESSAGES/*.po))

.DELETE_ON_ERROR:
.PHONY: help setup run test test-devices check docs hardware lock install bench clean

help:                  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## */  make \1\t/p' Makefile | expand -t 20

setup: .venv/.kasse $(TEXTS)  ## .venv with the kasse command in it

run: setup             ## the demo: the till with simulated devices, until Ctrl-C
	@exec $(BIN)/kasse demo

test: setup .venv/.dev .venv/.debian  ## all tests; ARGS="-k word" for some
	@exec $(BIN)/python -m pytest $(ARGS)

test-devices: setup .venv/.dev build/kernel/.made  ## the till with real devices of Debian's kernel, in QEMU; ARGS as above
	@exec $(BIN)/python -m pytest tests/kernel/devices.py $(ARGS)

check: setup .venv/.dev  ## format, lint, types, layers, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest --quiet tests/test_docs.py tests/test_layers.py tests/test_tree.py

docs: setup            ## what terminal/README.md draws from the code
	@$(BIN)/python -m tests.documents

hardware: setup .venv/.dev .venv/.debian  ## the drawings and the parts list of hardware/, from their data
	@$(BIN)/python -m tests.drawings

lock: .venv/.dev       ## the lock files from pyproject.toml; UPGRADE=--upgrade for newer versions
	$(UV_COMPILE) pyproject.toml --group dev --group build -o requirements-dev.lock
	$(UV_COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	$(UV_COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock

install: setup build/wheels/.made  ## the service and all it needs, under DESTDIR
	@rm -rf build/kasse
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir build/kasse .
	@.ci/install "$(DESTDIR)"

bench: setup           ## all benches, one JSON object a line
	@for name in $(BENCHES); do $(BIN)/kasse bench $$name --json || exit 1; done

clean:                 ## take .venv, build and caches away
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find terminal tests -name __pycache__ -prune -exec rm -rf {} +

# Stamps: each step is done again only when what it is made from has changed.

.venv/.made: .ci/venv
	@.ci/venv "$(PYTHON)"
	@touch $@

.venv/.build: requirements-build.lock .venv/.made
	@echo "installing what builds"
	@$(PIP_INSTALL) -r requirements-build.lock
	@touch $@

.venv/.runtime: requirements.lock .venv/.build
	@echo "installing the dependencies"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/.kasse: pyproject.toml .venv/.runtime
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q terminal
	@touch $@

.venv/.headers: .ci/headers .venv/.made
	@.ci/headers $(BIN)/python
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime .venv/.headers
	@echo "installing the tools and what tests need"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

.venv/.debian: tests/debian-packages.txt .venv/.made
	@.ci/debian $$(sed 's/#.*//' tests/debian-packages.txt)
	@touch $@

build/kernel/.made: tests/kernel/debian-packages.txt .ci/kernel .venv/.made
	@.ci/kernel build/kernel $$(sed 's/#.*//' tests/kernel/debian-packages.txt)
	@touch $@

build/wheels/.made: requirements.lock .venv/.build
	@echo "fetching the wheels"
	@rm -rf build/wheels
	@$(PIP) wheel --quiet --require-hashes --no-build-isolation --wheel-dir build/wheels -r requirements.lock
	@touch $@

%.mo: %.po | .venv/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
