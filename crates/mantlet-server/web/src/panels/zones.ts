// The zones: seconds left against seconds needed, first and large.

import { clockTime, countdown } from '../clock';
import { h, mark, Rows, say } from '../dom';
import { resign, sign } from '../signs';
import { mayAct, type Actions, type Part, type Seen } from '../state';
import { number, percent, t, type Key } from '../strings';
import type { ZoneView } from '../zones';

interface Shown {
  view: ZoneView;
  seen: Seen;
}

export class ZonesPanel implements Part {
  readonly element: HTMLElement;
  readonly #sum = h('p', { class: 'zones-sum' });
  readonly #sumSign = sign('quiet', 22);
  readonly #sumText = h('strong');
  readonly #sumMore = h('span', { class: 'soft' });
  readonly #first = h('p', { class: 'zones-first' });
  readonly #firstSeconds = h('strong');
  readonly #all: HTMLButtonElement;
  readonly #signIn: HTMLButtonElement;
  readonly #rows: Rows<Shown>;
  #actions: Actions;
  #open: string[] = [];

  constructor(actions: Actions) {
    this.#actions = actions;
    const list = h('ul', { class: 'zone-list' });
    this.#all = h('button', { class: 'primary', type: 'button', onclick: () => void actions.acknowledge(this.#open) }, t('zones.ackAll'));
    this.#signIn = h('button', { type: 'button', onclick: () => actions.signIn() }, t('warning.signIn'));
    this.#first.append(this.#firstSeconds, h('span', { class: 'soft' }, t('zones.first')));
    this.#sum.append(this.#sumSign, h('span', { class: 'zones-words' }, this.#sumText, this.#sumMore));
    this.element = h(
      'section',
      { class: 'panel zones', id: 'zones', tabindex: '-1', 'aria-labelledby': 'zones-title' },
      h('h2', { id: 'zones-title', class: 'sr' }, t('zones.title')),
      h('div', { class: 'zones-head' }, this.#sum, this.#first, this.#all, this.#signIn),
      list,
    );
    this.#rows = new Rows(list, (s) => s.view.zone.id, () => this.#row());
  }

  update(seen: Seen): void {
    const warned = seen.zones.filter((z) => z.warning);
    const ahead = warned.filter((z) => z.left_s > 0);
    this.#open = warned.filter((z) => !z.warning?.acknowledged_by).map((z) => z.warning?.alert_id ?? '');
    const state = warned.length === 0 ? 'quiet' : ahead.some((z) => z.state === 'short') ? 'short' : ahead.length > 0 ? 'warned' : 'hold';
    const unsure = state === 'quiet' && !seen.sure;
    mark(this.element, 'data-state', unsure ? 'unknown' : state);
    resign(this.#sumSign, unsure ? 'lost' : state === 'quiet' ? 'ok' : state);
    say(this.#sumText, unsure ? t('zones.unknown') : state === 'quiet' ? t('zones.quiet') : state === 'hold' ? t('state.hold') : t('zones.warned'));
    say(this.#sumMore, warned.length ? t('zones.count', { n: warned.length, all: seen.zones.length }) : '');
    mark(this.#all, 'hidden', !(mayAct(seen.session) && !seen.past && this.#open.length > 1));
    mark(this.#signIn, 'hidden', !!seen.session.user || seen.past || warned.length === 0);
    mark(this.#first, 'hidden', ahead.length === 0);
    say(this.#firstSeconds, t('seconds', { n: countdown(Math.min(...ahead.map((z) => z.left_s))) }));
    this.#rows.show(seen.zones.map((view) => ({ view, seen })));
  }

  #row() {
    const actions = this.#actions;
    let alert_id = '';
    let zone = '';
    const shape = sign('quiet', 18);
    const name = h('h3', { class: 'zone-name' });
    const state = h('span', { class: 'zone-state' });
    const left = h('strong', { class: 'zone-left' });
    const leftWord = h('span', { class: 'unit' }, t('zone.left'));
    const need = h('strong', { class: 'zone-need' });
    const spare = h('strong', { class: 'zone-spare' });
    const fill = h('span', { class: 'bar-gone' });
    const needMark = h('span', { class: 'bar-need' });
    const lacking = h('span', { class: 'bar-lacking' });
    const bar = h('div', { class: 'bar', role: 'img' }, fill, lacking, needMark);
    const facts = h('span');
    const ack = h('button', { class: 'primary', type: 'button', onclick: () => void actions.acknowledge([alert_id]) }, t('warning.acknowledge'));
    const cancel = h('button', { type: 'button', onclick: () => actions.cancelWarning(alert_id, zone) }, t('warning.cancel'));
    const by = h('p', { class: 'zone-by soft' });
    const acts = h('div', { class: 'zone-acts' }, ack, cancel);
    const count = h(
      'div',
      { class: 'zone-count' },
      h('div', { class: 'figure' }, left, leftWord),
      h('div', { class: 'figure needed' }, need, h('span', { class: 'unit' }, t('zone.needed'))),
      acts,
    );
    const element = h('li', { class: 'zone' }, h('div', { class: 'zone-head' }, shape, name, state), count, bar, h('p', { class: 'zone-facts soft' }, spare, facts), by);
    const update = ({ view, seen }: Shown): void => {
      const { warning } = view;
      alert_id = warning?.alert_id ?? '';
      zone = view.zone.name;
      mark(element, 'data-state', view.state);
      mark(element, 'data-zone', view.zone.id);
      resign(shape, view.state);
      say(name, view.zone.name);
      say(state, t(view.state === 'quiet' && !seen.sure ? 'state.unknown' : (`state.${view.state}` as Key)));
      mark(count, 'hidden', !warning);
      mark(bar, 'hidden', !warning);
      const people = t('zone.people', { n: number(view.zone.population) });
      if (!warning) {
        const more = view.state === 'clear' && view.cleared_s !== null ? t('zone.clearedAt', { time: clockTime(view.cleared_s) }) : t('zone.needs', { n: view.zone.shelter_s });
        say(facts, `${people} · ${more}`);
        for (const part of [by, spare]) mark(part, 'hidden', true);
        return;
      }
      const over = view.left_s <= 0;
      say(left, over ? '0' : countdown(view.left_s));
      say(leftWord, over ? t('zone.impactAgo', { n: countdown(-view.left_s) }) : t('zone.left'));
      say(need, countdown(warning.seconds_needed));
      // The difference of the two figures as they stand above, for who starts now.
      const now_s = Math.floor(view.left_s + 1e-6) - Math.floor(warning.seconds_needed);
      say(spare, now_s < 0 ? t('zone.tooLate', { n: countdown(-now_s) }) : t('zone.spare', { n: countdown(now_s) }));
      mark(spare, 'hidden', over);
      const span_s = warning.impact_time_s - warning.since_s;
      const whole = Math.max(span_s, warning.seconds_needed, 1);
      const share = (s: number) => `${(100 * Math.min(1, Math.max(0, s / whole))).toFixed(2)}%`;
      const gone_s = seen.now_s - warning.since_s;
      fill.style.setProperty('inline-size', share(Math.min(gone_s, span_s)));
      needMark.style.setProperty('inset-inline-start', share(warning.seconds_needed));
      lacking.style.setProperty('inset-inline-start', share(span_s));
      mark(lacking, 'hidden', span_s >= warning.seconds_needed);
      mark(bar, 'aria-label', t('zone.bar', { given: countdown(view.given_s), needed: countdown(warning.seconds_needed) }));
      const chance = t('zone.chance', { n: percent(warning.probability) });
      const ahead = t('zone.ahead', { n: countdown(view.given_s) });
      say(facts, `${over ? '' : ' · '}${ahead} · ${people} · ${chance}`);
      const may = mayAct(seen.session) && !seen.past;
      mark(by, 'hidden', !warning.acknowledged_by);
      say(by, warning.acknowledged_by ? t('warning.acknowledged', { name: warning.acknowledged_by }) : '');
      mark(ack, 'hidden', !may || !!warning.acknowledged_by);
      mark(cancel, 'hidden', !may);
    };
    return { element, update };
  }
}
