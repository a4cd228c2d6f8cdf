# The one interface: what a person does here, they do with `make`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PIPELINE := pipelines/dlt-ingestion
IMAGE ?= dlt-ingestion:dev
ARGS ?=
RUN ?=

# uv: the one on the PATH if it works, else a pinned one of this project's own.
UV_VERSION := 0.13.9
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo $(CURDIR)/.tools/bin/uv)
# Python 3.13 for the stand-ins: pyenv's where there is one, else whatever uv finds or fetches.
PYTHON_313 ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13) 3.13)
export UV_COMPILE_BYTECODE ?= 1
PIPELINE_RUN := $(UV) run --project $(PIPELINE) --all-extras --locked --quiet
IN_PIPELINE := $(UV) run --directory $(PIPELINE) --all-extras --locked --quiet
IN_REHEARSAL := $(UV) run --directory rehearsal --python $(PYTHON_313) --locked --quiet
REHEARSAL_RUN := $(UV) run --project rehearsal --python $(PYTHON_313) --locked --quiet
KILLS ?= 200
LINTS ?= pipeline-lint rehearsal-lint delivery-lint workflows-lint

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(CURDIR)/.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

.PHONY: setup
setup: $(filter /%,$(UV)) ## Install what the pipeline needs (run and test do it by themselves)
	@$(UV) sync --project $(PIPELINE) --all-extras --locked --quiet

.PHONY: run
run: setup ## Ingest: the API with DOG_API_KEY, else the sample, into data/ (ARGS=--accept-shrink)
	@$(PIPELINE_RUN) dlt-ingestion run $(ARGS)

.PHONY: report
report: setup ## Write the report, one HTML page: data/report.html (ARGS=--open shows it)
	@$(PIPELINE_RUN) dlt-ingestion report $(ARGS)

.PHONY: check
check: setup ## Examine configuration, API, key and warehouse
	@$(PIPELINE_RUN) dlt-ingestion check $(ARGS)

.PHONY: runs
runs: setup ## Show the run history
	@$(PIPELINE_RUN) dlt-ingestion runs $(ARGS)

.PHONY: replay
replay: setup ## Parse a run's stored answers again and publish them (RUN=id)
	@$(PIPELINE_RUN) dlt-ingestion replay --run "$(RUN)"

.PHONY: restore
restore: setup ## Publish an earlier run's content again (RUN=id)
	@$(PIPELINE_RUN) dlt-ingestion restore --run "$(RUN)"

.PHONY: docs
docs: setup rehearsal-setup ## Write the generated pages: tables, costs, COVERAGE.md, variables of modules
	@$(PIPELINE_RUN) python docs/generate_tables.py
	@$(PIPELINE_RUN) python docs/compute_costs.py
	@$(IN_REHEARSAL) python -m rehearsal.coverage
	@$(IN_REHEARSAL) python -m tests.infrastructure.configuration

.PHONY: rehearsal-setup
rehearsal-setup: $(filter /%,$(UV)) ## Install the rehearsal of Google Cloud (Python 3.13)
	@$(UV) sync --project rehearsal --python $(PYTHON_313) --locked --quiet

.PHONY: rehearsal
rehearsal: rehearsal-setup ## Start the rehearsal: Google's APIs on this machine (ARGS=--help)
	@ENGINE_OWN=1 rehearsal/engine/install || echo "Without it some parts are missing; the list below says which."
	@$(REHEARSAL_RUN) rehearsal up $(ARGS)

.PHONY: rehearsal-shell
rehearsal-shell: rehearsal-setup ## Open a shell in which gcloud, bq, docker and terraform rehearse
	@$(REHEARSAL_RUN) rehearsal shell

.PHONY: rehearsal-down
rehearsal-down: rehearsal-setup ## Stop the rehearsal; its state stays
	@$(REHEARSAL_RUN) rehearsal down

.PHONY: test
test: pipeline-test delivery-test rehearsal-test ## Run all tests that can run here; the others say why not

.PHONY: pipeline-test
pipeline-test: setup ## Run the pipeline's tests alone (ARGS=-k name)
	@$(MAKE) --no-print-directory rehearsal-setup || echo "Without the rehearsal the tests that need BigQuery are skipped."
	@$(IN_PIPELINE) pytest -n auto $(ARGS)

.PHONY: rehearsal-test
rehearsal-test: rehearsal-setup setup ## Run the rehearsal's tests alone (ARGS=-k name)
	@$(IN_REHEARSAL) pytest -n auto --dist loadgroup $(ARGS)

