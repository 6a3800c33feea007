// The picture kept up to date: a whole one, and then what changed.

import type { Picture } from './contract';

/** Lists that change item by item, and the field that tells items apart. */
const KEYED = {
  tracks: 'id',
  impacts: 'track_id',
  warnings: 'alert_id',
  sensors: 'id',
  sirens: 'id',
  faults: 'id',
} as const;

/** Parts that are sent whole when they change. */
const WHOLE = ['engagements', 'debris', 'counters', 'clock', 'exercise'] as const;

export interface Change<T> {
  put?: T[];
  gone?: (string | number)[];
}

export type Delta = { revision: number; time_s: number } & {
  [K in keyof typeof KEYED]?: Change<Picture[K][number]>;
} & Partial<Pick<Picture, (typeof WHOLE)[number]>>;

const keyOf = (item: object, field: string): string => {
  const fields = item as Record<string, unknown>;
  return String(fields[field] ?? fields.code);
};

function merged<T extends object>(list: T[], change: Change<T>, field: string): T[] {
  const put = new Map((change.put ?? []).map((item) => [keyOf(item, field), item]));
  const gone = new Set((change.gone ?? []).map(String));
  const kept: T[] = [];
  for (const item of list) {
    const key = keyOf(item, field);
    const fresh = put.get(key);
    put.delete(key);
    if (fresh) kept.push(fresh);
    else if (!gone.has(key)) kept.push(item);
  }
  return [...kept, ...put.values()];
}

/** The picture after a delta; the one before is left as it was. */
export function apply(before: Picture, delta: Delta): Picture {
  const after: Picture = { ...before, revision: delta.revision, time_s: delta.time_s };
  const lists = after as unknown as Record<string, object[]>;
  for (const [list, field] of Object.entries(KEYED)) {
    const change = (delta as unknown as Record<string, Change<object> | undefined>)[list];
    if (change) lists[list] = merged(lists[list] ?? [], change, field);
  }
  for (const part of WHOLE) {
    if (delta[part] !== undefined) Object.assign(after, { [part]: delta[part] });
  }
  return after;
}
