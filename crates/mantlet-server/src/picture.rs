//! The picture as others see it: every key with its unit, numbers as short as their worth.
//!
//! In: the library's tracks, impacts and warnings. Out: JSON, whole or as what changed.

use mantlet::frames::{Datum, Local};
use mantlet::prediction::Impact;
use mantlet::tracking::Track;
use mantlet::warning::{InForce, Warning, Zone};
use nalgebra::Vector3;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Half axes of the 90 % ellipse over the standard deviations: sqrt(-2 ln 0.1).
const ELLIPSE_90: f64 = 2.145_966_026_289_347;

/// A track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TrackView {
    /// Never used twice.
    pub id: u64,
    /// `confirmed` or `coasting`.
    pub status: &'static str,
    /// What it is.
    pub kind: &'static str,
    /// How likely that is.
    pub kind_probability: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
    /// East of the site's origin, m.
    pub e_m: f64,
    /// North of it, m.
    pub n_m: f64,
    /// Above its tangent plane, m.
    pub u_m: f64,
    /// Velocity east, m/s.
    pub ve_mps: f64,
    /// Velocity north, m/s.
    pub vn_mps: f64,
    /// Velocity up, m/s.
    pub vu_mps: f64,
}

/// The ellipse that holds an impact nine times in ten.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EllipseView {
    /// Long half axis, m.
    pub semi_major_m: f64,
    /// Short half axis, m.
    pub semi_minor_m: f64,
    /// Direction of the long axis, degrees clockwise from north.
    pub azimuth_deg: f64,
}

/// Where and when a track comes down.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImpactView {
    /// The track.
    pub track_id: u64,
    /// When, Unix s.
    pub time_s: f64,
    /// Standard deviation of the time, s.
    pub time_sigma_s: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// East of the site's origin, m.
    pub e_m: f64,
    /// North of it, m.
    pub n_m: f64,
    /// Nine times in ten it is inside.
    pub ellipse90: EllipseView,
}

/// A warning in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WarningView {
    /// Its name, the same from warn to clear.
    pub alert_id: String,
    /// Messages so far.
    pub version: u32,
    /// The zone.
    pub zone_id: String,
    /// What people call it.
    pub zone_name: String,
    /// Since when, Unix s.
    pub since_s: f64,
    /// First impact expected, Unix s.
    pub impact_time_s: f64,
    /// Chance that at least one round reaches the zone.
    pub probability: f64,
    /// Seconds that a person there needs.
    pub seconds_needed: f64,
    /// Tracks behind it.
    pub track_ids: Vec<u64>,
    /// The operator who acknowledged it.
    pub acknowledged_by: Option<String>,
}

/// A radar's health.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SensorView {
    /// Its name in the site file.
    pub id: String,
    /// `ok`, `silent`, `babbling` or `late`; of a region's site `ok`, `silent` or, when it is
    /// heard and none of its radars is, `blind`.
    pub state: &'static str,
    /// When its last scan was whole, Unix s.
    pub last_scan_s: Option<f64>,
    /// Plots a scan, of late.
    pub plots_per_scan: f64,
    /// Records and plots of it that were left out.
    pub rejected: u64,
}

/// A siren's health.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SirenView {
    /// Its name.
    pub id: String,
    /// `confirmed`, `pending`, `unconfirmed` or `down`.
    pub state: &'static str,
}

/// A simulated engagement.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EngagementView {
    /// When its outcome is there, Unix s.
    pub time_s: f64,
    /// The effector.
    pub effector_id: String,
    /// The track.
    pub track_id: u64,
    /// `under way`, `destroyed` or `missed`.
    pub result: &'static str,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// East of the site's origin, m.
    pub e_m: f64,
    /// North of it, m.
    pub n_m: f64,
}

/// A simulated piece on the ground.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DebrisView {
    /// East of the site's origin, m.
    pub e_m: f64,
    /// North of it, m.
    pub n_m: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// What it is.
    pub kind: &'static str,
}

