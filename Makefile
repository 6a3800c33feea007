.DEFAULT_GOAL := help
.PHONY: help demo test

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: ## build and run the main job on a real scenario, leave a report
	cargo build --release --locked
	cargo run --release --locked --quiet --bin mantlet -- --help

test: ## what CI runs: format, clippy, every test
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked
