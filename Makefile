# `make` alone lists what there is. Everything is installed into .venv, nothing outside this folder.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCAL  := $(VENV)/.local-installed
DEV    := $(VENV)/.dev-installed
DEMO   := build/demo
CLIPS  := conveyor-a.mp4 conveyor-a.json conveyor-b.mp4 conveyor-b.json
MEDIA  := $(addprefix graphs/media/,$(CLIPS) $(addprefix fast/,$(CLIPS)) sounds.wav sounds.json)

# A PYTHON that you name is used or refused; without one the usual names are tried too.
ifeq ($(origin PYTHON),file)
PYTHONS := $(PYTHON) python3.13 python3.12 python3.11
else
PYTHONS := $(PYTHON)
endif

# On a terminal pip shows its progress.
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check $$([ -t 2 ] || echo --quiet)

.PHONY: help demo check check-long check-cluster fuzz bench bench-front-end bench-compile bench-apply bench-peers examples diagnostics media picture clean
# Two of these at once would install into one .venv.
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: $(LOCAL) media ## run graphs/sorting-line.yaml for 30 s and score what it found
	@echo "== demo: graphs/sorting-line.yaml for 30 s, data in $(DEMO)"
	@rm -rf $(DEMO)
	@$(BIN)/python -m iomt run graphs/sorting-line.yaml --for 30s --data $(DEMO)
	@echo "== demo: what was stored, against what was drawn"
	@$(BIN)/python graphs/scripts/score_demo.py $(DEMO)

check: $(DEV) media ## lint, format, types, layers and the tests that take seconds
	@echo "== ruff check"
	@$(BIN)/python -m ruff check .
	@echo "== ruff format"
	@$(BIN)/python -m ruff format --check .
	@echo "== mypy"
	@$(BIN)/python -m mypy
	@echo "== import layers"
	@$(BIN)/lint-imports
	@echo "== pytest"
	@$(BIN)/python -m pytest -m "not slow"

check-long: $(DEV) media ## the tests that take minutes
	@echo "== pytest, slow"
	@$(BIN)/python -m pytest -m slow

check-cluster: $(DEV) media ## the tests on a Kubernetes cluster, made here or given: tests/testbed/README.md
	@tests/testbed/check $(BIN)/python

fuzz: $(DEV) ## 200,000 random inputs through the front end: some minutes
	@$(BIN)/python -m tests.fuzz --count 200000

bench: $(DEV) media ## measure frames stored per second and their age on this machine
	@echo "== bench"
	@$(BIN)/python bench/run.py

bench-front-end: $(DEV) ## measure reading, checking and planning of large graphs, and the start of a check
	@echo "== bench: front end"
	@$(BIN)/python bench/front_end.py

bench-compile: $(DEV) ## measure `iomt compile` of 20, 1,000 and 10,000 nodes: seconds, memory, objects
	@echo "== bench: compile"
	@$(BIN)/python bench/compile.py

bench-apply: $(DEV) ## `iomt apply` of 1,000 nodes beside kubectl's, on an API server that is made here or given
	@echo "== bench: apply"
	@tests/testbed/with-api-server $(BIN)/python bench/apply.py

bench-peers: $(DEV) ## CPU seconds of rendering N services, beside those of the tools in build/peers that render too
	@echo "== bench: peers"
	@$(BIN)/python bench/peers/cost.py build/peers

examples: $(DEV) ## write k8s/examples anew: what `iomt compile` makes of the graphs
	@$(BIN)/python -m tests.examples

diagnostics: $(DEV) ## write docs/diagnostics.md anew: what is printed about the graphs of tests/broken
	@$(BIN)/python -m tests.gallery

media: $(MEDIA) ## draw the clips of the examples into graphs/media
	@:

picture: $(LOCAL) ## draw the README's picture again
	@$(BIN)/python -m iomt graph graphs/sorting-line.yaml --output docs/sorting-line.svg

clean: ## remove what was made, .venv excepted (rm -r .venv)
	rm -rf build dist graphs/media bench/results tests/screenshots .hypothesis .*_cache
	find iomt tests bench graphs -name __pycache__ -prune -exec rm -rf {} +

# A stem of a clip is the stem of the script that draws it; one run makes all of its files.
graphs/media/%-a.mp4 graphs/media/%-a.json graphs/media/%-b.mp4 graphs/media/%-b.json: \
		graphs/scripts/draw_%.py | $(LOCAL)
	@echo "== media: $<"
	@$(BIN)/python $< graphs/media

# The same at 30 frames/s, as many cameras give them.
graphs/media/fast/%-a.mp4 graphs/media/fast/%-a.json graphs/media/fast/%-b.mp4 graphs/media/fast/%-b.json: \
		graphs/scripts/draw_%.py | $(LOCAL)
	@echo "== media: $<, 30 frames/s"
	@$(BIN)/python $< --rate 30 graphs/media/fast

graphs/media/%.wav graphs/media/%.json: graphs/scripts/make_%.py | $(LOCAL)
	@echo "== media: $<"
	@$(BIN)/python $< graphs/media

$(LOCAL): pyproject.toml constraints.txt | $(BIN)/python
	@echo "== installing iomt[local] into $(VENV): the first time this is some gigabytes, torch most of it"
	@$(PIP_INSTALL) -c constraints.txt -e ".[local]"
	@touch $@

# dev contains local, so that a checkout that is checked has nothing more to install for the demo.
$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	@echo "== installing iomt[dev] into $(VENV): the first time this is some gigabytes, torch most of it"
	@$(PIP_INSTALL) -c constraints.txt -e ".[dev]"
	@touch $(LOCAL) $@

$(BIN)/python:
	@suits='import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; \
	for python in $(PYTHONS); do \
		"$$python" -c "$$suits" >/dev/null 2>&1 || continue; \
		echo "== $(VENV): $$("$$python" --version)"; \
		"$$python" -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	echo "iomt needs Python 3.11, 3.12 or 3.13 with its module venv (Debian: apt install python3-venv)." >&2; \
	for python in $(PYTHONS); do \
		echo "  $$python: $$("$$python" --version 2>&1 | head -n 1)" >&2; \
	done; \
	echo "Name another one: make PYTHON=/path/to/python3.12" >&2; \
	exit 1
