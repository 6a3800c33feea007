//! Reading the ledger: lists with a filter, one incident whole, daily series.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use serde::Serialize;

use super::day::Day;
use super::error::{LedgerError, Result, database};
use super::incident::{Incident, Range, Source, Statement};
use super::picture::PlaceCount;
use super::store::Ledger;
use super::words::{Intercept, Kind, PlacePrecision, Reliability, Setting};

/// Which incidents. The default is all real ones that were not thwarted, from the
/// newest.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only these settings; all where empty.
    pub settings: Vec<Setting>,
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Only those that this source speaks of.
    pub source: Option<String>,
    /// Only those whose sources contradict each other.
    pub conflict: bool,
    /// Thwarted attempts too.
    pub thwarted: bool,
    /// Real incidents, exercises, or both.
    pub reality: Reality,
}

/// Whether it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reality {
    /// It did.
    #[default]
    Real,
    /// A simulation or a drill.
    Exercise,
    /// Either.
    Both,
}

impl Filter {
    /// The condition of SQL over `reading` and over `tally`, but for the source, and its
    /// values.
    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        let mut parts = vec!["true".to_string()];
        let mut values = Vec::new();
        if self.reality != Reality::Both {
            parts.push("exercise = ?".into());
            values.push(Value::from(self.reality == Reality::Exercise));
        }
        if !self.thwarted {
            parts.push("thwarted = 0".into());
        }
        if let Some(kind) = self.kind {
            parts.push("kind = ?".into());
            values.push(Value::from(kind.name().to_string()));
        }
        if !self.settings.is_empty() {
            let marks = vec!["?"; self.settings.len()].join(", ");
            parts.push(format!("setting IN ({marks})"));
            values.extend(self.settings.iter().map(|s| Value::from(s.name().to_string())));
        }
        if let Some(day) = self.from {
            parts.push("day >= ?".into());
            values.push(Value::from(day.number()));
        }
        if let Some(day) = self.to {
            parts.push("day <= ?".into());
            values.push(Value::from(day.number()));
        }
        if self.conflict {
            parts.push("conflict = 1".into());
        }
        (parts.join(" AND "), values)
    }

    /// The condition over `reading r`, and its values.
    fn sql_of_readings(&self) -> (String, Vec<Value>) {
        let (mut condition, mut values) = self.sql();
        if let Some(source) = &self.source {
            condition += " AND EXISTS (SELECT 1 FROM claim c WHERE c.incident_id = r.incident_id \
                 AND c.source_id = (SELECT id FROM source WHERE name = ?))";
            values.push(Value::from(source.clone()));
        }
        (condition, values)
    }
}

/// One incident whole: the reading, everything that was ever said of it, its tracks.
#[derive(Clone, Debug, Serialize)]
pub struct Dossier {
    /// What the sources together say.
    pub incident: Incident,
    /// Each source's claims, oldest first; the last of each source counts.
    pub statements: Vec<Statement>,
    /// Tracks of the live service, where it saw this.
    pub tracks: Vec<serde_json::Value>,
}

/// Incidents of one kind in one setting on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day.
    pub day: Day,
    /// Earliest and latest day that it may have been.
    pub span: [Day; 2],
    /// Kind.
    pub kind: Kind,
    /// Setting.
    pub setting: Setting,
    /// How many.
    pub count: u32,
}

