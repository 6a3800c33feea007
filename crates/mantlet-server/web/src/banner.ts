// What must not be overlooked: cut off, no data, a clock that jumped, the past.

import { clockTime, countdown } from './clock';
import { h, mark, say } from './dom';
import { resign, sign, type Sign } from './signs';
import { t } from './strings';

export interface Trouble {
  kind: 'lost' | 'stale' | 'blind' | 'clock' | 'past';
  silent_s: number;
  now_s: number;
  latest_s: number;
}

const SIGNS: Record<Trouble['kind'], Sign> = { lost: 'lost', stale: 'warned', blind: 'lost', clock: 'warned', past: 'past' };

export class Banner {
  readonly element: HTMLElement;
  readonly #sign = sign('lost', 26);
  readonly #title = h('strong');
  readonly #text = h('span');
  readonly #back: HTMLButtonElement;

  constructor(backToLive: () => void) {
    this.#back = h('button', { type: 'button', onclick: backToLive }, t('past.back'));
    this.element = h('div', { class: 'banner', hidden: true }, this.#sign, h('p', {}, this.#title, ' ', this.#text), this.#back);
  }

  show(trouble: Trouble | null): void {
    mark(this.element, 'hidden', trouble === null);
    document.documentElement.dataset.trouble = trouble?.kind ?? '';
    if (!trouble) return;
    const { kind, silent_s, now_s, latest_s } = trouble;
    mark(this.element, 'data-kind', kind);
    mark(this.element, 'role', kind === 'past' ? false : 'alert');
    resign(this.#sign, SIGNS[kind]);
    say(this.#title, t(`${kind}.title`));
    const text =
      kind === 'past'
        ? t('past.text', { time: clockTime(now_s), n: countdownWords(latest_s - now_s) })
        : kind === 'clock' || kind === 'blind'
          ? t(`${kind}.text`)
          : t(`${kind}.text`, { n: countdown(silent_s) });
    say(this.#text, text);
    mark(this.#back, 'hidden', kind !== 'past');
  }
}

function countdownWords(s: number): string {
  return s < 100 ? t('seconds', { n: countdown(s) }) : countdown(s);
}
