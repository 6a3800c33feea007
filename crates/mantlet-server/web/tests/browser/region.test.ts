// The page of a region: sites appear as they are heard, one raid warns zones of two of them
// on one map, and a site that falls silent is said to be. Over a real nats-server: one site is
// the demo, the other has people under the same raid and a radar that sees nothing.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { browser, faults, free, missing, open, ROOT, serve, shot, until, type Service } from './help';
import type { Browser, Page } from 'playwright-core';

const nats = spawnSync('nats-server', ['--version']).status === 0;
if (!nats) console.log('The page of a region is not tested in a browser: nats-server is missing (make tools installs it)');

const OAK = `name = "Oak harbour"
zones = "zones.geojson"
[origin]
lat_deg = 33.0041
lon_deg = -29.9974
height_m = 40.0
[[sensor]]
id = "mast"
lat_deg = 33.0041
lon_deg = -29.9974
height_m = 52.0
range_m = 8000.0
period_s = 1.0
elevation_deg = [1.0, 80.0]
detection_probability = 0.9
clutter_per_scan = 5.0
sigma = { range_m = 10.0, azimuth_deg = 0.1, elevation_deg = 0.1, radial_speed_mps = 1.0 }
feed = { udp = "127.0.0.1:0", sac = 25, sic = 7 }
`;
/** A quay north of the compound, in the raid's direction. */
const QUAY = {
  type: 'Feature',
  properties: { id: 'quay', name: 'Quay', kind: 'neighbour', population: 240, shelter_s: 18 },
  geometry: { type: 'Polygon', coordinates: [[[-29.9994, 33.0027], [-29.9955, 33.0027], [-29.9955, 33.0056], [-29.9994, 33.0056], [-29.9994, 33.0027]]] },
};

describe.skipIf(missing() !== null || !nats)('the page of a region', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mantlet-region-'));
  let server: ChildProcess;
  let region: Service;
  let cedar: Service | undefined;
  let oak: Service | undefined;
  let chrome: Browser;
  let page: Page;
  let complaints: string[];
  let url: string;

  const site = (zone: string) => page.locator(`.zone[data-zone="${zone}"]`);
  const states = () => page.locator('#sensors .line').allTextContents();

  beforeAll(async () => {
    const port = await free();
    url = `nats://127.0.0.1:${port}`;
    server = spawn('nats-server', ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', join(folder, 'nats')], { stdio: 'ignore' });
    writeFileSync(join(folder, 'oak.toml'), OAK);
    writeFileSync(join(folder, 'zones.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [QUAY] }));
    [region, chrome] = await Promise.all([serve('127.0.0.1:0', ['--region', join(ROOT, 'sites/islands.toml'), '--nats', url, '--data', join(folder, 'region')]), browser()]);
  });

  afterAll(async () => {
    await chrome?.close();
    for (const service of [oak, cedar, region]) await service?.stop();
    server?.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  test('sites that are heard for the first time appear on the page that is open', async () => {
    ({ page, complaints } = await open(await chrome.newContext({ viewport: { width: 1440, height: 900 } }), region.url, '#faults .line'));
    await page.evaluate(() => (document.documentElement.dataset.stays = 'yes'));
    expect(await page.locator('.zone').count()).toBe(0);
    await page.locator('#faults .line', { hasText: 'oak-harbour has not been heard yet' }).waitFor();
    cedar = await serve('127.0.0.1:0', ['--demo', '--nats', url]);
    await site('cedar-compound/compound').waitFor({ timeout: 20_000 });
    oak = await serve('127.0.0.1:0', [join(folder, 'oak.toml'), '--nats', url, '--data', join(folder, 'oak')]);
    await site('oak-harbour/quay').waitFor({ timeout: 20_000 });
    expect(await page.evaluate(() => document.documentElement.dataset.stays)).toBe('yes');
    expect(await page.locator('.zone').count()).toBe(6);
  });

  test('one raid is on one map and warns zones of both sites', async () => {
    const both = () => ['cedar-compound/', 'oak-harbour/'].every((of) => document.querySelector(`.zone[data-zone^="${of}"]:is([data-state=warned],[data-state=short])`) !== null);
    await until(page, 'zones of both sites are warned', both, 200);
    await until(page, 'an impact is in the table', () => document.querySelector('.tracks tr[data-threat]') !== null);
    await page.waitForTimeout(1_000);
    // Its own radar sees nothing: the site is heard, and what comes is passed to it.
    expect((await states()).find((line) => line.includes('oak'))).toContain('NO RADAR');
    await shot(page, 'region');
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a site that falls silent is said to be, in the page\u2019s language', async () => {
    oak?.kill('SIGKILL');
    await page.locator('#sensors .line[data-is=bad]', { hasText: 'oak-harbour' }).waitFor({ timeout: 20_000 });
    await page.locator('#faults .line', { hasText: 'Oak harbour is not heard' }).waitFor();
    expect((await states()).find((line) => line.includes('cedar'))).toContain('heard');
    await shot(page, 'region-stale');
    const context = await chrome.newContext({ locale: 'ar' });
    const arabic = await open(context, region.url);
    await arabic.page.locator('#faults .line', { hasText: '\u0645\u0648\u0642\u0639 \u0644\u0627 \u064a\u064f\u0633\u0645\u0639: oak-harbour' }).waitFor();
    expect(/[A-Za-z]{3,} [A-Za-z]{3,}/.test((await arabic.page.locator('#faults').textContent()) ?? '')).toBe(false);
    await shot(arabic.page, 'region-arabic');
    await context.close();
  });
});
