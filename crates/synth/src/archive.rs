//! Patents packed as the office packs them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};

use zip::DateTime;
use zip::write::SimpleFileOptions;

use crate::grant::Record;
use crate::{Layout, SynthError};

/// The files of one patent, with their names.
pub(crate) struct Bundle {
    /// `USD0939806-20220104`.
    pub(crate) stem: String,
    /// `20220104`.
    pub(crate) week: String,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// The bundle of a patent, without files.
    pub(crate) fn new(record: &Record) -> Bundle {
        Bundle {
            stem: record.stem(),
            week: record.published.compact(),
            files: Vec::new(),
        }
    }

    /// Where a file of the bundle lies, relative to the output directory; archives count as
    /// folders.
    pub(crate) fn location(&self, layout: Layout, file: &str) -> String {
        let stem = &self.stem;
        let week = &self.week;
        match layout {
            Layout::Folders => format!("patents/{stem}/{file}"),
            Layout::Zip => format!("patents/{stem}.ZIP/{stem}/{file}"),
            Layout::Tar => {
                format!("patents/I{week}.tar/I{week}/DESIGN/{stem}.ZIP/{stem}/{file}")
            }
            Layout::Pdf => format!("patents/{file}"),
        }
    }

    /// Writes the bundle as a folder and tells the bytes.
    pub(crate) fn write_folder(&self, patents: &Path) -> Result<u64, SynthError> {
        let folder = patents.join(&self.stem);
        fs::create_dir_all(&folder).map_err(|source| SynthError::write(&folder, source))?;
        let mut bytes = 0;
        for (name, content) in &self.files {
            bytes += write_file(&folder.join(name), content)?;
        }
        Ok(bytes)
    }

    /// The bundle as an archive, the folder inside.
    pub(crate) fn zipped(&self) -> Result<Vec<u8>, SynthError> {
        let pack = || -> io::Result<Vec<u8>> {
            // A fixed time: the same seed gives the same bytes.
            let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, content) in &self.files {
                archive.start_file(format!("{}/{name}", self.stem), options)?;
                archive.write_all(content)?;
            }
            Ok(archive.finish()?.into_inner())
        };
        pack().map_err(|source| SynthError::write(Path::new(&self.archive_name()), source))
    }

    /// `USD0939806-20220104.ZIP`.
    pub(crate) fn archive_name(&self) -> String {
        format!("{}.ZIP", self.stem)
    }
}

/// Writes a file and tells its size.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<u64, SynthError> {
    fs::write(path, content).map_err(|source| SynthError::write(path, source))?;
    Ok(content.len() as u64)
}

/// The weekly archives, all open until the end: designs come in the order of their numbers in the
/// set, not of their weeks.
pub(crate) struct Weeks {
    patents: PathBuf,
    open: BTreeMap<String, tar::Builder<BufWriter<File>>>,
}

impl Weeks {
    pub(crate) fn new(patents: PathBuf) -> Weeks {
        Weeks {
            patents,
            open: BTreeMap::new(),
        }
    }

    /// Appends a patent's archive to the archive of its week.
    pub(crate) fn add(&mut self, week: &str, name: &str, content: &[u8]) -> Result<(), SynthError> {
        let path = self.path(week);
        let fail = |source| SynthError::write(&path, source);
        if !self.open.contains_key(week) {
            let file = File::create(&path).map_err(fail)?;
            self.open
                .insert(week.to_owned(), tar::Builder::new(BufWriter::new(file)));
        }
        let Some(archive) = self.open.get_mut(week) else {
            return Ok(());
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        archive
            .append_data(&mut header, format!("I{week}/DESIGN/{name}"), content)
            .map_err(fail)
    }

    /// Closes the archives and tells their bytes.
    pub(crate) fn finish(mut self) -> Result<u64, SynthError> {
        let mut bytes = 0;
        for (week, archive) in std::mem::take(&mut self.open) {
            let path = self.path(&week);
            let close = || -> io::Result<u64> {
                archive.into_inner()?.flush()?;
                Ok(fs::metadata(&path)?.len())
            };
            bytes += close().map_err(|source| SynthError::write(&path, source))?;
        }
        Ok(bytes)
    }

    fn path(&self, week: &str) -> PathBuf {
        self.patents.join(format!("I{week}.tar"))
    }
}
