// What the server sends: /openapi.json has the same in its own words.
// Times are Unix seconds, places WGS84 degrees and metres in the site's frame
// (east, north, up at its datum), azimuths degrees clockwise from true north.

export type Role = 'viewer' | 'operator' | 'admin';

/** West, south, east and north edge, m. */
export type Extent = [number, number, number, number];

export interface Terrain {
  extent_m: Extent;
  columns: number;
  /** Rows from south to north. */
  height_m: number[];
}

export interface SensorSite {
  id: string;
  lat_deg: number;
  lon_deg: number;
  height_m: number;
  e_m: number;
  n_m: number;
  range_m: number;
  azimuth_deg: [number, number];
  elevation_deg: [number, number];
  period_s: number;
}

export interface ZoneProperties {
  id: string;
  name: string;
  kind: 'protected' | 'neighbour' | 'keep_out';
  population: number;
  shelter_s: number;
}

export interface ZoneFeature {
  type: 'Feature';
  properties: ZoneProperties;
  geometry: { type: 'Polygon'; coordinates: number[][][] };
}

export interface Site {
  name: string;
  exercise: boolean;
  mode: 'live' | 'demo' | 'region';
  version?: string;
  origin: { lat_deg: number; lon_deg: number; height_m: number };
  zones: { type: 'FeatureCollection'; features: ZoneFeature[] };
  sensors: SensorSite[];
  basemap: string | null;
  plan: null | { url: string; extent_m: Extent };
  terrain: string | null;
}

export interface Track {
  id: string | number;
  status: 'tentative' | 'confirmed' | 'coasting';
  kind: string;
  kind_probability: number;
  lat_deg: number;
  lon_deg: number;
  height_m: number;
  e_m: number;
  n_m: number;
  u_m: number;
  ve_mps: number;
  vn_mps: number;
  vu_mps: number;
}

export interface Impact {
  track_id: string | number;
  time_s: number;
  time_sigma_s: number;
  lat_deg: number;
  lon_deg: number;
  e_m: number;
  n_m: number;
  ellipse90: { semi_major_m: number; semi_minor_m: number; azimuth_deg: number };
}

export interface Warning {
  alert_id: string;
  version: number;
  zone_id: string;
  zone_name: string;
  since_s: number;
  impact_time_s: number;
  probability: number;
  seconds_needed: number;
  track_ids: (string | number)[];
  acknowledged_by: string | null;
}

/** What is sent at once when a warning is issued, before the picture that holds it. */
export interface IssuedWarning {
  action: 'warn' | 'update' | 'clear';
  alert_id: string;
  zone_id: string;
  zone_name: string;
  impact_time_s: number;
  seconds_needed: number;
}

export interface SensorState {
  id: string;
  state: 'ok' | 'silent' | 'blind' | 'babbling' | 'late';
  last_scan_s: number | null;
  plots_per_scan: number;
  rejected: number;
}

export interface Siren {
  id: string;
  state: 'confirmed' | 'pending' | 'unconfirmed' | 'down' | 'idle';
}

export interface Engagement {
  time_s: number;
  effector_id: string;
  track_id: string | number;
  result: string;
  lat_deg: number;
  lon_deg: number;
  e_m: number;
  n_m: number;
}

export interface Debris {
  e_m: number;
  n_m: number;
  lat_deg: number;
  lon_deg: number;
  kind: string;
}

export interface Fault {
  id?: string;
  code: string;
  text: string;
  since_s: number;
}

export interface Counters {
  plots: number;
  dropped_datagrams: number;
  refused_datagrams: number;
  bad_datagrams: number;
  duplicates: number;
  late_plots: number;
}

export interface Picture {
  revision: number;
  time_s: number;
  clock: 'ok' | 'jump';
  exercise: boolean;
  tracks: Track[];
  impacts: Impact[];
  warnings: Warning[];
  sensors: SensorState[];
  sirens: Siren[];
  engagements: Engagement[];
  debris: Debris[];
  faults: Fault[];
  counters: Counters;
}

export interface Session {
  user: null | { name: string; role: Role };
  csrf: string | null;
  setup_needed: boolean;
  read_needs_login: boolean;
}

export interface PastWarning {
  alert_id: string;
  zone_id: string;
  since_s: number;
  cleared_s: number | null;
  /** The earliest impact that it was ever about. */
  impact_time_s: number | null;
  probability: number;
  versions: number;
  track_ids: (string | number)[];
  acknowledged_by: string | null;
  cancelled_by: string | null;
  reason: string | null;
}

export interface Timeline {
  time_s: number[];
  tracks: number[];
  threats: number[];
  warnings: number[];
}
