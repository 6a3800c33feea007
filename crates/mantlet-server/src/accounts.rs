//! Who may do what: users, their sessions, tokens of machines, and the audit log.
//!
//! Passwords are kept as argon2id hashes, sessions and tokens as SHA-256 of 32 random
//! bytes: who steals the file has nothing to log in with. Sessions outlive a restart, so
//! that a crash at night does not log the operator out.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// How long a session lasts, s. Chosen: a shift of twelve hours.
pub const SESSION_S: f64 = 12.0 * 3600.0;
/// Fewest characters of a password. Source: NIST SP 800-63B (2017), section 5.1.1.2, asks
/// for 8; chosen: 10, as there is no second factor.
const PASSWORD_LEAST: usize = 10;
/// Entries of the audit log that are shown.
const AUDIT_SHOWN: u32 = 1000;

const SCHEMA: &str = "
PRAGMA cache_size = -256;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS user (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS session (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, csrf TEXT NOT NULL, until_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS token (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, created_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY, time_s REAL NOT NULL, who TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL);
";

/// What somebody may do; each may do what those before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May look.
    Viewer,
    /// May acknowledge and cancel warnings.
    Operator,
    /// May also say who is who.
    Admin,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "admin" => Self::Admin,
            "operator" => Self::Operator,
            _ => Self::Viewer,
        }
    }
}

/// Why an account cannot be made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The file refused it.
    #[error("the accounts' file: {0}")]
    Store(#[from] rusqlite::Error),
    /// The system gives no random bytes.
    #[error("no random bytes from the system: {0}")]
    Random(#[from] getrandom::Error),
    /// A password that cannot be hashed.
    #[error("the password cannot be kept: {0}")]
    Hash(argon2::password_hash::Error),
    /// Too short.
    #[error("the password has {0} characters: expected at least {PASSWORD_LEAST}")]
    Short(usize),
    /// Not a name.
    #[error("name \"{0}\": expected 1 to 64 characters without spaces around them")]
    Name(String),
    /// Already there.
    #[error("there is a user \"{0}\" already")]
    Taken(String),
    /// Not there.
    #[error("there is no {0}")]
    Missing(String),
    /// Nobody could give roles any more.
    #[error("\"{0}\" is the last admin: make another one first")]
    LastAdmin(String),
}

type Done<T = ()> = Result<T, AccountError>;

/// A user as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// The name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// A session that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// What its changing requests must carry.
    pub csrf: String,
}

/// A token as it is listed: without what proves it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made, Unix s.
    pub created_s: f64,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Deed {
    /// When, Unix s.
    pub time_s: f64,
    /// Who.
    pub who: String,
    /// What.
    pub action: String,
    /// To what.
    pub target: String,
    /// In which words.
    pub detail: String,
}

/// The accounts' file.
#[derive(Debug)]
pub struct Accounts {
    file: Mutex<Connection>,
    /// Hash of the one-time set-up secret, while there is no user.
    setup: Mutex<Option<String>>,
}

/// 32 random bytes as 64 hexadecimal digits.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hashed(password: &str) -> Done<String> {
    let length = password.chars().count();
    if length < PASSWORD_LEAST {
        return Err(AccountError::Short(length));
    }
    let hash: Result<argon2::password_hash::phc::PasswordHash, _> =
        Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(AccountError::Hash)
}

impl Accounts {
    /// Opens or makes the file; with it the one-time set-up secret while nobody can log in.
    ///
    /// # Errors
    /// When the file cannot be opened or made, or the system has no random bytes.
    pub fn open(path: &Path) -> Done<(Self, Option<String>)> {
        let file = Connection::open(path)?;
        file.busy_timeout(Duration::from_secs(2))?;
        file.execute_batch(SCHEMA)?;
        let users: u32 = file.query_row("SELECT count(*) FROM user", [], |row| row.get(0))?;
        let setup = if users == 0 { Some(secret()?) } else { None };
        let accounts =
            Self { file: Mutex::new(file), setup: Mutex::new(setup.as_deref().map(digest)) };
        Ok((accounts, setup))
    }

