//! An output folder that appears whole or not at all.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::Context;
use mantlet::sensors::write_parquet;

use crate::failure::{Done, Failure};

/// A folder being written beside its final place; removed again unless finished.
pub struct Staging {
    out: PathBuf,
    partial: PathBuf,
    finished: bool,
}

impl Staging {
    /// Starts an output folder.
    ///
    /// # Errors
    ///
    /// Input error when `out` is a folder with something in it and `force` is not
    /// set, or is a file.
    pub fn new(out: &Path, force: bool) -> Done<Self> {
        if out.is_file() {
            return Err(Failure::Input(format!(
                "--out {}: is a file: expected a folder",
                out.display()
            )));
        }
        let occupied = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        if occupied && !force {
            return Err(Failure::Input(format!(
                "--out {}: is not empty: name another folder, or say --force to replace it",
                out.display()
            )));
        }
        let name = out.file_name().map_or("out".into(), |n| n.to_string_lossy().into_owned());
        let parent = out.parent().unwrap_or(Path::new(""));
        let partial = parent.join(format!(".{name}.partial-{}", std::process::id()));
        fs::create_dir_all(&partial)
            .with_context(|| format!("cannot write beside {}", out.display()))?;
        Ok(Self { out: out.into(), partial, finished: false })
    }

    /// A file of the folder, for writing.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn create(&self, name: &str) -> Done<BufWriter<File>> {
        let path = self.partial.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(&path).with_context(|| format!("cannot write {name}"))?;
        Ok(BufWriter::new(file))
    }

    /// Writes a whole file of the folder.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Done {
        let path = self.partial.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, bytes).with_context(|| format!("cannot write {name}"))?;
        Ok(())
    }

    /// Each table of the folder in Parquet too, beside its CSV.
    ///
    /// # Errors
    ///
    /// When one cannot be read or written.
    pub fn tables_as_parquet(&self) -> Done {
        for entry in fs::read_dir(&self.partial)? {
            let csv = entry?.path();
            if csv.extension().is_some_and(|e| e == "csv") {
                let out = File::create(csv.with_extension("parquet"))?;
                write_parquet(File::open(&csv)?, BufWriter::new(out))
                    .with_context(|| format!("cannot write {} as Parquet", csv.display()))?;
            }
        }
        Ok(())
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    ///
    /// When it cannot be moved; what was there before is then kept.
    pub fn finish(mut self) -> Done {
        let old = self.partial.with_extension("old");
        let existed = self.out.exists();
        if existed {
            fs::rename(&self.out, &old).context("cannot move the old output away")?;
        }
        if let Err(e) = fs::rename(&self.partial, &self.out) {
            if existed {
                fs::rename(&old, &self.out)?;
            }
            return Err(anyhow::Error::new(e).context("cannot move the output in place").into());
        }
        self.finished = true;
        if existed {
            fs::remove_dir_all(&old)?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing better to do with a failure here: the command is failing already.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}
