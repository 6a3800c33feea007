#!/usr/bin/env python3
"""Stone Soup's own metrics on a tracks file: stonesoup_metrics.py TRUTH.csv TRACKS.csv

Both as `tracking_bench write` leaves them. Prints the mean over scans of GOSPA and OSPA
(c = 200 m, p = 2) as JSON.
"""
import csv
import datetime
import json
import sys
from collections import defaultdict

import numpy as np
from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
from stonesoup.types.state import State

EPOCH = datetime.datetime(2026, 1, 1)


def states(path, key):
    scans = defaultdict(list)
    with open(path) as file:
        for row in csv.DictReader(file):
            scan = int(row["scan"])
            at = EPOCH + datetime.timedelta(seconds=0.5 * scan)
            scans[scan].append(State(np.array([[float(row[k])] for k in "xyz"]), timestamp=at))
    return scans


truth, tracks = states(sys.argv[1], "id"), states(sys.argv[2], "track_id")
ospa, gospa = OSPAMetric(p=2, c=200), GOSPAMetric(p=2, c=200)
sums = defaultdict(float)
scans = sorted(set(truth) | set(tracks))
for scan in scans:
    there, said = truth[scan], tracks[scan]
    sums["ospa_m"] += float(ospa.compute_OSPA_distance(said, there).value)
    sums["gospa_m"] += float(gospa.compute_gospa_metric(said, there)[0].value["distance"])
print(json.dumps({name: value / len(scans) for name, value in sums.items()} | {"scans": len(scans)}))
