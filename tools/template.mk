# What the template needs to describe and to measure itself. A copy does without: `make new`.
.PHONY: examples bench evidence mutants

examples: ## make the reports of docs/examples/ again (ten minutes)
	@$(ENVIRONMENT) $(RUN) gate ingest
	@$(BIN)/python tools/examples.py $(ONLY)

bench: ## speed and memory, as ratios (ten minutes)
	@$(ENVIRONMENT) $(RUN) gate ingest test
	@$(BIN)/python benchmarks/bench.py

evidence: ## the figures of docs/gate.md, docs/monitoring.md (ONLY="series rows": parts)
	@$(ENVIRONMENT) $(RUN) gate ingest
	@$(BIN)/python -m benchmarks.evidence $(ONLY)

mutants: ## do the tests see a mistake? (half an hour; ONLY=NAME: one, or gate, model, ...)
	@$(ENVIRONMENT) $(RUN) gate ingest test
	@$(BIN)/retrain run
	@$(BIN)/python -m benchmarks.mutants $(if $(ONLY),--only "$(ONLY)")
