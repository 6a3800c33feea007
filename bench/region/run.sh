#!/bin/sh
# What a region bears on this machine: 25 to 200 played sites with 20 tracks each at 2 Hz
# over a real nats-server. Takes some two minutes; needs nats-server (make tools).
#   bench/region/run.sh [SECONDS] [SITES...]
set -e
cd "$(dirname "$0")/../.."
seconds=${1:-20}
[ $# -gt 0 ] && shift
cargo build --release --locked
cargo run --release --locked --quiet -p mantlet-server --example region -- \
    target/release/mantlet "$seconds" ${@:-25 50 100 200}
