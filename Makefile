# The two commands to know: `make demo` renders a sample book, `make test` tests the program.
# Both install everything they need into .venv on their first run.

PYTHON ?= python3
VENV ?= .venv
TTSBOOK = $(VENV)/bin/ttsbook
VOICE ?= tests/data/clip.opus
READY = $(VENV)/.ready

.DELETE_ON_ERROR:
.PHONY: demo test test-slow check format clean

# A cloned voice reads tests/data/sample.epub: chapters and cover in the M4B, plain samples in the WAV.
# Each command prints how many times faster than real time it was, and the path. The second one finds
# every chunk in the cache of the first.
demo: $(READY)
	mkdir -p demo
	$(TTSBOOK) render tests/data/sample.epub --voice $(VOICE) -o demo/sample.m4b --force
	$(TTSBOOK) render tests/data/sample.epub --voice $(VOICE) -o demo/sample.wav --force

test: $(READY)
	$(VENV)/bin/python -m pytest -m "not slow and not gpu and not ray"

# Minutes: a wheel built, installed and used; renders killed and resumed; whole books.
test-slow: $(READY)
	$(VENV)/bin/python -m pytest -m "slow and not gpu and not ray"

check: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: $(READY)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) demo dist build

# Without Debian's package python3-venv, the first try leaves all but pip.
$(READY): pyproject.toml
	test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# For your own books, a rule to copy into a Makefile next to them: `make moby-dick.m4b`. The target
# appears complete or not at all; what was spoken is kept, so `make` after Ctrl-C resumes; and it runs
# again when the book, the voice or the settings change, because --depfile tells make what was read.
%.m4b: %.epub | $(READY)
	$(TTSBOOK) render $< -o $@ --depfile $@.d --force --quiet
-include $(wildcard *.m4b.d)
