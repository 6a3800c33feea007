#!/usr/bin/env python3
"""Stone Soup on one raid: stonesoup_row.py ROUNDS DIR {stock|drag}

Reads DIR/plots_ROUNDS.csv, writes DIR/stonesoup_ROUNDS.csv (confirmed tracks) and
prints the CPU milliseconds a scan as JSON. `stock` is constant velocity with an
extended filter; `drag` is gravity and a fixed drag with an unscented one, which
Stone Soup does not ship. Both: global nearest neighbour, three plots to start,
four missed scans to end.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import datetime
import json
import sys
import time

import numpy as np
from stonesoup.base import Property
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.deleter.time import UpdateTimeStepsDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator, SinglePointMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.base import TimeVariantModel
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRangeRate
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.models.transition.nonlinear import GaussianTransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor, UnscentedKalmanPredictor
from stonesoup.tracker.simple import MultiTargetTracker
from stonesoup.types.array import StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import ExtendedKalmanUpdater, UnscentedKalmanUpdater

DRAG_PER_M = 1.8e-4  # middle of the raids
ACCELERATION_NOISE = 4.0


class GravityAndDrag(GaussianTransitionModel, TimeVariantModel):
    """Midpoint rule over flat earth; white-noise acceleration."""

    drag: float = Property(default=DRAG_PER_M)

    @property
    def ndim_state(self):
        return 6

    def _acceleration(self, position, velocity):
        speed = np.linalg.norm(velocity, axis=0)
        slowing = -self.drag * np.exp(-position[2] / 9000.0) * speed * velocity
        slowing[2] -= 9.80665
        return slowing

    def function(self, state, noise=False, time_interval=None, **kwargs):
        dt = time_interval.total_seconds()
        x = np.asarray(state.state_vector, float)
        position, velocity = x[0::2], x[1::2]
        half = velocity + self._acceleration(position, velocity) * dt / 2
        middle = self._acceleration(position + velocity * dt / 2, half)
        moved = np.empty_like(x)
        moved[0::2], moved[1::2] = position + half * dt, velocity + middle * dt
        moved = moved.view(type(state.state_vector))
        return moved + noise if noise is not None and not isinstance(noise, bool) else moved

    def covar(self, time_interval, **kwargs):
        dt = time_interval.total_seconds()
        return np.kron(np.eye(3), ACCELERATION_NOISE * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))


def main():
    rounds, folder, model = sys.argv[1:4]
    plots = np.loadtxt(f"{folder}/plots_{rounds}.csv", delimiter=",", skiprows=1)
    measurement = CartesianToElevationBearingRangeRate(
        ndim_state=6, mapping=(0, 2, 4), velocity_mapping=(1, 3, 5),
        noise_covar=np.diag([2e-3**2, 2e-3**2, 10.0**2, 1.0]))
    if model == "drag":
        predictor = UnscentedKalmanPredictor(GravityAndDrag())
        updater = UnscentedKalmanUpdater(measurement)
    else:
        predictor = ExtendedKalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(60.0)] * 3))
        updater = ExtendedKalmanUpdater(measurement)
    epoch = datetime.datetime(2026, 1, 1)

    def scans():
        for scan in np.unique(plots[:, 0]):
            rows = plots[plots[:, 0] == scan]
            at = epoch + datetime.timedelta(seconds=float(rows[0, 1]))
            yield at, {Detection(StateVector([r[4], r[3], r[2], r[5]]), timestamp=at,
                                 measurement_model=measurement) for r in rows}

    prior = GaussianState(np.zeros((6, 1)), np.diag([1e6, 200.0**2] * 3), timestamp=epoch)
    associator = GNNWith2DAssignment(DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=4))
    initiator = MultiMeasurementInitiator(
        prior_state=prior, deleter=UpdateTimeStepsDeleter(2), data_associator=associator, updater=updater,
        measurement_model=measurement, min_points=3,
        initiator=SinglePointMeasurementInitiator(prior, updater=ExtendedKalmanUpdater(measurement),
                                                  measurement_model=measurement))
    tracker = MultiTargetTracker(initiator=initiator, deleter=UpdateTimeStepsDeleter(4), detector=scans(),
                                 data_associator=associator, updater=updater)
    numbers, lines, start = {}, ["scan,track_id,x,y,z"], time.process_time()
    for _, (at, tracks) in enumerate(tracker):
        scan = round((at - epoch).total_seconds() / 0.5)
        for track in tracks:
            number = numbers.setdefault(track.id, len(numbers))
            x, y, z = (float(track.state_vector[i]) for i in (0, 2, 4))
            lines.append(f"{scan},{number},{x:.2f},{y:.2f},{z:.2f}")
    count = len(np.unique(plots[:, 0]))
    with open(f"{folder}/stonesoup_{rounds}.csv", "w") as out:
        out.write("\n".join(lines) + "\n")
    print(json.dumps({"stonesoup": model, "rounds": int(rounds),
                      "cpu_ms_per_scan": round(1e3 * (time.process_time() - start) / count, 1)}), flush=True)


main()
