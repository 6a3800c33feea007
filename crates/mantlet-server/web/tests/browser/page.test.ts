// The page in a real browser against the real service, playing the demo raid four times
// as fast as it happens.

import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { browser, missing, open, serve, until, type Service } from './help';

const why = missing();
if (why) console.log(`The page is not tested in a browser: ${why}`);

const SPEED = 4;
const SHOTS = process.env.SHOTS;
const shot = async (page: Page, name: string): Promise<void> => {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
};

const DESK = { width: 1440, height: 900 };
const warned = () => document.querySelectorAll('.zone[data-state=warned],.zone[data-state=short],.zone[data-state=hold]').length > 0;
const calm = () => !document.querySelector('.zone[data-state=warned],.zone[data-state=short],.zone[data-state=hold]');

/** What axe finds against WCAG 2.2 A and AA, one line each. */
async function audit(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> } }).axe;
    const result = await run.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? ''}`));
  });
  return found;
}

describe.skipIf(why !== null)('the page', () => {
  let service: Service & { folder: string };
  let chrome: Browser;

  beforeAll(async () => {
    [service, chrome] = await Promise.all([serve(SPEED), browser()]);
  });

  afterAll(async () => {
    await chrome?.close();
    await service?.stop();
  });

  test('a raid is on the map, the warning appears with its seconds and ends with an all-clear', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    const { page, complaints } = await open(context, service.url);
    await until(page, 'a zone is warned', warned);
    await until(page, 'an impact is predicted in the table', () => [...document.querySelectorAll('.tracks tr[data-threat] td:last-child')].some((c) => /\d/.test(c.textContent ?? '')));
    const zone = page.locator('.zone[data-state=warned], .zone[data-state=short]').first();
    const read = async () => Number(await zone.locator('.zone-left').textContent());
    const first = await read();
    expect(first).toBeGreaterThan(0);
    expect(Number(await zone.locator('.zone-need').textContent())).toBeGreaterThan(0);
    await page.waitForTimeout(1_000);
    const rate = first - (await read());
    expect(rate).toBeGreaterThanOrEqual(SPEED - 2);
    expect(rate).toBeLessThanOrEqual(SPEED + 2);
    expect(await page.title()).toMatch(/EXERCISE/);
    await shot(page, 'desk-raid');
    await until(page, 'all clear is given', () => document.querySelector('.zone[data-state=clear]') !== null, 90);
    await until(page, 'no zone is warned', calm, 30);
    await shot(page, 'desk-clear');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the first administrator is set up by the link, makes an operator, and each role sees its own', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    expect(service.setup).not.toBeNull();
    const { page } = await open(context, service.setup ?? service.url);
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
    await shot(page, 'admin');
    expect(await audit(page)).toEqual([]);
    await page.click('.user button');
    await page.locator('.user button', { hasText: 'Sign in' }).waitFor();

    const signIn = async (name: string, password: string) => {
      await page.click('.user button');
      await page.fill('dialog input[name=name]', name);
      await page.fill('dialog input[name=password]', password);
      await page.click('dialog button[type=submit]');
    };
    await page.goto(`${service.url}/#/live`);
    await signIn('vera', 'not her password');
    await page.locator('dialog .problem:not([hidden])').waitFor();
    await page.fill('dialog input[name=password]', 'vera and some more');
    await page.click('dialog button[type=submit]');
    await page.locator('.user-name', { hasText: 'vera' }).waitFor();
    await until(page, 'a zone is warned', warned, 90);
    expect(await page.locator('.zone-acts button:visible').count()).toBe(0);
    expect(await page.locator('nav a[href="#/admin"]:visible').count()).toBe(0);

    await page.click('.user button');
    await page.locator('.user button', { hasText: 'Sign in' }).waitFor();
    await signIn('omar', 'omar and some more');
    await page.locator('.user-name', { hasText: 'omar' }).waitFor();
    await until(page, 'a zone is warned', warned, 90);
    const acknowledge = page.locator('.zone-acts button.primary:visible').first();
    await acknowledge.click();
    await page.locator('.zone-by', { hasText: 'omar' }).first().waitFor();
    await shot(page, 'operator');
    await context.close();
  });

  test('one scrubs back to the raid and returns to live, by keyboard alone', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    const { page } = await open(context, service.url);
    const shown = () => page.locator('.time-shown').textContent();
    const slider = page.locator('.time-controls input');
    await slider.focus();
    for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowLeft');
    await page.locator('.banner[data-kind=past]').waitFor();
    const past = await shown();
    await page.waitForTimeout(700);
    expect(await shown()).toBe(past);
    await page.keyboard.press('End');
    await page.locator('.banner[data-kind=past]').waitFor({ state: 'hidden' });
    await page.click('nav a[href="#/review"]');
    await page.locator('.raid').first().waitFor();
    await shot(page, 'review');
    expect(await audit(page)).toEqual([]);
    await page.locator('.raid button', { hasText: 'Watch again' }).last().press('Enter');
    await page.locator('.banner[data-kind=past]').waitFor();
    await page.locator('.time-controls button[aria-label="Play"]').press('Enter');
    await until(page, 'the past raid warns again', warned, 40);
    await shot(page, 'past');
    await page.locator('.banner button').press('Enter');
    await page.locator('.banner[data-kind=past]').waitFor({ state: 'hidden' });
    await context.close();
  });

  test('the page is Arabic from right to left, and nothing spills at 360 pixels', async () => {
    const context = await chrome.newContext({ viewport: { width: 360, height: 760 }, locale: 'ar' });
    const { page, complaints } = await open(context, service.url);
    expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual(['rtl', 'ar']);
    await until(page, 'a zone is warned', warned, 90);
    expect(await page.locator('.zones-words strong').textContent()).toMatch(/[\u0600-\u06ff]/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await shot(page, 'arabic-phone');
    await page.setViewportSize(DESK);
    await page.waitForTimeout(300);
    await shot(page, 'arabic-desk');
    expect(await audit(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('contrast, names and roles hold in dark and in light, warned and calm', async () => {
    for (const theme of ['dark', 'light']) {
      const context = await chrome.newContext({ viewport: DESK });
      const { page } = await open(context, `${service.url}/?theme=${theme}`);
      await until(page, 'a zone is warned', warned, 90);
      expect([theme, await audit(page)]).toEqual([theme, []]);
      await shot(page, theme);
      await until(page, 'no zone is warned', calm, 90);
      expect([theme, await audit(page)]).toEqual([theme, []]);
      await context.close();
    }
  });

  test('every control is reached by Tab and shows that it is', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    const { page } = await open(context, service.url);
    const reached = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press('Tab');
      const [name, outline] = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement;
        return [e.getAttribute('aria-label') ?? e.textContent ?? '', getComputedStyle(e).outlineStyle] as const;
      });
      if (name && (await page.evaluate(() => document.activeElement !== document.body))) expect([name, outline]).toEqual([name, 'solid']);
      reached.add(name);
    }
    for (const name of ['Live', 'Raids', 'Test the alarm', 'Map of the site', 'Zoom in', 'Go back in time', 'Sign in']) expect([...reached]).toContain(name);
    await context.close();
  });

  test('the alarm says that it is blocked, sounds after a press, and is muted', async () => {
    const context = await chrome.newContext({ viewport: DESK });
    const { page } = await open(context, service.url);
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
    await until(page, 'the page asks anew', () => document.documentElement.dataset.trouble === '' && /\d/.test(document.querySelector('.clock')?.textContent ?? ''), 20);
    expect(asked).toEqual([null]);
    await context.close();
  });
});

describe.skipIf(why !== null || !!process.env.PAGE_URL)('a service that goes and comes', () => {
  test('is said to be lost, and the page recovers by itself', async () => {
    const first = await serve(SPEED);
    const chrome = await browser();
    const context = await chrome.newContext({ viewport: DESK });
    const { page } = await open(context, first.url);
    first.kill('SIGKILL');
    await page.locator('.banner[data-kind=lost]').waitFor({ timeout: 15_000 });
    await shot(page, 'lost');
    expect(await audit(page)).toEqual([]);
    const second = await serve(SPEED, first.folder, first.url.replace('http://', ''));
    await page.locator('.banner[data-kind=lost]').waitFor({ state: 'hidden', timeout: 20_000 });
    await until(page, 'the page is live', () => document.querySelector('.link:not([data-bad])') !== null, 20);
    await chrome.close();
    await second.stop();
  });
});
