// What stands still: range rings, coverage, zones, radars.

import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import { Fill, Icon, Stroke, Style, Text } from 'ol/style.js';

import type { Picture, Site, ZoneProperties } from '../contract';
import { currentLanguage, t } from '../strings';
import type { ZoneState } from '../zones';
import { faded, type Colours } from './colours';
import { ellipse, sector, type Frame } from './frame';
import { symbol } from './symbols';

export const FONT = '"Inter Variable", "IBM Plex Sans Arabic", sans-serif';

export function label(text: string, c: Colours, options: { ink?: string; weight?: number; px?: number; dy?: number; dx?: number; align?: CanvasTextAlign } = {}): Text {
  return new Text({
    text: isolated(text),
    font: `${options.weight ?? 500} ${(options.px ?? 12) * c.scale}px ${FONT}`,
    fill: new Fill({ color: options.ink ?? c.ink }),
    stroke: new Stroke({ color: faded(c.halo, 0.85), width: 3.5 * c.scale }),
    offsetY: (options.dy ?? 0) * c.scale,
    offsetX: (options.dx ?? 0) * c.scale,
    textAlign: options.align ?? 'center',
    overflow: true,
  });
}

/** In Arabic each line reads from the right, whatever Latin and digits it holds. */
function isolated(text: string): string {
  return currentLanguage() === 'ar' ? text.split('\n').map((line) => `\u2067${line}\u2069`).join('\n') : text;
}

/** Rings about the datum, with their distance at the top. */
export function rings(site: Site, frame: Frame): Feature[] {
  const reach_m = Math.max(6_000, ...site.sensors.map((s) => s.range_m));
  const steps = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000].filter((r) => r <= reach_m);
  const centre = frame.at(site.origin);
  return steps.map((radius_m) => {
    const radius = radius_m * frame.scale(site.origin);
    const ring = new Feature(new LineString(ellipse(centre, radius, radius, 0, 120)));
    ring.set('name', radius_m >= 1_000 ? t('km', { n: radius_m / 1_000 }) : t('metres', { n: radius_m }));
    ring.set('top', new Point([centre[0], centre[1] - radius]));
    return ring;
  });
}

export function ringStyle(ring: Feature, c: Colours): Style[] {
  return [
    new Style({ stroke: new Stroke({ color: c.rule, width: 1 }) }),
    new Style({ geometry: ring.get('top') as Point, text: label(ring.get('name') as string, c, { ink: c.soft, weight: 400, px: 11 }) }),
  ];
}

export function coverage(site: Site, frame: Frame): Feature[] {
  return site.sensors.map((s) => {
    const pie = new Feature(
      new Polygon([sector(frame.at(s), s.range_m * frame.scale(s), s.azimuth_deg[0], s.azimuth_deg[1])]),
    );
    pie.setId(s.id);
    return pie;
  });
}

/** A blind radar's coverage is drawn with a broken edge and no fill. */
export function coverageStyle(pie: Feature, picture: Picture | null, c: Colours): Style {
  const ok = !['silent', 'blind'].includes(picture?.sensors.find((s) => s.id === pie.getId())?.state ?? '');
  return new Style({
    fill: ok ? new Fill({ color: faded(c.coverage, c.dark ? 0.06 : 0.04) }) : undefined,
    stroke: new Stroke({
      color: ok ? faded(c.coverage, 0.45) : c['threat-ink'],
      width: ok ? 1 : 1.6,
      lineDash: ok ? undefined : [7, 6],
    }),
  });
}

export function radars(site: Site, frame: Frame): Feature[] {
  return site.sensors.map((s) => {
    const mark = new Feature(new Point(frame.at(s)));
    mark.setId(s.id);
    return mark;
  });
}

export function radarStyle(mark: Feature, picture: Picture | null, c: Colours): Style[] {
  const drawn = symbol('radar', c.dark);
  const state = picture?.sensors.find((s) => s.id === mark.getId())?.state ?? 'ok';
  const name = String(mark.getId());
  return [
    new Style({ image: new Icon({ img: drawn.canvas, scale: 0.5 * c.scale, anchor: drawn.anchor }) }),
    new Style({
      text: label(state === 'ok' ? name : `${name} · ${t(`sensor.${state}`)}`, c, {
        ink: state === 'ok' ? c.soft : c['threat-ink'],
        weight: state === 'ok' ? 500 : 650,
        px: 11,
        dy: drawn.height / 2 + 8,
      }),
    }),
  ];
}

export function zones(site: Site, frame: Frame): Feature[] {
  return site.zones.features.map((z) => {
    const outlines = z.geometry.coordinates.map((ring) =>
      ring.map(([lon_deg = 0, lat_deg = 0]) => frame.at({ lat_deg, lon_deg })),
    );
    const shape = new Feature(new Polygon(outlines));
    shape.setId(z.properties.id);
    shape.set('zone', z.properties);
    return shape;
  });
}

export function zoneStyle(shape: Feature, state: ZoneState, c: Colours): Style {
  const zone = shape.get('zone') as ZoneProperties;
  const warned = state === 'warned' || state === 'hold';
  const short = state === 'short';
  const edge = short ? c['short-edge'] : warned ? c['warned-edge'] : zone.kind === 'protected' ? c.ink : c['zone-edge'];
  const fill = short ? faded(c.short, 0.8) : warned ? faded(c.warned, 0.8) : faded(c.zone, 0.55);
  return new Style({
    fill: new Fill({ color: fill }),
    stroke: new Stroke({
      color: edge,
      width: warned || short ? 2.4 : zone.kind === 'protected' ? 1.6 : 1,
      lineDash: zone.kind === 'keep_out' ? [6, 4] : undefined,
    }),
  });
}

/** Width of a letter, px, and how far a name may reach over its zone. Chosen: neighbours stay apart. */
const LETTER_PX = 7;
const OVERHANG = 1.4;

/** Name and seconds left in the middle of a zone; a zone too small on screen has its seconds only. */
export function zoneLabel(shape: Feature, state: ZoneState, c: Colours, seconds: string, resolution: number): Style[] {
  const zone = shape.get('zone') as ZoneProperties;
  const alert = state !== 'quiet' && state !== 'clear';
  const middle = (shape.getGeometry() as Polygon).getInteriorPoint();
  const ink = state === 'short' ? c['threat-ink'] : alert ? c['warned-ink'] : c.soft;
  const name = zone.name.length > 12 ? zone.name.replaceAll(' ', '\n') : zone.name;
  const [west = 0, , east = 0] = shape.getGeometry()?.getExtent() ?? [];
  const longest = Math.max(...name.split('\n').map((line) => line.length)) * LETTER_PX * c.scale;
  const fits = longest < (OVERHANG * (east - west)) / resolution;
  const text = [fits ? name : '', seconds].filter(Boolean).join('\n');
  if (!text) return [];
  return [new Style({ geometry: middle, text: label(text, c, { ink, weight: alert ? 680 : 500, px: alert ? 13 : 12 }), zIndex: alert ? 9 : 6 })];
}
