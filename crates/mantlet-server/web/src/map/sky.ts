// What moves: tracks with their trails, impacts with their ellipses, and in an
// exercise the simulated engagements and what falls.

import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import { Circle, Fill, Icon, RegularShape, Stroke, Style } from 'ol/style.js';

import { countdown } from '../clock';
import type { Debris, Engagement, Impact, Picture, Track } from '../contract';
import { has, percent, t, type Key } from '../strings';
import { faded, type Colours } from './colours';
import { ellipse, type Frame } from './frame';
import { label } from './ground';
import { symbol, THREATS } from './symbols';

/** A trail keeps this many seconds. Chosen: the approach of a rocket fits. */
const TRAIL_S = 40;
/** Between scans a track is run on at its speed for at most this long, s. */
const RUN_ON_S = 1.5;

export function kindName(kind: string): string {
  const key = `kind.${kind}`;
  return has(key) ? t(key as Key) : kind;
}

export class Sky {
  readonly tracks = new Map<string, Feature<Point>>();
  readonly trails = new Map<string, Feature<LineString>>();
  readonly impacts = new Map<string, Feature<Polygon>>();
  #seen = new Map<string, { time_s: number; at: [number, number] }[]>();
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Forgets trails: after a jump in time they would lie. */
  forget(): void {
    this.#seen.clear();
  }

