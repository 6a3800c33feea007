// What the parts of the page look at.

import type { Alarm } from './alarm';
import type { Picture, Session, Site } from './contract';
import type { ZoneView } from './zones';

export interface Seen {
  site: Site;
  picture: Picture;
  zones: ZoneView[];
  /** Data time shown, s. */
  now_s: number;
  /** Looking at the past. */
  past: boolean;
  session: Session;
  /** What is shown holds: the feed is live and a radar is heard, or it is the past. */
  sure: boolean;
}

export interface Actions {
  alarm: Alarm;
  acknowledge(alert_ids: string[]): Promise<void>;
  cancelWarning(alert_id: string, zone: string): void;
  signIn(): void;
  signOut(): Promise<void>;
  select(track_id: string | null, centre?: boolean): void;
  /** Looks at a past time, or at now. */
  lookAt(time_s: number | null): void;
  go(view: string): void;
}

export interface Part {
  readonly element: HTMLElement;
  update(seen: Seen): void;
}

export function mayAct(session: Session): boolean {
  return session.user?.role === 'operator' || session.user?.role === 'admin';
}
