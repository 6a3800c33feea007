// Data time between two pictures, and times in words.

/** A step of data time larger than this is a new clock, not a late packet. */
const JUMP_S = 3;

/** Runs data time on between pictures. */
export class DataClock {
  #last_s = Number.NEGATIVE_INFINITY;
  #heard_ms = 0;
  #offset_s = Number.NEGATIVE_INFINITY;

  /** A picture of `time_s` came at `at_ms` of the page's own clock. */
  hear(time_s: number, at_ms: number): void {
    const offset_s = time_s - at_ms / 1_000;
    // The quickest packet tells the offset best; a slow one only says it is late.
    const late_s = this.#offset_s - offset_s;
    this.#offset_s = late_s > 0 && late_s < JUMP_S ? this.#offset_s - 0.02 * late_s : offset_s;
    this.#last_s = time_s;
    this.#heard_ms = at_ms;
  }

  /** Data time now, s. */
  now(at_ms: number): number {
    return this.#offset_s + at_ms / 1_000;
  }

  /** Data time of the last picture, s. */
  get last_s(): number {
    return this.#last_s;
  }

  /** Seconds since the last picture came. */
  age_s(at_ms: number): number {
    return (at_ms - this.#heard_ms) / 1_000;
  }
}

/** "17", "1:05", "0": whole seconds, rounded down so that nobody is promised more. */
export function countdown(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  if (whole < 100) return String(whole);
  const s = String(whole % 60).padStart(2, '0');
  if (whole < 3_600) return `${Math.floor(whole / 60)}:${s}`;
  return `${Math.floor(whole / 3_600)}:${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')}:${s}`;
}

/** UTC, "03:12:09". */
export function clockTime(time_s: number): string {
  return Number.isFinite(time_s) ? new Date(time_s * 1_000).toISOString().slice(11, 19) : '–';
}

/** UTC, "2026-11-24 03:12". */
export function dateTime(time_s: number): string {
  return new Date(time_s * 1_000).toISOString().slice(0, 16).replace('T', ' ');
}