  /** Takes a picture; says which features came and went, per layer. */
  take(picture: Picture): void {
    this.#sync(this.tracks, picture.tracks.map((k) => [String(k.id), k]), () => new Feature(new Point([0, 0])));
    for (const track of picture.tracks) this.#trail(track, picture.time_s);
    this.#sync(
      this.trails,
      picture.tracks.filter((k) => (this.#seen.get(String(k.id))?.length ?? 0) > 1).map((k) => [String(k.id), k]),
      () => new Feature(new LineString([])),
    );
    for (const [id, feature] of this.trails) {
      feature.getGeometry()?.setCoordinates((this.#seen.get(id) ?? []).map((p) => p.at));
    }
    for (const id of [...this.#seen.keys()]) if (!this.tracks.has(id)) this.#seen.delete(id);
    this.#sync(this.impacts, picture.impacts.map((i) => [String(i.track_id), i]), () => new Feature(new Polygon([])));
    for (const impact of picture.impacts) {
      const { semi_major_m, semi_minor_m, azimuth_deg } = impact.ellipse90;
      const scale = this.#frame.scale(impact);
      const outline = ellipse(this.#frame.at(impact), semi_major_m * scale, semi_minor_m * scale, azimuth_deg);
      this.impacts.get(String(impact.track_id))?.getGeometry()?.setCoordinates([outline]);
    }
  }

  /** Moves tracks on to a time shortly after the picture. */
  run(picture: Picture, now_s: number): void {
    const ahead_s = Math.min(RUN_ON_S, Math.max(0, now_s - picture.time_s));
    for (const track of picture.tracks) {
      const [x, y] = this.#frame.at(track);
      const scale = this.#frame.scale(track);
      this.tracks
        .get(String(track.id))
        ?.getGeometry()
        ?.setCoordinates([x + track.ve_mps * ahead_s * scale, y + track.vn_mps * ahead_s * scale]);
    }
  }

  #trail(track: Track, time_s: number): void {
    const id = String(track.id);
    const trail = this.#seen.get(id) ?? [];
    const last = trail.at(-1);
    if (last && time_s < last.time_s) trail.length = 0;
    if (!last || time_s > last.time_s) trail.push({ time_s, at: this.#frame.at(track) });
    while (trail[0] && trail[0].time_s < time_s - TRAIL_S) trail.shift();
    this.#seen.set(id, trail);
  }

  #sync<F extends Feature>(features: Map<string, F>, items: [string, object][], make: () => F): void {
    const ids = new Set(items.map(([id]) => id));
    for (const id of [...features.keys()]) if (!ids.has(id)) features.delete(id);
    for (const [id, item] of items) {
      let feature = features.get(id);
      if (!feature) {
        feature = make();
        feature.setId(id);
        features.set(id, feature);
      }
      feature.set('item', item, true);
    }
  }
}

const styles = new Map<string, Style[]>();

/** Style objects are kept by what they show: 300 tracks share a few dozen. */
function kept(key: string, make: () => Style[]): Style[] {
  let found = styles.get(key);
  if (!found) {
    if (styles.size > 4_000) styles.clear();
    found = make();
    styles.set(key, found);
  }
  return found;
}

export function forgetStyles(): void {
  styles.clear();
}

export function trackStyle(feature: Feature, c: Colours, selected: string | null): Style[] {
  const track = feature.get('item') as Track;
  const threat = THREATS.has(track.kind);
  const chosen = selected === String(track.id);
  const minor = track.kind === 'bird' || track.kind === 'tracer';
  const named = threat || chosen || !minor;
  const words = track.kind === 'unknown' ? kindName('unknown') : `${kindName(track.kind)} ${percent(track.kind_probability)}`;
  const text = named ? (threat || chosen ? `${track.id}\n${words}` : words) : '';
  return kept(`${track.kind}/${track.status}/${text}/${chosen}/${c.dark}`, () => {
    const drawn = symbol(track.kind, c.dark);
    const out = [
      new Style({
        image: new Icon({
          img: drawn.canvas,
          scale: 0.5 * c.scale,
          anchor: drawn.anchor,
          opacity: track.status === 'coasting' ? 0.55 : minor ? 0.7 : 1,
          declutterMode: 'none',
        }),
        zIndex: threat ? 3 : minor ? 1 : 2,
      }),
    ];
    if (chosen) {
      out.push(new Style({ image: new Circle({ radius: 19 * c.scale, stroke: new Stroke({ color: c.ink, width: 2 * c.scale }), declutterMode: 'none' }) }));
    }
    if (text) {
      out.push(
        new Style({
          text: label(text, c, {
            ink: threat ? c['threat-ink'] : c.soft,
            weight: threat ? 600 : 450,
            px: threat ? 12 : 11,
            dx: drawn.width / 2 + 4,
            align: 'left',
          }),
          zIndex: threat ? 3 : 1,
        }),
      );
    }
    return out;
  });
}

export function trailStyle(feature: Feature, c: Colours): Style {
  const track = feature.get('item') as Track;
  const threat = THREATS.has(track.kind);
  return kept(`trail/${threat}/${c.dark}`, () => [
    new Style({ stroke: new Stroke({ color: threat ? faded(c.threat, 0.9) : faded(c.traffic, 0.55), width: (threat ? 1.8 : 1) * c.scale }) }),
  ])[0] as Style;
}

/** The 90 % ellipse, a cross at its middle, and the seconds to go. */
export function impactStyle(feature: Feature, c: Colours, now_s: number, frame: Frame): Style[] {
  const impact = feature.get('item') as Impact;
  const left_s = impact.time_s - now_s;
  const over = left_s <= 0;
  const base = kept(`impact/${over}/${c.dark}`, () => [
    new Style({
      fill: new Fill({ color: faded(c.threat, over ? 0.04 : 0.16) }),
      stroke: new Stroke({ color: over ? c.soft : c['threat-ink'], width: 1.6, lineDash: over ? [3, 3] : undefined }),
      zIndex: 2,
    }),
  ]);
  const middle = new Point(frame.at(impact));
  const cross = new RegularShape({
    points: 4,
    radius: 7 * c.scale,
    radius2: 0,
    angle: Math.PI / 4,
    stroke: new Stroke({ color: over ? c.soft : c['threat-ink'], width: 2 * c.scale }),
    declutterMode: 'none',
  });
  const out = [...base, new Style({ geometry: middle, image: cross, zIndex: 4 })];
  if (!over) {
    out.push(
      new Style({
        geometry: middle,
        text: label(t('seconds', { n: countdown(left_s) }), c, { ink: c['threat-ink'], weight: 700, px: 14, dy: -16 }),
        zIndex: 5,
      }),
    );
  }
  return out;
}

export function engagementFeatures(picture: Picture, frame: Frame): Feature[] {
  return picture.engagements.map((e) => {
    const mark = new Feature(new Point(frame.at(e)));
    mark.set('item', e);
    return mark;
  });
}

export function engagementStyle(mark: Feature, c: Colours): Style[] {
  const engagement = mark.get('item') as Engagement;
  const hit = engagement.result === 'destroyed';
  return [
    new Style({
      image: new RegularShape({
        points: 4,
        radius: 10 * c.scale,
        radius2: 3.6 * c.scale,
        fill: hit ? new Fill({ color: c.shot }) : undefined,
        stroke: new Stroke({ color: hit ? c.halo : c.shot, width: 1.4 }),
        declutterMode: 'none',
      }),
    }),
    new Style({
      text: label(`${engagement.effector_id} ▸ ${engagement.track_id}\n${t('exercise')}`, c, { ink: c.shot, weight: 600, px: 11, dy: 22 }),
    }),
  ];
}

export function debrisFeatures(picture: Picture, frame: Frame): Feature[] {
  return picture.debris.map((d) => {
    const piece = new Feature(new Point(frame.at(d)));
    piece.set('item', d);
    return piece;
  });
}

export function debrisStyle(piece: Feature, c: Colours): Style {
  const debris = piece.get('item') as Debris;
  const small = /fragment|light/i.test(debris.kind);
  return new Style({
    image: new Circle({ radius: (small ? 1.8 : 3.2) * c.scale, fill: new Fill({ color: faded(c.piece, small ? 0.7 : 1) }), declutterMode: 'none' }),
  });
}
