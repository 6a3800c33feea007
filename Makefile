.DEFAULT_GOAL := help
.PHONY: help demo test bench figures check fmt

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

fmt: ## format the code
	cargo fmt --all
