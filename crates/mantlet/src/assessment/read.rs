//! Reading a run's files back into a record.
//!
//! In: a folder with truth.csv, impacts.csv and, where a run left them,
//! rounds.csv, detections.csv and warnings.csv; a tracks.csv. Out: a [`Record`].
//! The first bad cell ends the reading with its place.

use std::collections::BTreeMap;
use std::path::Path;

use nalgebra::Matrix3;

use crate::flight::Body;
use crate::flight::DragCurve;
use crate::tracking::Status;

use super::record::{
    Detection, Record, SaidImpact, TrackSample, TrueObject, TrueSample, WarningSample,
};
use super::sheet::{ReadError, Row, Sheet};

type Index = BTreeMap<String, usize>;

/// Reads a run's record. `sensor_ids` gives the order of the site's sensors.
///
/// # Errors
///
/// [`ReadError`] names file, line, column, value and expectation.
pub fn read_record(
    folder: &Path,
    tracks: &Path,
    sensor_ids: &[String],
) -> Result<Record, ReadError> {
    let mut record = Record::default();
    let index = read_truth(&folder.join("truth.csv"), &mut record)?;
    for row in Sheet::read(&folder.join("impacts.csv"))?.rows() {
        let Some(&object) = index.get(row.text("object_id")?) else { continue };
        let place = [row.number("e_m")?, row.number("n_m")?];
        record.objects[object].impact = Some((row.number("time_s")?, place));
    }
    let there = |name: &str| Some(folder.join(name)).filter(|p| p.exists());
    if let Some(path) = there("rounds.csv") {
        for row in Sheet::read(&path)?.rows() {
            let Some(&object) = index.get(row.text("object_id")?) else { continue };
            let curve = DragCurve::from_name(row.text("drag_curve")?)
                .ok_or_else(|| row.wrong("drag_curve", "a drag curve's name"))?;
            let area_per_mass_m2kg = row.number("area_per_mass_m2kg")?;
            record.objects[object].body = Some(Body { curve, area_per_mass_m2kg });
        }
    }
    if let Some(path) = there("detections.csv") {
        for row in Sheet::read(&path)?.rows() {
            let object = index.get(row.text("object_id")?).copied();
            let name = row.text("sensor_id")?;
            let sensor = sensor_ids.iter().position(|s| s == name);
            if let (Some(object), Some(sensor)) = (object, sensor) {
                record.detections.push(Detection { time_s: row.number("time_s")?, sensor, object });
            }
        }
        record.detections.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    }
    if let Some(path) = there("warnings.csv") {
        for row in Sheet::read(&path)?.rows() {
            record.warnings.push(warning(&row)?);
        }
    }
    for row in Sheet::read(tracks)?.rows() {
        record.tracks.push(track(&row)?);
    }
    record.tracks.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.track_id.cmp(&b.track_id)));
    Ok(record)
}

fn read_truth(path: &Path, record: &mut Record) -> Result<Index, ReadError> {
    let mut index = Index::new();
    for row in Sheet::read(path)?.rows() {
        let id = row.text("object_id")?.to_string();
        let class = row.text("class")?.to_string();
        let object = *index.entry(id.clone()).or_insert_with(|| {
            let threat = matches!(class.as_str(), "rocket" | "mortar" | "artillery");
            record.objects.push(TrueObject { id, class, threat, impact: None, body: None });
            record.objects.len() - 1
        });
        record.truth.push(TrueSample {
            time_s: row.number("time_s")?,
            object,
            position_enu_m: row.vector(["e_m", "n_m", "u_m"])?,
            velocity_enu_mps: row.vector(["ve_mps", "vn_mps", "vu_mps"])?,
        });
    }
    record.truth.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.object.cmp(&b.object)));
    Ok(index)
}

fn warning(row: &Row<'_>) -> Result<WarningSample, ReadError> {
    let ids = row.text("track_ids")?.split_whitespace().map(str::parse);
    Ok(WarningSample {
        time_s: row.number("time_s")?,
        zone_id: row.text("zone_id")?.into(),
        action: row.text("action")?.into(),
        track_ids: ids
            .collect::<Result<_, _>>()
            .map_err(|_| row.wrong("track_ids", "whole numbers with spaces between"))?,
    })
}

fn track(row: &Row<'_>) -> Result<TrackSample, ReadError> {
    let word = row.text("status")?;
    let status = [Status::Tentative, Status::Confirmed, Status::Coasting]
        .into_iter()
        .find(|s| s.name() == word)
        .ok_or_else(|| row.wrong("status", "tentative, confirmed or coasting"))?;
    let track_id =
        row.text("track_id")?.parse().map_err(|_| row.wrong("track_id", "a whole number"))?;
    let mut p = [0.0; 6];
    for (value, field) in p.iter_mut().zip(["p_ee", "p_en", "p_eu", "p_nn", "p_nu", "p_uu"]) {
        *value = row.maybe_number(field)?.unwrap_or(0.0);
    }
    let [ee, en, eu, nn, nu, uu] = p;
    let impact = match row.maybe_number("impact_time_s")? {
        None => None,
        Some(time_s) => Some(SaidImpact {
            time_s,
            time_sigma_s: row.maybe_number("impact_time_sigma_s")?.unwrap_or(0.0),
            position_en_m: [row.number("impact_e_m")?, row.number("impact_n_m")?],
            covariance_m2: [
                row.number("impact_c_ee")?,
                row.number("impact_c_en")?,
                row.number("impact_c_nn")?,
            ],
        }),
    };
    Ok(TrackSample {
        time_s: row.number("time_s")?,
        track_id,
        status,
        class: row.text("class")?.into(),
        class_probability: row.maybe_number("class_probability")?.unwrap_or(1.0),
        position_enu_m: row.vector(["e_m", "n_m", "u_m"])?,
        velocity_enu_mps: row.vector(["ve_mps", "vn_mps", "vu_mps"])?,
        covariance_m2: Matrix3::new(ee, en, eu, en, nn, nu, eu, nu, uu),
        impact,
    })
}
