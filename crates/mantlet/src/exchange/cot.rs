//! Cursor on Target: observations and unsafe areas for maps that users already have.
//!
//! In: the tracks and impacts of a scan, warnings. Out: one event each (MITRE, *CoT
//! Base-Event Schema 2.0* and its track, shape, contact and remarks schemas, public
//! release). A track is an air object of unknown affiliation, `a-u-A` (APP-6 and
//! MIL-STD-2525: affiliation unknown, battle dimension air); where it comes down,
//! and a zone that is warned, are unsafe areas, `r-u`. Both go stale within
//! seconds, so that a map forgets what is not repeated.
//!
//! Limits: [`EventType`] has no other member. There is no tasking (`t-`), no
//! capability of fires (`c-f-`) and no hostile marking here, and no way to write
//! one.

use crate::frames::Datum;
use crate::frames::Local;
use crate::frames::Wgs84;
use crate::prediction::Impact;
use crate::time::Timestamp;
use crate::tracking::Track;
use crate::warning::Action;
use crate::warning::Warning;
use crate::warning::Zone;

use super::cap::escaped;
use super::ellipse::Ellipse;
use super::moment;
use super::xml::Document;

/// A track or an impact that is not repeated within this time is forgotten, s.
/// Chosen: a radar that looks each second or oftener has missed it several times.
const STALE_S: f64 = 5.0;
/// How long a warned zone stands after the expected impact, s: as in CAP.
const HOLD_S: f64 = 600.0;

