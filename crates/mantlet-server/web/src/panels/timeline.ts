// The last hour: what there was, and a slider to go back to it.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { ask } from '../api';
import { clockTime } from '../clock';
import type { Picture, Timeline } from '../contract';
import { h, mark, say } from '../dom';
import { resign, sign } from '../signs';
import type { Actions, Part, Seen } from '../state';
import { t } from '../strings';
import { colours, faded } from '../map/colours';

export const HOUR_S = 3_600;
/** The server is asked for the hour this often, ms; between, the page adds what it sees. */
const ASK_MS = 60_000;
const STEP_S = 5;

export class TimelinePanel implements Part {
  readonly element: HTMLElement;
  readonly #slider: HTMLInputElement;
  readonly #shown = h('output', { class: 'time-shown' });
  readonly #play: HTMLButtonElement;
  readonly #playSign = sign('play', 14);
  readonly #live: HTMLButtonElement;
  readonly #chart = h('div', { class: 'chart', dir: 'ltr', 'aria-hidden': 'true' });
  #plot: uPlot | null = null;
  #columns: [number[], number[], number[]] = [[], [], []];
  #asked_ms = Number.NEGATIVE_INFINITY;
  #latest_s = 0;
  #drawn_ms = 0;
  #playing = false;
  #past_s: number | null = null;
  readonly #actions: Actions;

