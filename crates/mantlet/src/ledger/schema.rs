//! The tables of a ledger file, version 2.
//!
//! `claim` is the record: one row per revision of a source's claim, in the JSON of
//! [`Claim`](super::Claim); neither it nor `change`, `source_revision`, `watch` and `track`
//! can be updated or deleted. `reading` is what the newest claims say together, `tally` how
//! many readings there are of each sort on each day; both are derived, kept in step in
//! the same transaction, and only there to be searched.

/// Marks a SQLite file as ours: "Mant".
pub const APPLICATION_ID: i64 = 0x4d61_6e74;
/// The version of these tables.
pub const VERSION: i64 = 2;

/// Tables, indices, and triggers that keep the record as it was written.
pub const SCHEMA: &str = "
CREATE TABLE change(
  id INTEGER PRIMARY KEY,
  at_s REAL NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL
) STRICT;
CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE source_revision(
  source_id INTEGER NOT NULL REFERENCES source(id),
  change_id INTEGER NOT NULL REFERENCES change(id),
  reliability TEXT NOT NULL,
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY(source_id, change_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE incident(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE claim(
  id INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incident(id),
  source_id INTEGER NOT NULL REFERENCES source(id),
  change_id INTEGER NOT NULL REFERENCES change(id),
  said TEXT NOT NULL CHECK(json_valid(said))
) STRICT;
CREATE INDEX claim_of ON claim(incident_id, source_id);
CREATE INDEX claim_by ON claim(source_id, incident_id);
CREATE TABLE track(
  incident_id INTEGER NOT NULL REFERENCES incident(id),
  change_id INTEGER NOT NULL REFERENCES change(id),
  track_id INTEGER NOT NULL,
  seen TEXT NOT NULL CHECK(json_valid(seen)),
  PRIMARY KEY(incident_id, track_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE watch(
  id INTEGER PRIMARY KEY,
  change_id INTEGER NOT NULL REFERENCES change(id),
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL CHECK(last_day >= first_day),
  kind TEXT,
  share REAL NOT NULL CHECK(share > 0 AND share <= 1),
  note TEXT NOT NULL,
  withdrawn INTEGER REFERENCES watch(id)
) STRICT;
CREATE TABLE reading(
  incident_id INTEGER PRIMARY KEY REFERENCES incident(id),
  day INTEGER NOT NULL,
  day_low INTEGER NOT NULL,
  day_high INTEGER NOT NULL,
  kind TEXT NOT NULL,
  weapon TEXT NOT NULL,
  setting TEXT NOT NULL,
  place TEXT NOT NULL,
  lat_deg REAL,
  lon_deg REAL,
  place_precision TEXT NOT NULL,
  thwarted INTEGER NOT NULL,
  exercise INTEGER NOT NULL,
  count_low INTEGER, count_best INTEGER, count_high INTEGER,
  killed_low INTEGER, killed_best INTEGER, killed_high INTEGER,
  injured_low INTEGER, injured_best INTEGER, injured_high INTEGER,
  intercept TEXT NOT NULL,
  sources INTEGER NOT NULL,
  conflict INTEGER NOT NULL
) STRICT;
CREATE INDEX reading_by_day ON reading(day);
CREATE TABLE tally(
  source_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  setting TEXT NOT NULL,
  thwarted INTEGER NOT NULL,
  exercise INTEGER NOT NULL,
  conflict INTEGER NOT NULL,
  day_low INTEGER NOT NULL,
  day_high INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK(n >= 0),
  PRIMARY KEY(source_id, day, kind, setting, thwarted, exercise, conflict, day_low, day_high)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER change_kept BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER change_stays BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER claim_kept BEFORE UPDATE ON claim BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER claim_stays BEFORE DELETE ON claim BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER source_kept BEFORE UPDATE ON source_revision BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER source_stays BEFORE DELETE ON source_revision BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER track_kept BEFORE UPDATE ON track BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER track_stays BEFORE DELETE ON track BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER watch_kept BEFORE UPDATE ON watch BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER watch_stays BEFORE DELETE ON watch BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
";
