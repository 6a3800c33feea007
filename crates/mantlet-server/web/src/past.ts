// Pictures of the last hour, fetched in stretches and kept while one looks at them.

import { ask } from './api';
import type { Picture } from './contract';

/** One request brings this much, s: a raid's approach. */
const STRETCH_S = 20;
const STEP_S = 1;
const KEPT = 12;

export class Past {
  #stretches = new Map<number, Promise<Picture[]>>();

  /** The last picture at or before a time; null where the server kept none. */
  async at(time_s: number): Promise<Picture | null> {
    const start = Math.floor(time_s / STRETCH_S);
    const pictures = await this.#stretch(start);
    const found = latest(pictures, time_s);
    if (found) return found;
    return latest(await this.#stretch(start - 1), time_s);
  }

  /** Fetches ahead of where playing will be. */
  expect(time_s: number): void {
    void this.#stretch(Math.floor(time_s / STRETCH_S)).catch(() => {});
  }

  #stretch(start: number): Promise<Picture[]> {
    let found = this.#stretches.get(start);
    if (!found) {
      const from_s = start * STRETCH_S;
      const query = `from_s=${from_s}&to_s=${from_s + STRETCH_S}&step_s=${STEP_S}`;
      found = ask<{ pictures: Picture[] }>(`history?${query}`).then((answer) => answer.pictures);
      this.#stretches.set(start, found);
      found.catch(() => this.#stretches.delete(start));
      const oldest = this.#stretches.keys().next().value;
      if (this.#stretches.size > KEPT && oldest !== undefined) this.#stretches.delete(oldest);
    }
    return found;
  }

  /** The stretch that is still being lived may have grown. */
  forget(): void {
    this.#stretches.clear();
  }
}

export function latest(pictures: Picture[], time_s: number): Picture | null {
  let found: Picture | null = null;
  for (const picture of pictures) {
    if (picture.time_s <= time_s + 1e-6 && (!found || picture.time_s >= found.time_s)) found = picture;
  }
  return found;
}
