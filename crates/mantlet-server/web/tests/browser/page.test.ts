// The page in a real browser against the real service playing the demo raid in real
// time. The tests follow one raid from its start to its all-clear, so their order is the
// raid's: first warning 13 s after the start, last impact at 57 s, all clear 20 s later.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { browser, faults, missing, open, serve, shot, until, type Service } from './help';

const why = missing();
if (why) console.log(`The page is not tested in a browser: ${why}`);

/** A late machine may miss a raid: the next one comes within this, s. */
const NEXT_RAID_S = 130;
const DESK = { width: 1440, height: 900 };

const warned = () => document.querySelector('.zone[data-state=warned],.zone[data-state=short],.zone[data-state=hold]') !== null;
const calm = () => document.querySelector('.zone') !== null && !document.querySelector('.zone[data-state=warned],.zone[data-state=short],.zone[data-state=hold]');

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.click('.user button');
  await page.fill('dialog input[name=name]', name);
  await page.fill('dialog input[name=password]', password);
  await page.click('dialog button[type=submit]');
}

describe.skipIf(why !== null)('the page', () => {
  let service: Service;
  let chrome: Browser;
  /** The operator's own screen, open all the while. */
  let desk: Page;
  let complaints: string[];

  const visit = async (options: BrowserContextOptions = {}, path = '') => {
    const context = await chrome.newContext({ viewport: DESK, ...options });
    return { context, ...(await open(context, service.url + path)) };
  };

  beforeAll(async () => {
    [service, chrome] = await Promise.all([serve(), browser()]);
  });

  afterAll(async () => {
    await chrome?.close();
    await service?.stop();
  });

  test('the set-up link makes the first administrator, and that one an operator and a viewer', async () => {
    expect(service.setup).toContain(service.url);
    const context = await chrome.newContext({ viewport: DESK });
    const { page } = await open(context, service.setup ?? '');
    await page.fill('dialog input[name=name]', 'ada');
    await page.fill('dialog input[name=password]', 'a long enough one');
    await page.click('dialog button[type=submit]');
    await page.locator('.user-name', { hasText: 'ada' }).waitFor();
    await page.click('nav a[href="#/admin"]');
    for (const [name, role] of [['omar', 'operator'], ['vera', 'viewer']] as const) {
      const form = page.locator('.admin section').first().locator('form');
      await form.locator('input[name=name]').fill(name);
      await form.locator('input[name=password]').fill(`${name} and some more`);
      await form.locator('select').selectOption(role);
      await form.locator('button').click();
      await page.locator('.admin td', { hasText: name }).first().waitFor();
    }
    const tokens = page.locator('.admin section').nth(1);
    await tokens.locator('input[name=name]').fill('board');
    await tokens.locator('form button').click();
    const secret = tokens.locator('code');
    await secret.waitFor();
    const bearer = { headers: { Authorization: `Bearer ${await secret.textContent()}`, 'X-Forwarded-For': '10.0.0.9' } };
    expect((await fetch(`${service.url}/api/v1/picture`, { headers: { 'X-Forwarded-For': '10.0.0.9' } })).status).toBe(401);
    expect((await fetch(`${service.url}/api/v1/picture`, bearer)).status).toBe(200);
    await shot(page, 'admin');
    expect(await faults(page)).toEqual([]);
    await context.close();
  });

  test('a raid is on the map, and the warning appears with seconds that count down', async () => {
    ({ page: desk, complaints } = await visit());
    await until(desk, 'a zone is warned', warned, NEXT_RAID_S);
    await until(desk, 'an impact is in the table', () => [...document.querySelectorAll('.tracks tr[data-threat] td:last-child')].some((c) => /\d/.test(c.textContent ?? '')));
    await until(desk, 'a zone has time left', () => Number(document.querySelector('.zone[data-zone=residential] .zone-left')?.textContent) > 8 && document.querySelector('.zone[data-zone=residential]')?.getAttribute('data-state') !== 'quiet', NEXT_RAID_S);
    const read = async () => {
      const of = (what: string) => desk.locator(`.zone[data-zone=residential] .${what}`).textContent();
      return { left: Number(await of('zone-left')), needed: Number(await of('zone-need')), at: performance.now() };
    };
    const first = await read();
    await desk.waitForTimeout(3_000);
    const then = await read();
    expect(first.needed).toBe(25);
    const late_s = (then.at - first.at) / 1_000 - (first.left - then.left);
    expect(Math.abs(late_s)).toBeLessThan(2.1);
    expect(await desk.title()).toMatch(/^EXERCISE · \d+ s/);
    await shot(desk, 'desk');
  });

  test('a viewer sees and cannot act, an operator acknowledges, and everybody sees by whom', async () => {
    const { page, context } = await visit();
    await signIn(page, 'vera', 'not her password');
    await page.locator('dialog .problem:not([hidden])').waitFor();
    await page.fill('dialog input[name=password]', 'vera and some more');
    await page.click('dialog button[type=submit]');
    await page.locator('.user-name', { hasText: 'vera' }).waitFor();
    await until(page, 'a zone is warned', warned, NEXT_RAID_S);
    expect(await page.locator('.zone-acts button:visible').count()).toBe(0);
    expect(await page.locator('nav a[href="#/admin"]:visible').count()).toBe(0);
    await page.click('.user button');
    await page.locator('.user button', { hasText: 'Sign in' }).waitFor();
    await signIn(page, 'omar', 'omar and some more');
    await page.locator('.user-name', { hasText: 'omar' }).waitFor();
    await page.locator('.zone-acts button.primary:visible').first().click();
    await page.locator('.zone-by', { hasText: 'omar' }).first().waitFor();
    await desk.locator('.zone-by', { hasText: 'omar' }).first().waitFor();
    await shot(page, 'operator');
    await page.locator('.zone-acts button:not(.primary):visible').first().click();
    await page.fill('dialog input[name=reason]', 'a balloon');
    await page.click('dialog button[type=submit]');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.evaluate(() => (location.hash = '#/review'));
    await page.locator('.raid', { hasText: 'omar: a balloon' }).first().waitFor();
    await context.close();
  });

  test('on a wall in the dark everything is there without scrolling', async () => {
    const { page, context } = await visit({ viewport: { width: 1920, height: 1080 } });
    await until(page, 'a zone is warned', warned, NEXT_RAID_S);
    await page.waitForTimeout(1_000);
    await shot(page, 'wall');
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([1920, 1080]);
    await context.close();
  });

  test('the page is Arabic from right to left, and nothing spills at 360 pixels', async () => {
    const { page, context, complaints } = await visit({ viewport: { width: 360, height: 760 }, locale: 'ar' });
    expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual(['rtl', 'ar']);
    await until(page, 'a zone is warned', warned, NEXT_RAID_S);
    expect(await page.locator('.zones-words strong').textContent()).toMatch(/[\u0600-\u06ff]/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await shot(page, 'arabic-phone');
    expect(await faults(page)).toEqual([]);
    await page.evaluate(() => (location.hash = '#/review'));
    await page.locator('.raid').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.evaluate(() => (location.hash = '#/live'));
    await page.setViewportSize(DESK);
    await page.waitForTimeout(300);
    await shot(page, 'arabic-desk');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('contrast, names and roles hold under a warning, in dark and in light', async () => {
    await until(desk, 'a zone is warned', warned, NEXT_RAID_S);
    expect(await faults(desk)).toEqual([]);
    await desk.click('button[aria-label="Light or dark"]');
    expect(await faults(desk)).toEqual([]);
    await shot(desk, 'light');
    await desk.click('button[aria-label="Light or dark"]');
  });

  test('every control is reached by Tab and shows that it is', async () => {
    const { page, context } = await visit();
    const reached = new Set<string>();
    for (let i = 0; i < 60 && !reached.has('Live, pressed'); i += 1) {
      await page.keyboard.press('Tab');
      const [name, outline] = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement;
        if (e === document.body) return ['', ''] as const;
        const words = e.getAttribute('aria-label') ?? e.textContent ?? '';
        return [e.classList.contains('live-button') ? 'Live, pressed' : words, getComputedStyle(e).outlineStyle] as const;
      });
      if (name) expect([name, outline]).toEqual([name, 'solid']);
      reached.add(name);
    }
    for (const name of ['Live', 'Raids', 'Test the alarm', 'Sign in', 'Map of the site', 'Zoom in', 'Keep all in view', 'Go back in time', 'Live, pressed']) expect([...reached]).toContain(name);
    await context.close();
  });

  test('the alarm says that it is blocked, sounds after a press, and is muted', async () => {
    const { page, context } = await visit();
    const sound = page.locator('.sound');
    expect(await sound.getAttribute('data-is')).toBe('blocked');
    await sound.click();
    await until(page, 'sound is on', () => document.querySelector('.sound')?.getAttribute('data-is') === 'on', 10);
    await sound.click();
    expect(await sound.getAttribute('data-is')).toBe('muted');
    await context.close();
  });

  test('a browser that slept an hour comes back with the whole picture', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(service.url);
    await page.locator('.zone').first().waitFor();
    const asked: (string | null)[] = [];
    page.on('request', (r) => r.url().endsWith('/events') && asked.push(r.headers()['last-event-id'] ?? null));
    await page.clock.fastForward('01:00:00');
    await until(page, 'the page asks anew', () => document.documentElement.dataset.trouble === '', 20);
    await page.waitForTimeout(500);
    expect(asked).toEqual([null]);
    await context.close();
  });

  test('the warning ends with an all-clear', async () => {
    await until(desk, 'an all-clear is given', () => document.querySelector('.zone[data-state=clear]') !== null, NEXT_RAID_S);
    await until(desk, 'no zone is warned', calm, NEXT_RAID_S);
    await shot(desk, 'clear');
    expect(await faults(desk)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('one scrubs back and returns to live, and watches the raid again, by keyboard alone', async () => {
    const shown = () => desk.locator('.time-shown').textContent();
    const past = desk.locator('.banner[data-kind=past]');
    await desk.locator('.time-controls input').focus();
    for (let i = 0; i < 20; i += 1) await desk.keyboard.press('ArrowLeft');
    await past.waitFor();
    const stands = await shown();
    await desk.waitForTimeout(1_200);
    expect(await shown()).toBe(stands);
    await desk.keyboard.press('End');
    await past.waitFor({ state: 'hidden' });
    await desk.locator('nav a[href="#/review"]').press('Enter');
    await desk.locator('.raid').first().waitFor();
    await shot(desk, 'raids');
    expect(await faults(desk)).toEqual([]);
    await desk.locator('.raid button').last().press('Enter');
    await past.waitFor();
    await desk.locator('.time-controls button[aria-label="Play"]').press('Enter');
    await until(desk, 'the past raid warns again', warned, 30);
    await shot(desk, 'past');
    await desk.locator('.banner button').press('Enter');
    await past.waitFor({ state: 'hidden' });
  });

  test('a service that is killed is said to be lost, and the page recovers by itself', async () => {
    service.kill('SIGKILL');
    await desk.locator('.banner[data-kind=lost]').waitFor({ timeout: 15_000 });
    expect(await desk.locator('.zones-words strong').textContent()).not.toBe('No warning in force');
    await shot(desk, 'lost');
    expect(await faults(desk)).toEqual([]);
    await service.stop();
    service = await serve(service.url.replace('http://', ''));
    await desk.locator('.banner[data-kind=lost]').waitFor({ state: 'hidden', timeout: 20_000 });
    await until(desk, 'the page is live', () => document.querySelector('.link:not([data-bad])') !== null, 20);
  });
});
