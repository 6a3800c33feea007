//! What a run or a recording leaves for maps: map.geojson, map.kml, tracks.ast
//! (ASTERIX CAT062) and Cursor on Target in cot/.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use mantlet::exchange::{AirPicture, CotEvent, CotWriter, Map};
use mantlet::pipeline::Picture;
use mantlet::prediction::Impact;
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;
use mantlet::warning::{Warning, Zone};

use crate::failure::{Done, Failure};
use crate::staging::Staging;

/// Neither a run nor a recording is a live warning.
const EXERCISE: bool = true;

/// Follows a pipeline scan by scan.
pub struct Maps<'s> {
    map: Map<'s>,
    zones: &'s [Zone],
    cot: CotWriter,
    /// The newest event about each thing, by name.
    events: BTreeMap<String, String>,
    air: AirPicture,
    blocks: BufWriter<File>,
    /// Unix time from which the times of what follows count, s.
    start_s: f64,
}

impl<'s> Maps<'s> {
    /// Empty maps of a site; the times of what follows count from `start`, or are Unix
    /// times already.
    ///
    /// # Errors
    ///
    /// When tracks.ast cannot be made.
    pub fn new(file: &'s SiteFile, staging: &Staging, start: Option<Timestamp>) -> Done<Self> {
        let site = &file.site;
        let feed = site.sensors.iter().find_map(|s| s.feed.as_ref());
        let source = feed.map_or((0, 0), |f| (f.sac, f.sic));
        Ok(Self {
            map: Map::new(site, &file.zones, EXERCISE),
            zones: &file.zones,
            cot: CotWriter::new(&site.name, &site.datum, EXERCISE),
            events: BTreeMap::new(),
            air: AirPicture::new(&site.datum, source, EXERCISE),
            blocks: staging.create("tracks.ast")?,
            start_s: start.map_or(0.0, Timestamp::seconds),
        })
    }

    /// Adds what is known after a scan.
    ///
    /// # Errors
    ///
    /// When tracks.ast cannot be written.
    pub fn picture(&mut self, picture: &Picture<'_>) -> Done {
        let time = picture.time + self.start_s;
        let dated = |i: &Impact| Impact { time: i.time + self.start_s, ..i.clone() };
        let impacts: Vec<Impact> = picture.impacts.iter().map(dated).collect();
        self.map.picture(time, picture.tracks, &impacts);
        let tracks = picture.tracks.iter().map(|t| self.cot.track(time, t));
        let impacts = impacts.iter().map(|i| self.cot.impact(time, i));
        let events: Vec<CotEvent> = tracks.chain(impacts).collect();
        self.events.extend(events.into_iter().map(|e| (e.name, e.xml)));
        let blocks = self.air.scan(time, picture.tracks);
        for block in blocks.map_err(|e| Failure::Work(e.into()))? {
            self.blocks.write_all(&block)?;
        }
        Ok(())
    }

    /// Adds a message to a zone.
    pub fn warning(&mut self, warning: &Warning) {
        let warning = Warning {
            time: warning.time + self.start_s,
            impact_time: warning.impact_time + self.start_s,
            ..warning.clone()
        };
        self.map.warning(&warning);
        let event = self.cot.zone(&warning, &self.zones[warning.zone]);
        self.events.insert(event.name, event.xml);
    }

    /// Writes them.
    ///
    /// # Errors
    ///
    /// When one cannot be written.
    pub fn finish(mut self, staging: &Staging) -> Done {
        staging.write("map.geojson", self.map.geojson().as_bytes())?;
        staging.write("map.kml", self.map.kml().as_bytes())?;
        for (name, xml) in &self.events {
            staging.write(&format!("cot/{name}.xml"), xml.as_bytes())?;
        }
        self.blocks.flush()?;
        Ok(())
    }
}
