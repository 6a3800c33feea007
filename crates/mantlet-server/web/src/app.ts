// The page: builds its parts, keeps what they look at, and moves them on.

import { Alarm } from './alarm';
import { ask, Refused, why } from './api';
import { Banner, type Trouble } from './banner';
import { Bar, VIEWS, type View } from './bar';
import { countdown, DataClock } from './clock';
import type { IssuedWarning, Picture, Session, Site, Warning } from './contract';
import * as dialogs from './dialogs';
import { h, mark, say } from './dom';
import { Feed, type Link } from './feed';
import { Plan } from './map/map';
import { FaultsPanel, SensorsPanel, SirensPanel, TracksPanel } from './panels/side';
import { TimelinePanel } from './panels/timeline';
import { ZonesPanel } from './panels/zones';
import { Past } from './past';
import { sign } from './signs';
import type { Actions, Part, Seen } from './state';
import { currentLanguage, setLanguage, t, type Language } from './strings';
import { adminView } from './views/admin';
import { hasLedger, ledgerView } from './views/ledger';
import { reviewView } from './views/review';
import { Memory, zoneStates } from './zones';

/** Panels are brought up to date this often, ms: seconds never look stuck. */
const PANELS_MS = 200;
/** Data older than this is called old, s. Chosen: several scans of any radar we know. */
const STALE_S = 6;
/** The past moves in steps of this, ms of wall time. */
const PAST_STEP_MS = 250;

export class App {
  readonly #root: HTMLElement;
  #site: Site;
  #session: Session;
  readonly #clock = new DataClock();
  readonly #alarm = new Alarm();
  readonly #past = new Past();
  readonly #feed: Feed;
  #live: Picture | null = null;
  #shown: Picture | null = null;
  #link: Link = 'connecting';
  #past_s: number | null = null;
  #moved_ms = 0;
  #memory = new Memory();
  #alarmed = new Set<string>();
  #selected: string | null = null;
  #panels_ms = 0;
  #view: View = 'live';
  #ledger = false;
  // Built by #build, again when the language changes.
  #bar!: Bar;
  #banner!: Banner;
  #plan!: Plan;
  #zones!: ZonesPanel;
  #time!: TimelinePanel;
  #tracks!: TracksPanel;
  #parts: Part[] = [];
  #liveView!: HTMLElement;
  #other!: HTMLElement;
  #said!: HTMLElement;
  #waiting!: HTMLElement;
  #toast!: HTMLElement;

