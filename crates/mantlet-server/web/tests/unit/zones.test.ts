import { expect, test } from 'vitest';

import type { Picture, Site, Warning } from '../../src/contract';
import { raids } from '../../src/views/review';
import { Memory, zoneStates } from '../../src/zones';

const zone = (id: string, shelter_s: number) => ({
  type: 'Feature' as const,
  properties: { id, name: id, kind: 'neighbour' as const, population: 10, shelter_s },
  geometry: { type: 'Polygon' as const, coordinates: [] },
});

const site = { zones: { type: 'FeatureCollection', features: [zone('a', 10), zone('b', 30), zone('c', 5)] } } as unknown as Site;

const warn = (zone_id: string, since_s: number, impact_time_s: number, seconds_needed: number): Warning => ({
  alert_id: zone_id, version: 1, zone_id, zone_name: zone_id, since_s, impact_time_s, probability: 0.5, seconds_needed, track_ids: [], acknowledged_by: null,
});

const picture = (...warnings: Warning[]) => ({ warnings }) as unknown as Picture;

test('warned zones come first, least time to spare on top', () => {
  const views = zoneStates(site, picture(warn('c', 101, 120, 5), warn('b', 100, 120, 30)), 105);
  expect(views.map((v) => [v.zone.id, v.state])).toEqual([['b', 'short'], ['c', 'warned'], ['a', 'quiet']]);
});

test('seconds left count down; what the zone was given stays, and with it whether it was time enough', () => {
  const at = (now_s: number) => zoneStates(site, picture(warn('a', 100, 126, 10)), now_s)[0];
  expect([at(101)?.left_s, at(101)?.spare_s]).toEqual([25, 16]);
  expect([at(120)?.left_s, at(120)?.spare_s]).toEqual([6, 16]);
});

test('after the impact people stay in shelter until the all-clear, which is shown for two minutes', () => {
  expect(zoneStates(site, picture(warn('a', 100, 126, 10)), 127)[0]?.state).toBe('hold');
  const memory = new Memory();
  memory.take(picture(warn('a', 100, 126, 10)), { ...picture(), time_s: 150 });
  const after = (now_s: number) => zoneStates(site, picture(), now_s, memory).map((v) => v.state);
  expect(after(160)).toEqual(['clear', 'quiet', 'quiet']);
  expect(after(271)).toEqual(['quiet', 'quiet', 'quiet']);
});

test('a second round does not give people more time than the first one left them', () => {
  const memory = new Memory();
  memory.take(null, picture(warn('a', 100, 112, 10)));
  const later = picture(warn('a', 100, 130, 10));
  memory.take(picture(warn('a', 100, 112, 10)), later);
  const [view] = zoneStates(site, later, 113, memory);
  expect([view?.left_s, view?.given_s, view?.spare_s]).toEqual([17, 12, 2]);
});

test('warnings within a minute of each other are one raid, newest first', () => {
  const past = (since_s: number) => ({ since_s }) as never;
  expect(raids([past(300), past(10), past(50), past(100)]).map((r) => [r.since_s, r.warnings.length])).toEqual([[300, 1], [10, 3]]);
});
