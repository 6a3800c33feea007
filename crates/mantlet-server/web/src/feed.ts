// The picture as it comes: connects, resumes where it stopped, and knows when it is deaf.

import type { IssuedWarning, Picture } from './contract';
import { EventReader } from './events';
import { apply, type Delta } from './picture';

/** The server beats every 5 s: two beats missed and the page says it is cut off. */
const SILENT_MS = 12_000;
/** A page that slept longer than this asks for the whole picture. */
const SLEPT_MS = 90_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000];

export type Link = 'connecting' | 'live' | 'lost' | 'login';

export interface Listener {
  picture(picture: Picture): void;
  warning(warning: IssuedWarning): void;
  link(link: Link): void;
  /** What lies under the picture may have changed. */
  site(): void;
}

export class Feed {
  #listener: Listener;
  #picture: Picture | null = null;
  #lastId: string | null = null;
  #heard_ms = performance.now();
  #beat_ms = Date.now();
  #tries = 0;
  #abort: AbortController | null = null;
  #retry = 0;
  #link: Link = 'connecting';

  constructor(listener: Listener) {
    this.#listener = listener;
    window.setInterval(() => this.#watch(), 1_000);
    for (const sign of ['online', 'pageshow']) window.addEventListener(sign, () => this.#watch());
    window.addEventListener('offline', () => this.restart());
    document.addEventListener('visibilitychange', () => this.#watch());
    void this.#connect();
  }

  /** Seconds since the server was last heard. */
  get silent_s(): number {
    return (performance.now() - this.#heard_ms) / 1_000;
  }

  get link(): Link {
    return this.#link;
  }

  /** Connects anew, at once. */
  restart(): void {
    this.#abort?.abort();
    window.clearTimeout(this.#retry);
    void this.#connect();
  }

  #say(link: Link): void {
    if (link === this.#link) return;
    this.#link = link;
    this.#listener.link(link);
  }

  #heard(): void {
    this.#heard_ms = performance.now();
    this.#tries = 0;
    this.#say('live');
  }

  /** A suspended page finds here that wall time ran on while it stood still. */
  #watch(): void {
    const now_ms = Date.now();
    const slept = now_ms - this.#beat_ms > SLEPT_MS;
    this.#beat_ms = now_ms;
    if (slept) {
      this.#lastId = null;
      this.#say('lost');
      this.restart();
    } else if (performance.now() - this.#heard_ms > SILENT_MS && this.#link === 'live') {
      this.#say('lost');
      this.restart();
    }
  }

  async #connect(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const giveUp = window.setTimeout(() => abort.abort(), SILENT_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.#lastId !== null && this.#picture) headers['Last-Event-ID'] = this.#lastId;
      const answer = await fetch('/api/v1/events', { headers, signal: abort.signal, cache: 'no-store' });
      window.clearTimeout(giveUp);
      if (answer.status === 401) {
        this.#say('login');
        return;
      }
      if (!answer.ok || !answer.body) throw new Error(`events: ${answer.status}`);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new EventReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        this.#heard();
        for (const event of events.read(value)) this.#take(event.name, event.data, event.id);
      }
    } catch {
      // The line below says it to the operator; the next try follows.
    }
    window.clearTimeout(giveUp);
    if (this.#abort !== abort) return;
    this.#say('lost');
    const wait_ms = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)];
    this.#tries += 1;
    this.#retry = window.setTimeout(() => void this.#connect(), wait_ms);
  }

  #take(name: string, data: string, id: string | null): void {
    if (name === 'picture') this.#picture = JSON.parse(data) as Picture;
    else if (name === 'delta' && this.#picture) this.#picture = apply(this.#picture, JSON.parse(data) as Delta);
    else if (name === 'warning') this.#listener.warning(JSON.parse(data) as IssuedWarning);
    if (id !== null) this.#lastId = id;
    // Who is given the whole picture may have missed that the site is another.
    if (name === 'site' || name === 'picture') this.#listener.site();
    if ((name === 'picture' || name === 'delta') && this.#picture) this.#listener.picture(this.#picture);
  }
}