impl Ledger {
    /// Incidents, the newest first, at most `limit`; and how many there are in all.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list(&self, filter: &Filter, limit: usize) -> Result<(Vec<Incident>, u32)> {
        let (total, days) = self.tallied(filter, limit)?;
        let (condition, mut values) = filter.sql_of_readings();
        let order = format!("WHERE {condition} AND day = ? ORDER BY r.incident_id DESC LIMIT ?");
        let fixed = values.len();
        let mut found = Vec::new();
        for day in days {
            values.truncate(fixed);
            values.extend([day.number(), (limit - found.len()) as i64].map(Value::from));
            self.each_reading(&order, &values, |incident| {
                found.push(incident);
                Ok(())
            })?;
        }
        Ok((found, total))
    }

    /// Every incident that the filter lets through, from the earliest.
    ///
    /// # Errors
    /// When the ledger cannot be read, or what `each` returns.
    pub fn each(&self, filter: &Filter, each: impl FnMut(Incident) -> Result<()>) -> Result<()> {
        let (condition, values) = filter.sql_of_readings();
        self.each_reading(&format!("WHERE {condition} ORDER BY day, r.incident_id"), &values, each)
    }

    fn each_reading(
        &self,
        rest: &str,
        values: &[Value],
        mut each: impl FnMut(Incident) -> Result<()>,
    ) -> Result<()> {
        let failed = database(&self.path, "reading");
        let sql = format!(
            "SELECT r.*, i.name FROM reading r JOIN incident i ON i.id = r.incident_id {rest}"
        );
        let mut statement = self.db.prepare_cached(&sql).map_err(&failed)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            each(self.reading(row)?)?;
        }
        Ok(())
    }

    fn reading(&self, row: &Row<'_>) -> Result<Incident> {
        let failed = database(&self.path, "reading");
        let id: String = row.get("name").map_err(&failed)?;
        let damaged = |field, seen: String| LedgerError::Damaged {
            path: self.path.display().to_string(),
            id: id.clone(),
            field,
            seen,
        };
        let day = |field: &'static str| {
            let number: i64 = row.get(field).map_err(&failed)?;
            Day::from_number(number).ok_or_else(|| damaged(field, number.to_string()))
        };
        let word = |field: &str| row.get::<_, String>(field).map_err(&failed);
        let range = |low: &str, best: &str, high: &str| -> Result<Option<Range>> {
            let n = |field: &str| row.get::<_, Option<u32>>(field).map_err(&failed);
            let (low, best, high) = (n(low)?, n(best)?, n(high)?);
            Ok(low.zip(high).map(|(low, high)| Range { low, best, high }))
        };
        let (kind, setting) = (word("kind")?, word("setting")?);
        let (precision, intercept) = (word("place_precision")?, word("intercept")?);
        let number = |field: &str| row.get::<_, Option<f64>>(field).map_err(&failed);
        let flag = |field: &str| row.get::<_, bool>(field).map_err(&failed);
        Ok(Incident {
            day: day("day")?,
            day_low: day("day_low")?,
            day_high: day("day_high")?,
            kind: Kind::from_name(&kind).ok_or_else(|| damaged("kind", kind.clone()))?,
            weapon: word("weapon")?,
            setting: Setting::from_name(&setting)
                .ok_or_else(|| damaged("setting", setting.clone()))?,
            place: word("place")?,
            lat_deg: number("lat_deg")?,
            lon_deg: number("lon_deg")?,
            place_precision: PlacePrecision::from_name(&precision)
                .ok_or_else(|| damaged("place_precision", precision.clone()))?,
            thwarted: flag("thwarted")?,
            exercise: flag("exercise")?,
            count: range("count_low", "count_best", "count_high")?,
            killed: range("killed_low", "killed_best", "killed_high")?,
            injured: range("injured_low", "injured_best", "injured_high")?,
            intercept: Intercept::from_name(&intercept)
                .ok_or_else(|| damaged("intercept", intercept.clone()))?,
            sources: row.get("sources").map_err(&failed)?,
            conflict: flag("conflict")?,
            id,
        })
    }

    /// One incident whole.
    ///
    /// # Errors
    /// When there is none of that name, or the ledger cannot be read.
    pub fn show(&self, id: &str) -> Result<Dossier> {
        let failed = database(&self.path, "reading");
        let mut found = None;
        let name = vec![Value::from(id.to_string())];
        self.each_reading("WHERE i.name = ?", &name, |incident| {
            found = Some(incident);
            Ok(())
        })?;
        let Some(incident) = found else { return Err(self.no_incident(id)) };
        let key: i64 = self
            .db
            .query_row("SELECT id FROM incident WHERE name = ?1", [id], |row| row.get(0))
            .map_err(&failed)?;
        let statements = statements(&self.db, &self.path, key, id)?;
        let tracks: Vec<String> = self
            .db
            .prepare("SELECT seen FROM track WHERE incident_id = ?1 ORDER BY track_id")
            .and_then(|mut s| s.query_map([key], |row| row.get(0))?.collect())
            .map_err(&failed)?;
        let tracks = tracks.iter().filter_map(|t| serde_json::from_str(t).ok()).collect();
        Ok(Dossier { incident, statements, tracks })
    }

    fn no_incident(&self, id: &str) -> LedgerError {
        // A near name differs in its end more often than in its start.
        let start: String = id.chars().take(2).collect();
        let names: Vec<String> = self
            .db
            .prepare("SELECT name FROM incident WHERE name >= ?1 ORDER BY name LIMIT 2000")
            .and_then(|mut s| s.query_map([start], |row| row.get(0))?.collect())
            .unwrap_or_default();
        let near = names
            .iter()
            .map(|name| (strsim::damerau_levenshtein(name, id), name))
            .filter(|(distance, name)| distance * 3 <= name.len().max(3))
            .min();
        let hint = near.map_or_else(String::new, |(_, name)| format!(": did you mean \"{name}\"?"));
        LedgerError::NoIncident { id: id.into(), hint }
    }

    /// How many incidents at which place, positions to some 10 m.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn places(&self, filter: &Filter) -> Result<Vec<PlaceCount>> {
        let failed = database(&self.path, "counting places");
        let (condition, values) = filter.sql_of_readings();
        let sql = format!(
            "SELECT round(lat_deg, 4), round(lon_deg, 4), place_precision, setting, count(*) \
             FROM reading r WHERE {condition} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
        );
        self.db
            .prepare_cached(&sql)
            .and_then(|mut s| {
                s.query_map(params_from_iter(values), |row| {
                    let position: [Option<f64>; 2] = [row.get(0)?, row.get(1)?];
                    let (precision, setting): (String, String) = (row.get(2)?, row.get(3)?);
                    Ok(PlaceCount {
                        position_deg: position[0].zip(position[1]).map(|(lat, lon)| [lat, lon]),
                        precision: PlacePrecision::from_name(&precision)
                            .unwrap_or(PlacePrecision::Unknown),
                        setting: Setting::from_name(&setting).unwrap_or(Setting::Unknown),
                        count: row.get(4)?,
                    })
                })?
                .collect()
            })
            .map_err(failed)
    }

    /// The sources, by name, with what was last said of each.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sources(&self) -> Result<Vec<Source>> {
        let failed = database(&self.path, "reading");
        self.db
            .prepare(
                "SELECT s.name, r.reliability, r.label, r.note FROM source s \
                 LEFT JOIN source_revision r ON r.source_id = s.id AND r.change_id = \
                 (SELECT max(change_id) FROM source_revision WHERE source_id = s.id) ORDER BY s.name",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let letter: Option<String> = row.get(1)?;
                    let text = |at| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
                    Ok(Source {
                        name: row.get(0)?,
                        reliability: letter
                            .and_then(|l| Reliability::from_name(&l))
                            .unwrap_or(Reliability::F),
                        label: text(2)?,
                        note: text(3)?,
                    })
                })?
                .collect()
            })
            .map_err(failed)
    }
}

