// Where things are drawn. One site: its own local frame, east and north in metres at
// the datum, so that a ring is a ring. Many sites, or a base map in tiles: Web Mercator.

import Projection from 'ol/proj/Projection.js';
import { fromLonLat, get as getProjection } from 'ol/proj.js';

// WGS84 (NIMA TR8350.2, 2000, table 3.1).
const A_M = 6_378_137;
const E2 = 6.694_379_990_14e-3;
const RAD = Math.PI / 180;

interface Geodetic {
  lat_deg: number;
  lon_deg: number;
  height_m: number;
}

function ecef({ lat_deg, lon_deg, height_m }: Geodetic): [number, number, number] {
  const [lat, lon] = [lat_deg * RAD, lon_deg * RAD];
  const n_m = A_M / Math.sqrt(1 - E2 * Math.sin(lat) ** 2);
  return [
    (n_m + height_m) * Math.cos(lat) * Math.cos(lon),
    (n_m + height_m) * Math.cos(lat) * Math.sin(lon),
    (n_m * (1 - E2) + height_m) * Math.sin(lat),
  ];
}

/** East and north of the datum, m: geodetic to ECEF to the local tangent plane. */
export function local(place: Geodetic, datum: Geodetic): [number, number] {
  const [x, y, z] = ecef(place);
  const [x0, y0, z0] = ecef(datum);
  const [dx, dy, dz] = [x - x0, y - y0, z - z0];
  const [lat, lon] = [datum.lat_deg * RAD, datum.lon_deg * RAD];
  return [
    -Math.sin(lon) * dx + Math.cos(lon) * dy,
    -Math.sin(lat) * Math.cos(lon) * dx - Math.sin(lat) * Math.sin(lon) * dy + Math.cos(lat) * dz,
  ];
}

export interface Frame {
  projection: Projection;
  /** Map coordinates of a place; its own east and north are used where they fit. */
  at(place: { lat_deg: number; lon_deg: number; e_m?: number; n_m?: number }): [number, number];
  /** Map units per metre at a place. */
  scale(place: { lat_deg: number }): number;
}

export function siteFrame(datum: Geodetic): Frame {
  return {
    projection: new Projection({ code: 'site', units: 'm', extent: [-2e5, -2e5, 2e5, 2e5] }),
    at: (p) =>
      p.e_m !== undefined && p.n_m !== undefined
        ? [p.e_m, p.n_m]
        : local({ lat_deg: p.lat_deg, lon_deg: p.lon_deg, height_m: datum.height_m }, datum),
    scale: () => 1,
  };
}

export function mercatorFrame(): Frame {
  const projection = getProjection('EPSG:3857');
  if (!projection) throw new Error('OpenLayers always has Web Mercator');
  return {
    projection,
    at: (p) => fromLonLat([p.lon_deg, p.lat_deg]) as [number, number],
    scale: (p) => 1 / Math.cos(p.lat_deg * RAD),
  };
}

/** Corners of an ellipse about a centre, in map units; azimuth from north, clockwise. */
export function ellipse(
  centre: [number, number],
  major: number,
  minor: number,
  azimuth_deg: number,
  corners = 48,
): [number, number][] {
  const [s, c] = [Math.sin(azimuth_deg * RAD), Math.cos(azimuth_deg * RAD)];
  return Array.from({ length: corners + 1 }, (_, i) => {
    const t = (2 * Math.PI * i) / corners;
    const [along, across] = [major * Math.cos(t), minor * Math.sin(t)];
    return [centre[0] + along * s + across * c, centre[1] + along * c - across * s];
  });
}

/** A pie of azimuths about a centre, in map units; a full turn is a plain ring. */
export function sector(
  centre: [number, number],
  radius: number,
  from_deg: number,
  to_deg: number,
): [number, number][] {
  const turn = to_deg - from_deg;
  const whole = Math.abs(turn) >= 359.99;
  const span = whole ? 360 : ((turn % 360) + 360) % 360;
  const steps = Math.max(2, Math.ceil(span / 3));
  const arc = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const az = (from_deg + (span * i) / steps) * RAD;
    return [centre[0] + radius * Math.sin(az), centre[1] + radius * Math.cos(az)];
  });
  return whole ? arc : [centre, ...arc, centre];
}
