# The common acts, one word each. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= $(shell command -v python3.12 || command -v python3.11 || echo python3)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 7860
ARGS ?=

.PHONY: all run dev test check fix bench
all: test check

.venv/run.stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r requirements.txt
	# A bare server has no libGL: then the headless wheel of the same version takes OpenCV's place.
	$(BIN)/python -c "import cv2" 2>/dev/null || $(BIN)/python -m pip install --quiet --force-reinstall --no-deps \
		"opencv-python-headless==$$($(BIN)/python -c 'from importlib.metadata import version; print(version("opencv-python"))')"
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

run: .venv/run.stamp  ## start the page on http://127.0.0.1:7860 (classroom: make run HOST=0.0.0.0)
	GRADIO_SERVER_NAME=$(HOST) GRADIO_SERVER_PORT=$(PORT) $(BIN)/python app.py

dev: .venv/dev.stamp  ## the same, reloading layout work under app/ and cvdemo/
	GRADIO_SERVER_NAME=$(HOST) GRADIO_SERVER_PORT=$(PORT) GRADIO_WATCH_DIRS=app,cvdemo $(BIN)/gradio app.py

test: .venv/dev.stamp  ## all tests, offline (ARGS="-k images" for some)
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev.stamp  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app cvdemo
	$(BIN)/mypy app.py

fix: .venv/dev.stamp  ## what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp  ## the project's scoreboard (ROW=P5 for one row)
	$(BIN)/python -m benchmarks $(if $(ROW),--row $(ROW)) $(ARGS)