    fn file(&self) -> MutexGuard<'_, Connection> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody can log in yet.
    pub fn needs_setup(&self) -> bool {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Makes the first admin, once, for who has the set-up secret; whether it was right.
    ///
    /// # Errors
    /// When name or password will not do.
    pub fn set_up(&self, secret: &str, name: &str, password: &str) -> Done<bool> {
        let mut setup = self.setup.lock().unwrap_or_else(PoisonError::into_inner);
        if setup.as_ref() != Some(&digest(secret)) {
            return Ok(false);
        }
        self.add_user(name, Role::Admin, password)?;
        *setup = None;
        Ok(true)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// When name or password will not do, or the file refuses.
    pub fn add_user(&self, name: &str, role: Role, password: &str) -> Done {
        let length = name.chars().count();
        if !(1..=64).contains(&length) || name.trim() != name || name.contains(char::is_control) {
            return Err(AccountError::Name(name.into()));
        }
        let hash = hashed(password)?;
        let added = self.file().execute(
            "INSERT OR IGNORE INTO user VALUES (?1, ?2, ?3)",
            [name, role.name(), &hash],
        )?;
        if added == 0 { Err(AccountError::Taken(name.into())) } else { Ok(()) }
    }

    /// Removes a user and ends the sessions.
    ///
    /// # Errors
    /// When there is none of that name, or it is the last admin.
    pub fn remove_user(&self, name: &str) -> Done {
        let mut file = self.file();
        let all = file.transaction()?;
        let role: Option<String> = all
            .query_row("SELECT role FROM user WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        let role = role.ok_or_else(|| AccountError::Missing(format!("user \"{name}\"")))?;
        let admins: u32 =
            all.query_row("SELECT count(*) FROM user WHERE role = 'admin'", [], |row| row.get(0))?;
        if Role::of(&role) == Role::Admin && admins == 1 {
            return Err(AccountError::LastAdmin(name.into()));
        }
        all.execute("DELETE FROM user WHERE name = ?1", [name])?;
        all.execute("DELETE FROM session WHERE name = ?1", [name])?;
        Ok(all.commit()?)
    }

