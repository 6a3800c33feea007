//! A study as one piece that travels: its file, the site's, and what the site names.
//!
//! In: a loaded study. Out: bytes; and back, into a folder on another machine. The
//! options travel resolved, so that a worker does not ask the siting question again.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::scenario::Problems;

use super::plan::{Study, StudyOption, load_study};

/// Why a bundle could not be made or opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A file of the study could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bytes are not a bundle.
    #[error("not a study's bundle: {what}")]
    Malformed {
        /// What is wrong.
        what: String,
    },
    /// The study inside is wrong.
    #[error("{0}")]
    Study(#[from] Problems),
}

/// Files below one folder, and which of them is the study.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    head: Head,
    files: Vec<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    study: String,
    options: Vec<StudyOption>,
    /// Path below the folder, and length in bytes.
    files: Vec<(String, u64)>,
}

/// Largest file of a bundle that is opened, bytes. Chosen: a one-second tile of floats.
const LARGEST: u64 = 64 << 20;

fn io(path: &Path) -> impl Fn(std::io::Error) -> BundleError {
    move |source| BundleError::Io { path: path.display().to_string(), source }
}

fn malformed(what: impl Into<String>) -> BundleError {
    BundleError::Malformed { what: what.into() }
}

/// The files of a study: itself, its site, and what the site names.
fn files_of(study: &Study) -> Result<Vec<PathBuf>, BundleError> {
    let site = &study.site_path;
    let text = std::fs::read_to_string(site).map_err(io(site))?;
    let table: toml::Table = text.parse().map_err(|e| malformed(format!("{e}")))?;
    let mut files = vec![study.path.clone(), site.clone()];
    for key in ["zones", "terrain", "sounding"] {
        if let Some(name) = table.get(key).and_then(|v| v.as_str()) {
            files.push(site.parent().unwrap_or(Path::new("")).join(name));
        }
    }
    files.iter().map(|f| std::fs::canonicalize(f).map_err(io(f))).collect()
}

impl Bundle {
    /// Of a study with its options as they stand.
    ///
    /// # Errors
    ///
    /// [`BundleError::Io`] when one of its files cannot be read any more.
    pub fn of(study: &Study) -> Result<Self, BundleError> {
        let paths = files_of(study)?;
        let mut root = paths[0].parent().unwrap_or(Path::new("/")).to_path_buf();
        while !paths.iter().all(|p| p.starts_with(&root)) && root.pop() {}
        let mut head = Head { study: String::new(), options: study.options.clone(), files: vec![] };
        let mut files = Vec::new();
        for path in &paths {
            let bytes = std::fs::read(path).map_err(io(path))?;
            let below = path.strip_prefix(&root).unwrap_or(path);
            let name = below.to_str().ok_or_else(|| malformed("a path that is not UTF-8"))?;
            head.files.push((name.replace('\\', "/"), bytes.len() as u64));
            files.push(bytes);
        }
        head.study = head.files[0].0.clone();
        Ok(Self { head, files })
    }

    /// As bytes: a line of JSON, then the files one after the other. The same study
    /// gives the same bytes wherever its folder is.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(&self.head).expect("strings and numbers only");
        bytes.push(b'\n');
        self.files.iter().for_each(|f| bytes.extend(f));
        bytes
    }

    /// From bytes.
    ///
    /// # Errors
    ///
    /// [`BundleError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BundleError> {
        let end = bytes.iter().position(|b| *b == b'\n').ok_or_else(|| malformed("no head"))?;
        let head: Head =
            serde_json::from_slice(&bytes[..end]).map_err(|e| malformed(e.to_string()))?;
        let mut rest = &bytes[end + 1..];
        let mut files = Vec::new();
        for (name, length) in &head.files {
            let inside = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
            if !inside || *length > LARGEST || *length > rest.len() as u64 {
                return Err(malformed(format!("file \"{name}\" of {length} bytes")));
            }
            let (file, after) = rest.split_at(*length as usize);
            files.push(file.to_vec());
            rest = after;
        }
        Ok(Self { head, files })
    }

    /// Puts the files into a folder and loads the study from there.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written or the study in it is wrong.
    pub fn open(&self, folder: &Path) -> Result<Study, BundleError> {
        for ((name, _), bytes) in self.head.files.iter().zip(&self.files) {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(io(parent))?;
            }
            std::fs::write(&path, bytes).map_err(io(&path))?;
        }
        let mut study = load_study(&folder.join(&self.head.study))?;
        study.options = self.head.options.clone();
        Ok(study)
    }
}
