// Faults in words.

import { clockTime } from '../clock';
import type { Fault, Picture } from '../contract';
import { currentLanguage, has, t } from '../strings';

/**
 * A fault in short words of the page's language, and a sentence: in English the server's
 * own, which has its numbers too, else the page's. A site's own fault comes to its region
 * with the site's name and a slash before the code.
 */
export function faultWords({ code, text, since_s }: Fault, { sensors, sirens }: Picture): [string, string, string] {
  const [, site, own = code] = /^([^/:]+)\/(.*)$/.exec(code) ?? [];
  const [what = '', id = ''] = own.split(/:(.*)/);
  const key = `fault.${what}`;
  const since = t('faults.since', { time: clockTime(since_s) });
  const left = site ? sensors.some((s) => s.id === site && s.state === 'ok') : sensors.some((s) => s.state === 'ok');
  const siren = sirens.find((s) => s.id === id && !site)?.state;
  const how = what === 'sensor_silent' && !left ? '_last' : siren ? `_${siren}` : '';
  const says = has(`says.${what}${how}`) ? `says.${what}${how}` : `says.${what}`;
  const sentence = currentLanguage() !== 'en' && has(says) ? t(says) : text;
  const named = site ? (words: string) => `\u2068${site}\u2069: ${words}` : (words: string) => words;
  return has(key) ? [named(t(key, { id })), since, sentence] : [sentence, since, ''];
}
