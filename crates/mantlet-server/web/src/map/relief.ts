// The terrain as shades: lit from the north-west, 45° up, as maps have it (Horn, "Hill
// shading and the reflectance map", Proceedings of the IEEE 69 (1981) 14-47, eq. 7 and
// the gradients of table II).

import ImageLayer from 'ol/layer/Image.js';
import type Projection from 'ol/proj/Projection.js';
import ImageStatic from 'ol/source/ImageStatic.js';

import { ask } from '../api';
import type { Terrain } from '../contract';
import type { Colours } from './colours';

/** Slopes are drawn this much steeper than they are. Chosen: low hills show. */
const STEEPER = 3;
const HALF = Math.SQRT1_2;
/** Towards the light: east, north, up. */
const LIGHT = [-0.5, 0.5, HALF] as const;

/** Light on each post, 0 to 1; level ground has sin 45°. Rows from south to north. */
export function shades({ extent_m, columns, height_m }: Terrain): Float32Array {
  const rows = height_m.length / columns;
  const step_m = (extent_m[2] - extent_m[0]) / (columns - 1);
  const at = (i: number, j: number): number =>
    height_m[Math.min(rows - 1, Math.max(0, j)) * columns + Math.min(columns - 1, Math.max(0, i))] ?? 0;
  const out = new Float32Array(height_m.length);
  for (let j = 0; j < rows; j += 1) {
    for (let i = 0; i < columns; i += 1) {
      const east = at(i + 1, j - 1) + 2 * at(i + 1, j) + at(i + 1, j + 1) - at(i - 1, j - 1) - 2 * at(i - 1, j) - at(i - 1, j + 1);
      const north = at(i - 1, j + 1) + 2 * at(i, j + 1) + at(i + 1, j + 1) - at(i - 1, j - 1) - 2 * at(i, j - 1) - at(i + 1, j - 1);
      const [p, q] = [(STEEPER * east) / (8 * step_m), (STEEPER * north) / (8 * step_m)];
      out[j * columns + i] = Math.max(0, (-p * LIGHT[0] - q * LIGHT[1] + LIGHT[2]) / Math.hypot(p, q, 1));
    }
  }
  return out;
}

/** A picture of the shades: black where it is darker than level, white where lighter. */
function draw(terrain: Terrain): HTMLCanvasElement {
  const rows = terrain.height_m.length / terrain.columns;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [terrain.columns, rows];
  const context = canvas.getContext('2d');
  const image = new ImageData(terrain.columns, rows);
  shades(terrain).forEach((light, at) => {
    const [i, j] = [at % terrain.columns, Math.floor(at / terrain.columns)];
    const to = 4 * ((rows - 1 - j) * terrain.columns + i);
    const value = light > HALF ? 255 : 0;
    image.data.set([value, value, value, Math.min(255, 420 * Math.abs(light - HALF))], to);
  });
  context?.putImageData(image, 0, 0);
  return canvas;
}

export function reliefLayer(url: string, projection: Projection, colours: () => Colours): ImageLayer<ImageStatic> {
  const layer = new ImageLayer<ImageStatic>({ opacity: colours().dark ? 0.7 : 0.6 });
  void ask<Terrain>(url.replace('/api/v1/', ''))
    .then((terrain) => layer.setSource(new ImageStatic({ url: draw(terrain).toDataURL(), imageExtent: terrain.extent_m, projection })))
    .catch(() => {
      // A map without shades is still a map.
    });
  return layer;
}
