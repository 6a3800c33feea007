#!/bin/sh
# Builds the raids, runs Mantlet on them, and, with `peers`, Stone Soup on the same.
#   bench/tracking/run.sh [peers] [SEEDS]
# CPU times are of one core; Stone Soup comes from PyPI into bench/tracking/.venv.
set -eu
cd "$(dirname "$0")/../.."
peers=0
[ "${1:-}" = peers ] && { peers=1; shift; }
seeds=${1:-20}
cargo build --quiet --release -p mantlet --example tracking_bench
bench=target/release/examples/tracking_bench
echo "# Mantlet, $seeds seeds: mean and half of the 95 % interval"
for rounds in 8 100; do $bench score $rounds "$seeds"; done
$bench score 1000 3
$bench score 10000 1
echo "# salvo: 24 rounds abreast 50 m apart, 60 % detection, 200 false plots a scan"
$bench score 24 "$seeds" salvo
echo "# impact against the Cramer-Rao bound, eight rockets and traffic, two radars"
$bench flights $((seeds * 5))
echo "# nothing but false plots, and nothing but traffic"
$bench quiet 10
$bench traffic 1
[ $peers = 1 ] || exit 0
data=bench/tracking/data
mkdir -p $data
[ -x bench/tracking/.venv/bin/python ] || {
    python3 -m venv bench/tracking/.venv
    bench/tracking/.venv/bin/pip install -q stonesoup==1.9.1 numpy scipy
}
for rounds in 8 100; do
    for model in stock drag; do
        echo "# Stone Soup 1.9.1, $model, $rounds rounds, seed 1000; below it its score, then Mantlet's"
        $bench write $rounds 1000 $data
        bench/tracking/.venv/bin/python -W ignore bench/tracking/stonesoup_row.py $rounds $data $model
        $bench judge $rounds 1000 $data/stonesoup_$rounds.csv
        $bench judge $rounds 1000 $data/mantlet_$rounds.csv
        echo "# Stone Soup's own metrics on Mantlet's tracks"
        bench/tracking/.venv/bin/python -W ignore bench/tracking/stonesoup_metrics.py \
            $data/truth_$rounds.csv $data/mantlet_$rounds.csv
    done
done
