# make study   install what is pinned and run the whole study; STUDY=fashion-mnist another one, in
#              runs/fashion-mnist; JOBS=2 steps at a time
# make install what the study and scans need; TORCH_BACKEND=cpu leaves out what is for GPUs
# make test    install, lint and test, but for the tests that take long
# make test-slow  the tests that take long: kills, mutations of the code, whole studies, browsers;
#              ARGS=--last-failed those alone that failed before
# make graph   write the code that each stage uses into dvc.yaml
# make gpu-study DATA=folder    CIFAR-10 within ten minutes of a GPU, without DVC
# make use STUDY=cifar10-cpu    switch params.yaml to another study
# make docs    the manual as a site: scratch/site/index.html
# make lock    pin versions anew: requirements.lock of what runs, requirements-test.lock with what tests need
# make release put what dvc.lock names into data/remote, for a commit
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
COMPILE := uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --python-version 3.11
export PATH := $(CURDIR)/$(BIN):$(PATH)

# torch for a GPU unless TORCH_BACKEND names another one of uv's (cpu, cu128, rocm6.4, ...), from PyTorch's own index
TORCH_BACKEND ?=
UV_INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
OTHER_TORCH := $(if $(TORCH_BACKEND),--torch-backend $(TORCH_BACKEND))
SIZE := $(if $(filter cpu,$(TORCH_BACKEND)),1.3,6.5)
WITHOUT_CUDA := $(if $(TORCH_BACKEND),^(nvidia|cuda|triton),^$$)

.PHONY: install install-test docs gpu-study study test test-slow format graph use release lock

install: $(VENV)/installed

install-test: $(VENV)/installed-test

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hardrare needs Python 3.11 or newer; call: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "1 of 3: a place of its own, $(VENV), and uv, which installs what follows"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet uv==0.13.9
	@grep -vE '$(WITHOUT_CUDA)' requirements.lock > $(VENV)/requirements.txt
	@echo "2 of 3: $$(grep -c == $(VENV)/requirements.txt) packages, $(SIZE) GB: fetched, unpacked and compiled; minutes, and nothing is said meanwhile"
	@$(UV_INSTALL) --compile-bytecode $(OTHER_TORCH) -r $(VENV)/requirements.txt
	@echo "3 of 3: hardrare itself"
	@$(UV_INSTALL) --no-deps --no-build-isolation -e .
	@echo "Installed. Now call: source $(VENV)/bin/activate"
	@touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.lock
	@grep -vE '$(WITHOUT_CUDA)' requirements-test.lock > $(VENV)/requirements-test.txt
	@echo "And what only tests need: 0.7 GB"
	@$(UV_INSTALL) --compile-bytecode $(OTHER_TORCH) -r $(VENV)/requirements-test.txt
	@touch $@

study: install
	python -m hardrare.study repro $(if $(STUDY),--study $(STUDY)) $(if $(JOBS),--jobs $(JOBS))

gpu-study: install
	python -m hardrare.elsewhere --work scratch/gpu --out scratch/gpu-results --set prepare.path=$(abspath $(DATA))

test: install-test
	ruff check .
	ruff format --check .
	$(PYTEST) -m "not slow"

test-slow: install-test
	$(PYTEST) -m slow $(ARGS)

format: install-test
	ruff check --fix .
	ruff format .

docs: install-test
	python -m hardrare.manual
	NO_MKDOCS_2_WARNING=1 python -m mkdocs build --quiet --strict

graph: install
	python -m hardrare.dependencies

use: install
	python -m hardrare.study use $(if $(wildcard $(STUDY)),$(STUDY),studies/$(STUDY).yaml)

release: install
	python -m hardrare.release

lock: install-test
	$(COMPILE) --extra study pyproject.toml -o requirements.lock
	$(COMPILE) --all-extras --constraint requirements.lock pyproject.toml -o requirements-test.lock
