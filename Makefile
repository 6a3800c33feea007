.DEFAULT_GOAL := help
.PHONY: help demo test tools bench figures check fuzz peers fmt

MANTLET := target/release/mantlet

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: ## build, run the eight-rockets raid, leave out/demo/report.html
	cargo build --release --locked
	$(MANTLET) run scenarios/eight-rockets.toml --out out/demo --force

tools: # what tests need beside Rust: xmllint for the CAP schema, GDAL for the viewshed, NATS for many machines
	@{ command -v xmllint && command -v gdal_viewshed && command -v nats-server; } >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends libxml2-utils gdal-bin nats-server; } \
		|| echo "xmllint, gdal_viewshed or nats-server is missing: their tests will be skipped"

test: tools ## what CI runs: format, clippy, every test
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked

figures: ## accuracy over 200 seeds of the demo raid, with intervals
	cargo run --release --locked --quiet --example figures -- scenarios/eight-rockets.toml 200

bench: ## the benchmarks, and the tracker on the peers' raids (bench/tracking/README.md adds Stone Soup)
	cargo bench --workspace --locked
	cargo run --release --locked --quiet --example tracking_bench -- score 8 20
	cargo run --release --locked --quiet --example tracking_bench -- score 100 10
	cargo run --release --locked --quiet --example repeat -- scenarios/eight-rockets.toml 50

check: ## licences and sources of dependencies (installs cargo-deny), the documentation, a short fuzz
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	command -v cargo-fuzz >/dev/null && $(MAKE) fuzz || echo 'cargo-fuzz is missing: no fuzzing'

fuzz: ## fuzz each reader for 20 s (needs cargo-fuzz)
	for t in asterix capture plots cap; do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run $$t -- -max_total_time=20 || exit 1; done

peers: ## compare the ASTERIX codec with an independent one (PyPI, into .venv)
	python3 -m venv .venv && .venv/bin/pip install --quiet libasterix==0.36.3
	cargo test -p mantlet --test asterix_codec --locked -- --nocapture

fmt: ## format the code
	cargo fmt --all
