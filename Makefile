# The common acts, one word each. `make run` and `make test` are all that a newcomer needs.

# The first Python that runs and can make an environment (a version manager's stub may stand there without working).
PYTHON ?= $(shell for python in python3.12 python3.11 python3; do \
	$$python -c "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 && echo $$python && break; done)
BIN := .venv/bin
HOST ?= $(or $(GRADIO_SERVER_NAME),127.0.0.1)
PORT ?= $(or $(GRADIO_SERVER_PORT),7860)
ARGS ?=
MCP ?=
STARTER ?=
MCP_ENV := .venv/mcp
SERVE = GRADIO_SERVER_NAME=$(HOST) GRADIO_SERVER_PORT=$(PORT)
RELOAD = GRADIO_WATCH_DIRS=app,cvdemo GRADIO_WATCH_MODULE_NAME=app GRADIO_WATCH_DEMO_NAME=demo \
	GRADIO_WATCH_DEMO_PATH=app.py

.PHONY: all help run dev test soak check fix bench lock readme
all: test check

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "CV Lab needs Python 3.11 or 3.12 with its venv module. If it has another name: \
	make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock install.py | $(BIN)/python
	@echo "Installing what the page needs into .venv (some minutes the first time) ..."
	$(BIN)/python install.py requirements.lock
	@$(BIN)/python -c "import cv2" 2>/dev/null || $(MAKE) --no-print-directory headless
	@touch $@

# A bare server has no libGL: then the headless wheel of the same version takes OpenCV's place.
.PHONY: headless
headless:
	@echo "OpenCV finds no graphics library here: taking its headless twin ..."
	version=$$($(BIN)/python -c 'from importlib.metadata import version; print(version("opencv-python"))') && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps \
		"opencv-python-headless==$$version" && $(BIN)/python -c "import cv2"

.venv/dev.stamp: requirements-dev.lock requirements-nodeps.lock .venv/run.stamp
	$(BIN)/python install.py requirements-dev.lock
	$(BIN)/python install.py requirements-nodeps.lock
	@touch $@

# MCP asks for other versions than the page: an environment beside it, which sees all that it does not replace.
.venv/mcp.stamp: requirements-mcp.txt .venv/run.stamp
	$(BIN)/python -m venv --without-pip $(MCP_ENV)
	@folder="import sysconfig; print(sysconfig.get_path('purelib'))" && \
	$(BIN)/python -c "$$folder" > "$$($(MCP_ENV)/bin/python -c "$$folder")/page.pth"
	$(MCP_ENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-mcp.txt
	@touch $@

run: .venv/run.stamp $(if $(MCP),.venv/mcp.stamp)  ## start the page on http://127.0.0.1:7860 (a classroom: make run HOST=0.0.0.0; STARTER=1: fetch five models first)
	$(if $(STARTER),@$(BIN)/python -m app.starter)
	@$(SERVE) $(if $(MCP),CV_LAB_MCP=1 $(MCP_ENV)/bin/python,$(BIN)/python) app.py

dev: .venv/dev.stamp  ## the same, reloading what changes under app/ and cvdemo/
	@$(SERVE) $(RELOAD) $(BIN)/python app.py

# Two files at a time share the cores: threads of PyTorch that wait should sleep, not spin as OpenMP's default has it.
test: .venv/dev.stamp .venv/mcp.stamp  ## all tests, offline (some of them: make test ARGS="-k images")
	@$(BIN)/python -m tests.chromium
	OMP_WAIT_POLICY=passive $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --durations 15 $(ARGS)

soak: .venv/dev.stamp .venv/mcp.stamp  ## the long tests, at full counts: about two hours (without the longest: make soak ARGS="-k 'not hour'")
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest -m soak $(ARGS)

check: .venv/dev.stamp  ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app cvdemo benchmarks
	$(BIN)/mypy app.py install.py

fix: .venv/dev.stamp  ## mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp  ## the scoreboard: ours against its peers (ROW=P5 for one; ARGS=--short, ARGS=--keep for docs/speed.md)
	$(BIN)/python -m benchmarks $(if $(ROW),--row $(ROW)) $(ARGS)

# Everything that is installed, with the hashes of its files, for every system and Python from 3.11 on.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: .venv/dev.stamp  ## choose the newest allowed versions of all packages anew
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements.txt requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) --no-deps requirements-nodeps.txt --output-file requirements-nodeps.lock

readme: .venv/dev.stamp  ## count and list all models anew, in README and docs (after a new model or new weights)
	$(BIN)/python -m cvdemo.loading.figures
	$(BIN)/python -m benchmarks.readme
