// The drawn signs. Each state has a shape of its own, so that colour is never needed.

import { icon } from './dom';

const PATHS = {
  warned: 'M8 1 15.5 14.5H.5Z M7.2 5.6v4.6h1.6V5.6Z M7.2 11.4V13h1.6v-1.6Z',
  short: 'M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5Z M4.4 5.7 6.7 8 4.4 10.3l1.3 1.3L8 9.3l2.3 2.3 1.3-1.3L9.3 8l2.3-2.3-1.3-1.3L8 6.7 5.7 4.4Z',
  hold: 'M1 7.2 8 1l7 6.2-1.1 1.3L13 7.7V15H3V7.7l-.9.8Z M6.4 9.4V15h3.2V9.4Z',
  clear: 'M8 .5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z M6.9 11.6 3.4 8.1l1.2-1.2 2.3 2.3 4.5-4.5 1.2 1.2Z',
  quiet: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z',
  ok: 'M8 .5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z M6.9 11.6 3.4 8.1l1.2-1.2 2.3 2.3 4.5-4.5 1.2 1.2Z',
  bad: 'M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5Z M4.4 5.7 6.7 8 4.4 10.3l1.3 1.3L8 9.3l2.3 2.3 1.3-1.3L9.3 8l2.3-2.3-1.3-1.3L8 6.7 5.7 4.4Z',
  waiting: 'M8 .5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z M7.2 3.6h1.6v4.1l2.6 2.6-1.1 1.1-3.1-3.1Z',
  lost: 'M1.2 0 16 14.8 14.8 16 9.9 11.1a2.8 2.8 0 0 0-3.8.3L4.7 10a4.8 4.8 0 0 1 3-1.2L5.6 6.7A8 8 0 0 0 3 8.2L1.6 6.8a10 10 0 0 1 2.5-1.6L0 1.2Z M8 3.6a10 10 0 0 1 6.4 3.2L13 8.2A8 8 0 0 0 9.7 6L7.4 3.7Z M8 12.2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z',
  past: 'M8 1a7 7 0 1 1-6.6 4.7l1.7.6A5.2 5.2 0 1 0 5 3.7L6.5 5.2 1.2 6.4 2 1l1.7 1.5A7 7 0 0 1 8 1Z M7.2 4.4h1.6v3.3l2.2 2.2-1.1 1.1-2.7-2.7Z',
  sound: 'M7.5 2v12L3.8 10.6H1V5.4h2.8Z M10 5.2a4 4 0 0 1 0 5.6l1.1 1.2a5.6 5.6 0 0 0 0-8Z M12.2 3a7.2 7.2 0 0 1 0 10l1.1 1.2a8.8 8.8 0 0 0 0-12.4Z',
  muted: 'M7.5 2v12L3.8 10.6H1V5.4h2.8Z M9.4 6.3l1.2-1.2 1.7 1.8L14 5.1l1.2 1.2L13.5 8l1.7 1.7-1.2 1.2-1.7-1.8-1.7 1.8-1.2-1.2L11.1 8Z',
  play: 'M3.5 1.5v13l10-6.5Z',
  pause: 'M3 1.5h3.6v13H3Z M9.4 1.5H13v13H9.4Z',
  plus: 'M7 2h2v5h5v2H9v5H7V9H2V7h5Z',
  minus: 'M2 7h12v2H2Z',
  follow: 'M1 1h5v2H3v3H1Z M10 1h5v5h-2V3h-3Z M1 10h2v3h3v2H1Z M13 10h2v5h-5v-2h3Z M8 5.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z',
  coverage: 'M8 9.6 14.5 3A9.2 9.2 0 0 0 1.5 3Z M8 11a1.9 1.9 0 1 1 0 3.8A1.9 1.9 0 0 1 8 11Z',
  user: 'M8 1a3.6 3.6 0 1 1 0 7.2A3.6 3.6 0 0 1 8 1Z M1.4 15c.3-3.6 3-5.4 6.6-5.4s6.3 1.8 6.6 5.4Z',
  theme: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M8 2.7v10.6A5.3 5.3 0 0 1 8 2.7Z',
} as const;

export type Sign = keyof typeof PATHS;

export function sign(name: Sign, size = 16): SVGSVGElement {
  const made = icon(PATHS[name], size);
  made.querySelector('path')?.setAttribute('fill-rule', 'evenodd');
  made.dataset.sign = name;
  return made;
}

/** Changes the sign in place. */
export function resign(svg: SVGSVGElement, name: Sign): void {
  if (svg.dataset.sign === name) return;
  svg.dataset.sign = name;
  svg.querySelector('path')?.setAttribute('d', PATHS[name]);
}
