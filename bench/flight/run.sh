#!/bin/sh
# One flight (G1, 843.7 kg/m2, 300 m/s at 60 degrees, standard air, 5 m/s crosswind) through
# every integrator of ours, ode_solvers, and with `peers` py_ballisticcalc and RocketPy (from
# PyPI, into bench/flight/.venv). Rates are per second of one core's time, by the kernel's
# account; "wide is" ours (wide, a million flights) over theirs, beside what we ask of it.
#   bench/flight/run.sh [peers]
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet --locked --release -p mantlet --example flight_bench
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
target/release/examples/flight_bench > "$rows"
if [ "${1:-}" = peers ]; then
    venv=bench/flight/.venv
    [ -x $venv/bin/python ] || {
        python3 -m venv $venv
        $venv/bin/pip install -q py_ballisticcalc==3.1.1 py_ballisticcalc.exts==3.1.1 rocketpy==1.13.0
    }
    $venv/bin/python -W ignore bench/flight/peers.py 2> /dev/null | grep , >> "$rows"
fi
awk -F, 'NR == FNR { if ($2 ~ /^wide; 1000000 /) ours = $3; next }
    FNR == 1 {
        asked["dopri5 1e-6"] = 5; asked["compiled RK4; step x10"] = 200
        asked["3 degrees of freedom; weathercock 10"] = 10000
        printf "%-22s %-38s %12s %10s %9s %9s %9s %7s\n", "tool", "setting", "per second", "range m", "time s", "error m", "wide is", "asked"; next }
    { printf "%-22s %-38s %12d %10.3f %9.4f %9s %8.1fx %6s\n", $1, $2, $3, $4, $5, $6, ours / $3, asked[$2] }' "$rows" "$rows"
