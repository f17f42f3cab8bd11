# One command lists what one can do: make

CARGO ?= cargo
.DEFAULT_GOAL := aiuto
.PHONY: aiuto sandbox test check

aiuto: ## Questo elenco
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The fonts of the prints are others' work: they come with their lock file, and are not in the repository.
assets/node_modules: assets/package-lock.json
	npm ci --prefix assets
	@touch $@

sandbox: assets/node_modules ## Compila e avvia l'ambiente di prova in ./sandbox; opzioni: make sandbox ARGS='--listen 127.0.0.1:9090'
	$(CARGO) run -p fiorino -- sandbox $(ARGS)

test: assets/node_modules ## Tutte le prove
	$(CARGO) test --workspace

check: assets/node_modules ## Formattazione e clippy, avvisi vietati
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
