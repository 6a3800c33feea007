// The answer about a lull in words: in English the server's own sentence, else the page's
// from the same figures.

import { currentLanguage, number, t, tOr } from '../strings';

export interface Count {
  number: number;
  exposure: number;
}

export interface Comparison {
  earlier: Count;
  later: Count;
  expected: number;
  ratio: number | null;
  interval_95: [number | null, number | null];
  p_lower: number;
  p_higher: number;
}

export interface Lull {
  verdict: string;
  does_not_show: string[];
  looked_at: { kind: string | null; since: string | null; labels: string[]; watch_assumed: boolean; left_out: number };
  comparison: Comparison | null;
  change: null | { median: string; interval_95: [string, string]; before_per_day: { mean: number }; after_per_day: { mean: number }; log10_bayes_factor: number };
  latest_gap: null | { days: number; chance_of_some_gap: number };
  rivals: { fits: { name: string; log_likelihood: number; aic: number }[]; p_lower_if_self_exciting: number | null };
  sensitivity: null | { missing_to_undo: number | null };
  kinds: { kind: string; comparison: Comparison }[];
}

/** As the server judges: chances below this support a change, odds of ten to one are strong. */
const LEVEL = 0.05;
const STRONG_LOG10 = 1;

/** A chance; doubles have no digits left for smaller ones. */
export function chance(p: number): string {
  return p < 1e-300 ? '< 1e-300' : three(p);
}

export function three(n: number): string {
  return n !== 0 && Math.abs(n) < 1e-3 ? n.toExponential(1) : String(Number(n.toPrecision(3)));
}

export function kindWords(kind: string): string {
  return tOr(`kind.${kind}`, kind.replaceAll('_', ' '));
}

/** The sentence, and what the figures do not show. */
export function words(lull: Lull): { sentence: string; limits: string[] } {
  if (currentLanguage() === 'en') {
    return { sentence: lull.verdict.charAt(0).toUpperCase() + lull.verdict.slice(1), limits: lull.does_not_show };
  }
  const { comparison, latest_gap: gap, looked_at: looked } = lull;
  const parts = comparison ? compared(comparison) : changed(lull.change);
  if (gap) parts.push(t('lull.gap', { days: three(gap.days), p: isolate(chance(gap.chance_of_some_gap)) }));
  const scope = [looked.kind && kindWords(looked.kind), looked.since && isolate(looked.since)].filter((part) => part).join('، ');
  return { sentence: `${scope ? `${scope}: ` : ''}${parts.join('؛ ')}.`, limits: limits(lull) };
}

function compared(c: Comparison): string[] {
  if (c.later.number + c.earlier.number === 0) return [t('lull.nothing')];
  const lower = c.p_lower < LEVEL;
  const key = lower ? 'lull.lower' : c.p_higher < LEVEL ? 'lull.higher' : 'lull.unclear';
  const p = isolate(chance(key === 'lull.higher' ? c.p_higher : c.p_lower));
  return [t(key, { p }), t('lull.counts', { later: number(c.later.number), days: three(c.later.exposure), expected: three(c.expected) })];
}

function changed(change: Lull['change']): string[] {
  if (!change) return [t('lull.nothing')];
  const times = t('lull.times', { n: isolate(three(10 ** change.log10_bayes_factor)) });
  if (change.log10_bayes_factor < STRONG_LOG10) return [t('lull.noChange'), times];
  const [from, to] = change.interval_95;
  const key = change.after_per_day.mean < change.before_per_day.mean ? 'lull.fell' : 'lull.rose';
  return [t(key, { day: isolate(change.median), from: isolate(from), to: isolate(to) }), times];
}

function limits({ looked_at: looked, change, sensitivity, rivals, kinds }: Lull): string[] {
  const all: string[] = looked.labels.map((label) => t('lull.notCount', { label }));
  if (change && looked.since) all.push(t('lull.notPicked'));
  if (sensitivity?.missing_to_undo) all.push(t('lull.notReported', { n: number(sensitivity.missing_to_undo) }));
  const bursts = rivals.p_lower_if_self_exciting;
  if (bursts !== null && looked.since) all.push(t('lull.notBursts', { p: isolate(chance(bursts)) }));
  if (looked.kind && !kinds.some((k) => k.kind !== looked.kind)) all.push(t('lull.notOthers'));
  if (looked.watch_assumed) all.push(t('lull.notWatched'));
  if (looked.left_out > 0) all.push(t('lull.notLeftOut', { n: number(looked.left_out) }));
  return [...all, t('lull.notWhy')];
}

/** Digits, dashes and signs keep their order within Arabic. */
function isolate(text: string): string {
  return `\u2066${text}\u2069`;
}