  constructor(root: HTMLElement, site: Site, session: Session) {
    this.#root = root;
    this.#site = site;
    this.#session = session;
    this.#build();
    this.#feed = new Feed({
      picture: (p) => this.#hear(p),
      warning: (w) => w.action === 'warn' && this.#warn(w),
      link: (l) => this.#linked(l),
      site: () => void this.#renewSite(),
    });
    window.addEventListener('hashchange', () => void this.#route());
    void this.#route();
    const frame = (at_ms: number): void => {
      this.#tick(at_ms);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    // A page in the background still counts and sounds.
    window.setInterval(() => document.hidden && this.#tick(performance.now()), 1_000);
  }

  #now_s(): number {
    return this.#past_s ?? this.#clock.now(performance.now());
  }

  #actions(): Actions {
    return {
      alarm: this.#alarm,
      acknowledge: async (ids) => {
        this.#alarm.silence();
        try {
          for (const id of ids) await ask(`warnings/${encodeURIComponent(id)}/acknowledge`, 'POST');
        } catch (error) {
          await this.#refused(error);
        }
      },
      cancelWarning: (id, zone) =>
        dialogs.cancelWarning(zone, async (reason) => {
          await ask(`warnings/${encodeURIComponent(id)}/cancel`, 'POST', { reason });
        }),
      signIn: () => dialogs.login(() => void this.#renew(), this.#session.setup_needed ? t('setup.needed') : ''),
      signOut: async () => {
        await ask('logout', 'POST').catch(() => null);
        await this.#renew();
      },
      select: (id, centre = false) => {
        this.#selected = id;
        this.#tracks.selected = id;
        this.#plan.select(id, centre);
      },
      lookAt: (time_s) => void this.#lookAt(time_s),
      go: (view) => {
        location.hash = `#/${view}`;
      },
    };
  }

  #build(): void {
    const actions = this.#actions();
    document.documentElement.lang = currentLanguage();
    document.documentElement.dir = currentLanguage() === 'ar' ? 'rtl' : 'ltr';
    document.documentElement.toggleAttribute('data-exercise', this.#site.exercise);
    this.#plan?.map.setTarget(undefined);
    this.#bar = new Bar(actions, { theme: () => this.#theme(), language: () => this.#language() });
    this.#bar.hide('ledger', !this.#ledger);
    this.#banner = new Banner(() => void this.#lookAt(null));
    this.#zones = new ZonesPanel(actions);
    this.#time = new TimelinePanel(actions);
    this.#tracks = new TracksPanel(actions);
    const side = [new FaultsPanel(), new SensorsPanel(this.#site.mode === 'region'), new SirensPanel(), this.#tracks];
    this.#parts = [this.#zones, this.#time, ...side];
    this.#said = h('div', { class: 'sr', role: 'alert', 'aria-live': 'assertive' });
    this.#toast = h('div', { class: 'toast', role: 'status', hidden: true });
    this.#waiting = h('p', { class: 'waiting' }, t('waiting.text'));
    const map = h('div', { class: 'map', tabindex: '0', role: 'application', dir: 'ltr', 'aria-label': t('map.label'), 'aria-describedby': 'map-help' });
    const button = (looks: Parameters<typeof sign>[0], words: string, onclick: () => void) => h('button', { type: 'button', class: 'square', 'aria-label': words, title: words, onclick }, sign(looks, 15));
    const follow = button('follow', t('map.follow'), () => this.#plan.follow());
    mark(follow, 'aria-pressed', 'true');
    const cover = button('coverage', t('map.coverage'), () => mark(cover, 'aria-pressed', this.#plan.toggleCoverage() ? 'true' : 'false'));
    mark(cover, 'aria-pressed', 'true');
    const box = h(
      'section',
      { class: 'map-box', 'aria-label': t('map.label') },
      map,
      h('div', { class: 'watermark', 'aria-hidden': 'true' }),
      h('p', { id: 'map-help', class: 'sr' }, t('map.help')),
      h('div', { class: 'map-tools' }, button('plus', t('map.in'), () => this.#plan.zoom(1)), button('minus', t('map.out'), () => this.#plan.zoom(-1)), follow, cover),
      this.#waiting,
    );
    this.#liveView = h('main', { class: 'live-view' }, this.#zones.element, box, h('div', { class: 'side' }, ...side.map((p) => p.element)), this.#time.element);
    this.#other = h('main', { class: 'other-view', hidden: true });
    const stamp = () => (this.#site.exercise ? h('p', { class: 'stamp' }, h('strong', {}, t('exercise.all'))) : null);
    this.#root.replaceChildren(
      ...[
        h('a', { class: 'skip', href: '#zones', onclick: (e: Event) => { e.preventDefault(); this.#zones.element.focus(); } }, t('skip')),
        stamp(),
        this.#bar.element,
        this.#banner.element,
        this.#liveView,
        this.#other,
        this.#said,
        this.#toast,
        h('footer', {}, h('span', {}, t('foot.text')), this.#site.version ? h('span', { dir: 'ltr' }, `mantlet ${this.#site.version}`) : null, this.#site.exercise ? h('strong', { class: 'foot-exercise' }, t('exercise')) : null),
      ].filter((e) => e !== null),
    );
    this.#plan = new Plan(map, this.#site, () => this.#now_s());
    this.#plan.onSelect = (id) => {
      this.#selected = id;
      this.#tracks.selected = id;
    };
    this.#plan.onFollow = (following) => mark(follow, 'aria-pressed', following ? 'true' : 'false');
    this.#bar.session(this.#session);
    this.#bar.view(this.#view);
    if (this.#shown) this.#show(this.#shown);
    if (this.#live) this.#time.hear(this.#live);
  }

  #seen(picture: Picture): Seen {
    const now_s = this.#now_s();
    const worst = this.#worst(performance.now());
    const sure = worst === null || worst === 'past' || worst === 'clock';
    return { site: this.#site, picture, zones: zoneStates(this.#site, picture, now_s, this.#past_s === null ? this.#memory : undefined), now_s, past: this.#past_s !== null, session: this.#session, sure };
  }

  /** A live picture. */
  #hear(picture: Picture): void {
    const before = this.#live;
    this.#clock.hear(picture.time_s, performance.now());
    this.#live = picture;
    for (const old of this.#memory.take(before, picture)) say(this.#said, t('warning.over', { zone: old.zone_name }));
    for (const warning of picture.warnings) this.#warn(warning);
    const open = picture.warnings.some((w) => !w.acknowledged_by);
    if (!open) this.#alarm.silence();
    this.#time.hear(picture);
    if (before && Math.abs(picture.time_s - before.time_s) > 30 && this.#past_s === null) this.#plan.forget();
    if (this.#past_s === null) this.#show(picture);
  }

  /** Sounds and speaks once per alert. */
  #warn(warning: Warning | IssuedWarning): void {
    if (this.#alarmed.has(warning.alert_id)) return;
    this.#alarmed.add(warning.alert_id);
    if ('acknowledged_by' in warning && warning.acknowledged_by) return;
    this.#alarm.sound();
    const left = countdown(warning.impact_time_s - this.#clock.now(performance.now()));
    say(this.#said, t('warning.new', { zone: warning.zone_name, left, needed: countdown(warning.seconds_needed) }));
  }

  #linked(link: Link): void {
    this.#link = link;
    if (link === 'login') dialogs.login(() => void this.#renew(), t('login.needed'));
    else if (link === 'live') void this.#renewSession();
  }

  #show(picture: Picture): void {
    this.#shown = picture;
    const seen = this.#seen(picture);
    mark(this.#waiting, 'hidden', true);
    this.#plan.show(picture, seen.zones);
    this.#update(seen);
  }

  #update(seen: Seen): void {
    for (const part of this.#parts) part.update(seen);
    this.#bar.update(seen);
    const ahead = seen.zones.filter((z) => z.warning && z.left_s > 0).map((z) => z.left_s);
    const title = ahead.length ? t('title.warned', { n: t('seconds', { n: countdown(Math.min(...ahead)) }) }) : `${seen.site.name} · ${t('title.quiet')}`;
    const all = this.#site.exercise ? `${t('exercise')} · ${title}` : title;
    if (document.title !== all) document.title = all;
  }

  #tick(at_ms: number): void {
    if (this.#past_s !== null && this.#time.running && at_ms - this.#moved_ms >= PAST_STEP_MS) this.#play(at_ms);
    if (!this.#shown) {
      this.#trouble(at_ms);
      return;
    }
    const due = at_ms - this.#panels_ms >= PANELS_MS;
    if (this.#view === 'live') {
      const seen = this.#seen(this.#shown);
      this.#plan.tick(at_ms, seen.zones);
      if (due) this.#update(seen);
    }
    if (due) {
      this.#panels_ms = at_ms;
      this.#trouble(at_ms);
    }
  }

  /** What must not be overlooked, the worst of it. */
  #worst(at_ms: number): Trouble['kind'] | null {
    const sensors = this.#live?.sensors ?? [];
    const kinds: [Trouble['kind'], boolean][] = [
      ['lost', this.#link === 'lost'],
      ['past', this.#past_s !== null],
      ['blind', sensors.length > 0 && sensors.every((s) => s.state === 'silent' || s.state === 'blind')],
      ['stale', this.#stale(at_ms)],
      ['clock', this.#live?.clock === 'jump'],
    ];
    return kinds.find(([, is]) => is)?.[0] ?? null;
  }

  #stale(at_ms: number): boolean {
    return this.#link === 'live' && this.#live !== null && this.#clock.age_s(at_ms) > STALE_S;
  }

  #trouble(at_ms: number): void {
    const silent_s = this.#live ? this.#clock.age_s(at_ms) : this.#feed.silent_s;
    const kind = this.#worst(at_ms);
    this.#banner.show(kind && { kind, silent_s, now_s: this.#now_s(), latest_s: this.#clock.now(at_ms) });
    this.#bar.link(this.#link, this.#stale(at_ms));
    this.#bar.faults(this.#live?.faults.length ?? 0);
  }

  /** Looks at a past time; null is now. */
  async #lookAt(time_s: number | null): Promise<void> {
    if (time_s === null) {
      this.#past_s = null;
      this.#past.forget();
      this.#plan.forget();
      this.#time.playing(false);
      if (this.#live) this.#show(this.#live);
      return;
    }
    const jump = this.#past_s === null || Math.abs(time_s - this.#past_s) > 3;
    this.#past_s = time_s;
    this.#moved_ms = performance.now();
    try {
      const picture = await this.#past.at(time_s);
      if (this.#past_s !== time_s) return;
      if (!picture) {
        this.#notify(t('time.none'));
        return;
      }
      if (jump) this.#plan.forget();
      this.#show(picture);
    } catch (error) {
      this.#notify(why(error));
    }
  }

  #play(at_ms: number): void {
    const next_s = (this.#past_s ?? 0) + (at_ms - this.#moved_ms) / 1_000;
    this.#moved_ms = at_ms;
    if (next_s >= this.#clock.last_s) void this.#lookAt(null);
    else {
      this.#past.expect(next_s + 5);
      void this.#lookAt(next_s);
    }
  }

  async #route(): Promise<void> {
    const token = dialogs.setupToken();
    if (token) {
      dialogs.setup(token, () => {
        location.hash = '#/live';
        void this.#renew();
      });
      return;
    }
    const name = location.hash.split('/')[1];
    const view = VIEWS.find((v) => v === name) ?? 'live';
    // The first raid or import makes a ledger where there was none.
    void hasLedger().then((has) => {
      this.#ledger = has;
      this.#bar.hide('ledger', !has);
    });
    this.#view = view;
    this.#bar.view(view);
    mark(this.#liveView, 'hidden', view !== 'live');
    mark(this.#other, 'hidden', view === 'live');
    if (view === 'live') {
      this.#plan.map.updateSize();
      return;
    }
    const made = view === 'review' ? await reviewView(this.#site, this.#actions(), this.#clock.last_s) : view === 'ledger' ? await ledgerView() : await adminView();
    if (this.#view === view) this.#other.replaceChildren(made);
  }

  /** After signing in or out: another session, and perhaps a feed that opens now. */
  async #renew(): Promise<void> {
    await this.#renewSession();
    this.#feed.restart();
    if (this.#view !== 'live') await this.#route();
  }

  async #renewSession(): Promise<void> {
    try {
      this.#session = await dialogs.session();
      this.#bar.session(this.#session);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 0)) this.#notify(why(error));
    }
  }

  /** A region hears of more sites as they come; what does not change is left as it is looked at. */
  async #renewSite(): Promise<void> {
    const site = await ask<Site>('site').catch(() => null);
    if (!site || JSON.stringify(site) === JSON.stringify(this.#site)) return;
    this.#site = site;
    this.#rebuild();
  }

  async #refused(error: unknown): Promise<void> {
    this.#notify(why(error));
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) await this.#renewSession();
  }

  #notify(text: string): void {
    say(this.#toast, text);
    mark(this.#toast, 'hidden', false);
    window.setTimeout(() => mark(this.#toast, 'hidden', true), 6_000);
  }

  #theme(): void {
    const to = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
    document.documentElement.dataset.theme = to;
    localStorage.setItem('mantlet.theme', to);
    this.#plan.restyle();
    this.#time.restyle();
  }

  #rebuild(): void {
    this.#build();
    this.#tracks.selected = this.#selected;
    void this.#route();
  }

  #language(): void {
    const to: Language = currentLanguage() === 'en' ? 'ar' : 'en';
    localStorage.setItem('mantlet.language', to);
    setLanguage(to);
    this.#rebuild();
  }
}