/// Something that an operator must know of the service itself.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FaultView {
    /// Its name for machines.
    pub code: String,
    /// What is wrong and what it means, for people.
    pub text: String,
    /// Since when, Unix s.
    pub since_s: f64,
}

/// What came in since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counters {
    /// Plots used.
    pub plots: u64,
    /// Datagrams dropped because too many waited, the oldest first.
    pub dropped_datagrams: u64,
    /// Datagrams from addresses that may not send.
    pub refused_datagrams: u64,
    /// Blocks that are no ASTERIX we know.
    pub bad_datagrams: u64,
    /// Plots that came twice.
    pub duplicates: u64,
    /// Plots that came late, or with a time of a clock that is wrong.
    pub late_plots: u64,
}

/// What is known at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PictureView {
    /// Number of the event that it contains; rising.
    pub revision: u64,
    /// Data time, Unix s.
    pub time_s: f64,
    /// `ok`, or `jump` when the machine's clock was stepped.
    pub clock: &'static str,
    /// Everything here is simulated.
    pub exercise: bool,
    /// Confirmed and coasting tracks.
    pub tracks: Vec<TrackView>,
    /// Where rounds land.
    pub impacts: Vec<ImpactView>,
    /// Warnings in force.
    pub warnings: Vec<WarningView>,
    /// The radars.
    pub sensors: Vec<SensorView>,
    /// The sirens.
    pub sirens: Vec<SirenView>,
    /// Simulated engagements.
    pub engagements: Vec<EngagementView>,
    /// Simulated pieces on the ground.
    pub debris: Vec<DebrisView>,
    /// Faults of the service.
    pub faults: Vec<FaultView>,
    /// What came in.
    pub counters: Counters,
}

/// A warning as it is issued.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssuedView {
    /// Number of this event.
    pub revision: u64,
    /// `warn`, `update` or `clear`.
    pub action: &'static str,
    /// Data time of issue, Unix s.
    pub time_s: f64,
    /// The alert, the same from warn to clear.
    pub alert_id: String,
    /// Position of the message in its alert.
    pub version: u32,
    /// The zone.
    pub zone_id: String,
    /// What people call it.
    pub zone_name: String,
    /// First impact expected, Unix s.
    pub impact_time_s: f64,
    /// Chance that at least one round reaches the zone.
    pub probability: f64,
    /// Seconds to the first impact.
    pub seconds_left: f64,
    /// Seconds that a person there needs.
    pub seconds_needed: f64,
    /// Tracks behind it.
    pub track_ids: Vec<u64>,
    /// Whether it is simulated.
    pub exercise: bool,
    /// The same as CAP 1.2.
    pub cap_url: String,
}

/// Rounded to a step, so that no digit is sent that means nothing.
pub fn rounded(value: f64, steps_per_unit: f64) -> f64 {
    (value * steps_per_unit).round() / steps_per_unit
}

/// Milliseconds are what a countdown needs.
pub fn time_view(time_s: f64) -> f64 {
    rounded(time_s, 1e3)
}

impl TrackView {
    /// A track's view.
    pub fn new(track: &Track, datum: &Datum) -> Self {
        Self {
            id: track.id,
            status: track.status.name(),
            kind: track.kind.name(),
            kind_probability: rounded(track.kind_probability(), 1e3),
            ..Self::moving(&track.position_enu_m(), &track.velocity_enu_mps(), datum)
        }
    }

    /// Only where something is, m, and how it moves, m/s, both east, north and up of the
    /// datum.
    pub fn moving(p: &Vector3<f64>, v: &Vector3<f64>, datum: &Datum) -> Self {
        let place = datum.wgs84(Local::from(*p));
        Self {
            lat_deg: rounded(place.lat_deg(), 1e6),
            lon_deg: rounded(place.lon_deg(), 1e6),
            height_m: rounded(place.height_m, 10.0),
            e_m: rounded(p.x, 10.0),
            n_m: rounded(p.y, 10.0),
            u_m: rounded(p.z, 10.0),
            ve_mps: rounded(v.x, 10.0),
            vn_mps: rounded(v.y, 10.0),
            vu_mps: rounded(v.z, 10.0),
            ..Self::default()
        }
    }
}

