// APP-6(D) symbols by kind. Rounds that will come down are hostile air tracks, what is
// not known to be harmless is an unknown one, and the site's own radars are friendly.

import ms from 'milsymbol';

interface Sign {
  /** APP-6(D) set A: context and standard identity, then the symbol set. */
  identity: 'unknown' | 'friend' | 'hostile';
  set: '01' | '02' | '15';
  entity: string;
  size: number;
}

const IDENTITY = { unknown: '01', friend: '03', hostile: '06' } as const;

const ROUND: Sign = { identity: 'hostile', set: '02', entity: '110000', size: 21 };
const UNKNOWN: Sign = { identity: 'unknown', set: '01', entity: '000000', size: 15 };

const SIGNS: Record<string, Sign> = {
  rocket: ROUND,
  mortar: ROUND,
  artillery: ROUND,
  aircraft: { ...UNKNOWN, entity: '110100' },
  drone: { ...UNKNOWN, entity: '110300' },
  bird: { ...UNKNOWN, size: 8 },
  tracer: { ...UNKNOWN, size: 8 },
  unknown: UNKNOWN,
  radar: { identity: 'friend', set: '15', entity: '220300', size: 18 },
};

/** Rounds that come down by themselves: what people are warned of. */
export const THREATS: ReadonlySet<string> = new Set(['rocket', 'mortar', 'artillery']);

/** Fills by identity: softer than the standard's own, told apart by the frame's shape. */
const FILLS = {
  dark: { Hostile: '#ff7a66', Unknown: '#e3cf85', Friend: '#79bfe6' },
  light: { Hostile: '#ff8a78', Unknown: '#f4e08c', Friend: '#8fd0f2' },
};

/** The 20 digits of a kind's symbol. */
export function sidc(kind: string): string {
  const { identity, set, entity } = SIGNS[kind] ?? UNKNOWN;
  return `10${IDENTITY[identity]}${set}0000${entity}0000`;
}

export interface Drawn {
  canvas: HTMLCanvasElement;
  anchor: [number, number];
  /** Size on screen, px. */
  width: number;
  height: number;
}

const drawn = new Map<string, Drawn>();

/** A symbol as a picture at twice its size, made once per kind and theme. */
export function symbol(kind: string, dark: boolean): Drawn {
  const key = `${kind}/${dark}`;
  let found = drawn.get(key);
  if (!found) {
    const fills = dark ? FILLS.dark : FILLS.light;
    const made = new ms.Symbol(sidc(kind), {
      size: (SIGNS[kind] ?? UNKNOWN).size,
      colorMode: { ...fills, Civilian: fills.Unknown, Neutral: fills.Unknown, Suspect: fills.Hostile } as never,
      outlineColor: dark ? '#0d1012' : '#ffffff',
      outlineWidth: 4,
    });
    const { x, y } = made.getAnchor();
    const { width, height } = made.getSize();
    found = { canvas: made.asCanvas(2), anchor: [x / width, y / height], width, height };
    drawn.set(key, found);
  }
  return found;
}
