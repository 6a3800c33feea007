import { expect, test } from 'vitest';

import { ellipse, local, sector } from '../../src/map/frame';
import { shades } from '../../src/map/relief';

const datum = { lat_deg: 33, lon_deg: -30, height_m: 40 };

test('the local frame agrees with the radii of curvature near the datum', () => {
  // Meridian and prime-vertical radii at 33° on WGS84, plus the height (Rapp, Geometric Geodesy I, 1991, eq. 3.99 and 3.87).
  const s2 = Math.sin((33 * Math.PI) / 180) ** 2;
  const w = 1 - 6.69437999014e-3 * s2;
  const meridian_m = (6_378_137 * (1 - 6.69437999014e-3)) / w ** 1.5 + 40;
  const vertical_m = 6_378_137 / Math.sqrt(w) + 40;
  const [e_m, n_m] = local({ lat_deg: 33.001, lon_deg: -29.998, height_m: 40 }, datum);
  expect(n_m).toBeCloseTo((meridian_m * 0.001 * Math.PI) / 180, 1);
  expect(e_m).toBeCloseTo((vertical_m * Math.cos((33.001 * Math.PI) / 180) * 0.002 * Math.PI) / 180, 1);
});

test('the long axis of an ellipse lies on its azimuth', () => {
  const [tip] = ellipse([100, 200], 50, 10, 90);
  expect(tip?.[0]).toBeCloseTo(150, 9);
  expect(tip?.[1]).toBeCloseTo(200, 9);
});

test('a sector over north keeps to its side', () => {
  const pie = sector([0, 0], 10, 340, 20);
  expect(Math.min(...pie.map((p) => p[1]))).toBe(0);
  expect(pie[0]).toEqual([0, 0]);
  expect(sector([0, 0], 10, 0, 360).every((p) => Math.abs(Math.hypot(...p) - 10) < 1e-9)).toBe(true);
});

test('a slope that faces north-west is light, its back is dark, level ground between', () => {
  const slope = (e: number, n: number) => {
    const height_m = Array.from({ length: 25 }, (_, at) => e * (at % 5) * 100 + n * Math.floor(at / 5) * 100);
    return shades({ extent_m: [0, 0, 400, 400], columns: 5, height_m })[12] ?? NaN;
  };
  expect(slope(0, 0)).toBeCloseTo(Math.SQRT1_2, 6);
  // A tenth each way, drawn three times as steep: normal (-0.3, 0.3, 1) against the light.
  expect(slope(0.1, -0.1)).toBeCloseTo((0.15 + 0.15 + Math.SQRT1_2) / Math.hypot(0.3, 0.3, 1), 5);
  expect(slope(-0.25, 0.25)).toBeLessThan(0.2);
});