impl ImpactView {
    /// An impact's view.
    pub fn new(impact: &Impact, datum: &Datum) -> Self {
        let p = impact.position_enu_m;
        let place = datum.wgs84(Local::from(p));
        let c = &impact.covariance_en_m2;
        Self {
            track_id: impact.track_id,
            time_s: time_view(impact.time.seconds()),
            time_sigma_s: rounded(impact.time_sigma_s, 1e3),
            lat_deg: rounded(place.lat_deg(), 1e6),
            lon_deg: rounded(place.lon_deg(), 1e6),
            e_m: rounded(p.x, 10.0),
            n_m: rounded(p.y, 10.0),
            ellipse90: EllipseView::of(c[(0, 0)], c[(0, 1)], c[(1, 1)]),
        }
    }
}

impl EllipseView {
    /// The 90 % ellipse of a covariance of east and north, m².
    pub fn of(ee_m2: f64, en_m2: f64, nn_m2: f64) -> Self {
        let (middle, half) = (0.5 * (ee_m2 + nn_m2), 0.5 * (nn_m2 - ee_m2));
        let radius = half.hypot(en_m2);
        let axis_m = |variance: f64| rounded(ELLIPSE_90 * variance.max(0.0).sqrt(), 10.0);
        // Twice the azimuth of the long axis turns as the difference and the covariance do.
        let azimuth_deg = (0.5 * en_m2.atan2(half)).to_degrees().rem_euclid(180.0);
        Self {
            semi_major_m: axis_m(middle + radius),
            semi_minor_m: axis_m(middle - radius),
            azimuth_deg: rounded(azimuth_deg, 10.0),
        }
    }
}

impl WarningView {
    /// The view of a warning in force.
    pub fn new(standing: &InForce, zone: &Zone, acknowledged_by: Option<String>) -> Self {
        let last = &standing.last;
        Self {
            alert_id: last.alert_id.clone(),
            version: last.version,
            zone_id: zone.id.clone(),
            zone_name: zone.name.clone(),
            since_s: time_view(standing.since.seconds()),
            impact_time_s: time_view(last.impact_time.seconds()),
            probability: rounded(last.probability, 1e3),
            seconds_needed: last.seconds_needed,
            track_ids: last.track_ids.clone(),
            acknowledged_by,
        }
    }
}

impl IssuedView {
    /// The view of a warning that is issued now, without its number.
    pub fn new(warning: &Warning, zone: &Zone, exercise: bool, cap_url: String) -> Self {
        Self {
            revision: 0,
            action: warning.action.name(),
            time_s: time_view(warning.time.seconds()),
            alert_id: warning.alert_id.clone(),
            version: warning.version,
            zone_id: zone.id.clone(),
            zone_name: zone.name.clone(),
            impact_time_s: time_view(warning.impact_time.seconds()),
            probability: rounded(warning.probability, 1e3),
            seconds_left: rounded(warning.seconds_left, 10.0),
            seconds_needed: warning.seconds_needed,
            track_ids: warning.track_ids.clone(),
            exercise,
            cap_url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ellipse_of_a_north_south_spread_points_north() {
        let long_north = EllipseView::of(100.0, 0.0, 400.0);
        assert_eq!((long_north.semi_major_m, long_north.semi_minor_m), (42.9, 21.5));
        assert_eq!(long_north.azimuth_deg, 0.0);
        assert_eq!(EllipseView::of(400.0, 0.0, 100.0).azimuth_deg, 90.0);
        // East and north grow together: towards north-east.
        assert_eq!(EllipseView::of(200.0, 100.0, 200.0).azimuth_deg, 45.0);
        assert_eq!(EllipseView::of(200.0, -100.0, 200.0).azimuth_deg, 135.0);
    }
}
