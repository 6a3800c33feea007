//! What a run or a recording leaves behind: tables on disk, the record for the
//! score, and the story for the report.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use mantlet::assessment::Record;
use mantlet::exchange::{TRACK_COLUMNS, WARNING_COLUMNS, write_tracks, write_warning};
use mantlet::frames::Local;
use mantlet::ledger::{Raid, RaidLog};
use mantlet::pipeline::Picture;
use mantlet::prediction::Impact;
use mantlet::scenario::{Object, SiteFile, Step, record_picture, record_step, record_warning};
use mantlet::sensors::{PlotWriter, Site};
use mantlet::time::Timestamp;
use mantlet::tracking::Track;
use mantlet::warning::{Warning, Zone};

use crate::failure::Done;
use crate::maps::Maps;
use crate::report::data;
use crate::staging::Staging;

type Table = BufWriter<File>;

/// Tables that a recording and a run both leave.
struct Tables {
    tracks: Table,
    warnings: Table,
}

/// Tables of the truth: only a run knows it.
struct TruthTables {
    plots: PlotWriter<Table>,
    truth: Table,
    detections: Table,
}

/// Follows a pipeline scan by scan.
pub struct Recorder<'s> {
    site: &'s Site,
    zones: &'s [Zone],
    tables: Option<Tables>,
    truth: Option<TruthTables>,
    maps: Option<Maps<'s>>,
    /// Both sides, for the score.
    pub record: Record,
    /// Confirmed tracks as the report shows them.
    pub tracks: BTreeMap<u64, data::Track>,
    /// Messages as the report shows them.
    pub said: Vec<data::Warning>,
    /// Messages as issued.
    pub warnings: Vec<Warning>,
    /// Data time that the report counts from: zero in a run, the first scan of a recording.
    start_s: Option<f64>,
    /// Raids for the ledger, where one is kept: the one in hand, and those over.
    raids: Option<(RaidLog, Vec<Raid>)>,
}

impl<'s> Recorder<'s> {
    /// A recorder that writes into `staging` where there is one; a simulation, which has a
    /// `start`, adds the tables of the truth.
    ///
    /// # Errors
    ///
    /// When a table cannot be made.
    pub fn new(
        site: &'s SiteFile,
        staging: Option<&Staging>,
        start: Option<Timestamp>,
    ) -> Done<Self> {
        let mut tables = None;
        let mut truth = None;
        if let Some(staging) = staging {
            let mut tracks = staging.create("tracks.csv")?;
            writeln!(tracks, "{TRACK_COLUMNS}")?;
            let mut warnings = staging.create("warnings.csv")?;
            writeln!(warnings, "{WARNING_COLUMNS}")?;
            tables = Some(Tables { tracks, warnings });
            if start.is_some() {
                let plots = PlotWriter::new(&site.site, staging.create("plots.csv")?)?;
                let mut positions = staging.create("truth.csv")?;
                writeln!(
                    positions,
                    "time_s,object_id,class,lat_deg,lon_deg,height_m,e_m,n_m,u_m,ve_mps,vn_mps,vu_mps"
                )?;
                let mut detections = staging.create("detections.csv")?;
                writeln!(detections, "time_s,sensor_id,object_id")?;
                truth = Some(TruthTables { plots, truth: positions, detections });
            }
        }
        Ok(Self {
            site: &site.site,
            zones: &site.zones,
            tables,
            truth,
            maps: staging.map(|staging| Maps::new(site, staging, start)).transpose()?,
            record: Record::default(),
            tracks: BTreeMap::new(),
            said: Vec::new(),
            warnings: Vec::new(),
            start_s: start.map(|_| 0.0),
            raids: None,
        })
    }

    /// Gathers raids for the ledger from here on.
    pub fn keep_raids(&mut self, log: RaidLog) {
        self.raids = Some((log, Vec::new()));
    }

    /// The raids that came, the last one ended.
    pub fn take_raids(&mut self) -> Vec<Raid> {
        let Some((mut log, mut over)) = self.raids.take() else { return Vec::new() };
        over.extend(log.end());
        over
    }

