VENV ?= .venv
BIN := $(VENV)/bin
PAGE := src/limes/web/static/index.html
PAGE_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: demo test test-fast page lint types docs bench bench-sight bench-spectra bench-portal bench-tracking bench-watch bench-closure bench-siting soak screenshots clean

KERNELS := $(shell grep -rlE "njit|tracking.compiled" src/limes --include="*.py")

demo: $(VENV)/.demo $(VENV)/.kernels $(PAGE)  ## watch the reference sector through a simulated night
	$(BIN)/limes demo $(ARGS)

test: $(VENV)/.test $(VENV)/.kernels $(PAGE)  ## all tests
	$(BIN)/python hatch_build.py check
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow" --cov --cov-report=term:skip-covered $(ARGS)

test-fast: $(VENV)/.test $(VENV)/.kernels  ## all tests but those that need a browser
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow and not browser" $(ARGS)

page: $(PAGE)  ## build the page

$(PAGE): $(PAGE_SOURCES) | $(VENV)/.demo
	$(BIN)/python hatch_build.py

lint: $(VENV)/.lint  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

docs: $(VENV)/.docs  ## the documentation, warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: bench-sight bench-tracking bench-watch bench-closure bench-siting  ## every benchmark

bench-sight: $(VENV)/.test
	$(BIN)/python benchmarks/sight.py $(ARGS)

bench-spectra: $(VENV)/.test  ## identification on held-out specimens: ARGS="LIBRARY_FOLDER [QUERY_FOLDER]"
	$(BIN)/python benchmarks/spectra.py $(or $(ARGS),src/limes/signals/spectra/library)

bench-portal: $(VENV)/.test  ## false alarms and detection of radiation portals: ARGS="[BACKGROUND.n42] [--hours H]"
	$(BIN)/python benchmarks/portal.py $(ARGS)

bench-tracking: $(VENV)/.test  ## the tracker beside its peers
	$(BIN)/python -m pip install --quiet --group bench || echo "the peers could not be installed: Limes alone"
	$(BIN)/python benchmarks/tracking.py $(ARGS)

bench-closure: $(VENV)/.test  ## times of closure, live and over the whole terrain
	$(BIN)/python benchmarks/closure.py

bench-siting: $(VENV)/.test  ## siting with its proven gap, beside spopt and HiGHS: ARGS="[INSTANCE ...] [--radius R] [--count P]"
	$(BIN)/python -m pip install --quiet --group bench || echo "the peers could not be installed: Limes alone"
	$(BIN)/python benchmarks/siting.py $(ARGS)

bench-survey: $(VENV)/.test  ## how surely tunnels are found on survey lines, over which ground
	$(BIN)/python benchmarks/survey.py $(ARGS)

bench-fibre: $(VENV)/.test  ## the fibre beside its peers (those that are installed) and in real noise: ARGS="--noise FILE"
	$(BIN)/python benchmarks/fibre.py $(ARGS)

bench-watch: $(VENV)/.test
	$(BIN)/python benchmarks/watch.py $(ARGS)

soak: $(VENV)/.test $(PAGE)  ## slow tests: soak, fuzz, load
	$(BIN)/pytest -m slow $(ARGS)

$(VENV)/.demo $(VENV)/.test $(VENV)/.docs $(VENV)/.lint: $(VENV)/.%: pyproject.toml scripts/setup
	scripts/setup $*

# numba keeps a compiled caller when a function it calls in another file changes, so any change drops all of them
$(VENV)/.kernels: $(KERNELS) | $(VENV)/.demo
	find src -name '*.nb[ic]' -delete
	$(BIN)/python scripts/warm.py
	touch $@

screenshots: $(VENV)/.test $(VENV)/.kernels $(PAGE)  ## the pictures of the documentation, taken by the browser test
	LIMES_PICTURES=docs/images $(BIN)/pytest tests/browser

clean:  ## take away everything that was made
	rm -rf $(VENV) dist site src/limes/web/static ui/node_modules .mypy_cache .pytest_cache .ruff_cache .coverage*
