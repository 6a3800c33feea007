//! One transaction that enters things: claims, what a source is worth, and what follows
//! from them, the readings and the tally.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{OptionalExtension, Transaction, params};

use super::error::{LedgerError, Result, database};
use super::incident::{Claim, Incident, Source, Stamp};
use super::tally::{Cell, Tally};
use super::words::Reliability;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// An incident that was not there.
    New,
    /// A source that had not spoken of this incident.
    Claim,
    /// A source that said something else before.
    Revised,
    /// Exactly what the source said before: nothing was written.
    Same,
}

/// One transaction. Dropped without [`Writer::commit`], it leaves nothing behind.
pub struct Writer<'l> {
    pub(super) tx: Transaction<'l>,
    path: PathBuf,
    stamp: Stamp,
    what: String,
    change: Option<i64>,
    sources: BTreeMap<String, (i64, Reliability)>,
    tally: Tally,
}

impl<'l> Writer<'l> {
    pub(super) fn new(tx: Transaction<'l>, path: PathBuf, stamp: &Stamp, what: &str) -> Self {
        Self {
            tx,
            path,
            stamp: stamp.clone(),
            what: what.into(),
            change: None,
            sources: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    pub(super) fn failed(&self) -> impl Fn(rusqlite::Error) -> LedgerError + use<> {
        database(&self.path, "writing")
    }

    /// The row that says who wrote when; made when something is written at all.
    pub(super) fn change(&mut self) -> Result<i64> {
        if let Some(id) = self.change {
            return Ok(id);
        }
        self.tx
            .execute(
                "INSERT INTO change(at_s, who, what) VALUES (?1, ?2, ?3)",
                params![self.stamp.at.seconds(), self.stamp.who, self.what],
            )
            .map_err(self.failed())?;
        let id = self.tx.last_insert_rowid();
        self.change = Some(id);
        Ok(id)
    }

    /// A name that no incident has.
    pub(super) fn fresh_name(&self) -> Result<String> {
        let next: i64 = self
            .tx
            .query_row("SELECT coalesce(max(id), 0) + 1 FROM incident", [], |row| row.get(0))
            .map_err(self.failed())?;
        for number in next.. {
            let name = format!("I-{number}");
            if self.incident(&name)?.is_none() {
                return Ok(name);
            }
        }
        Err(LedgerError::Question("the ledger has no name left".into()))
    }

    pub(super) fn incident(&self, name: &str) -> Result<Option<i64>> {
        self.tx
            .prepare_cached("SELECT id FROM incident WHERE name = ?1")
            .and_then(|mut s| s.query_row([name], |row| row.get(0)).optional())
            .map_err(self.failed())
    }

    fn source(&mut self, name: &str) -> Result<(i64, Reliability)> {
        if let Some(known) = self.sources.get(name) {
            return Ok(*known);
        }
        let failed = self.failed();
        let found: Option<i64> = self
            .tx
            .query_row("SELECT id FROM source WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(&failed)?;
        let id = match found {
            Some(id) => id,
            None => {
                self.tx.execute("INSERT INTO source(name) VALUES (?1)", [name]).map_err(&failed)?;
                self.tx.last_insert_rowid()
            }
        };
        let reliability = self.describe(id)?.map_or(Reliability::F, |d| d.0);
        self.sources.insert(name.into(), (id, reliability));
        Ok((id, reliability))
    }

    /// What is known of a source: reliability, label, note.
    fn describe(&self, id: i64) -> Result<Option<(Reliability, String, String)>> {
        self.tx
            .query_row(
                "SELECT reliability, label, note FROM source_revision WHERE source_id = ?1 \
                 ORDER BY change_id DESC LIMIT 1",
                [id],
                |row| {
                    let letter: String = row.get(0)?;
                    let reliability = Reliability::from_name(&letter).unwrap_or(Reliability::F);
                    Ok((reliability, row.get(1)?, row.get(2)?))
                },
            )
            .optional()
            .map_err(self.failed())
    }

    /// Says what a source is worth; an empty label or note leaves what was said before.
    /// Readings that rest on several sources are read anew. Returns whether anything changed.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn set_source(&mut self, source: &Source) -> Result<bool> {
        let (id, _) = self.source(&source.name)?;
        let old = self.describe(id)?;
        let (label, note) = old.as_ref().map_or(("", ""), |(_, label, note)| (label, note));
        let kept = |new: &str, old: &str| if new.is_empty() { old.into() } else { new.into() };
        let new = (source.reliability, kept(&source.label, label), kept(&source.note, note));
        if old.as_ref() == Some(&new) {
            return Ok(false);
        }
        let (change, failed) = (self.change()?, self.failed());
        let shared: Vec<(i64, String)> = if old.map_or(Reliability::F, |o| o.0) == new.0 {
            Vec::new()
        } else {
            self.tx
                .prepare(
                    "SELECT DISTINCT i.id, i.name FROM claim c JOIN incident i ON i.id = c.incident_id \
                     JOIN reading r ON r.incident_id = i.id WHERE c.source_id = ?1 AND r.sources > 1",
                )
                .and_then(|mut s| s.query_map([id], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
                .map_err(&failed)?
        };
        for (incident, name) in &shared {
            self.count(*incident, name, -1)?;
        }
        self.tx
            .execute(
                "INSERT OR REPLACE INTO source_revision VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, change, new.0.name(), new.1, new.2],
            )
            .map_err(&failed)?;
        self.sources.insert(source.name.clone(), (id, new.0));
        for (incident, name) in &shared {
            self.read_anew(*incident, name)?;
        }
        Ok(true)
    }

    /// Enters what a source says of the incident of this name.
    ///
    /// # Errors
    /// When a value of the claim cannot be, or the ledger cannot be written.
    pub fn enter(&mut self, id: &str, claim: &Claim) -> Result<Entered> {
        check(id, claim)?;
        let failed = self.failed();
        let (source, reliability) = self.source(&claim.source)?;
        let said = serde_json::to_string(&Claim { source: String::new(), ..claim.clone() })
            .map_err(|e| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
        let known = self.incident(id)?;
        let before: Option<String> = match known {
            None => None,
            Some(incident) => self
                .tx
                .prepare_cached(
                    "SELECT said FROM claim WHERE incident_id = ?1 AND source_id = ?2 \
                     ORDER BY id DESC LIMIT 1",
                )
                .and_then(|mut s| s.query_row([incident, source], |row| row.get(0)).optional())
                .map_err(&failed)?,
        };
        if before.as_ref() == Some(&said) {
            return Ok(Entered::Same);
        }
        let change = self.change()?;
        let incident = match known {
            Some(incident) => {
                self.count(incident, id, -1)?;
                incident
            }
            None => self
                .tx
                .prepare_cached("INSERT INTO incident(name) VALUES (?1)")
                .and_then(|mut s| s.insert([id]))
                .map_err(&failed)?,
        };
        self.tx
            .prepare_cached(
                "INSERT INTO claim(incident_id, source_id, change_id, said) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut s| s.execute(params![incident, source, change, said]))
            .map_err(&failed)?;
        if known.is_none() {
            let reading = Incident::read(id, &[(reliability, claim)]);
            self.put_reading(incident, reading.as_ref(), &[source])?;
        } else {
            self.read_anew(incident, id)?;
        }
        Ok(match (known, before) {
            (None, _) => Entered::New,
            (Some(_), None) => Entered::Claim,
            (Some(_), Some(_)) => Entered::Revised,
        })
    }

    /// Counts an incident as its claims now stand, or takes that count back.
    fn count(&mut self, incident: i64, id: &str, by: i64) -> Result<()> {
        let (reading, sources) = self.claimed(incident, id)?;
        if let Some(reading) = reading {
            self.tally.count(Cell::of(&reading), &sources, by);
        }
        Ok(())
    }

    fn read_anew(&mut self, incident: i64, id: &str) -> Result<()> {
        let (reading, sources) = self.claimed(incident, id)?;
        self.put_reading(incident, reading.as_ref(), &sources)
    }

    /// What the newest claims say together, and who makes them.
    fn claimed(&mut self, incident: i64, id: &str) -> Result<(Option<Incident>, Vec<i64>)> {
        let statements = super::query::statements(&self.tx, &self.path, incident, id)?;
        let newest = super::query::newest(&statements);
        let claims: Vec<(Reliability, &Claim)> =
            newest.iter().map(|s| (s.reliability, &s.claim)).collect();
        let sources = newest.iter().map(|s| Ok(self.source(&s.claim.source)?.0));
        let sources = sources.collect::<Result<_>>()?;
        Ok((Incident::read(id, &claims), sources))
    }

    fn put_reading(
        &mut self,
        incident: i64,
        reading: Option<&Incident>,
        sources: &[i64],
    ) -> Result<()> {
        let Some(r) = reading else { return Ok(()) };
        self.tally.count(Cell::of(r), sources, 1);
        if self.tally.is_full() {
            self.tally.write(&self.tx).map_err(self.failed())?;
        }
        let n = |range: Option<super::Range>| match range {
            Some(range) => [Some(range.low), range.best, Some(range.high)],
            None => [None; 3],
        };
        let (count, killed, injured) = (n(r.count), n(r.killed), n(r.injured));
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO reading VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
                 ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
            )
            .and_then(|mut s| {
                s.execute(params![
                    incident,
                    r.day.number(),
                    r.day_low.number(),
                    r.day_high.number(),
                    r.kind.name(),
                    r.weapon,
                    r.setting.name(),
                    r.place,
                    r.lat_deg,
                    r.lon_deg,
                    r.place_precision.name(),
                    r.thwarted,
                    r.exercise,
                    count[0],
                    count[1],
                    count[2],
                    killed[0],
                    killed[1],
                    killed[2],
                    injured[0],
                    injured[1],
                    injured[2],
                    r.intercept.name(),
                    r.sources,
                    r.conflict,
                ])
            })
            .map_err(self.failed())?;
        Ok(())
    }

    /// Puts all of it on the disk. What returned `Ok` from here is never lost.
    ///
    /// # Errors
    /// When the disk refuses; nothing is entered then.
    pub fn commit(mut self) -> Result<()> {
        let failed = database(&self.path, "committing");
        self.tally.write(&self.tx).map_err(&failed)?;
        self.tx.commit().map_err(failed)
    }
}

/// Refuses values that no claim can have.
fn check(id: &str, claim: &Claim) -> Result<()> {
    let wrong = |field, seen: String, expected: &str| {
        Err(LedgerError::Field { field, seen, expected: expected.into() })
    };
    if id.trim().is_empty() || id.chars().any(char::is_control) || id.len() > 200 {
        return wrong("id", format!("{id:?}"), "a name of 1 to 200 bytes in one line");
    }
    if claim.source.trim().is_empty() {
        return wrong("source", "empty".into(), "who says so");
    }
    if !(claim.day_low..=claim.day_high).contains(&claim.day) {
        let seen = format!("{} outside {} to {}", claim.day, claim.day_low, claim.day_high);
        return wrong("date", seen, "a day between the earliest and the latest");
    }
    let inside = |value: Option<f64>, limit: f64| value.is_none_or(|v| v.abs() <= limit);
    if !inside(claim.lat_deg, 90.0) {
        return wrong("lat_deg", format!("{:?}", claim.lat_deg), "degrees from -90 to 90");
    }
    if !inside(claim.lon_deg, 180.0) {
        return wrong("lon_deg", format!("{:?}", claim.lon_deg), "degrees from -180 to 180");
    }
    if claim.lat_deg.is_some() != claim.lon_deg.is_some() {
        return wrong("lat_deg, lon_deg", "one of the two".into(), "both or neither");
    }
    if !inside(claim.warning_s, 86_400.0) {
        return wrong("warning_s", format!("{:?}", claim.warning_s), "seconds, within a day");
    }
    if !inside(claim.time_s, 2e11) {
        return wrong("time_s", format!("{:?}", claim.time_s), "Unix seconds");
    }
    Ok(())
}
