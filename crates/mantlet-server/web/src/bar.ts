// The bar at the top: where, when, whether it is live, sound, looks, who.

import { clockTime } from './clock';
import { h, mark, say } from './dom';
import type { Link } from './feed';
import { resign, sign } from './signs';
import type { Actions, Seen } from './state';
import type { Session } from './contract';
import { currentLanguage, t } from './strings';

export const VIEWS = ['live', 'review', 'ledger', 'admin'] as const;
export type View = (typeof VIEWS)[number];

export class Bar {
  readonly element: HTMLElement;
  readonly #site = h('strong', { class: 'site-name' });
  readonly #clock = h('time', { class: 'clock' });
  readonly #link = h('span', { class: 'link', role: 'status' });
  readonly #linkSign = sign('waiting', 14);
  readonly #linkText = h('span');
  readonly #faults: HTMLButtonElement;
  readonly #faultsText = h('span');
  readonly #sound: HTMLButtonElement;
  readonly #soundSign = sign('muted', 16);
  readonly #soundText = h('span');
  readonly #test: HTMLButtonElement;
  readonly #user = h('div', { class: 'user' });
  readonly #tabs = new Map<View, HTMLAnchorElement>();
  readonly #actions: Actions;
  #shownUser = '';
  #blocked = false;

  constructor(actions: Actions, hooks: { theme(): void; language(): void }) {
    this.#actions = actions;
    const { alarm } = actions;
    this.#sound = h('button', { type: 'button', class: 'sound', onclick: () => this.#press() }, this.#soundSign, this.#soundText);
    // The press that unblocks the sound must not mute it as well.
    for (const press of ['pointerdown', 'keydown']) {
      this.#sound.addEventListener(press, () => (this.#blocked = alarm.state === 'blocked'));
    }
    this.#test = h('button', { type: 'button', class: 'quiet-button', onclick: () => alarm.test() }, t('sound.test'));
    for (const view of VIEWS) this.#tabs.set(view, h('a', { href: `#/${view}` }, t(`nav.${view}`)));
    const toFaults = (): void => {
      actions.go('live');
      const panel = document.getElementById('faults');
      panel?.scrollIntoView({ block: 'center' });
      panel?.focus();
    };
    this.#faults = h('button', { type: 'button', class: 'fault-badge', hidden: true, onclick: toFaults }, sign('bad', 14), this.#faultsText);
    const other = currentLanguage() === 'en' ? 'ar' : 'en';
    this.#link.append(this.#linkSign, this.#linkText);
    this.element = h(
      'header',
      { class: 'bar-top' },
      h('div', { class: 'who' }, this.#site, h('nav', { 'aria-label': t('nav.label') }, ...this.#tabs.values())),
      h('div', { class: 'when' }, this.#clock, this.#link, this.#faults),
      h(
        'div',
        { class: 'tools' },
        this.#sound,
        this.#test,
        h('button', { type: 'button', class: 'quiet-button', 'aria-label': t('theme.label'), title: t('theme.label'), onclick: hooks.theme }, sign('theme', 15)),
        h('button', { type: 'button', class: 'quiet-button', lang: other, title: t('language.label'), onclick: hooks.language }, other === 'ar' ? 'عربي' : 'English'),
        this.#user,
      ),
    );
    alarm.onChange = () => this.sound();
    this.sound();
  }

  #press(): void {
    const { alarm } = this.#actions;
    if (this.#blocked) alarm.allow();
    else alarm.muted = !alarm.muted;
  }

  sound(): void {
    const { state, muted } = this.#actions.alarm;
    mark(this.#sound, 'data-is', state);
    resign(this.#soundSign, state === 'on' ? 'sound' : 'muted');
    say(this.#soundText, t(`sound.${state}`));
    this.#sound.title = state === 'blocked' ? t('sound.why') : muted ? t('sound.unmute') : t('sound.mute');
  }

  update(seen: Seen): void {
    say(this.#site, seen.site.name);
    say(this.#clock, `${clockTime(seen.now_s)} ${t('utc')}`);
    mark(this.#clock, 'data-past', seen.past);
    this.session(seen.session);
  }

  link(link: Link, stale: boolean): void {
    const bad = link !== 'live' || stale;
    resign(this.#linkSign, bad ? (link === 'connecting' ? 'waiting' : 'lost') : 'ok');
    say(this.#linkText, stale && link === 'live' ? t('stale.title') : t(`link.${link}`));
    mark(this.#link, 'data-bad', bad);
  }

  faults(count: number): void {
    mark(this.#faults, 'hidden', count === 0);
    say(this.#faultsText, t('faults.count', { n: count }));
  }

  session(session: Session): void {
    const key = JSON.stringify(session.user);
    if (key === this.#shownUser) return;
    this.#shownUser = key;
    const { user } = session;
    this.#tabs.get('admin')?.toggleAttribute('hidden', user?.role !== 'admin');
    this.#user.replaceChildren(
      ...(user
        ? [h('span', { class: 'user-name' }, sign('user', 14), ` ${user.name} `, h('small', { class: 'soft' }, t(`role.${user.role}`))), h('button', { type: 'button', class: 'quiet-button', onclick: () => void this.#actions.signOut() }, t('user.signOut'))]
        : [h('button', { type: 'button', onclick: () => this.#actions.signIn() }, t('user.signIn'))]),
    );
  }

  view(view: View): void {
    for (const [name, tab] of this.#tabs) mark(tab, 'aria-current', name === view ? 'page' : false);
  }

  hide(view: View, hidden: boolean): void {
    this.#tabs.get(view)?.toggleAttribute('hidden', hidden);
  }
}
