.DEFAULT_GOAL := help
.PHONY: help demo test page tools load region bench validation falls policies figures ledger check fuzz peers fmt

MANTLET := target/release/mantlet
MINUTES := 120
REFERENCE := ../shared/reference/flight
WEB := crates/mantlet-server/web
NODE := command -v npm >/dev/null && node -e 'process.exit(parseFloat(process.versions.node) < 20.19 ? 1 : 0)'

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: page ## build, run the eight-rockets raid, leave out/demo/report.html
	cargo build --release --locked
	$(MANTLET) run scenarios/eight-rockets.toml --out out/demo --force

page: ## the operator's page, for mantlet serve to carry (needs Node 20.19 and npm)
	@if $(NODE); then $(MAKE) --no-print-directory $(WEB)/dist/index.html; \
		else echo "Node 20.19 with npm is missing: mantlet serve will have no page"; fi

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB)/index.html $(WEB)/vite.config.ts $(shell find $(WEB)/src $(WEB)/public -type f)
	cd $(WEB) && npm run --silent build

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error

tools: # what tests need beside Rust: xmllint for the CAP schema, GDAL for the viewshed, NATS for many machines, mosquitto for the sirens, Node and Chromium for the page
	@{ command -v xmllint && command -v gdal_viewshed && command -v nats-server && command -v mosquitto && command -v npm && command -v chromium; } >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends libxml2-utils gdal-bin nats-server mosquitto nodejs npm chromium; } \
		|| echo "xmllint, gdal_viewshed, nats-server, mosquitto or chromium is missing: their tests will be skipped; without Node there is no page"

test: tools page ## what CI runs: format, clippy, every test
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked
	@if $(NODE); then cd $(WEB) && npm test --silent && npm run --silent test:browser; fi

load: ## what the live service bears: latency with 1,000 tracks, 10,000 clients, memory over MINUTES (120) of plots, 12 times as fast
	cargo build --release --locked
	cargo run --release --locked --quiet -p mantlet-server --example load -- $(MANTLET) $(MINUTES)

region: ## what a region of 25 to 200 sites costs: messages, CPU, latency (needs nats-server)
	bench/region/run.sh

validation: ## the plots of docs/validation.md, from reference data that is not ours (REFERENCE=...)
	cargo run --release --locked --quiet --example flight_validation -- $(REFERENCE) docs/validation

falls: ## what falls against closed forms, with the plots of docs/models/harm.md
	cargo run --release --locked --quiet --example what_falls -- docs/models

policies: ## the ways of choosing shots, on the same draws of three raids where deciding ahead may matter
	cargo run --release --locked --quiet --example policies -- 150 scenarios/few-interceptors.toml scenarios/one-beam.toml scenarios/worse-to-come.toml

figures: ## accuracy over 200 seeds of the demo raid, with intervals
	cargo run --release --locked --quiet --example figures -- scenarios/eight-rockets.toml 200

ledger: ## a made-up record of a million incidents: import, lists and answers, with their times
	cargo run --release --locked --quiet --example ledger -- 1000000 1

bench: ## the benchmarks; flights beside their peers (PyPI); the tracker on the peers' raids
	cargo bench --workspace --locked
	bench/flight/run.sh peers
	bench/tracking/run.sh 20
	cargo test --release --locked --quiet -p mantlet --lib -- --ignored million
	cargo run --release --locked --quiet -p mantlet-cli -- run scenarios/eight-rockets.toml --runs 100
	cargo run --release --locked --quiet --example assignment -- 50 100 2 7
	cargo run --release --locked --quiet --example assignment -- 500 1000 3 7

check: ## licences and sources of dependencies (installs cargo-deny), the documentation, a short fuzz
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	command -v cargo-fuzz >/dev/null && $(MAKE) fuzz || echo 'cargo-fuzz is missing: no fuzzing'

fuzz: ## fuzz each reader for 20 s (needs cargo-fuzz)
	for t in asterix capture plots cap config; do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run -s none $$t -- -max_total_time=20 || exit 1; done

peers: ## compare the ASTERIX codec and Parquet with independent ones (PyPI, into .venv)
	python3 -m venv .venv && .venv/bin/pip install --quiet libasterix==0.36.3 pyarrow==26.0.1
	cargo test -p mantlet --test asterix_codec --test parquet --locked -- --nocapture

fmt: ## format the code
	cargo fmt --all
