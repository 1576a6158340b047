# Everything a person needs: `make sweep` and `make test`. PYTHON names the interpreter (3.11+).
PYTHON ?= python3
FILE ?= sweeps/quick.yaml
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Relative: the name of this folder may hold signs that mean something else in a URI.
export MLFLOW_TRACKING_URI ?= sqlite:///mlflow.db
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Compiled files are kept, whatever the caller's environment says: without them each worker and
# each process of a test compiles the package, and pytest rewrites every assert, again.
export PYTHONDONTWRITEBYTECODE :=
# A test that hangs for 15 minutes fails and ends the run; the place of each of its threads is shown.
# Its worker is not replaced: it would begin with the same test.
NO_HANG := -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true --max-worker-restart=0

.PHONY: help sweep test test-marked test-slow test-faults test-gpu test-containers lint ui bench level-and-power bench-engines jax-env lock lock-images sbom audit clean

sweep: $(READY)  ## run (or continue) a sweep and print its table; FILE names another sweep file
	mlflow run . -e sweep --env-manager local --experiment-name glorot_sweep -P "file=$(FILE)"

test: $(READY)  ## the default tests, without network, GPU or server: about two minutes on two cores
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

test-marked: test-slow test-faults  ## the longer tests: both of the next two

test-slow: $(READY)  ## slow, real data, browser, another CPU; each skips with its reason
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(NO_HANG) -m "(slow or realdata or browser or cross) and not faults" --durations=15

# Three at a time: they wait for servers, starts and signals more than they compute.
test-faults: $(READY)  ## crashes and interrupts of real processes
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile $(NO_HANG) -m faults --durations=15

test-gpu: $(READY)  ## what a GPU must do like a CPU, where there is one
	if $(BIN)/python -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m gpu; else echo 'the GPU was not tested: there is no CUDA'; fi

test-containers: $(READY)  ## docker/compose.yaml in an engine at hand, or one made as root; elsewhere it says why not
	PYTHON=$(CURDIR)/$(BIN)/python tests/containers/run.sh

lint: $(READY)  ## style, types, and which module may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ui: $(READY)  ## MLflow's UI on http://127.0.0.1:5000, and the link to the sweeps in it; PORT names another port
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2> /dev/null || { \
		echo "port $(PORT) of 127.0.0.1 is taken, or is none: stop what uses it, or name another (make ui PORT=5001)" >&2; exit 2; }
	@$(BIN)/python -m glorot_sweep list 2> /dev/null | sed -n 's|^http://127.0.0.1:5000/#|The sweeps, once the server is up: http://127.0.0.1:$(PORT)/#|p'
	MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow server --workers 1 --port "$(PORT)" --backend-store-uri "$$MLFLOW_TRACKING_URI"

bench: bench-engines  ## everything in benchmarks/ on this machine, then docs/performance.md; with JAX after make jax-env
	$(BIN)/python benchmarks/shapeset.py
	$(BIN)/python benchmarks/scaling.py --json benchmarks/results/scaling.json
	$(BIN)/python benchmarks/logging_cost.py --json benchmarks/results/logging_cost.json
	$(BIN)/python benchmarks/statistics_cost.py --json benchmarks/results/statistics_cost.json
	$(BIN)/python benchmarks/report_size.py --json benchmarks/results/report_size.json
	$(BIN)/python benchmarks/feeding.py --json benchmarks/results/feeding.json
	$(BIN)/python benchmarks/driver.py --json benchmarks/results/driver.json
	$(BIN)/python benchmarks/workers.py --json benchmarks/results/workers.json
	$(BIN)/python benchmarks/own_question.py --json benchmarks/results/own_question.json
	$(BIN)/python benchmarks/small_imagenet.py --json benchmarks/results/small_imagenet.json
	$(BIN)/python benchmarks/reduced_precision.py --json benchmarks/results/reduced_precision.json
	if $(BIN)/python -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then $(BIN)/python benchmarks/gpu.py --json benchmarks/results/gpu.json; else echo 'gpu.py: left out, no CUDA'; fi
	$(BIN)/python benchmarks/performance_page.py

level-and-power: $(READY)  ## errors on a grid of rates and streams (hours of one core, goes on where it stopped), and what tests make of them
	$(BIN)/python benchmarks/error_grid.py
	$(BIN)/python benchmarks/level_and_power.py

bench-engines: $(READY)  ## the native engine beside torch's and all peers: the numbers to reach, in some twelve minutes
	$(BIN)/python benchmarks/training.py --rounds 5 --seconds 0.7 --tuning-seconds 0.3 --tuning-rounds 1 --beside 1 --json benchmarks/results/training.json
	$(BIN)/python benchmarks/step_rules.py --rounds 5 --json benchmarks/results/step_rules.json
	$(BIN)/python benchmarks/pretraining.py --rounds 5 --json benchmarks/results/pretraining.json
	$(BIN)/python benchmarks/quick_sweep.py --json benchmarks/results/quick_sweep.json
	$(BIN)/python benchmarks/aims.py

jax-env: build/jax-env/.ready build/jax-env-0.4.31/.ready  ## environments of the JAX peers of make bench: as it is, and with the older CPU runtime

build/jax-env/.ready: benchmarks/requirements-jax.txt
build/jax-env-0.4.31/.ready: benchmarks/requirements-jax-0.4.31.txt
build/jax-env/.ready build/jax-env-0.4.31/.ready:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --requirement $<
	touch $@

lock:  ## resolve pyproject.toml anew into requirements.txt; CUDA's own packages come with torch
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet '.[dev]' setuptools
	build/lock/bin/python -m pip freeze --all | grep -v -i -E '^(pip|glorot|nvidia|cuda|triton)' | sed -E 's/(==[^+]*).*/\1/' > requirements.txt
	rm -rf build/lock
	$(MAKE) lock-images

TOOLS := build/tools
lock-images: $(READY) $(TOOLS)/.ready  ## the packages of the images, each file by its hash, into docker/locked
	$(BIN)/python -m supply_chain.lock_images $(TOOLS)/bin/uv

sbom: $(READY) $(TOOLS)/.ready  ## build/sbom.json: every locked package with its licence, as CycloneDX; each licence must be allowed
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON --output-file build/sbom.json $(BIN)/python
	$(BIN)/python -m supply_chain.complete build/sbom.json requirements.txt
	$(BIN)/python -m supply_chain.licences build/sbom.json

audit: $(READY) $(TOOLS)/.ready  ## known vulnerabilities of every locked package, as far as a database of them can be had
	$(BIN)/python -m supply_chain.audit $(TOOLS)/bin/pip-audit requirements.txt docker/locked/*.txt

$(TOOLS)/.ready: supply_chain/tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --requirement $<
	touch $@

clean:  ## the environments and all that is built
	rm -rf $(VENV) build

help:  ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1: \2/p' Makefile

# pip compiles on one core, after everything; here all cores do.
$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("glorot_sweep needs Python 3.11 or newer, this is %d.%d; name another with PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements.txt
	$(BIN)/python -m compileall -qq -j 0 -x '/(tests?|testing)/' $(VENV)/lib || true  # templates are no Python
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)
