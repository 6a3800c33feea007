.DEFAULT_GOAL := help
.PHONY: help demo test bench figures check fuzz peers fmt

MANTLET := target/release/mantlet

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: ## build, run the eight-rockets raid, leave out/demo/report.html
	cargo build --release --locked
	$(MANTLET) run scenarios/eight-rockets.toml --out out/demo --force

test: ## what CI runs: format, clippy, every test
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked

figures: ## accuracy over 200 seeds of the demo raid, with intervals
	cargo run --release --locked --quiet --example figures -- scenarios/eight-rockets.toml 200

bench: ## the benchmarks
	cargo bench --workspace --locked

check: ## licences, advisories and sources of dependencies (needs cargo-deny)
	cargo deny check licenses bans sources
	cargo doc --workspace --no-deps --locked

fuzz: ## fuzz each reader for 20 s (needs cargo-fuzz)
	for t in asterix capture plots; do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run $$t -- -max_total_time=20 || exit 1; done

peers: ## compare the ASTERIX codec with an independent one (PyPI, into .venv)
	python3 -m venv .venv && .venv/bin/pip install --quiet libasterix==0.36.3
	cargo test -p mantlet --test asterix_codec --locked -- --nocapture

fmt: ## format the code
	cargo fmt --all
