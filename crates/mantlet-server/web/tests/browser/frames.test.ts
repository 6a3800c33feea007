// Frames a second with 300 moving tracks: measured and printed, not asserted, as it
// depends on the machine. The server is the test's own: no raid has 300 tracks.

import { createServer, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';

import type { Picture, Site, Track } from '../../src/contract';
import { browser, missing } from './help';

const DIST = new URL('../../dist/', import.meta.url).pathname;
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const TRACKS = 300;
const KINDS = ['rocket', 'mortar', 'artillery', 'aircraft', 'drone', 'bird', 'tracer', 'unknown'];
const START_S = 1_800_000_000;

const site: Site = {
  name: 'Frames', exercise: true, mode: 'demo', origin: { lat_deg: 33, lon_deg: -30, height_m: 0 },
  zones: {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: { id: 'a', name: 'Zone', kind: 'protected', population: 100, shelter_s: 15 }, geometry: { type: 'Polygon', coordinates: [[[-30.01, 32.99], [-29.99, 32.99], [-29.99, 33.01], [-30.01, 33.01], [-30.01, 32.99]]] } }],
  },
  sensors: [{ id: 'north', lat_deg: 33, lon_deg: -30, height_m: 10, e_m: 0, n_m: 0, range_m: 12_000, azimuth_deg: [0, 360], elevation_deg: [0, 80], period_s: 0.5 }],
  basemap: null, plan: null, terrain: null,
};

function picture(revision: number): Picture {
  const time_s = START_S + revision / 4;
  const tracks = Array.from({ length: TRACKS }, (_, i): Track => {
    const [az, range_m] = [i * 2.4 + time_s * 0.02, 600 + 25 * i];
    const [e_m, n_m] = [range_m * Math.cos(az), range_m * Math.sin(az)];
    return { id: i, status: 'confirmed', kind: KINDS[i % 8] ?? 'unknown', kind_probability: 0.8, lat_deg: 33 + n_m / 110_900, lon_deg: -30 + e_m / 93_400, height_m: 900, e_m, n_m, u_m: 900, ve_mps: -0.02 * n_m, vn_mps: 0.02 * e_m, vu_mps: -50 };
  });
  const impacts = tracks.filter((k) => Number(k.id) % 8 < 3).map((k) => ({ track_id: k.id, time_s: time_s + 5 + (Number(k.id) % 40), time_sigma_s: 0.2, lat_deg: k.lat_deg, lon_deg: k.lon_deg, e_m: k.e_m / 4, n_m: k.n_m / 4, ellipse90: { semi_major_m: 60, semi_minor_m: 25, azimuth_deg: Number(k.id) } }));
  return { revision, time_s, clock: 'ok', exercise: true, tracks, impacts, warnings: [], sensors: [{ id: 'north', state: 'ok', last_scan_s: time_s, plots_per_scan: 300, rejected: 0 }], sirens: [], engagements: [], debris: [], faults: [], counters: { plots: 0, dropped_datagrams: 0, refused_datagrams: 0, bad_datagrams: 0, duplicates: 0, late_plots: 0 } };
}

test.skipIf(missing() !== null)('frames a second with 300 tracks, four pictures a second', async () => {
  let revision = 0;
  const send = (to: ServerResponse): void => {
    revision += 1;
    const p = picture(revision);
    to.write(revision === 1 ? `id: 1\nevent: picture\ndata: ${JSON.stringify(p)}\n\n` : `id: ${revision}\nevent: delta\ndata: ${JSON.stringify({ revision, time_s: p.time_s, tracks: { put: p.tracks, gone: [] }, impacts: { put: p.impacts, gone: [] } })}\n\n`);
  };
  const server = createServer((request, answer) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const json: Record<string, unknown> = { '/api/v1/site': site, '/api/v1/session': { user: null, csrf: null, setup_needed: false, read_needs_login: false } };
    if (path in json) answer.end(JSON.stringify(json[path]));
    else if (path === '/api/v1/events') {
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
      send(answer);
      const timer = setInterval(() => send(answer), 250);
      request.once('close', () => clearInterval(timer));
    } else if (path.startsWith('/api/')) answer.writeHead(404).end();
    else {
      const file = path === '/' ? 'index.html' : path.slice(1);
      answer.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(join(DIST, file)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const chrome = await browser();
  const page = await chrome.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForTimeout(2_500);
  const gaps = await page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const frame = (at: number): void => {
          times.push(at);
          if (at - (times[0] ?? at) < 5_000) requestAnimationFrame(frame);
          else resolve(times.slice(1).map((t, i) => t - (times[i] ?? t)));
        };
        requestAnimationFrame(frame);
      }),
  );
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/frames.png` });
  await chrome.close();
  server.closeAllConnections();
  server.close();
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  const total_s = gaps.reduce((a, b) => a + b, 0) / 1_000;
  console.log(`page: ${(gaps.length / total_s).toFixed(1)} frames/s with ${TRACKS} tracks over ${total_s.toFixed(1)} s; frame gap median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`);
  expect(gaps.length).toBeGreaterThan(0);
});
