# make study   install what is pinned and run the whole study; STUDY=fashion-mnist another one, in
#              runs/fashion-mnist; JOBS=2 steps at a time
# make test    install, lint and test, but for the tests that take long
# make test-slow  the tests that take long: kills, mutations of the code, whole studies, browsers
# make graph   write the code that each stage uses into dvc.yaml
# make gpu-study DATA=folder    CIFAR-10 within ten minutes of a GPU, without DVC
# make use STUDY=cifar10-cpu    switch params.yaml to another study
# make docs    the manual as a site: scratch/site/index.html
# make release put what dvc.lock names into data/remote, for a commit
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: install docs gpu-study study test test-slow format graph use release lock

install: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hardrare needs Python 3.11 or newer; call: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==0.13.9
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

study: install
	python -m hardrare.study repro $(if $(STUDY),--study $(STUDY)) $(if $(JOBS),--jobs $(JOBS))

gpu-study: install
	python -m hardrare.elsewhere --work scratch/gpu --out scratch/gpu-results --set prepare.path=$(abspath $(DATA))

test: install
	ruff check .
	ruff format --check .
	$(PYTEST) -m "not slow"

test-slow: install
	$(PYTEST) -m slow

format: install
	ruff check --fix .
	ruff format .

docs: install
	python -m hardrare.manual
	NO_MKDOCS_2_WARNING=1 python -m mkdocs build --quiet --strict

graph: install
	python -m hardrare.dependencies

use: install
	python -m hardrare.study use $(if $(wildcard $(STUDY)),$(STUDY),studies/$(STUDY).yaml)

release: install
	python -m hardrare.release

lock: install
	uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url \
	  --python-version 3.11 --all-extras pyproject.toml -o requirements.lock
