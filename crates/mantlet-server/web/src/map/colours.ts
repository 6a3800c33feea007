// The style sheet's colours, for the canvas.

const NAMES = [
  'ground', 'rule', 'ink', 'soft', 'halo', 'zone', 'zone-edge', 'threat', 'threat-ink',
  'warned', 'warned-edge', 'warned-ink', 'shot', 'piece', 'traffic', 'coverage', 'land', 'short', 'short-edge',
] as const;

export type Colours = Record<(typeof NAMES)[number], string> & {
  dark: boolean;
  /** How much larger than on a desk words and signs are drawn. */
  scale: number;
};

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const all = Object.fromEntries(NAMES.map((n) => [n, style.getPropertyValue(`--${n}`).trim() || '#888']));
  const scale = Number.parseFloat(style.fontSize) / 14 || 1;
  return { ...all, scale, dark: document.documentElement.dataset.theme !== 'light' } as Colours;
}

/** A hex colour with an opacity. */
export function faded(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255).toString(16).padStart(2, '0')}`;
}
