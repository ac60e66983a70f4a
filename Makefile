# Two commands on a fresh clone do everything: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
BENCH := .venv-bench
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
SPARK_READY := .venv/.spark-ready
# uv is used where it is installed (much faster); pip does the same from the same locked files. Both work in the
# environment named last, in .venv where none is.
PIP_IN = $(or $(1),$(BIN))
PIP_SYNC = if command -v uv >/dev/null 2>&1; \
	then uv pip install --quiet --python $(call PIP_IN,$(2))/python --require-hashes -r $(1); \
	else $(call PIP_IN,$(2))/python -m pip install --quiet --require-hashes -r $(1); fi
PIP_SELF = if command -v uv >/dev/null 2>&1; \
	then uv pip install --quiet --python $(call PIP_IN,$(1))/python --no-deps -e .; \
	else $(call PIP_IN,$(1))/python -m pip install --quiet --no-deps -e .; fi

.PHONY: demo test check check-all docs serve bench bench-engines check-engines wheel lock golden snapshot compiled clean setup setup-dev

setup: $(RUN_READY)
setup-dev: $(DEV_READY)

$(BIN)/python:
	@echo "1 · making a virtual environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Licet needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -m venv .venv

$(RUN_READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "2 · installing what Licet runs on (locked, with hashes)"
	@$(call PIP_SYNC,requirements/run.txt)
	@$(PIP_SELF)
	@touch $@

$(DEV_READY): requirements/dev.txt pyproject.toml | $(RUN_READY)
	@echo "3 · installing what the tests need (locked, with hashes)"
	@$(call PIP_SYNC,requirements/dev.txt)
	@touch $@

# Spark is large and only the check of its engine needs it; it runs on the Java of the machine.
$(SPARK_READY): requirements/spark.txt $(DEV_READY)
	@echo "4 · installing Spark (locked, with hashes)"
	@$(call PIP_SYNC,requirements/spark.txt)
	@touch $@

demo: $(RUN_READY)
	@echo "3 · assessing the documented transfers in examples/ on the shipped evidence"
	@$(BIN)/licet demo examples

test: $(DEV_READY)
	$(BIN)/python -m pytest

check: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-all: $(SPARK_READY)
	bash tests/wheel.sh
	$(BIN)/python -m pytest -m "slow or not slow" tests/oracles tests/fuzz tests/kill tests/browser
	$(BIN)/mkdocs build --strict --quiet

docs: $(DEV_READY)
	@$(BIN)/licet rulebook pages -o docs/rulebooks --force --quiet
	$(BIN)/mkdocs build --strict

serve: $(DEV_READY)
	@$(BIN)/licet rulebook pages -o docs/rulebooks --force --quiet
	$(BIN)/mkdocs serve

bench: $(DEV_READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.explain

# Other rule engines live in an environment of their own, so that nothing of theirs (OpenFisca-Core is AGPL)
# stands where Licet is built and tested.
bench-engines: $(BENCH)/.ready
	$(BENCH)/bin/python -m benchmarks.engines

# The same engines as oracles: many rule sets, complete cases, no measuring.
check-engines: $(BENCH)/.ready
	$(BENCH)/bin/python -m benchmarks.engines --check 30 --cases 60

$(BENCH)/.ready: requirements/bench.txt pyproject.toml
	@$(PYTHON) -m venv $(BENCH)
	@$(call PIP_SYNC,requirements/bench.txt,$(BENCH)/bin)
	@$(call PIP_SELF,$(BENCH)/bin)
	@touch $@

wheel: $(DEV_READY)
	$(BIN)/python -m hatchling build -t wheel

# Written files that a test compares with their sources.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements/build.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra spark -c requirements/run.txt pyproject.toml -o requirements/spark.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group bench -c requirements/run.txt pyproject.toml -o requirements/bench.txt

compiled: $(RUN_READY)
	$(BIN)/python -m licet.rules.compiled

golden: $(DEV_READY)
	$(BIN)/python -m tests.golden.write

snapshot: $(DEV_READY)
	@$(call PIP_SYNC,requirements/build.txt)
	$(BIN)/licet evidence build data -o src/licet/evidence/snapshot

clean:
	rm -rf .venv .venv-bench dist site out .pytest_cache .mypy_cache .ruff_cache .hypothesis
