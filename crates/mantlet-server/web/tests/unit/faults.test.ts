import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

import type { Picture } from '../../src/contract';
import { faultWords } from '../../src/panels/faults';
import { has, setLanguage } from '../../src/strings';
import { words, type Lull } from '../../src/views/verdict';

const LATIN = /[A-Za-z]{3,} [A-Za-z]{3,}/;

afterEach(() => setLanguage('en'));

/** Codes of faults, as they stand in the server's source. */
function codes(): string[] {
  const read = (folder: string): string =>
    readdirSync(folder, { withFileTypes: true }).map((f) => (f.isDirectory() ? read(`${folder}/${f.name}`) : readFileSync(`${folder}/${f.name}`, 'utf8').split('#[cfg(test)]')[0])).join('\n');
  const source = read(new URL('../../../src', import.meta.url).pathname);
  const found = [/(?:raise|note)\(\s*"(\w+)"/g, /Order::Fault\(\s*"(\w+)"/g, /const FAULT: &str = "(\w+)"/g, /"(site_\w+)"/g].flatMap((what) => [...source.matchAll(what)].map((m) => m[1] ?? ''));
  return [...new Set([...found, 'siren', 'sensor_silent', 'sensor_babbling', 'sensor_late'])].sort();
}

test('whatever fault the server may raise has words in both languages', () => {
  expect(codes().length).toBeGreaterThan(17);
  expect(codes().filter((code) => !has(`fault.${code}`) || !has(`says.${code}`))).toEqual([]);
});

test('an Arabic page says each fault in Arabic, also a site\u2019s own on the page of its region', () => {
  setLanguage('ar');
  const picture = { sensors: [{ id: 'oak', state: 'ok' }], sirens: [{ id: 'gate', state: 'unconfirmed' }] } as unknown as Picture;
  for (const code of codes().flatMap((c) => [c, `${c}:gate`, `oak/${c}:gate`])) {
    const [what, , sentence] = faultWords({ code, text: 'An English sentence of the server', since_s: 0 }, picture);
    expect([code, LATIN.test(what), LATIN.test(sentence), sentence === '']).toEqual([code, false, false, false]);
  }
  const of = (code: string) => faultWords({ code, text: '', since_s: 0 }, picture);
  expect(of('oak/sensor_silent:north')[0]).toContain('oak');
  expect(of('elm/sensor_silent:north')[2]).toContain('لم يبق أي رادار');
  expect(of('siren:gate')[2]).toContain('لم تؤكد');
});

test('the answer about a lull is in the page\u2019s language, from the same figures', () => {
  const count = (number: number, exposure: number) => ({ number, exposure });
  const comparison = { earlier: count(40, 100), later: count(3, 50), expected: 20, ratio: 0.15, interval_95: [0.03, 0.5], p_lower: 1e-5, p_higher: 1 } as Lull['comparison'];
  const lull: Lull = {
    verdict: 'a lower rate is strongly supported.',
    does_not_show: ['why, or for how long'],
    looked_at: { kind: 'rocket', since: '2026-03-01', labels: [], watch_assumed: true, left_out: 2 },
    comparison,
    change: { median: '2026-02-27', interval_95: ['2026-02-20', '2026-03-04'], before_per_day: { mean: 0.4 }, after_per_day: { mean: 0.1 }, log10_bayes_factor: 3 },
    latest_gap: { days: 21, chance_of_some_gap: 0.4 },
    rivals: { fits: [], p_lower_if_self_exciting: 0.01 },
    sensitivity: { missing_to_undo: 9 },
    kinds: [],
  };
  expect(words(lull).sentence).toBe('A lower rate is strongly supported.');
  setLanguage('ar');
  for (const asked of [lull, { ...lull, comparison: null }, { ...lull, comparison: null, change: null }]) {
    const said = words(asked);
    expect([said.sentence, ...said.limits].filter((text) => LATIN.test(text) || !/[\u0600-\u06ff]/.test(text))).toEqual([]);
  }
  expect(words(lull).sentence).toContain('1.0e-5');
  expect(words(lull).limits.length).toBe(7);
});
