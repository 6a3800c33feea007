// Beside the map: faults, sensors, sirens, tracks.

import { countdown } from '../clock';
import type { Fault, Picture, SensorState, Siren, Track } from '../contract';
import { h, mark, Rows, say } from '../dom';
import { kindName } from '../map/sky';
import { THREATS } from '../map/symbols';
import { resign, sign, type Sign } from '../signs';
import type { Actions, Part, Seen } from '../state';
import { number, percent, t, tOr, type Key } from '../strings';
import { faultWords } from './faults';

function panel(id: string, title: string, ...content: HTMLElement[]): HTMLElement {
  return h('section', { class: `panel ${id}`, id, tabindex: '-1', 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...content);
}

/** A line: sign, name, state in words, details. */
function line() {
  const shape = sign('ok', 15);
  const name = h('span', { class: 'line-name' });
  const state = h('span', { class: 'line-state' });
  const more = h('span', { class: 'line-more soft' });
  const element = h('li', { class: 'line' }, shape, name, state, more);
  const update = (looks: Sign, bad: 'good' | 'bad' | 'wait', words: [string, string, string]) => {
    resign(shape, looks);
    mark(element, 'data-is', bad);
    say(name, words[0]);
    say(state, words[1]);
    say(more, words[2]);
  };
  return { element, update };
}

export class FaultsPanel implements Part {
  readonly element: HTMLElement;
  readonly #rows: Rows<Fault>;
  readonly #none = h('p', { class: 'soft calm' }, t('faults.none'));
  #picture: Picture | null = null;

  constructor() {
    const list = h('ul', { class: 'lines' });
    this.element = panel('faults', t('faults.title'), h('div', { role: 'status' }, this.#none, list));
    this.#rows = new Rows(list, (f) => f.id ?? f.code + f.text, () => {
      const row = line();
      return {
        element: row.element,
        update: (f) => this.#picture && row.update('bad', 'bad', faultWords(f, this.#picture)),
      };
    });
  }

  update({ picture }: Seen): void {
    this.#picture = picture;
    this.#rows.show(picture.faults);
    mark(this.#none, 'hidden', picture.faults.length > 0);
    mark(this.element, 'data-bad', picture.faults.length > 0);
  }
}

export class SensorsPanel implements Part {
  readonly element: HTMLElement;
  readonly #rows: Rows<SensorState>;
  readonly #counts = h('p', { class: 'counts soft' });
  readonly #region: boolean;
  #now_s = 0;

  /** A region's sensors are its sites. */
  constructor(region: boolean) {
    this.#region = region;
    const list = h('ul', { class: 'lines' });
    this.element = panel('sensors', t(region ? 'sites.title' : 'sensors.title'), list, this.#counts);
    this.#rows = new Rows(list, (s) => s.id, () => {
      const row = line();
      return {
        element: row.element,
        update: (s) => {
          const what = this.#region ? 'site' : 'sensor';
          const last = s.last_scan_s === null ? t(`${what}.never`) : t(`${what}.last`, { n: countdown(this.#now_s - s.last_scan_s) });
          const more = this.#region ? '' : ` · ${t('sensor.plots', { n: Math.round(s.plots_per_scan) })} · ${t('sensor.rejected', { n: number(s.rejected) })}`;
          const state = tOr(`${what}.${s.state}`, s.state);
          row.update(s.state === 'ok' ? 'ok' : s.state === 'late' ? 'waiting' : 'bad', s.state === 'ok' ? 'good' : 'bad', [s.id, state, last + more]);
        },
      };
    });
  }

  update({ picture, now_s }: Seen): void {
    this.#now_s = now_s;
    this.#rows.show(picture.sensors);
    // A region counts no plots.
    const counts = Object.entries(picture.counters).filter(([k]) => !this.#region || k === 'refused_datagrams').map(([k, n]) => `${tOr(`counter.${k}`, k)} ${number(n)}`);
    say(this.#counts, counts.join(' · '));
  }
}

const SIREN: Record<string, [Sign, 'good' | 'bad' | 'wait']> = {
  confirmed: ['ok', 'good'],
  idle: ['quiet', 'good'],
  pending: ['waiting', 'wait'],
  unconfirmed: ['bad', 'bad'],
  down: ['bad', 'bad'],
};

export class SirensPanel implements Part {
  readonly element: HTMLElement;
  readonly #rows: Rows<Siren>;
  readonly #none = h('p', { class: 'soft calm' }, t('sirens.none'));

  constructor() {
    const list = h('ul', { class: 'lines' });
    this.element = panel('sirens', t('sirens.title'), this.#none, list);
    this.#rows = new Rows(list, (s) => s.id, () => {
      const row = line();
      return {
        element: row.element,
        update: (s) => {
          const [looks, is] = SIREN[s.state] ?? ['waiting', 'wait'];
          row.update(looks, is, [s.id, tOr(`siren.${s.state}`, s.state), '']);
        },
      };
    });
  }

  update({ picture }: Seen): void {
    this.#rows.show(picture.sirens);
    mark(this.#none, 'hidden', picture.sirens.length > 0);
  }
}

/** Rows shown at most: a list that no one can read through helps no one. */
const LISTED = 60;

export class TracksPanel implements Part {
  readonly element: HTMLElement;
  readonly #rows: Rows<Track>;
  readonly #more = h('p', { class: 'soft calm' });
  readonly #table: HTMLTableElement;
  #impacts = new Map<string, number>();
  #now_s = 0;
  selected: string | null = null;

  constructor(actions: Actions) {
    const body = h('tbody');
    const heads: Key[] = ['tracks.id', 'tracks.kind', 'tracks.height', 'tracks.speed', 'tracks.impact'];
    this.#table = h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((k) => h('th', { scope: 'col' }, t(k))))), body);
    this.element = panel('tracks', t('tracks.title'), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'tracks-title' }, this.#table), this.#more);
    this.#rows = new Rows(body, (k) => String(k.id), (first) => {
      const id = String(first.id);
      const pick = h('button', { type: 'button', class: 'pick', onclick: () => actions.select(id, true) }, id);
      const cells = heads.slice(1).map(() => h('td'));
      const [kind, height, speed, impact] = cells as [HTMLTableCellElement, HTMLTableCellElement, HTMLTableCellElement, HTMLTableCellElement];
      return {
        element: h('tr', {}, h('th', { scope: 'row' }, pick), ...cells),
        update: (k) => {
          mark(pick, 'aria-label', t('tracks.show', { id }));
          mark(pick, 'aria-pressed', this.selected === id ? 'true' : 'false');
          mark(pick.closest('tr') as HTMLElement, 'data-threat', THREATS.has(k.kind));
          say(kind, k.kind === 'unknown' ? kindName(k.kind) : `${kindName(k.kind)} ${percent(k.kind_probability)}`);
          mark(kind, 'title', k.status === 'coasting' ? t('status.coasting') : false);
          mark(kind, 'data-coasting', k.status === 'coasting');
          say(height, t('metres', { n: number(k.u_m) }));
          say(speed, t('mps', { n: number(Math.hypot(k.ve_mps, k.vn_mps, k.vu_mps)) }));
          const at_s = this.#impacts.get(id);
          say(impact, at_s === undefined ? '' : t('seconds', { n: countdown(at_s - this.#now_s) }));
        },
      };
    });
  }

  update({ picture, now_s }: Seen): void {
    this.#now_s = now_s;
    this.#impacts = new Map(picture.impacts.map((i) => [String(i.track_id), i.time_s]));
    const minor = (k: Track) => k.kind === 'bird' || k.kind === 'tracer';
    const rank = (k: Track) => this.#impacts.get(String(k.id)) ?? (THREATS.has(k.kind) ? 1e12 : 1e13);
    const listed = picture.tracks.filter((k) => !minor(k) || String(k.id) === this.selected).sort((a, b) => rank(a) - rank(b) || Number(a.id) - Number(b.id));
    this.#rows.show(listed.slice(0, LISTED));
    mark(this.#table, 'hidden', listed.length === 0);
    const hidden = picture.tracks.length - Math.min(LISTED, listed.length);
    say(this.#more, hidden > 0 ? t('tracks.others', { n: hidden }) : listed.length === 0 ? t('tracks.none') : '');
  }
}