    /// The users, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn users(&self) -> Done<Vec<User>> {
        let file = self.file();
        let mut all = file.prepare("SELECT name, role FROM user ORDER BY name")?;
        let user = |row: &rusqlite::Row<'_>| {
            Ok(User { name: row.get(0)?, role: Role::of(&row.get::<_, String>(1)?) })
        };
        Ok(all.query_map([], user)?.collect::<Result<_, _>>()?)
    }

    /// The user whose password it is. Takes as long for a name that is not there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn check(&self, name: &str, password: &str) -> Done<Option<User>> {
        let found: Option<(String, String)> = self
            .file()
            .query_row("SELECT role, password_hash FROM user WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (role, hash) = match &found {
            Some((role, hash)) => (role.as_str(), hash.clone()),
            None => ("viewer", hashed("nobody has this password").unwrap_or_default()),
        };
        let right = PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        let user = User { name: name.into(), role: Role::of(role) };
        Ok((right && found.is_some()).then_some(user))
    }

    /// Begins a session; its secret for the cookie, and what changing requests must carry.
    ///
    /// # Errors
    /// When the file refuses, or the system has no random bytes.
    pub fn begin(&self, name: &str, now_s: f64) -> Done<(String, String)> {
        let (cookie, csrf) = (secret()?, secret()?);
        let file = self.file();
        file.execute("DELETE FROM session WHERE until_s < ?1", [now_s])?;
        file.execute(
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4)",
            params![digest(&cookie), name, csrf, now_s + SESSION_S],
        )?;
        Ok((cookie, csrf))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn end(&self, cookie: &str) -> Done {
        self.file().execute("DELETE FROM session WHERE hash = ?1", [digest(cookie)])?;
        Ok(())
    }

    /// The session of a cookie.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn session(&self, cookie: &str, now_s: f64) -> Done<Option<Session>> {
        let session = |row: &rusqlite::Row<'_>| {
            let user = User { name: row.get(0)?, role: Role::of(&row.get::<_, String>(1)?) };
            Ok(Session { user, csrf: row.get(2)? })
        };
        let file = self.file();
        let mut found = file.prepare_cached(
            "SELECT user.name, user.role, csrf FROM session JOIN user USING (name)
             WHERE hash = ?1 AND until_s > ?2",
        )?;
        Ok(found.query_row(params![digest(cookie), now_s], session).optional()?)
    }

    /// Makes a token; its secret is told once.
    ///
    /// # Errors
    /// When the file refuses, or the system has no random bytes.
    pub fn add_token(&self, name: &str, role: Role, now_s: f64) -> Done<(i64, String)> {
        if name.is_empty() || name.chars().count() > 64 {
            return Err(AccountError::Name(name.into()));
        }
        let token = secret()?;
        let file = self.file();
        file.execute(
            "INSERT INTO token (name, role, hash, created_s) VALUES (?1, ?2, ?3, ?4)",
            params![name, role.name(), digest(&token), now_s],
        )?;
        Ok((file.last_insert_rowid(), token))
    }

    /// Removes a token.
    ///
    /// # Errors
    /// When there is none of that number.
    pub fn remove_token(&self, id: i64) -> Done {
        let gone = self.file().execute("DELETE FROM token WHERE id = ?1", [id])?;
        if gone == 0 { Err(AccountError::Missing(format!("token {id}"))) } else { Ok(()) }
    }

    /// The tokens.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tokens(&self) -> Done<Vec<Token>> {
        let file = self.file();
        let mut all = file.prepare("SELECT id, name, role, created_s FROM token ORDER BY id")?;
        let token = |row: &rusqlite::Row<'_>| {
            Ok(Token {
                id: row.get(0)?,
                name: row.get(1)?,
                role: Role::of(&row.get::<_, String>(2)?),
                created_s: row.get(3)?,
            })
        };
        Ok(all.query_map([], token)?.collect::<Result<_, _>>()?)
    }

    /// Who a token stands for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bearer(&self, token: &str) -> Done<Option<User>> {
        let file = self.file();
        let mut found = file.prepare_cached("SELECT name, role FROM token WHERE hash = ?1")?;
        let user = |row: &rusqlite::Row<'_>| {
            let name = format!("token {}", row.get::<_, String>(0)?);
            Ok(User { name, role: Role::of(&row.get::<_, String>(1)?) })
        };
        Ok(found.query_row([digest(token)], user).optional()?)
    }

    /// Writes down what somebody did.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn note(&self, time_s: f64, who: &str, action: &str, target: &str, detail: &str) -> Done {
        self.file().execute(
            "INSERT INTO audit (time_s, who, action, target, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![time_s, who, action, target, detail],
        )?;
        Ok(())
    }

    /// What was done, the latest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit(&self) -> Done<Vec<Deed>> {
        let file = self.file();
        let mut all = file.prepare(
            "SELECT time_s, who, action, target, detail FROM audit ORDER BY number DESC LIMIT ?1",
        )?;
        let deed = |row: &rusqlite::Row<'_>| {
            Ok(Deed {
                time_s: row.get(0)?,
                who: row.get(1)?,
                action: row.get(2)?,
                target: row.get(3)?,
                detail: row.get(4)?,
            })
        };
        Ok(all.query_map([AUDIT_SHOWN], deed)?.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "a long password";

    fn accounts(folder: &tempfile::TempDir) -> (Accounts, Option<String>) {
        Accounts::open(&folder.path().join("accounts.sqlite")).unwrap()
    }

    #[test]
    fn the_set_up_secret_works_once_and_only_while_there_is_no_user() {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, setup) = accounts(&folder);
        let setup = setup.unwrap();
        assert!(!accounts.set_up("0", "rana", GOOD).unwrap());
        assert!(matches!(accounts.set_up(&setup, "rana", "short"), Err(AccountError::Short(5))));
        assert!(accounts.set_up(&setup, "rana", GOOD).unwrap());
        assert!(!accounts.set_up(&setup, "other", GOOD).unwrap());
        drop(accounts);
        let (again, setup) = self::accounts(&folder);
        assert!(setup.is_none() && !again.needs_setup());
        assert_eq!(again.check("rana", GOOD).unwrap().unwrap().role, Role::Admin);
        assert!(again.check("rana", "a wrong password").unwrap().is_none());
        assert!(again.check("nobody", "nobody has this password").unwrap().is_none());
        let bytes = std::fs::read(folder.path().join("accounts.sqlite")).unwrap();
        assert!(!bytes.windows(GOOD.len()).any(|w| w == GOOD.as_bytes()));
    }

    #[test]
    fn sessions_outlive_a_restart_and_end_with_their_user() {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, _) = accounts(&folder);
        accounts.add_user("rana", Role::Admin, GOOD).unwrap();
        accounts.add_user("sami", Role::Operator, GOOD).unwrap();
        let (cookie, csrf) = accounts.begin("sami", 100.0).unwrap();
        drop(accounts);
        let (accounts, _) = self::accounts(&folder);
        let found = accounts.session(&cookie, 200.0).unwrap().unwrap();
        assert_eq!((found.user.role, found.csrf), (Role::Operator, csrf));
        assert!(accounts.session(&cookie, 101.0 + SESSION_S).unwrap().is_none());
        accounts.remove_user("sami").unwrap();
        assert!(accounts.session(&cookie, 200.0).unwrap().is_none());
        assert!(matches!(accounts.remove_user("rana"), Err(AccountError::LastAdmin(_))));
    }

    #[test]
    fn a_token_stands_for_its_role_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, _) = accounts(&folder);
        let (id, token) = accounts.add_token("board", Role::Viewer, 1.0).unwrap();
        assert_eq!(accounts.bearer(&token).unwrap().unwrap().role, Role::Viewer);
        assert_eq!(accounts.bearer("other").unwrap(), None);
        accounts.remove_token(id).unwrap();
        assert_eq!(accounts.bearer(&token).unwrap(), None);
        assert!(accounts.remove_token(id).is_err());
    }
}