  constructor(actions: Actions) {
    this.#actions = actions;
    this.#slider = h('input', { type: 'range', min: -HOUR_S, max: 0, step: 1, value: 0, 'aria-label': t('time.slider'), oninput: () => this.#slid() });
    this.#play = h('button', { type: 'button', class: 'square', 'aria-label': t('time.play'), onclick: () => this.playing(!this.#playing) }, this.#playSign);
    this.#live = h('button', { type: 'button', class: 'live-button', onclick: () => actions.lookAt(null) }, t('time.live'));
    const step = (by: number, words: string, mark: string) =>
      h('button', { type: 'button', class: 'square', 'aria-label': words, title: words, onclick: () => this.#go((this.#past_s ?? this.#latest_s) + by) }, mark);
    this.element = h(
      'section',
      { class: 'panel timeline', 'aria-labelledby': 'time-title' },
      h('h2', { id: 'time-title', class: 'sr' }, t('time.title')),
      this.#chart,
      h('div', { class: 'time-controls', dir: 'ltr' }, step(-10, t('time.back'), '−10'), this.#play, step(10, t('time.forward'), '+10'), this.#slider, this.#shown, this.#live),
    );
    new ResizeObserver(() => this.#size()).observe(this.#chart);
  }

  /** Whether the past runs on by itself. */
  get running(): boolean {
    return this.#playing;
  }

  playing(to: boolean): void {
    this.#playing = to;
    if (to && this.#past_s === null) this.#go(this.#latest_s - 60);
    resign(this.#playSign, to ? 'pause' : 'play');
    mark(this.#play, 'aria-label', to ? t('time.pause') : t('time.play'));
  }

  /** Takes in a live picture, whatever is looked at. */
  hear(picture: Picture): void {
    this.#latest_s = picture.time_s;
    const [times] = this.#columns;
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (picture.time_s < last - 60) this.#columns = [[], [], []];
    if (picture.time_s >= last + 1) this.#add(picture.time_s, picture.impacts.length, picture.warnings.length);
    const now_ms = performance.now();
    if (now_ms - this.#asked_ms > ASK_MS) {
      this.#asked_ms = now_ms;
      void this.#ask(picture.time_s);
    }
  }

  update(seen: Seen): void {
    this.#past_s = seen.past ? seen.now_s : null;
    if (!seen.past && this.#playing) this.playing(false);
    const back_s = seen.past ? seen.now_s - this.#latest_s : 0;
    if (document.activeElement !== this.#slider || !seen.past) this.#slider.value = String(Math.round(back_s));
    mark(this.#slider, 'aria-valuetext', `${clockTime(seen.now_s)} UTC`);
    say(this.#shown, clockTime(seen.now_s));
    mark(this.#live, 'aria-pressed', seen.past ? 'false' : 'true');
    const now_ms = performance.now();
    if (now_ms - this.#drawn_ms > 1_000 || seen.past) this.#draw(now_ms);
  }

  restyle(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#draw(performance.now());
  }

  #add(time_s: number, threats: number, warnings: number): void {
    const [times, a, b] = this.#columns;
    times.push(time_s);
    a.push(threats);
    b.push(warnings);
    while (times[0] !== undefined && times[0] < time_s - HOUR_S) for (const column of this.#columns) column.shift();
  }

  async #ask(to_s: number): Promise<void> {
    try {
      const hour = await ask<Timeline>(`timeline?from_s=${to_s - HOUR_S}&to_s=${to_s}&step_s=${STEP_S}`);
      const newer = this.#columns[0].findIndex((s) => s > (hour.time_s.at(-1) ?? 0));
      const rest = newer < 0 ? [[], [], []] : this.#columns.map((c) => c.slice(newer));
      this.#columns = [
        [...hour.time_s, ...(rest[0] ?? [])],
        [...hour.threats, ...(rest[1] ?? [])],
        [...hour.warnings, ...(rest[2] ?? [])],
      ];
    } catch {
      // What the page saw itself is shown instead.
    }
  }

  #slid(): void {
    const back_s = Number(this.#slider.value);
    this.playing(false);
    this.#go(back_s >= 0 ? null : this.#latest_s + back_s);
  }

  #go(time_s: number | null): void {
    if (time_s === null || time_s >= this.#latest_s) this.#actions.lookAt(null);
    else this.#actions.lookAt(Math.max(time_s, this.#latest_s - HOUR_S));
  }

  #size(): void {
    const { clientWidth: width, clientHeight: height } = this.#chart;
    if (width > 0 && height > 0) this.#plot?.setSize({ width, height });
  }

  #draw(now_ms: number): void {
    this.#drawn_ms = now_ms;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    if (!width || !height) return;
    const data = this.#columns as unknown as uPlot.AlignedData;
    if (!this.#plot) this.#plot = new uPlot(this.#options(width, height), data, this.#chart);
    else this.#plot.setData(data);
  }

  #options(width: number, height: number): uPlot.Options {
    const c = colours();
    const axis = { stroke: c.soft, grid: { stroke: faded(c.rule, 0.6), width: 1 }, ticks: { show: false }, font: `${11 * c.scale}px "Inter Variable"` };
    return {
      width,
      height,
      ms: 1e-3,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      padding: [6, 12, 0, 0],
      tzDate: (s) => uPlot.tzDate(new Date(s * 1e3), 'Etc/UTC'),
      scales: {
        x: { time: true, range: () => [this.#latest_s - HOUR_S, this.#latest_s] },
        y: { range: (_u, _min, max) => [0, Math.max(4, max)] },
      },
      axes: [
        { ...axis, size: 20 * c.scale, gap: 3, values: (_u, ticks) => ticks.map((s) => clockTime(s).slice(0, 5)) },
        { ...axis, size: 26 * c.scale, gap: 4, space: 16 * c.scale, incrs: [1, 2, 5, 10, 20, 50] },
      ],
      series: [
        {},
        { label: t('time.threats'), stroke: c.threat, width: 1.4, fill: faded(c.threat, 0.15), points: { show: false }, paths: uPlot.paths.stepped?.({ align: 1 }) },
        { label: t('time.warnings'), stroke: c['warned-edge'], width: 1.4, dash: [4, 3], points: { show: false }, paths: uPlot.paths.stepped?.({ align: 1 }) },
      ],
      hooks: {
        draw: [
          (u) => {
            if (this.#past_s === null) return;
            const x = u.valToPos(this.#past_s, 'x', true);
            u.ctx.save();
            u.ctx.strokeStyle = c.ink;
            u.ctx.lineWidth = 2 * devicePixelRatio;
            u.ctx.beginPath();
            u.ctx.moveTo(x, u.bbox.top);
            u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
            u.ctx.stroke();
            u.ctx.restore();
          },
        ],
        ready: [
          (u) => {
            u.over.addEventListener('click', () => {
              const at_s = u.posToVal(u.cursor.left ?? -1, 'x');
              if (Number.isFinite(at_s)) this.#go(at_s);
            });
          },
        ],
      },
    };
  }
}