/// Everything that this writer can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// Something in the air was observed.
    AirObservation,
    /// An area in which people are not safe.
    UnsafeArea,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AirObservation, Self::UnsafeArea];

    /// The type as written.
    pub fn code(self) -> &'static str {
        match self {
            Self::AirObservation => "a-u-A",
            Self::UnsafeArea => "r-u",
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct CotEvent {
    /// What it is about, the same in every event about it; also a good file name.
    pub name: String,
    /// What it says.
    pub event_type: EventType,
    /// The event as XML.
    pub xml: String,
}

/// Writes the events of a site.
#[derive(Clone, Debug)]
pub struct CotWriter {
    site: String,
    datum: Datum,
    is_exercise: bool,
}

impl CotWriter {
    /// A writer for a site; what is simulated or recorded is an exercise.
    pub fn new(site: &str, datum: &Datum, is_exercise: bool) -> Self {
        Self { site: super::plain(site), datum: datum.clone(), is_exercise }
    }

    /// A track at the time of its scan.
    pub fn track(&self, time: Timestamp, track: &Track) -> CotEvent {
        let name = format!("track-{}", track.id);
        let p = &track.covariance;
        let (v, speed) = (track.velocity_enu_mps(), track.velocity_enu_mps().norm());
        let course = v.x.atan2(v.y).to_degrees().rem_euclid(360.0);
        let course = if course < 359.95 { course } else { 0.0 };
        let slope = v.z.atan2(v.x.hypot(v.y)).to_degrees();
        let place = self.datum.wgs84(Local::from(track.position_enu_m()));
        let errors_m = [(p[(0, 0)] + p[(1, 1)]).sqrt(), p[(2, 2)].sqrt()];
        let mut xml = self.begin(EventType::AirObservation, &name, time, time + STALE_S, "m-f");
        point(&mut xml, &place, errors_m);
        xml.open("detail", &[]);
        xml.empty(
            "track",
            &[
                ("course", &format!("{course:.1}")),
                ("speed", &format!("{speed:.1}")),
                ("slope", &format!("{slope:.1}")),
            ],
        );
        xml.empty("contact", &[("callsign", &format!("{} {}", self.site, track.id))]);
        let percent = 100.0 * track.kind_probability();
        self.remark(&mut xml, &format!("{} ({percent:.0} %)", track.kind.name()));
        CotEvent { name, event_type: EventType::AirObservation, xml: xml.finish() }
    }

    /// Where a track comes down: the ellipse that holds it nine times in ten.
    pub fn impact(&self, time: Timestamp, impact: &Impact) -> CotEvent {
        let name = format!("impact-{}", impact.track_id);
        let ellipse = Ellipse::of(impact);
        let place = self.datum.wgs84(impact.position_enu_m.into());
        let mut xml = self.begin(EventType::UnsafeArea, &name, time, time + STALE_S, "m-p");
        point(&mut xml, &place, [ellipse.semi_major_m, 10.0]);
        xml.open("detail", &[]);
        xml.open("shape", &[]);
        xml.empty(
            "ellipse",
            &[
                ("major", &format!("{:.1}", ellipse.semi_major_m)),
                ("minor", &format!("{:.1}", ellipse.semi_minor_m)),
                ("angle", &format!("{:.1}", ellipse.azimuth_rad.to_degrees())),
            ],
        );
        xml.close();
        let at = moment(impact.time);
        self.remark(&mut xml, &format!("{} expected at {at}", impact.kind.name()));
        CotEvent { name, event_type: EventType::UnsafeArea, xml: xml.finish() }
    }

    /// A zone about which something was said: unsafe until its all-clear.
    pub fn zone(&self, warning: &Warning, zone: &Zone) -> CotEvent {
        let kept = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let name = format!("zone-{}", escaped(&zone.id, kept));
        let over = warning.action == Action::Clear;
        let stale = if over { warning.time } else { warning.impact_time + HOLD_S };
        let corner = |p: &[f64; 2]| {
            self.datum.wgs84(self.datum.at_height(p[0], p[1], self.datum.origin().height_m))
        };
        let centre = zone.centre_en_m();
        let reach = |p: &[f64; 2]| (p[0] - centre[0]).hypot(p[1] - centre[1]);
        let radius_m = zone.polygon_en_m().iter().map(reach).fold(0.0, f64::max);
        let stale = stale.max(warning.time);
        let mut xml = self.begin(EventType::UnsafeArea, &name, warning.time, stale, "m-p");
        point(&mut xml, &corner(&centre), [radius_m, 100.0]);
        xml.open("detail", &[]);
        xml.open("shape", &[]);
        xml.open("polyline", &[("closed", "true")]);
        for p in zone.polygon_en_m() {
            let place = corner(p);
            let (lat, lon) = (degrees(place.lat_deg()), degrees(place.lon_deg()));
            xml.empty("vertex", &[("lat", &lat), ("lon", &lon)]);
        }
        xml.close();
        xml.close();
        let what = match warning.action {
            Action::Clear => "all clear".to_owned(),
            _ => format!("take shelter, first impact {}", moment(warning.impact_time)),
        };
        self.remark(&mut xml, &format!("{}: {what}", zone.name));
        CotEvent { name, event_type: EventType::UnsafeArea, xml: xml.finish() }
    }

    fn begin(
        &self,
        event_type: EventType,
        name: &str,
        time: Timestamp,
        stale: Timestamp,
        how: &str,
    ) -> Document {
        let mut xml = Document::new();
        let (uid, time, stale) = (format!("{}.{name}", self.site), moment(time), moment(stale));
        xml.open(
            "event",
            &[
                ("version", "2.0"),
                ("type", event_type.code()),
                ("opex", if self.is_exercise { "e" } else { "o" }),
                ("uid", &uid),
                ("time", &time),
                ("start", &time),
                ("stale", &stale),
                ("how", how),
            ],
        );
        xml
    }

    fn remark(&self, xml: &mut Document, text: &str) {
        let exercise = if self.is_exercise { "EXERCISE: " } else { "" };
        xml.text("remarks", &format!("{exercise}{text}"));
    }
}

fn degrees(x: f64) -> String {
    format!("{x:.7}")
}

fn point(xml: &mut Document, place: &Wgs84, [ce_m, le_m]: [f64; 2]) {
    xml.empty(
        "point",
        &[
            ("lat", &degrees(place.lat_deg())),
            ("lon", &degrees(place.lon_deg())),
            ("hae", &format!("{:.1}", place.height_m)),
            ("ce", &format!("{ce_m:.1}")),
            ("le", &format!("{le_m:.1}")),
        ],
    );
}
