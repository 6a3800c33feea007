// The page of a live site without a radar that is heard: the state of its sirens, and map
// tiles of the area from a local file.

import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { browser, free, missing, open, ROOT, serve, shot, until, type Service } from './help';
import type { Browser } from 'playwright-core';

/** A number as protocol buffers and PMTiles write it: seven bits an octet, the lowest first. */
function varint(n: number): number[] {
  return n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))];
}

const field = (number: number, kind: number, ...rest: number[]) => [...varint(number * 8 + kind), ...rest];
const bytes = (number: number, body: number[]) => field(number, 2, ...varint(body.length), ...body);

/** A vector tile (version 2) that is water all over. */
function water(): number[] {
  const [move, line, close] = [9, 26, 15];
  const to = (n: number) => varint(n < 0 ? -2 * n - 1 : 2 * n);
  const path = [move, ...to(0), ...to(0), line, ...to(4096), ...to(0), ...to(0), ...to(4096), ...to(-4096), ...to(0), close];
  const feature = [...field(3, 0, 3), ...bytes(4, path)];
  return bytes(3, [...bytes(1, [...Buffer.from('water')]), ...bytes(2, feature), ...field(5, 0, ...varint(4096)), ...field(15, 0, 2)]);
}

/** A PMTiles archive (version 3) of one tile, the whole world at zoom 0. */
function archive(): Buffer {
  const tile = gzipSync(Buffer.from(water()));
  const root = Buffer.from([...varint(1), ...varint(0), ...varint(1), ...varint(tile.length), ...varint(1)]);
  const metadata = Buffer.from('{}');
  const head = Buffer.alloc(127);
  head.write('PMTiles');
  head[7] = 3;
  const at = [127, root.length, 127 + root.length, metadata.length, 0, 0, 127 + root.length + metadata.length, tile.length, 1, 1, 1];
  at.forEach((n, i) => head.writeBigUInt64LE(BigInt(n), 8 + 8 * i));
  // Clustered; directories plain; tiles gzip; vector tiles; zoom 0 to 0; the whole world.
  [1, 1, 2, 1, 0, 0].forEach((n, i) => head.writeUInt8(n, 96 + i));
  [-180, -85, 180, 85].forEach((deg, i) => head.writeInt32LE(deg * 1e7, 102 + 4 * i));
  return Buffer.concat([head, root, metadata, tile]);
}

describe.skipIf(missing() !== null)('the page of a live site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mantlet-site-'));
  let service: Service;
  let chrome: Browser;

  beforeAll(async () => {
    const site = readFileSync(join(ROOT, 'sites/cedar.toml'), 'utf8').replace('id = "north"', 'id = "north"\nfeed = { udp = "127.0.0.1:0", sac = 25, sic = 1 }');
    writeFileSync(join(folder, 'site.toml'), `${site}\n[[siren]]\nid = "gate"\nmqtt = "mqtt://127.0.0.1:${await free()}"\ntopic = "cedar"\n`);
    writeFileSync(join(folder, 'cedar-zones.geojson'), readFileSync(join(ROOT, 'sites/cedar-zones.geojson')));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/basemap.pmtiles'), archive());
    [service, chrome] = await Promise.all([serve('127.0.0.1:0', [join(folder, 'site.toml'), '--data', join(folder, 'data')]), browser()]);
  });

  afterAll(async () => {
    await chrome?.close();
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a siren that cannot be reached and a radar that is silent are told, in the page\'s language', async () => {
    for (const [locale, siren, says] of [['en', 'DOWN', 'people who rely on it may not be warned'], ['ar', '\u0645\u0639\u0637\u0644\u0629', '\u0644\u0627 \u064a\u0645\u0643\u0646 \u0627\u0644\u0648\u0635\u0648\u0644']] as const) {
      const context = await chrome.newContext({ locale });
      const { page } = await open(context, service.url);
      await page.locator('#sirens .line', { hasText: 'gate' }).filter({ hasText: siren }).waitFor();
      await page.locator('#faults .line', { hasText: says }).waitFor();
      await page.locator('#sensors .line[data-is=bad]', { hasText: 'north' }).waitFor();
      // No sentence of the server's on the Arabic page.
      const latin = /[A-Za-z]{3,} [A-Za-z]{3,}/.test((await page.locator('#faults').textContent()) ?? '');
      expect([locale, latin]).toEqual([locale, locale === 'en']);
      await context.close();
    }
  });

  test('the tiles of a local file lie under the picture', async () => {
    const context = await chrome.newContext();
    const parts: number[] = [];
    context.on('response', (r) => r.url().endsWith('.pmtiles') && parts.push(r.status()));
    const { page, complaints } = await open(context, service.url);
    await until(page, 'the sea is drawn all over', () => {
      const canvas = document.querySelector<HTMLCanvasElement>('.ol-layer canvas');
      const pixel = canvas?.getContext('2d')?.getImageData(canvas.width >> 2, canvas.height >> 2, 1, 1).data;
      return (pixel?.[3] ?? 0) > 0;
    });
    await shot(page, 'tiles');
    expect(new Set(parts)).toEqual(new Set([206]));
    expect(complaints).toEqual([]);
    await context.close();
  });
});
