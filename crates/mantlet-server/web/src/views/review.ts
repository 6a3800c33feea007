// Past warnings, gathered into raids.

import { ask, why } from '../api';
import { clockTime, countdown, dateTime } from '../clock';
import type { PastWarning, Site } from '../contract';
import { h } from '../dom';
import { HOUR_S } from '../panels/timeline';
import { sign } from '../signs';
import type { Actions } from '../state';
import { percent, t } from '../strings';

/** Warnings that begin within this of the one before belong to its raid, s. */
const APART_S = 60;
/** The replay begins this long before the first warning, s. */
const LEAD_S = 5;

export interface Raid {
  since_s: number;
  warnings: PastWarning[];
}

/** Newest raid first; inside, in the order of issue. */
export function raids(warnings: PastWarning[]): Raid[] {
  const found: Raid[] = [];
  for (const warning of [...warnings].sort((a, b) => a.since_s - b.since_s)) {
    const last = found.at(-1);
    const before_s = last?.warnings.at(-1)?.since_s ?? Number.NEGATIVE_INFINITY;
    if (last && warning.since_s - before_s <= APART_S) last.warnings.push(warning);
    else found.push({ since_s: warning.since_s, warnings: [warning] });
  }
  return found.reverse();
}

export async function reviewView(site: Site, actions: Actions, latest_s: number): Promise<HTMLElement> {
  const list = h('div', { class: 'raids' });
  try {
    const { warnings } = await ask<{ warnings: PastWarning[] }>('warnings?limit=200');
    const all = raids(warnings);
    list.append(...(all.length ? all.map((raid) => card(raid, site, actions, latest_s)) : [h('p', { class: 'soft' }, t('review.none'))]));
  } catch (error) {
    list.append(h('p', { class: 'problem' }, why(error)));
  }
  return h('section', { class: 'page-view' }, h('h1', {}, t('review.title')), h('p', { class: 'soft lead' }, t('review.text')), list);
}

/** A warning beside what its zone needs. */
function row(w: PastWarning, site: Site) {
  const zone = site.zones.features.find((z) => z.properties.id === w.zone_id)?.properties;
  const given_s = w.impact_time_s === null ? NaN : w.impact_time_s - w.since_s;
  const needed_s = zone?.shelter_s ?? NaN;
  return { ...w, name: zone?.name ?? w.zone_id, given_s, needed_s, spare_s: given_s - needed_s };
}

function margin(s: number): string {
  if (!Number.isFinite(s)) return '–';
  return s < 0 ? t('zone.lacking', { n: countdown(Math.ceil(-s)) }) : t('zone.spare', { n: countdown(s) });
}

function card(raid: Raid, site: Site, actions: Actions, latest_s: number): HTMLElement {
  const shown = raid.warnings.map((w) => row(w, site));
  const rounds = new Set(raid.warnings.flatMap((w) => w.track_ids.map(String))).size;
  const least = Math.min(...shown.map((w) => w.spare_s).filter(Number.isFinite));
  const kept = raid.since_s > latest_s - HOUR_S;
  const heads = ['zone', 'since', 'cleared', 'given', 'needed', 'spare', 'chance', 'by'] as const;
  const rows = shown.map((w) =>
    h(
      'tr',
      { 'data-short': w.spare_s < 0 },
      h('th', { scope: 'row' }, w.spare_s < 0 ? sign('short', 13) : sign('ok', 13), ' ', w.name),
      h('td', {}, clockTime(w.since_s)),
      h('td', {}, w.cleared_s === null ? t('review.inForce') : clockTime(w.cleared_s)),
      h('td', {}, t('seconds', { n: countdown(w.given_s) })),
      h('td', {}, t('seconds', { n: countdown(w.needed_s) })),
      h('td', {}, margin(w.spare_s)),
      h('td', {}, percent(w.probability)),
      h('td', {}, w.cancelled_by ? t('review.cancelled', { name: w.cancelled_by, reason: w.reason ?? '' }) : (w.acknowledged_by ?? '')),
    ),
  );
  const jump = kept
    ? h('button', { class: 'primary', type: 'button', onclick: () => { actions.go('live'); actions.lookAt(raid.since_s - LEAD_S); } }, sign('past', 14), t('review.jump'))
    : h('span', { class: 'soft' }, t('review.old'));
  return h(
    'article',
    { class: 'raid' },
    h('header', {}, h('div', {}, h('h2', {}, t('review.raid', { time: `${dateTime(raid.since_s)}` })), h('p', { class: 'soft' }, t('review.summary', { zones: raid.warnings.length, rounds, spare: margin(least) }))), jump),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('review.raid', { time: dateTime(raid.since_s) }) }, h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((k) => h('th', { scope: 'col' }, t(`review.${k}`))))), h('tbody', {}, ...rows))),
  );
}
