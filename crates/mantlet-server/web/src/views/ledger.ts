// The record: has it become quieter, since when and how sure is that, the pictures to
// it, and the incidents. The shapes are those of `mantlet ledger lull --json` and
// `mantlet ledger list --json`.

import { ask, Refused, why } from '../api';
import { h } from '../dom';
import { number, t, tOr } from '../strings';
import { chance, kindWords, three, words, type Count, type Lull } from './verdict';

const PICTURES = ['timeline', 'cumulative', 'calendar', 'map'] as const;
const KINDS = ['rocket', 'mortar', 'artillery', 'missile', 'drone', 'indirect_fire', 'roadside_bomb', 'car_bomb', 'suicide_bomb', 'grenade', 'small_arms', 'air_strike', 'other', 'unknown'] as const;
/** What the record says in its own language and what has digits and dashes keeps its direction in Arabic. */
const AS_IS = { dir: 'auto' };
const LEFT_TO_RIGHT = { dir: 'ltr' };

interface Range {
  low: number;
  best?: number | null;
  high: number;
}

interface Incident {
  id: string;
  day: string;
  kind: string;
  weapon?: string;
  place?: string;
  count?: Range | null;
  killed?: Range | null;
  injured?: Range | null;
  sources: number;
  conflict: boolean;
  thwarted: boolean;
  exercise: boolean;
}

interface Claim {
  source: string;
  revision: number;
  reliability: string;
  day: string;
  kind: string;
  count?: Range | null;
  killed?: Range | null;
  injured?: Range | null;
  intercept?: string;
  cites?: string;
  note?: string;
}

type Cell = string | HTMLElement;

/** Whether the server keeps a ledger at all. */
export async function hasLedger(): Promise<boolean> {
  try {
    await ask('ledger/incidents?limit=1');
    return true;
  } catch (error) {
    return error instanceof Refused && [401, 403].includes(error.status);
  }
}

export async function ledgerView(): Promise<HTMLElement> {
  const view = h('section', { class: 'page-view' }, h('h1', {}, t('ledger.title')));
  if (!(await hasLedger())) {
    view.append(h('p', { class: 'soft lead' }, t('ledger.absent')));
    return view;
  }
  const pictures = h('div', { class: 'pictures' });
  const draw = (query: string): void => pictures.replaceChildren(...PICTURES.map((name) => picture(name, query)));
  draw('');
  view.append(lull(draw), pictures, await incidents());
  return view;
}

function picture(name: (typeof PICTURES)[number], query: string): HTMLElement {
  const figure = h('figure', {}, h('figcaption', {}, t(`ledger.${name}`)));
  const src = `/api/v1/ledger/pictures/${name}.svg${query}`;
  const image = h('img', { src, alt: t(`ledger.${name}`), loading: 'lazy', onerror: () => figure.remove() });
  figure.append(h('a', { href: src, target: '_blank', rel: 'noopener' }, image));
  return figure;
}

/** The question and its answer; without a date the likeliest day of a change is sought. */
function lull(draw: (query: string) => void): HTMLElement {
  const answer = h('div', { class: 'verdict', role: 'status' });
  const kind = h('select', { name: 'kind' }, h('option', { value: '' }, t('lull.anyKind')), ...KINDS.map((k) => h('option', { value: k }, kindWords(k))));
  const since = h('input', { type: 'date', name: 'since' });
  const send = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    const asked = new URLSearchParams();
    if (since.value) asked.set('since', since.value);
    if (kind.value) asked.set('kind', kind.value);
    const query = asked.size ? `?${asked}` : '';
    try {
      answer.replaceChildren(verdict(await ask<Lull>(`ledger/lull${query}`)));
      if (event) draw(query);
    } catch (error) {
      answer.replaceChildren(h('p', { class: 'problem' }, why(error)));
    }
  };
  void send();
  return h(
    'section',
    { class: 'lull' },
    h('h2', {}, t('lull.title')),
    h('p', { class: 'soft' }, t('lull.text')),
    h('form', { class: 'inline', onsubmit: send }, h('label', {}, h('span', {}, t('lull.since')), since), h('label', {}, h('span', {}, t('lull.kind')), kind), h('button', { class: 'primary', type: 'submit' }, t('lull.ask'))),
    answer,
  );
}

