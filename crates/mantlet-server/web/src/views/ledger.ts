// The record: incidents, their pictures, and whether it has become quieter.

import { ask, Refused, why } from '../api';
import { h } from '../dom';
import { number, t, tOr } from '../strings';

const PICTURES = ['timeline', 'cumulative', 'calendar', 'map'] as const;

type Row = Record<string, unknown>;

/** Whether the server keeps a ledger at all. */
export async function hasLedger(): Promise<boolean> {
  try {
    await ask('ledger/incidents?limit=1');
    return true;
  } catch (error) {
    return error instanceof Refused && error.status !== 404 && error.status !== 0 && error.status !== 501;
  }
}

export async function ledgerView(): Promise<HTMLElement> {
  const view = h('section', { class: 'page-view' }, h('h1', {}, t('ledger.title')));
  if (!(await hasLedger())) {
    view.append(h('p', { class: 'soft lead' }, t('ledger.absent')));
    return view;
  }
  const pictures = h('div', { class: 'pictures' });
  for (const name of PICTURES) {
    const figure = h('figure', {}, h('figcaption', {}, t(`ledger.${name}`)));
    const image = h('img', { src: `/api/v1/ledger/pictures/${name}.svg`, alt: t(`ledger.${name}`), loading: 'lazy', onerror: () => figure.remove() });
    figure.append(image);
    pictures.append(figure);
  }
  view.append(lull(), pictures, await incidents());
  return view;
}

/** The question and its answer. */
function lull(): HTMLElement {
  const answer = h('div', { class: 'verdict', role: 'status' });
  const kind = h('select', { name: 'kind' }, ...['', 'rocket', 'mortar', 'artillery', 'drone'].map((k) => h('option', { value: k }, k ? tOr(`kind.${k}`, k) : t('lull.anyKind'))));
  const since = h('input', { type: 'date', name: 'since', required: true });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    answer.replaceChildren();
    const query = new URLSearchParams({ since: since.value });
    if (kind.value) query.set('kind', kind.value);
    try {
      answer.append(verdict(await ask<Row>(`ledger/lull?${query}`)));
    } catch (error) {
      answer.append(h('p', { class: 'problem' }, why(error)));
    }
  };
  return h(
    'section',
    { class: 'lull' },
    h('h2', {}, t('lull.title')),
    h('p', { class: 'soft' }, t('lull.text')),
    h('form', { class: 'inline', onsubmit: send }, h('label', {}, h('span', {}, t('lull.since')), since), h('label', {}, h('span', {}, t('lull.kind')), kind), h('button', { class: 'primary', type: 'submit' }, t('lull.ask'))),
    answer,
  );
}

/** The verdict in words if there is one, and every figure under it. */
function verdict(answer: Row): HTMLElement {
  const words = answer.verdict ?? answer.sentence ?? answer.summary;
  const figures = Object.entries(answer).filter(([, v]) => typeof v === 'number' || (typeof v === 'string' && v !== words));
  return h(
    'div',
    {},
    typeof words === 'string' ? h('p', { class: 'verdict-words' }, words) : null,
    h('dl', { class: 'figures' }, ...figures.map(([k, v]) => h('div', {}, h('dt', {}, k.replaceAll('_', ' ')), h('dd', {}, typeof v === 'number' ? round(v) : String(v))))),
  );
}

function round(n: number): string {
  return Number.isInteger(n) ? number(n) : String(Number(n.toPrecision(3)));
}

async function incidents(): Promise<HTMLElement> {
  const { incidents = [] } = await ask<{ incidents?: Row[] }>('ledger/incidents?limit=100');
  const pick = (row: Row, ...names: string[]) => {
    const found = names.map((n) => row[n]).find((v) => v !== undefined && v !== null);
    return found === undefined ? '' : Array.isArray(found) ? found.map(String).join(', ') : typeof found === 'object' ? JSON.stringify(found) : String(found);
  };
  const cells: [string, (r: Row) => string][] = [
    [t('ledger.time'), (r) => pick(r, 'time', 'date', 'time_s', 'from')],
    [t('lull.kind'), (r) => tOr(`kind.${pick(r, 'kind')}`, pick(r, 'kind'))],
    [t('ledger.count'), (r) => pick(r, 'count', 'rounds')],
    [t('ledger.place'), (r) => pick(r, 'place', 'place_name')],
    [t('ledger.source'), (r) => pick(r, 'source', 'sources')],
  ];
  return h(
    'section',
    {},
    h('h2', { id: 'incidents-title' }, t('ledger.incidents')),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'incidents-title' }, h('table', {}, h('thead', {}, h('tr', {}, ...cells.map(([head]) => h('th', { scope: 'col' }, head)))), h('tbody', {}, ...incidents.map((r) => h('tr', {}, ...cells.map(([, value]) => h('td', {}, value(r)))))))),
  );
}
