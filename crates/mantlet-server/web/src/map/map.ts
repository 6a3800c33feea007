// The map: layers, what is in view, what is picked.

import Feature from 'ol/Feature.js';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { defaults as controls } from 'ol/control/defaults.js';
import ScaleLine from 'ol/control/ScaleLine.js';
import { boundingExtent, buffer, containsExtent, extend, type Extent } from 'ol/extent.js';
import type Geometry from 'ol/geom/Geometry.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import 'ol/ol.css';

import type { Picture, Site } from '../contract';
import { t } from '../strings';
import type { ZoneView } from '../zones';
import { countdown } from '../clock';
import { baseLayers } from './base';
import { colours, type Colours } from './colours';
import { mercatorFrame, siteFrame, type Frame } from './frame';
import * as ground from './ground';
import * as sky from './sky';
import { THREATS } from './symbols';

/** Tracks are redrawn this often at most, ms. Chosen: smooth to the eye at their speed on screen. */
const DRAW_MS = 100;

type Sources = Record<'rings' | 'coverage' | 'zones' | 'debris' | 'trails' | 'impacts' | 'radars' | 'engagements' | 'tracks' | 'names', VectorSource>;

export class Plan {
  readonly element: HTMLElement;
  readonly map: OlMap;
  #site: Site;
  #frame: Frame;
  #sky: sky.Sky;
  #picture: Picture | null = null;
  #zones: ZoneView[] = [];
  #colours: Colours = colours();
  #now_s: () => number;
  #sources: Sources = {
    rings: new VectorSource(),
    coverage: new VectorSource(),
    zones: new VectorSource(),
    debris: new VectorSource(),
    trails: new VectorSource(),
    impacts: new VectorSource(),
    radars: new VectorSource(),
    engagements: new VectorSource(),
    tracks: new VectorSource(),
    names: new VectorSource(),
  };
  #layers: Record<keyof Sources, VectorLayer>;
  #following = true;
  #selected: string | null = null;
  #drawn_ms = 0;
  onSelect: (id: string | null) => void = () => {};
  onFollow: (following: boolean) => void = () => {};

  constructor(element: HTMLElement, site: Site, now_s: () => number) {
    this.element = element;
    this.#site = site;
    this.#now_s = now_s;
    this.#frame = site.mode === 'region' || site.basemap ? mercatorFrame() : siteFrame(site.origin);
    this.#sky = new sky.Sky(this.#frame);
    const layer = (source: VectorSource, style: (f: Feature, resolution: number) => unknown, declutter: boolean | string = false) =>
      new VectorLayer({ source, style: style as never, declutter: declutter as never, updateWhileAnimating: true, updateWhileInteracting: true });
    this.#layers = {
      rings: layer(this.#sources.rings, (f) => ground.ringStyle(f, this.#colours)),
      coverage: layer(this.#sources.coverage, (f) => ground.coverageStyle(f, this.#picture, this.#colours)),
      zones: layer(this.#sources.zones, (f) => this.#zoneStyle(f)),
      debris: layer(this.#sources.debris, (f) => sky.debrisStyle(f, this.#colours)),
      trails: layer(this.#sources.trails, (f) => sky.trailStyle(f, this.#colours)),
      impacts: layer(this.#sources.impacts, (f) => sky.impactStyle(f, this.#colours, this.#now_s(), this.#frame), 'sky'),
      radars: layer(this.#sources.radars, (f) => ground.radarStyle(f, this.#picture, this.#colours)),
      engagements: layer(this.#sources.engagements, (f) => sky.engagementStyle(f, this.#colours), 'sky'),
      tracks: layer(this.#sources.tracks, (f) => sky.trackStyle(f, this.#colours, this.#selected), 'sky'),
      names: layer(this.#sources.names, (f, resolution) => this.#zoneName(f, resolution), 'sky'),
    };
    const base = baseLayers(site, this.#frame, () => this.#colours);
    this.map = new OlMap({
      target: element,
      layers: [...base, ...Object.values(this.#layers)],
      controls: controls({ zoom: false, rotate: false, attribution: false }).extend([new ScaleLine({ minWidth: 70 })]),
      view: new View({
        projection: this.#frame.projection,
        center: this.#frame.at(site.origin),
        resolution: 8,
        minResolution: 0.2,
        maxResolution: site.mode === 'region' ? 20_000 : 400,
        enableRotation: false,
        showFullExtent: true,
      }),
    });
    this.#sources.rings.addFeatures(ground.rings(site, this.#frame));
    this.#sources.coverage.addFeatures(ground.coverage(site, this.#frame));
    this.#sources.zones.addFeatures(ground.zones(site, this.#frame));
    this.#sources.names.addFeatures(ground.zones(site, this.#frame));
    this.#sources.radars.addFeatures(ground.radars(site, this.#frame));
    this.map.on('click', (event) => this.#click(event.pixel));
    for (const by of ['pointerdown', 'wheel', 'dblclick']) element.addEventListener(by, () => this.#letGo(), { passive: true });
    element.addEventListener('keydown', (event) => {
      if (/^(Arrow|[+-]$)/.test(event.key)) this.#letGo();
    });
    new ResizeObserver(() => {
      this.map.updateSize();
      if (colours().scale !== this.#colours.scale) this.restyle();
      if (this.#following) this.#frameAll(false);
    }).observe(element);
    this.#frameAll(false);
  }

  get following(): boolean {
    return this.#following;
  }

  /** Shows a picture. */
  show(picture: Picture, zones: ZoneView[]): void {
    this.#picture = picture;
    this.#zones = zones;
    this.#sky.take(picture);
    this.#put(this.#sources.tracks, this.#sky.tracks);
    this.#put(this.#sources.trails, this.#sky.trails);
    this.#put(this.#sources.impacts, this.#sky.impacts);
    this.#replace(this.#sources.engagements, sky.engagementFeatures(picture, this.#frame));
    this.#replace(this.#sources.debris, sky.debrisFeatures(picture, this.#frame));
    this.#layers.coverage.changed();
    this.#layers.radars.changed();
    if (this.#following) this.#frameAll(true);
  }

  /** Runs the sky on; called for each frame. */
  tick(at_ms: number, zones: ZoneView[]): void {
    if (!this.#picture || at_ms - this.#drawn_ms < DRAW_MS || document.hidden) return;
    this.#drawn_ms = at_ms;
    this.#zones = zones;
    this.#sky.run(this.#picture, this.#now_s());
    this.#layers.impacts.changed();
    this.#layers.zones.changed();
    this.#layers.names.changed();
  }

  /** After a change of theme or language. */
  restyle(): void {
    this.#colours = colours();
    sky.forgetStyles();
    for (const layer of this.map.getLayers().getArray()) layer.changed();
  }

  /** After a jump in time. */
  forget(): void {
    this.#sky.forget();
  }

  select(id: string | null, centre = false): void {
    this.#selected = id;
    this.#layers.tracks.changed();
    const point = id === null ? undefined : this.#sky.tracks.get(id)?.getGeometry()?.getCoordinates();
    if (centre && point) {
      this.#letGo();
      this.map.getView().animate({ center: point, duration: this.#duration() });
    }
  }

  /** Shows or hides what the radars cover; says which. */
  toggleCoverage(): boolean {
    const layer = this.#layers.coverage;
    layer.setVisible(!layer.getVisible());
    return layer.getVisible();
  }

  zoom(by: number): void {
    this.#letGo();
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 0) + by, duration: this.#duration() });
  }

  /** Keeps zones and everything that comes down in view. */
  follow(): void {
    this.#following = true;
    this.onFollow(true);
    this.#frameAll(true, true);
  }

  #letGo(): void {
    if (!this.#following) return;
    this.#following = false;
    this.onFollow(false);
  }

  #duration(): number {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400;
  }

  #frameAll(smooth: boolean, tight = false): void {
    const size = this.map.getSize();
    if (!size || !size[0] || !size[1]) return;
    const zones: Extent | null = this.#sources.zones.getExtent();
    const extent = zones && Number.isFinite(zones[0]) ? zones.slice() : boundingExtent([this.#frame.at(this.#site.origin)]);
    const unit = this.#frame.scale(this.#site.origin);
    const wide = Math.max(extent[2]! - extent[0]!, extent[3]! - extent[1]!, 800 * unit);
    const calm = buffer(extent, 0.28 * wide);
    const all = calm.slice();
    for (const feature of this.#sky.tracks.values()) {
      if (!THREATS.has((feature.get('item') as { kind: string }).kind)) continue;
      const at = feature.getGeometry()?.getExtent();
      if (at) extend(all, at);
    }
    const view = this.map.getView();
    const shown = view.calculateExtent(size);
    // Stays as it is while all is in view and not much too small: a map that never
    // rests cannot be read.
    const fits = containsExtent(shown, all);
    const small = shown[2]! - shown[0]! > 2.2 * Math.max(all[2]! - all[0]!, ((all[3]! - all[1]!) * size[0]!) / size[1]!);
    if (smooth && !tight && fits && !small) return;
    if (view.getAnimating()) return;
    const target = fits && !small && !tight ? all : buffer(all, 0.06 * wide);
    view.fit(target, { padding: [34, 54, 34, 34], duration: smooth ? this.#duration() : 0 });
  }

  #zoneStyle(shape: Feature): unknown {
    const view = this.#zones.find((z) => z.zone.id === shape.getId());
    return ground.zoneStyle(shape, view?.state ?? 'quiet', this.#colours);
  }

  #zoneName(shape: Feature, resolution: number): unknown {
    const view = this.#zones.find((z) => z.zone.id === shape.getId());
    const left = view?.warning && view.left_s > 0 ? t('seconds', { n: countdown(view.left_s) }) : '';
    return ground.zoneLabel(shape, view?.state ?? 'quiet', this.#colours, left, resolution);
  }

  #click(pixel: number[]): void {
    const hit = this.map.forEachFeatureAtPixel(pixel, (f) => f as Feature, {
      hitTolerance: 8,
      layerFilter: (l) => l === this.#layers.tracks,
    });
    const id = hit ? String(hit.getId()) : null;
    this.select(id);
    this.onSelect(id);
  }

  #put<G extends Geometry>(source: VectorSource, features: Map<string, Feature<G>>): void {
    for (const feature of source.getFeatures()) {
      if (features.get(String(feature.getId())) !== (feature as unknown)) source.removeFeature(feature);
    }
    const fresh = [...features.values()].filter((f) => !source.getFeatureById(f.getId() as string));
    source.addFeatures(fresh as never);
    source.changed();
  }

  #replace(source: VectorSource, features: Feature[]): void {
    if (source.getFeatures().length === 0 && features.length === 0) return;
    source.clear(true);
    source.addFeatures(features as never);
  }
}
