import { expect, test } from 'vitest';

import type { Picture, Track, Warning } from '../../src/contract';
import { apply } from '../../src/picture';

const track = (id: string, e_m = 0): Track => ({
  id, status: 'confirmed', kind: 'rocket', kind_probability: 0.9, lat_deg: 33, lon_deg: -30, height_m: 500,
  e_m, n_m: 0, u_m: 460, ve_mps: 0, vn_mps: 200, vu_mps: -150,
});

const warning = (alert_id: string): Warning => ({
  alert_id, version: 1, zone_id: 'compound', zone_name: 'Compound', since_s: 1, impact_time_s: 20, probability: 0.4,
  seconds_needed: 12, track_ids: ['1'], acknowledged_by: null,
});

const picture = (): Picture => ({
  revision: 7, time_s: 10, clock: 'ok', exercise: true, tracks: [track('1'), track('2')], impacts: [], warnings: [warning('a')],
  sensors: [], sirens: [], engagements: [], debris: [], faults: [{ code: 'silent', text: 'north is silent', since_s: 9 }],
  counters: { plots: 1, dropped_datagrams: 0, refused_datagrams: 0, bad_datagrams: 0, duplicates: 0, late_plots: 0 },
});

test('a delta replaces, adds and removes tracks and keeps their order', () => {
  const after = apply(picture(), { revision: 8, time_s: 10.5, tracks: { put: [track('3'), track('1', 50)], gone: ['2'] } });
  expect(after.tracks.map((k) => [k.id, k.e_m])).toEqual([['1', 50], ['3', 0]]);
  expect([after.revision, after.time_s]).toEqual([8, 10.5]);
});

test('ids that are numbers on one side and text on the other are the same', () => {
  const after = apply(picture(), { revision: 8, time_s: 11, tracks: { gone: [1, 2] as never } });
  expect(after.tracks).toEqual([]);
});

test('what a delta does not name stays, and the picture before is left as it was', () => {
  const before = picture();
  const after = apply(before, { revision: 8, time_s: 11, warnings: { put: [], gone: ['a'] } });
  expect(after.tracks).toBe(before.tracks);
  expect([before.warnings.length, after.warnings.length]).toEqual([1, 0]);
});

test('a fault without an id goes by its code', () => {
  const after = apply(picture(), { revision: 8, time_s: 11, faults: { gone: ['silent'] } });
  expect(after.faults).toEqual([]);
});

test('whole parts are replaced, also by nothing', () => {
  const before = { ...picture(), debris: [{ e_m: 0, n_m: 0, lat_deg: 33, lon_deg: -30, kind: 'fragment' }] };
  const after = apply(before, { revision: 8, time_s: 11, debris: [], clock: 'jump' });
  expect([after.debris, after.clock]).toEqual([[], 'jump']);
});
