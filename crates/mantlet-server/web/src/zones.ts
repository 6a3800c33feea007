// What each zone must know: seconds left against seconds needed.

import type { Picture, Site, Warning, ZoneProperties } from './contract';

/**
 * `quiet`: no warning. `warned`: there was time to reach shelter. `short`: there was
 * not. `hold`: the impact is over and the all-clear is not given. `clear`: it was
 * given within the last two minutes.
 */
export type ZoneState = 'quiet' | 'warned' | 'short' | 'hold' | 'clear';

export const CLEAR_SHOWN_S = 120;

export interface ZoneView {
  zone: ZoneProperties;
  state: ZoneState;
  warning: Warning | null;
  /** Seconds to the first impact. */
  left_s: number;
  /** Seconds from the warning to the first impact. */
  given_s: number;
  /** Seconds given less seconds needed. */
  spare_s: number;
  /** When the last warning ended. */
  cleared_s: number | null;
}

/** What a picture does not say: it holds warnings in force, and of each the next impact. */
export class Memory {
  /** When a zone's last warning ended, by zone. */
  readonly cleared_s = new Map<string, number>();
  /** The earliest impact that an alert was ever about: people had that long, not longer. */
  readonly first_s = new Map<string, number>();

  /** Takes in a picture after another; says which warnings ended. */
  take(before: Picture | null, picture: Picture): Warning[] {
    for (const w of picture.warnings) {
      this.first_s.set(w.alert_id, Math.min(w.impact_time_s, this.first_s.get(w.alert_id) ?? Infinity));
    }
    const over = (before?.warnings ?? []).filter((old) => !picture.warnings.some((w) => w.zone_id === old.zone_id));
    for (const old of over) {
      this.cleared_s.set(old.zone_id, picture.time_s);
      this.first_s.delete(old.alert_id);
    }
    return over;
  }
}

/** All zones: impacts ahead first and those with least time to spare on top, then impacts that are over. */
export function zoneStates(site: Site, picture: Picture, now_s: number, memory: Memory = new Memory()): ZoneView[] {
  const views = site.zones.features.map(({ properties: zone }): ZoneView => {
    const warning = picture.warnings.find((w) => w.zone_id === zone.id) ?? null;
    if (!warning) {
      const cleared_s = memory.cleared_s.get(zone.id) ?? null;
      const fresh = cleared_s !== null && now_s - cleared_s < CLEAR_SHOWN_S && now_s >= cleared_s;
      return { zone, state: fresh ? 'clear' : 'quiet', warning, left_s: NaN, given_s: NaN, spare_s: NaN, cleared_s };
    }
    const left_s = warning.impact_time_s - now_s;
    const first_s = Math.min(warning.impact_time_s, memory.first_s.get(warning.alert_id) ?? Infinity);
    const given_s = first_s - warning.since_s;
    const spare_s = given_s - warning.seconds_needed;
    const state = left_s <= 0 ? 'hold' : spare_s < 0 ? 'short' : 'warned';
    return { zone, state, warning, left_s, given_s, spare_s, cleared_s: null };
  });
  const order = (v: ZoneView): number => (v.left_s > 0 ? 0 : 1e6) + v.spare_s;
  const first = views.filter((v) => v.warning).sort((a, b) => order(a) - order(b));
  const fresh = views.filter((v) => v.state === 'clear');
  return [...first, ...fresh, ...views.filter((v) => v.state === 'quiet')];
}
