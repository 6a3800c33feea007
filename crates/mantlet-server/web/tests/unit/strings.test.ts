import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { setLanguage, STRINGS, t, type Key } from '../../src/strings';

const keys = Object.keys(STRINGS) as Key[];
const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('every key has words in both languages, with the same gaps', () => {
  for (const key of keys) {
    const [en, ar] = STRINGS[key];
    expect([key, en.trim() !== '', ar.trim() !== '']).toEqual([key, true, true]);
    expect([key, gaps(ar)]).toEqual([key, gaps(en)]);
  }
});

test('Arabic words are written in Arabic', () => {
  const latin = keys.filter((key) => !/[\u0600-\u06ff]/.test(STRINGS[key][1]));
  expect(latin).toEqual(['utc', 'review.raid']);
});

test('no key is in the table that the page does not use', () => {
  const read = (folder: string): string =>
    readdirSync(folder, { withFileTypes: true })
      .map((f) => (f.isDirectory() ? read(`${folder}/${f.name}`) : !f.name.endsWith('.ts') ? '' : f.name === 'strings.ts' ? readFileSync(`${folder}/${f.name}`, 'utf8').split('export type Key')[1] : readFileSync(`${folder}/${f.name}`, 'utf8')))
      .join('\n');
  const source = read(new URL('../../src', import.meta.url).pathname);
  const made = ['nav', 'link', 'state', 'kind', 'rival', 'sensor', 'siren', 'counter', 'sound', 'role', 'review', 'ledger', 'fault', 'says', 'refused', 'did', 'site', 'lost', 'stale', 'blind', 'clock', 'past'];
  const unused = keys.filter((key) => !source.includes(`'${key}'`) && !made.includes(key.split('.')[0] ?? ''));
  expect(unused).toEqual([]);
});

test('gaps are filled', () => {
  setLanguage('ar');
  expect(t('zone.spare', { n: 5 })).toBe('فائض 5 ث');
  setLanguage('en');
  expect(t('zone.spare', { n: 5 })).toBe('5 s to spare');
});
