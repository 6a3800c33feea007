//! tracks.csv and warnings.csv: one row per track per scan, one per message.
//!
//! In: tracks with their impacts, warnings. Out: lines of the tables that
//! `docs/files.md` describes. Degrees and geodetic positions at this edge; a cell
//! is empty where there is nothing to say.

use std::io::{self, Write};

use crate::frames::Datum;
use crate::frames::Local;
use crate::prediction::Impact;
use crate::sensors::quoted;
use crate::time::Timestamp;
use crate::tracking::Track;
use crate::warning::Warning;
use crate::warning::Zone;

/// Columns of tracks.csv.
pub const TRACK_COLUMNS: &str = "time_s,track_id,status,class,class_probability,lat_deg,lon_deg,\
height_m,e_m,n_m,u_m,ve_mps,vn_mps,vu_mps,p_ee,p_en,p_eu,p_nn,p_nu,p_uu,area_per_mass_m2kg,\
area_per_mass_rel_sigma,impact_time_s,impact_time_sigma_s,impact_lat_deg,impact_lon_deg,\
impact_e_m,impact_n_m,impact_c_ee,impact_c_en,impact_c_nn";

/// Columns of warnings.csv.
pub const WARNING_COLUMNS: &str =
    "time_s,alert_id,zone_id,action,impact_time_s,probability,seconds_left,track_ids";

/// Writes the rows of a scan's tracks; `impacts` are those of the same scan.
///
/// # Errors
///
/// Those of the writer.
pub fn write_tracks(
    out: &mut impl Write,
    datum: &Datum,
    time: Timestamp,
    tracks: &[Track],
    impacts: &[Impact],
) -> io::Result<()> {
    for track in tracks {
        let (mean, p) = (&track.mean, &track.covariance);
        let local = Local { e_m: mean[0], n_m: mean[1], u_m: mean[2] };
        let place = datum.wgs84(local);
        write!(
            out,
            "{:.3},{},{},{},{:.4},{:.7},{:.7},{:.2}",
            time.seconds(),
            track.id,
            track.status.name(),
            track.kind.name(),
            track.kind_probability(),
            place.lat_deg(),
            place.lon_deg(),
            place.height_m
        )?;
        for i in 0..6 {
            write!(out, ",{:.3}", mean[i])?;
        }
        for (row, column) in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)] {
            write!(out, ",{:.3}", p[(row, column)])?;
        }
        let impact = impacts.iter().find(|i| i.track_id == track.id);
        if impact.is_some() {
            let sigma = track.area_per_mass_rel_sigma();
            write!(out, ",{:.4e},{sigma:.4}", track.area_per_mass_m2kg())?;
        } else {
            write!(out, ",,")?;
        }
        match impact {
            Some(impact) => write_impact(out, datum, impact)?,
            None => writeln!(out, ",,,,,,,,,")?,
        }
    }
    Ok(())
}

fn write_impact(out: &mut impl Write, datum: &Datum, impact: &Impact) -> io::Result<()> {
    let p = Local::from(impact.position_enu_m);
    let place = datum.wgs84(p);
    let c = &impact.covariance_en_m2;
    writeln!(
        out,
        ",{:.3},{:.3},{:.7},{:.7},{:.2},{:.2},{:.2},{:.2},{:.2}",
        impact.time.seconds(),
        impact.time_sigma_s,
        place.lat_deg(),
        place.lon_deg(),
        p.e_m,
        p.n_m,
        c[(0, 0)],
        c[(0, 1)],
        c[(1, 1)]
    )
}

/// Writes one row of warnings.csv.
///
/// # Errors
///
/// Those of the writer.
pub fn write_warning(out: &mut impl Write, zones: &[Zone], warning: &Warning) -> io::Result<()> {
    let ids: Vec<String> = warning.track_ids.iter().map(u64::to_string).collect();
    writeln!(
        out,
        "{:.3},{},{},{},{:.3},{:.4},{:.2},{}",
        warning.time.seconds(),
        quoted(&warning.alert_id),
        quoted(&zones[warning.zone].id),
        warning.action.name(),
        warning.impact_time.seconds(),
        warning.probability,
        warning.seconds_left,
        ids.join(" ")
    )
}
