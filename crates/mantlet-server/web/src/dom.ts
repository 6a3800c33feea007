// Elements without a framework.

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, unknown>;

/** An element with attributes, `on…` listeners and children; empty ones are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== '') as (Node | string)[]);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A drawn sign, hidden from screen readers: words stand beside it. */
export function icon(path: string, size = 16, viewBox = '0 0 16 16'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [k, v] of Object.entries({ viewBox, class: 'icon', 'aria-hidden': 'true' })) svg.setAttribute(k, v);
  // In the page's own unit, so that signs grow with the words beside them.
  svg.style.width = `${size / 14}rem`;
  svg.style.height = `${size / 14}rem`;
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** Sets text only where it changed, so that nothing is laid out in vain. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute, only where it changed. */
export function mark(element: Element, attribute: string, value: string | boolean): void {
  if (value === false) element.removeAttribute(attribute);
  else {
    const text = value === true ? '' : value;
    if (element.getAttribute(attribute) !== text) element.setAttribute(attribute, text);
  }
}

/** Keeps one child per key, in order, made once and then updated. */
export class Rows<T> {
  #rows = new Map<string, { element: HTMLElement; update(item: T): void }>();
  readonly #parent: HTMLElement;
  readonly #key: (item: T) => string;
  readonly #make: (item: T) => { element: HTMLElement; update(item: T): void };

  constructor(
    parent: HTMLElement,
    key: (item: T) => string,
    make: (item: T) => { element: HTMLElement; update(item: T): void },
  ) {
    this.#parent = parent;
    this.#key = key;
    this.#make = make;
  }

  show(items: T[]): void {
    const seen = new Set<string>();
    let at = this.#parent.firstElementChild;
    for (const item of items) {
      const key = this.#key(item);
      seen.add(key);
      let row = this.#rows.get(key);
      if (!row) {
        row = this.#make(item);
        this.#rows.set(key, row);
      }
      row.update(item);
      if (row.element === at) at = at.nextElementSibling;
      else this.#parent.insertBefore(row.element, at);
    }
    for (const [key, row] of this.#rows) {
      if (seen.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
  }
}
