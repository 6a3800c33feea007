//! A study's tables.

use mantlet::study::{Gathered, Sited, Study, StudyFigures};

use crate::failure::Done;
use crate::staging::Staging;

/// Writes options.csv, zones.csv, places.csv and runs.csv.
///
/// # Errors
///
/// When one cannot be written.
pub fn write(
    study: &Study,
    sited: &[Sited],
    gathered: &Gathered,
    figures: &StudyFigures,
    staging: &Staging,
) -> Done {
    let csv = |name: &str| staging.create(name).map(csv::Writer::from_writer);
    let told = |e: csv::Error| anyhow::Error::new(e);
    let mut table = csv("options.csv")?;
    table
        .write_record([
            "option",
            "in_time",
            "in_time_half_width",
            "over_first",
            "over_first_half_width",
            "warned",
            "leakers",
            "leakers_half_width",
            "casualties",
            "casualties_half_width",
        ])
        .map_err(told)?;
    for o in &figures.options {
        let over = |f: fn(&mantlet::study::Share) -> f64| {
            o.over_first.as_ref().map_or(String::new(), |s| format!("{:.6}", f(s)))
        };
        let six = |v: f64| format!("{v:.6}");
        table
            .write_record([
                o.name.clone(),
                six(o.in_time.share),
                six(o.in_time.half_width),
                over(|s| s.share),
                over(|s| s.half_width),
                six(o.warned.share),
                six(o.leakers[0]),
                six(o.leakers[1]),
                six(o.casualties[0]),
                six(o.casualties[1]),
            ])
            .map_err(told)?;
    }
    table.flush()?;
    let mut table = csv("zones.csv")?;
    table
        .write_record([
            "option",
            "zone_id",
            "population",
            "needed_s",
            "endangered_runs",
            "in_time",
            "in_time_half_width",
            "missed",
            "needless",
            "seconds_5_s",
            "seconds_50_s",
            "seconds_95_s",
        ])
        .map_err(told)?;
    for o in &figures.options {
        for (z, zone) in o.zones.iter().zip(&study.site.zones) {
            let shares = [z.in_time.share, z.in_time.half_width, z.missed.share, z.needless.share];
            let mut row = vec![
                o.name.clone(),
                z.zone_id.clone(),
                zone.population.to_string(),
                zone.shelter_s.to_string(),
                z.endangered.to_string(),
            ];
            row.extend(shares.map(|v| format!("{v:.6}")));
            row.extend(z.seconds.map(|v| format!("{v:.1}")));
            table.write_record(row).map_err(told)?;
        }
    }
    table.flush()?;
    if !sited.is_empty() {
        let mut table = csv("places.csv")?;
        table
            .write_record([
                "what", "e_m", "n_m", "lat_deg", "lon_deg", "mast_m", "cost", "adds", "chosen",
            ])
            .map_err(told)?;
        for s in sited {
            for (i, p) in s.places.iter().enumerate() {
                let [e_m, n_m] = p.en_m;
                let at = study.site.site.datum.wgs84(mantlet::frames::Local { e_m, n_m, u_m: 0.0 });
                let chosen = s
                    .chosen
                    .iter()
                    .position(|c| *c == i)
                    .map_or(String::new(), |n| (n + 1).to_string());
                table
                    .write_record([
                        s.what.to_string(),
                        format!("{e_m:.1}"),
                        format!("{n_m:.1}"),
                        format!("{:.7}", at.lat_deg()),
                        format!("{:.7}", at.lon_deg()),
                        p.mast_m.to_string(),
                        format!("{:.4}", p.cost),
                        format!("{:.6}", p.adds),
                        chosen,
                    ])
                    .map_err(told)?;
            }
        }
        table.flush()?;
    }
    let mut table = csv("runs.csv")?;
    table
        .write_record([
            "run",
            "raid",
            "rounds",
            "option",
            "zone_id",
            "danger_s",
            "warned_s",
            "leakers",
            "casualties",
        ])
        .map_err(told)?;
    let cell = |v: &Option<f64>| v.map_or(String::new(), |v| v.to_string());
    for (run, row) in gathered.rows.iter().enumerate() {
        for (o, option) in row.options.iter().zip(&study.options) {
            for (z, zone) in study.site.zones.iter().enumerate() {
                table
                    .write_record([
                        run.to_string(),
                        study.families[row.family].name.clone(),
                        row.rounds.to_string(),
                        option.name.clone(),
                        zone.id.clone(),
                        cell(&row.danger_s[z]),
                        cell(&o.warned_s[z]),
                        o.leakers.to_string(),
                        format!("{:.6}", o.casualties),
                    ])
                    .map_err(told)?;
            }
        }
    }
    table.flush()?;
    Ok(())
}
