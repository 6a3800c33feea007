import { expect, test } from 'vitest';

import { clockTime, countdown, DataClock } from '../../src/clock';

test('seconds are rounded down, so that nobody is promised more', () => {
  expect([0, 0.99, 1, 16.999, 99.5].map(countdown)).toEqual(['0', '0', '1', '16', '99']);
});

test('from 100 seconds on there are minutes, then hours', () => {
  expect([100, 125, 3_599, 3_600, 7_384].map(countdown)).toEqual(['1:40', '2:05', '59:59', '1:00:00', '2:03:04']);
});

test('what is over is zero, and what is not known is a dash', () => {
  expect([-3, NaN, Infinity].map(countdown)).toEqual(['0', '–', '–']);
});

test('data time runs on between pictures', () => {
  const clock = new DataClock();
  clock.hear(1_000, 50_000);
  expect(clock.now(50_500)).toBeCloseTo(1_000.5, 6);
});

test('a late packet does not turn time back, a new clock does', () => {
  const clock = new DataClock();
  clock.hear(1_000, 10_000);
  clock.hear(1_000.5, 11_500);
  expect(clock.now(11_500)).toBeGreaterThan(1_001.4);
  clock.hear(900, 12_000);
  expect(clock.now(12_000)).toBeCloseTo(900, 6);
});

test('times are UTC', () => {
  expect(clockTime(1_790_000_000)).toBe(new Date(1_790_000_000_000).toISOString().slice(11, 19));
});
