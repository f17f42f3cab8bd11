# One command lists what one can do: make

CARGO ?= cargo
.DEFAULT_GOAL := aiuto
.PHONY: aiuto sandbox test check bench moduli

aiuto: ## Questo elenco
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

sandbox: ## Compila e avvia l'ambiente di prova in ./sandbox; opzioni: make sandbox ARGS='--listen 127.0.0.1:9090'
	./avvia $(ARGS)

test: ## Tutte le prove, su SQLite e su PostgreSQL, con cio' che chiedono
	./prova

check: ## Formattazione e clippy, avvisi vietati
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

moduli: ## Moduli al secondo su un core: schema, modello, lettura
	$(CARGO) run --release -p bench --bin modulo -- $(ARGS)

bench: ## Il programma misurato da fuori, accanto al database nudo; opzioni: make bench ARGS='--secondi 20'
	$(CARGO) build --release -p fiorino -p bench
	$(CARGO) run --release -p bench -- --fiorino target/release/fiorino $(ARGS)