function verdict(lull: Lull): HTMLElement {
  const { sentence, limits } = words(lull);
  const per30 = (c: Count) => `${number(c.number)} (${t('lull.per30', { n: three((30 * c.number) / c.exposure) })})`;
  const rows = lull.kinds.map(({ kind, comparison: c }) => [
    kindWords(kind),
    per30(c.earlier),
    per30(c.later),
    c.ratio === null ? '–' : three(c.ratio),
    digits(c.interval_95.map((end) => (end === null ? '∞' : three(end))).join(' – ')),
    chance(c.p_lower),
  ]);
  const heads = [t('lull.kind'), t('lull.before'), t('lull.after'), t('lull.ratio'), t('lull.interval'), t('lull.chance')];
  const fits = lull.rivals.fits.map((f) => [tOr(`rival.${f.name}`, f.name), digits(f.log_likelihood.toFixed(2)), digits(f.aic.toFixed(2))]);
  return h(
    'div',
    {},
    h('p', { class: 'verdict-words' }, sentence),
    h('p', { class: 'soft' }, t('lull.not')),
    h('ul', { class: 'limits soft' }, ...limits.map((limit) => h('li', {}, limit))),
    rows.length ? table(t('lull.title'), heads, rows) : null,
    h('p', { class: 'soft rivals' }, t('lull.rivals')),
    table(t('lull.rivals'), [t('lull.rival'), t('lull.likelihood'), 'AIC'], fits),
  );
}

function digits(text: string): HTMLElement {
  return h('bdi', LEFT_TO_RIGHT, text);
}

function range(r: Range | null | undefined): Cell {
  if (!r) return '';
  return r.low === r.high ? number(r.low) : digits(`${number(r.low)}–${number(r.high)}`);
}

async function incidents(): Promise<HTMLElement> {
  const { incidents: all } = await ask<{ incidents: Incident[] }>('ledger/incidents?limit=200');
  const heads = [t('ledger.day'), t('lull.kind'), t('ledger.count'), t('ledger.place'), t('ledger.killed'), t('ledger.injured'), t('ledger.sources')];
  const rows = all.map((i) => [i.day, kindOf(i), range(i.count), h('bdi', AS_IS, i.place ?? ''), range(i.killed), range(i.injured), sources(i)]);
  return h('section', {}, h('h2', {}, t('ledger.incidents')), table(t('ledger.incidents'), heads, rows));
}

function kindOf(i: Incident): string {
  const marks = [i.thwarted && t('ledger.thwarted'), i.exercise && t('ledger.exercise')].filter((m) => m);
  return marks.length ? `${kindWords(i.kind)} (${marks.join(', ')})` : kindWords(i.kind);
}

/** How many speak of it; pressed, what each of them says stands in a row beneath. */
function sources(incident: Incident): HTMLElement {
  const words = incident.conflict ? `${number(incident.sources)} · ${t('ledger.conflict')}` : number(incident.sources);
  const toggle = async (): Promise<void> => {
    const row = button.closest('tr');
    if (!row) return;
    if (button.getAttribute('aria-expanded') === 'true') {
      row.nextElementSibling?.remove();
      button.setAttribute('aria-expanded', 'false');
      return;
    }
    button.setAttribute('aria-expanded', 'true');
    const cell = h('td', { colspan: row.cells.length });
    row.after(h('tr', { class: 'claims' }, cell));
    try {
      const { statements } = await ask<{ statements: Claim[] }>(`ledger/incidents/${encodeURIComponent(incident.id)}`);
      cell.append(claims(statements));
    } catch (error) {
      cell.append(h('p', { class: 'problem' }, why(error)));
    }
  };
  const name = `${t('ledger.sources')}: ${words}, ${incident.day}`;
  const button = h('button', { type: 'button', class: 'quiet-button', 'aria-expanded': 'false', 'aria-label': name, onclick: toggle }, words);
  return button;
}

function claims(all: Claim[]): HTMLElement {
  const newest = all.filter((c) => !all.some((o) => o.source === c.source && o.revision > c.revision));
  const heads = [t('ledger.source'), t('ledger.day'), t('lull.kind'), t('ledger.count'), t('ledger.killed'), t('ledger.injured'), t('ledger.says')];
  const rows = newest.map((c) => [
    h('bdi', AS_IS, `${c.source} (${c.reliability})`),
    c.day,
    kindWords(c.kind),
    range(c.count),
    range(c.killed),
    range(c.injured),
    h('bdi', AS_IS, [c.note, c.cites].filter((said) => said).join(' · ')),
  ]);
  return table(t('ledger.sources'), heads, rows);
}

function table(name: string, heads: string[], rows: Cell[][]): HTMLElement {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name }, h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((k) => h('th', { scope: 'col' }, k)))), h('tbody', {}, ...rows.map((r) => h('tr', {}, ...r.map((c) => h('td', {}, c)))))));
}
