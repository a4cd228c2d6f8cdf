# Delivery: what the workflows call, and a person can call too. Part of the Makefile, which includes it.
DELIVERY := $(UV) run --project delivery --no-dev --locked --quiet delivery
IN_DELIVERY := $(UV) run --directory delivery --locked --quiet
INFRASTRUCTURE := infrastructure
VERSION ?=
TO ?= previous
PR ?=
SBOM ?= dist/sbom.cdx.json
SWEEP_HOURS ?= 24
TERRAFORM_FOLDERS ?= . bootstrap modules/dlt-ingestion

.PHONY: delivery-check
delivery-check: $(filter /%,$(UV)) ## Look for all that a deployment needs
	@$(DELIVERY) check

.PHONY: push
push: $(filter /%,$(UV)) ## Push an image, also as latest (IMAGE=address:commit)
	@$(DELIVERY) push "$(IMAGE)"

.PHONY: sbom
sbom: $(filter /%,$(UV)) ## Write what an image contains, as CycloneDX (IMAGE=..., SBOM=file)
	@mkdir -p "$(dir $(SBOM))"
	@$(UV) run --project delivery --no-default-groups --group sbom --locked --quiet delivery sbom "$(IMAGE)" --output "$(SBOM)"

.PHONY: apply
apply: $(filter /%,$(UV)) ## Give the job an image, by terraform apply (VERSION=digest, commit or tag)
	@$(DELIVERY) apply "$(VERSION)"

.PHONY: smoke
smoke: $(filter /%,$(UV)) ## Execute the job once and look at its rows and how fresh they are
	@$(DELIVERY) smoke

.PHONY: settle
settle: $(filter /%,$(UV)) ## Remember what the job has as deployed, and what was as previous
	@$(DELIVERY) settle

.PHONY: deploy
deploy: $(filter /%,$(UV)) ## Apply, smoke, settle; back if it fails (VERSION=digest, commit or tag)
	@$(DELIVERY) deploy "$(VERSION)"

.PHONY: rollback
rollback: $(filter /%,$(UV)) ## Go back, latest too (TO=previous, or a digest or commit)
	@$(DELIVERY) rollback "$(TO)"

.PHONY: pr-run
pr-run: setup ## Run the pipeline into a pull request's own datasets (PR=number)
	@$(DELIVERY) pr-run "$(PR)" -- $(PIPELINE_RUN) dlt-ingestion run

.PHONY: pr-remove
pr-remove: $(filter /%,$(UV)) ## Remove a pull request's datasets (PR=number)
	@$(DELIVERY) pr-remove "$(PR)"

.PHONY: sweep
sweep: $(filter /%,$(UV)) ## Remove what pull requests left in BigQuery (SWEEP_HOURS=24)
	@$(DELIVERY) sweep --older-than-hours "$(SWEEP_HOURS)"

.PHONY: terraform-check
terraform-check: ## Check the infrastructure: format, lock files, validation, its tests
	@delivery/check-terraform $(TERRAFORM_FOLDERS)

.PHONY: delivery-test
delivery-test: $(filter /%,$(UV)) ## Run the delivery's own tests (ARGS=-k name)
	@$(IN_DELIVERY) pytest $(ARGS)

.PHONY: delivery-lint
delivery-lint: $(filter /%,$(UV)) ## Check the delivery's code
	@$(IN_DELIVERY) ruff format --check .
	@$(IN_DELIVERY) ruff check .
	@$(IN_DELIVERY) mypy

# With a token of GitHub zizmor also looks up whether each pinned commit is the release that its comment names.
.PHONY: workflows-lint
workflows-lint: $(filter /%,$(UV)) ## Check the workflows: syntax, and what an attacker would look for
	@if delivery/install-go-tool actionlint; then PATH="$(CURDIR)/.tools/bin:$$PATH" $(UV) run --project delivery --locked --quiet actionlint; \
	else [ -z "$(CI)" ] && echo "Without Go the workflows' syntax is not checked here; on GitHub it is."; fi
	@if [ -z "$${GH_TOKEN:-}" ]; then unset GH_TOKEN; set -- --offline; fi; \
	$(UV) run --project delivery --locked --quiet zizmor --quiet --persona=pedantic "$$@" .github

.PHONY: act
act: ## Install act, which runs the workflows on this machine for their tests, and actionlint
	@delivery/install-go-tool act
	@delivery/install-go-tool actionlint
