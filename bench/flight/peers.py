"""The flight of `crates/mantlet/examples/flight_bench` through py_ballisticcalc and
RocketPy: G1, 843.7 kg/m2, 300 m/s at 60 degrees, standard air, 5 m/s crosswind.

Out: CSV rows tool, setting, flights a second of one core, range m, flight time s, error m
(left empty: the peers' crosswind, gravity and crossing of the ground are not ours to
judge to the metre; the range says enough).
"""

import math
import time

AREA_PER_MASS = math.pi / 4 / 843.7


def rate(call, least_s=2.0):
    calls, start = 0, time.process_time()
    while calls < 3 or time.process_time() - start < least_s:
        call()
        calls += 1
    return calls / (time.process_time() - start)


def row(tool, setting, per_second, range_m, time_s):
    print(f"{tool},{setting},{per_second:.4g},{range_m:.3f},{time_s:.4f},", flush=True)


def ballisticcalc():
    import py_ballisticcalc as p

    U = p.Unit
    drag = p.DragModel(843.7 / 703.0696, p.TableG1)
    ammo = p.Ammo(drag, U.MPS(300))
    shot = p.Shot(
        ammo=ammo,
        atmo=p.Atmo.standard(0),
        winds=[p.Wind(U.MPS(5), U.Degree(90))],
        relative_angle=U.Degree(60),
    )
    for multiplier in (1.0, 10.0):
        config = {"cStepMultiplier": multiplier, "cMinimumAltitude": 0.0, "cMaximumDrop": 0.0,
                  "cMinimumVelocity": 0.0}
        engine = p.Calculator(engine="cythonized_rk4_engine", config=config)

        def fly():
            return engine.fire(shot, U.Meter(20_000), U.Meter(20_000), raise_range_error=False)

        # The last two points straddle the ground, or the last lies on it.
        last = fly().trajectory[-1]
        row("py_ballisticcalc 3.1.1", f"compiled RK4; step x{multiplier:.0f}", rate(fly),
            last.distance >> U.Meter, last.time)


def rocketpy():
    import rocketpy as r
    from py_ballisticcalc import TableG1

    radius, mass = 0.05, math.pi * 0.05**2 / AREA_PER_MASS
    curve = [(k["Mach"], k["CD"]) for k in TableG1]
    environment = r.Environment(latitude=45, longitude=0, elevation=0)
    environment.set_atmospheric_model(type="custom_atmosphere", wind_u=0, wind_v=5)
    motor = r.PointMassMotor(
        thrust_source=1e-9, dry_mass=mass / 2, propellant_initial_mass=1e-9, burn_time=1e-3)
    rocket = r.PointMassRocket(
        radius=radius, mass=mass / 2, center_of_mass_without_motor=0, power_off_drag=curve,
        power_on_drag=curve, weathercock_coeff=10)
    rocket.add_motor(motor, position=0)
    angle = math.radians(60)
    # From heading east: time, place, velocity, attitude (nose along the velocity), rates.
    half = math.radians(90 - 60) / 2
    start = [0, 0, 0, 0.1, 300 * math.cos(angle), 0, 300 * math.sin(angle),
             math.cos(half), 0, math.sin(half), 0, 0, 0, 0]

    def fly():
        return r.Flight(rocket=rocket, environment=environment, rail_length=0.1, inclination=60,
                        heading=90, initial_solution=start, simulation_mode="3 DOF",
                        max_time=100)

    flight = fly()
    row("RocketPy 1.13", "3 degrees of freedom; weathercock 10", rate(fly),
        math.hypot(flight.x_impact, flight.y_impact), flight.t_final)


for peer in (ballisticcalc, rocketpy):
    try:
        peer()
    except Exception as problem:  # a peer that changed must not hide the other
        print(f"# {peer.__name__}: {problem!r}")