    /// One step of a simulation: truth, then what was made of it.
    ///
    /// # Errors
    ///
    /// When a table cannot be written.
    pub fn step(&mut self, step: &Step<'_>, objects: &[Object]) -> Done {
        record_step(&mut self.record, step, objects, self.zones);
        for object in objects {
            let Some(state) = object.at(step.time_s) else { continue };
            if let Some(tables) = &mut self.truth {
                let (p, v) = (state.position_enu_m, state.velocity_enu_mps);
                let place = self.site.datum.wgs84(Local::from(p));
                writeln!(
                    tables.truth,
                    "{:.3},{},{},{:.7},{:.7},{:.2},{:.3},{:.3},{:.3},{:.3},{:.3},{:.3}",
                    step.time_s,
                    object.id,
                    object.class,
                    place.lat_deg(),
                    place.lon_deg(),
                    place.height_m,
                    p.x,
                    p.y,
                    p.z,
                    v.x,
                    v.y,
                    v.z
                )?;
            }
        }
        for (plot, cause) in step.scan.plots.iter().zip(step.causes) {
            let Some(object) = *cause else { continue };
            if let Some(tables) = &mut self.truth {
                let (time_s, id) = (plot.time.seconds(), &self.site.sensors[step.scan.sensor].id);
                writeln!(tables.detections, "{time_s:.3},{id},{}", objects[object].id)?;
            }
        }
        if let Some(tables) = &mut self.truth {
            tables.plots.scan(step.scan)?;
        }
        self.tell_all(step.picture)
    }

    /// What was made of a recorded scan.
    ///
    /// # Errors
    ///
    /// When a table cannot be written.
    pub fn picture(&mut self, picture: &Picture<'_>) -> Done {
        self.start_s.get_or_insert(picture.time.seconds());
        record_picture(&mut self.record, picture);
        for warning in &picture.warnings {
            record_warning(&mut self.record, warning, self.zones);
        }
        self.tell_all(picture)
    }

    fn tell_all(&mut self, picture: &Picture<'_>) -> Done {
        let time_s = picture.time.seconds();
        if let Some(tables) = &mut self.tables {
            write_tracks(
                &mut tables.tracks,
                &self.site.datum,
                picture.time,
                picture.tracks,
                picture.impacts,
            )?;
        }
        if let Some(maps) = &mut self.maps {
            maps.picture(picture)?;
        }
        if let Some((log, over)) = &mut self.raids {
            over.extend(log.see(picture.time, picture.tracks, picture.impacts));
            log.said(&picture.warnings);
        }
        for track in picture.tracks {
            self.tell(time_s, track, picture.impacts.iter().find(|i| i.track_id == track.id));
        }
        for warning in &picture.warnings {
            self.warn(warning)?;
        }
        Ok(())
    }

    /// A message to a zone.
    ///
    /// # Errors
    ///
    /// When a table cannot be written.
    pub fn warn(&mut self, warning: &Warning) -> Done {
        if let Some(tables) = &mut self.tables {
            write_warning(&mut tables.warnings, self.zones, warning)?;
        }
        if let Some(maps) = &mut self.maps {
            maps.warning(warning);
        }
        let zone_id = self.zones[warning.zone].id.clone();
        let clear = warning.action.name() == "clear";
        self.said.push(data::Warning {
            time_s: warning.time.seconds() - self.start_s.unwrap_or(0.0),
            zone_id,
            action: match warning.action.name() {
                "warn" => data::Action::Warn,
                "update" => data::Action::Update,
                _ => data::Action::Clear,
            },
            seconds_left: (!clear).then_some(warning.seconds_left),
            probability: warning.probability,
            track_ids: warning.track_ids.clone(),
        });
        self.warnings.push(warning.clone());
        Ok(())
    }

    fn tell(&mut self, time_s: f64, track: &Track, said: Option<&Impact>) {
        let start_s = self.start_s.unwrap_or(0.0);
        let from_start = time_s - start_s;
        let story = self.tracks.entry(track.id).or_insert_with(|| data::Track {
            id: track.id,
            first_plot_s: track.first_plot.seconds() - start_s,
            confirmed_s: from_start,
            ..data::Track::default()
        });
        story.kind = track.kind.name().into();
        story.kind_probability = track.kind_probability();
        let p = track.position_enu_m();
        story.samples.push([from_start, p.x, p.y, p.z]);
        story.predictions.extend(said.map(|i| data::Prediction {
            time_s: from_start,
            position_en_m: [i.position_enu_m.x, i.position_enu_m.y],
            covariance_m2: [
                i.covariance_en_m2[(0, 0)],
                i.covariance_en_m2[(0, 1)],
                i.covariance_en_m2[(1, 1)],
            ],
            impact_s: i.time.seconds() - start_s,
            impact_sigma_s: i.time_sigma_s,
        }));
    }

    /// Flushes the tables and writes the maps.
    ///
    /// # Errors
    ///
    /// When one cannot be written.
    pub fn finish(&mut self, staging: Option<&Staging>) -> Done {
        if let (Some(maps), Some(staging)) = (self.maps.take(), staging) {
            maps.finish(staging)?;
        }
        if let Some(mut tables) = self.tables.take() {
            tables.tracks.flush()?;
            tables.warnings.flush()?;
        }
        if let Some(mut tables) = self.truth.take() {
            tables.truth.flush()?;
            tables.detections.flush()?;
            tables.plots.into_inner().flush()?;
        }
        Ok(())
    }
}
