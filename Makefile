# The project's vocabulary, for people and for CI: `make help`.
PYTHON ?= python3
BIN := .venv/bin
ENVIRONMENT := $(PYTHON) tools/environment.py
RUN := dvc pipeline validate
ALL := $(RUN) ingest gate plots forge release test lint $(if $(wildcard tests/acceptance),notebook)
NOTEBOOK ?= notebooks/exploration.ipynb
NOTEBOOKS := $(filter-out %.executed.ipynb,$(wildcard notebooks/*.ipynb))
SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema=vendor.
BASE ?= HEAD
JUNIT ?= junit.xml
.DEFAULT_GOAL := help
.PHONY: help new train judge contexts land plots notebook site replay ingest test test-all test-machine lint format lock workflows update clean
-include tools/template.mk

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

new: ## a project from a table: DATA=FILE TARGET=COLUMN (TIME= NAME= TASK=)
	@$(ENVIRONMENT) $(RUN)
	@$(BIN)/retrain new "$(DATA)" --target "$(TARGET)" --time "$(TIME)" --name "$(NAME)" --task "$(TASK)" \
	  --time-format '$(TIME_FORMAT)' $(if $(FORCE),--force) $(if $(TESTS),--with-tests)

train: ## build the model: what changed, or everything (FORCE=1)
	@$(ENVIRONMENT) $(RUN)
	@$(BIN)/retrain run $(if $(FORCE),--force)

judge: ## compare with a base: report.md (BASE=REF; CHAMPION=v1.0.0)
	@$(ENVIRONMENT) $(RUN) gate
	@$(BIN)/retrain judge --base $(BASE) $(if $(CHAMPION),--champion $(CHAMPION))

contexts: ## which contexts of policy.yaml earn a model of their own?
	@$(ENVIRONMENT) $(RUN) gate
	@$(BIN)/retrain judge --contexts

land: ## build, judge, push, register (PROPOSE=1: to a branch; CONTEXT=JFK: its own model)
	@$(ENVIRONMENT) $(RUN) gate
	@$(BIN)/retrain land $(if $(PROPOSE),--propose) $(if $(FIRST),--first) $(if $(CONTEXT),--context '$(CONTEXT)')

plots: ## draw the curves into plots/, beside a base's (BASE=REF)
	@$(ENVIRONMENT) dvc plots
	@$(BIN)/retrain plots --base $(BASE)

notebook: ## execute a notebook, outputs into NAME.executed.ipynb (NOTEBOOK=FILE)
	@$(ENVIRONMENT) dvc notebook
	@test -f "$(NOTEBOOK)" || { echo "error: $(NOTEBOOK): no such file; name one: make notebook NOTEBOOK=FILE" >&2; exit 1; }
	@$(if $(wildcard data.dvc),$(if $(wildcard data),,$(BIN)/dvc pull --quiet data.dvc))
	@PATH="$(CURDIR)/$(BIN):$$PATH" jupyter execute --kernel_name=python3 --output={notebook_name}.executed.ipynb "$(NOTEBOOK)"

site: ## the history as pages: site/index.html
	@$(ENVIRONMENT) dvc
	@$(BIN)/retrain site

replay: ## does retraining pay? (THROUGH=2013-12; SINCE=2013-07)
	@$(ENVIRONMENT) $(RUN) gate ingest
	@$(BIN)/retrain replay $(if $(THROUGH),--through $(THROUGH)) $(if $(SINCE),--since $(SINCE))

ingest: ## the next months into data/ (THROUGH=2013-12; AGAIN=2013-06)
	@$(ENVIRONMENT) dvc ingest $(if $(UNCHECKED),,validate)
	@$(BIN)/retrain ingest $(if $(THROUGH),--through $(THROUGH)) $(if $(AGAIN),--again $(AGAIN)) $(if $(UNCHECKED),--unchecked)

test: lint ## at every change: lint, your tests, a few of the machine's
	@$(BIN)/retrain run
	@$(BIN)/pytest -n auto --dist worksteal -m smoke $(wildcard tests/pipeline tests/model tests/acceptance tests/retrain) --junitxml=$(JUNIT)

test-all: $(if $(REST),,lint) ## lint, and all tests (REST=1: what `make test` leaves)
	@$(if $(wildcard tests/e2e),$(BIN)/python tools/gitlab_ci_local.py)
	@$(BIN)/retrain run
	@$(BIN)/pytest -n auto --dist worksteal $(if $(REST),-m "not smoke") --junitxml=all-$(JUNIT)

test-machine: ## in CI: the rest, if the change touches the machine
	@$(if $(wildcard tests/retrain),$(BIN)/python tools/machine_changed.py $(MAKE) test-all REST=1,\
	  echo "the machine's own tests are not in this copy")

lint: ## ruff, mypy, import-linter; CI's files: actionlint, zizmor
	@$(ENVIRONMENT) $(ALL)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@said=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/shellcheck .ci/run $(wildcard tests/e2e/actions/npm tests/e2e/actions/apt-get)
	@$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify --keep-id $(NOTEBOOKS))
	@PATH="$(CURDIR)/$(BIN):$$PATH" actionlint
	@$(BIN)/zizmor --offline --persona=auditor --strict-collection --quiet .
	@$(SCHEMA)github-workflows .github/workflows/*.yml
	@$(SCHEMA)github-actions .github/actions/*/action.yml
	@$(if $(wildcard .github/dependabot.yml),$(SCHEMA)dependabot .github/dependabot.yml)
	@$(if $(wildcard renovate.json),$(SCHEMA)renovate renovate.json)
	@$(if $(wildcard CITATION.cff),$(SCHEMA)citation-file-format CITATION.cff)
	@$(BIN)/python tools/gitlab_schema.py .gitlab-ci.yml .gitlab/*.yml

format: ## rewrite the code as `make lint` wants it
	@$(ENVIRONMENT) $(ALL)
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

lock: ## pin requirements/ again (UPGRADE=1: newest versions)
	@$(ENVIRONMENT) uv
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(PYTHON) tools/lock.py $(if $(UPGRADE),--upgrade)

workflows: ## rewrite .github/ for FORGE=ghes, or back: FORGE=github
	@$(PYTHON) tools/enterprise_server.py $(FORGE)

update: ## take a newer template (VERSION=v1.1.0; FROM=URL)
	@$(PYTHON) tools/update.py $(if $(VERSION),--version '$(VERSION)') $(if $(FROM),--from '$(FROM)')

clean: ## remove what can be built again: .venv, data, models, caches
	rm -rf .venv data features models predictions plots site dvc_plots .dvc/cache .dvc/tmp .*_cache
