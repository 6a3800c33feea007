// What lies under the picture: a site's terrain and its own plan, or for many sites the land of the
// world (Natural Earth, 1:50 million) and the map tiles of the area where there are any.

import Feature from 'ol/Feature.js';
import TopoJSON from 'ol/format/TopoJSON.js';
import type BaseLayer from 'ol/layer/Base.js';
import ImageLayer from 'ol/layer/Image.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import ImageStatic from 'ol/source/ImageStatic.js';
import VectorSource from 'ol/source/Vector.js';
import { Fill, Stroke, Style } from 'ol/style.js';
import land from 'world-atlas/land-50m.json?url';

import type { Site } from '../contract';
import { faded, type Colours } from './colours';
import type { Frame } from './frame';
import { reliefLayer } from './relief';

/** The layers, from the lowest up; what they need is loaded when it is looked at. */
export function baseLayers(site: Site, frame: Frame, colours: () => Colours): BaseLayer[] {
  if (frame.projection.getCode() === 'site') {
    const layers: BaseLayer[] = [];
    if (site.terrain) layers.push(reliefLayer(site.terrain, frame.projection, colours));
    if (site.plan) {
      const { url, extent_m } = site.plan;
      layers.push(new ImageLayer({ source: new ImageStatic({ url, imageExtent: extent_m, projection: frame.projection }), opacity: 0.75 }));
    }
    return layers;
  }
  const world = new VectorLayer({
    source: new VectorSource({ url: land, format: new TopoJSON(), wrapX: false }),
    style: () => new Style({ fill: new Fill({ color: colours().land }), stroke: new Stroke({ color: colours().rule, width: 1 }) }),
  });
  if (!site.basemap) return [world];
  const tiles = new VectorTileLayer({ style: (feature) => tileStyle(feature as Feature, colours()) });
  const url = site.basemap;
  void import('ol-pmtiles').then(({ PMTilesVectorSource }) => tiles.setSource(new PMTilesVectorSource({ url })));
  return [world, tiles];
}

/** Quiet by intent: the map is there to say where, not to be looked at. */
function tileStyle(feature: Feature, c: Colours): Style | undefined {
  const layer = String(feature.get('layer'));
  if (/water/.test(layer)) return new Style({ fill: new Fill({ color: faded(c.coverage, 0.25) }), stroke: new Stroke({ color: faded(c.coverage, 0.4) }) });
  if (/road|transport/.test(layer)) return new Style({ stroke: new Stroke({ color: faded(c.soft, 0.45), width: 1 }) });
  if (/building/.test(layer)) return new Style({ fill: new Fill({ color: faded(c['zone-edge'], 0.3) }) });
  if (/boundar/.test(layer)) return new Style({ stroke: new Stroke({ color: faded(c.soft, 0.6), width: 1, lineDash: [4, 4] }) });
  return undefined;
}
