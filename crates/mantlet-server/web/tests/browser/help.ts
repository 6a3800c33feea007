// Starts `mantlet serve --demo` and Chromium, and stops both.

import axe from 'axe-core';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const ROOT = new URL('../../../../../', import.meta.url).pathname;
const BINARY = process.env.MANTLET ?? join(ROOT, 'target/debug/mantlet');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=user-gesture-required'];

/** Why the tests cannot run here; null where they can. */
export function missing(): string | null {
  if (!existsSync(CHROMIUM)) return `${CHROMIUM} is missing (make tools installs it)`;
  if (!existsSync(BINARY)) return `${BINARY} is missing (cargo build makes it)`;
  return null;
}

export interface Service {
  url: string;
  /** The one-time link to the first set-up. */
  setup: string | null;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** A service on a port that the system chooses, or on one that was in use before; the demo, if nothing else is named. */
export async function serve(listen = '127.0.0.1:0', what = ['--demo']): Promise<Service> {
  const child: ChildProcess = spawn(BINARY, ['serve', ...what, '--listen', listen], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const heard = new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/http:\/\/127\.0\.0\.1:\d+/.test(said)) resolve();
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => reject(new Error(`mantlet serve ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`mantlet serve said no address: ${said}`)), 30_000).unref();
  });
  await heard;
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
  await answers(url);
  return {
    url,
    get setup() {
      return /http:\/\/\S+#setup=\S+/.exec(said)?.[0] ?? null;
    },
    kill: (signal) => child.kill(signal),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      // What a killed one could not clear away itself.
      rmSync(join(tmpdir(), `mantlet-demo-${child.pid}`), { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    try {
      if ((await fetch(`${url}/api/v1/picture`)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

export async function browser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page, and everything it complained of. */
export async function open(context: BrowserContext, url: string, wait = '.zone'): Promise<{ page: Page; complaints: string[] }> {
  // Put in by the test's own channel: the page's policy forbids foreign scripts.
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    // A status of 404 is how the page learns that there is no ledger.
    if (message.type() === 'error' && !text.includes('404')) complaints.push(text);
  });
  await page.goto(url);
  await page.locator(wait).first().waitFor();
  return { page, complaints };
}

/** Waits until something in the page is so. */
export async function until(page: Page, what: string, is: () => boolean, limit_s = 60): Promise<void> {
  await page.waitForFunction(is, undefined, { timeout: limit_s * 1_000, polling: 200 }).catch(() => {
    throw new Error(`not within ${limit_s} s: ${what}`);
  });
}

/** Kept for looking at, where SHOTS names a folder. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
}

/** What axe finds against WCAG 2.2 A and AA, one line each. */
export async function faults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<Found> } };
    const found = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? ''}`));
  });
}

/** A port on which nobody listens. */
export async function free(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
