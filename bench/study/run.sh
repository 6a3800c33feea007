#!/bin/sh
# What studies cost on this machine: the viewshed of a 3601 x 3601 tile, raids of eight
# rockets on all cores, and the same over NATS with one worker a core. Some five minutes;
# needs nats-server (make tools).
#   bench/study/run.sh [RAIDS]
set -eu
cd "$(dirname "$0")/../.."
raids=${1:-1000}
mantlet=target/release/mantlet
cargo build --release --locked
cargo bench --locked --quiet -p mantlet --bench viewshed
work=$(mktemp -d)
trap 'kill $pids 2>/dev/null || true; rm -rf "$work"' EXIT
pids=""
now() { date +%s.%N; }
spent() { echo "$2 $1" | awk '{ printf "%.1f", $1 - $2 }'; }
cores=$(nproc)
from=$(now)
$mantlet study bench/study/eight.toml --runs "$raids" --out "$work/one" --quiet
one=$(spent "$from" "$(now)")
nats-server -js -a 127.0.0.1 -p 14222 -sd "$work/nats" >/dev/null 2>&1 &
pids="$pids $!"
for _ in $(seq "$cores"); do
    $mantlet worker --nats nats://127.0.0.1:14222 --threads 1 >/dev/null 2>&1 &
    pids="$pids $!"
done
sleep 2
from=$(now)
$mantlet study bench/study/eight.toml --runs "$raids" --out "$work/many" --quiet \
    --nats nats://127.0.0.1:14222
many=$(spent "$from" "$(now)")
cmp "$work/one/runs.csv" "$work/many/runs.csv" && same="the same bytes"
echo "$one $many $raids $cores" | awk -v same="$same" '{
    printf "%d raids of 8 rockets on %d cores: %.1f s; 10,000 take %.1f min\n", $3, $4, $1, $1 / $3 * 10000 / 60
    printf "with %d workers over NATS: %.1f s, %.2f of the speed, %s\n", $4, $2, $1 / $2, same
}'