/// Everything that was said of an incident, oldest first.
pub(super) fn statements(
    db: &Connection,
    path: &Path,
    incident: i64,
    id: &str,
) -> Result<Vec<Statement>> {
    let failed = database(path, "reading");
    let mut query = db
        .prepare_cached(
            "SELECT s.name, c.said, h.who, h.at_s, (SELECT r.reliability FROM source_revision r \
             WHERE r.source_id = s.id ORDER BY r.change_id DESC LIMIT 1) \
             FROM claim c JOIN source s ON s.id = c.source_id JOIN change h ON h.id = c.change_id \
             WHERE c.incident_id = ?1 ORDER BY c.id",
        )
        .map_err(&failed)?;
    let mut rows = query.query([incident]).map_err(&failed)?;
    let mut all: Vec<Statement> = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let said: String = row.get(1).map_err(&failed)?;
        let mut claim: super::Claim =
            serde_json::from_str(&said).map_err(|_| LedgerError::Damaged {
                path: path.display().to_string(),
                id: id.into(),
                field: "said",
                seen: said.clone(),
            })?;
        claim.source = row.get(0).map_err(&failed)?;
        let letter: Option<String> = row.get(4).map_err(&failed)?;
        let before = all.iter().filter(|s| s.claim.source == claim.source).count();
        all.push(Statement {
            revision: before as u32 + 1,
            entered_by: row.get(2).map_err(&failed)?,
            entered_s: row.get(3).map_err(&failed)?,
            reliability: letter.and_then(|l| Reliability::from_name(&l)).unwrap_or(Reliability::F),
            claim,
        });
    }
    Ok(all)
}

/// The last statement of each source, in the order the sources first spoke.
pub(super) fn newest(statements: &[Statement]) -> Vec<&Statement> {
    let mut newest: Vec<&Statement> = Vec::new();
    for statement in statements {
        match newest.iter_mut().find(|s| s.claim.source == statement.claim.source) {
            Some(slot) => *slot = statement,
            None => newest.push(statement),
        }
    }
    newest
}