.PHONY: infrastructure-test
infrastructure-test: rehearsal-setup ## Test the Terraform: plans with a mock, then applied to a rehearsal (ARGS=-k name)
	@$(IN_REHEARSAL) pytest tests/infrastructure $(ARGS)

.PHONY: guide-test
guide-test: rehearsal-setup setup ## Follow the deployment guide and the runbook block by block (ARGS=-k name)
	@$(IN_REHEARSAL) pytest tests/guide $(ARGS)

.PHONY: torture
torture: setup ## Kill the pipeline at random moments (KILLS=200): tables stay whole
	@DLT_INGESTION_TEST_KILLS=$(KILLS) $(IN_PIPELINE) pytest --timeout 7200 tests/e2e/test_interruptions.py -k killed_at_any_moment

.PHONY: lint
lint: $(LINTS) ## Check all code: format, types, Dockerfile, scripts, workflows (LINTS=part-lint)

.PHONY: pipeline-lint
pipeline-lint: setup ## Check the pipeline's code, its Dockerfile and all shell scripts
	@$(IN_PIPELINE) ruff format --check .
	@$(IN_PIPELINE) ruff check .
	@$(IN_PIPELINE) mypy
	@$(IN_PIPELINE) hadolint Dockerfile
	@$(PIPELINE_RUN) shellcheck .ci/run rehearsal/engine/{install,up,down,base-image} delivery/{install-go-tool,check-terraform} \
	  $(PIPELINE)/src/dlt_ingestion/report/vendor/refresh

.PHONY: rehearsal-lint
rehearsal-lint: rehearsal-setup ## Check the rehearsal's code
	@$(IN_REHEARSAL) ruff format --check .
	@$(IN_REHEARSAL) ruff check . ../docs
	@$(IN_REHEARSAL) mypy

.PHONY: image
image: setup ## Build the container image (IMAGE=name:tag)
	@engine="$$(rehearsal/engine/up)" && eval "$$engine" && rehearsal/engine/base-image && \
	docker build --tag "$(IMAGE)" \
	  --build-arg REVISION="$$(git describe --always --dirty --abbrev=40 --exclude '*' 2>/dev/null || echo unknown)" \
	  --build-arg VERSION="$$($(UV) version --short --project $(PIPELINE))" \
	  --build-arg CREATED="$$(git show -s --format=%cI HEAD 2>/dev/null || date -u +%FT%TZ)" \
	  $(PIPELINE)

.PHONY: image-test
image-test: setup ## Test the built image, with a run against the BigQuery stand-in
	@$(MAKE) --no-print-directory rehearsal-setup || echo "Without the BigQuery stand-in its test is skipped."
	@engine="$$(rehearsal/engine/up)" && eval "$$engine" && \
	DLT_INGESTION_IMAGE="$(IMAGE)" $(IN_PIPELINE) pytest tests/test_image.py tests/e2e/test_image_run.py

.PHONY: faults
faults: setup rehearsal-setup ## Fail every call of a run in every way; writes docs/faults.md (minutes)
	@$(IN_PIPELINE) python -m tests.e2e.fault_page $(ARGS)

.PHONY: bench
bench: setup ## Measure CPU, memory and wall time against other ways; writes docs/benchmarks.md
	@$(IN_PIPELINE) python -m bench $(ARGS)

.PHONY: rehearsal-bench
rehearsal-bench: rehearsal-setup ## Measure the rehearsal: start, memory, latency; writes docs/rehearsal-benchmarks.md
	@$(IN_REHEARSAL) python -m bench $(ARGS)

.PHONY: report-assets
report-assets: ## Copy the report's charting library anew from npm, as package-lock.json says
	@$(PIPELINE)/src/dlt_ingestion/report/vendor/refresh

.PHONY: permissions
permissions: rehearsal-setup ## Prove each IAM binding needed; writes docs/permissions.md (ARGS=--only TEXT)
	@ENGINE_OWN=1 rehearsal/engine/install
	@$(IN_REHEARSAL) python -m proof $(ARGS)

.PHONY: clean
clean: ## Remove what tools left behind; data/ stays
	@rm -rf .tools $(PIPELINE)/.venv rehearsal/.venv delivery/.venv
	@find . -name __pycache__ -prune -exec rm -rf {} +

include delivery/targets.mk
