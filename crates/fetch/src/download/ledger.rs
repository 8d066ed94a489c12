//! The table, the log, the counters and the report, which change together as a row ends.

use std::time::Duration;

use lookalike_tables::{Place, Row, RowReader};
use lookalike_work::{Clock, FileProblem};

use super::error::DownloadError;
use super::exchange::Failure;
use super::log::{Log, LogEntry, SavedFile, Status};
use super::report::{DownloadProgress, DownloadReport};

/// What is known of all rows.
pub(super) struct Ledger<'a> {
    pub(super) rows: RowReader,
    pub(super) log: Log,
    progress: &'a DownloadProgress,
    clock: Clock,
    failed_files: Vec<FileProblem>,
    met_private_address: bool,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(
        rows: RowReader,
        log: Log,
        progress: &'a DownloadProgress,
        clock: Clock,
    ) -> Self {
        Self {
            rows,
            log,
            progress,
            clock,
            failed_files: Vec::new(),
            met_private_address: false,
        }
    }

    /// The next row of the table, counted.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, DownloadError> {
        let row = self.rows.next_row()?;
        if row.is_some() {
            self.progress.add_row();
        }
        Ok(row)
    }

    /// A row that was read before; it must still have the same address.
    pub(super) fn row_at(&mut self, place: Place, url_hash: u64) -> Result<Row, DownloadError> {
        let row = self.rows.row_at(place)?;
        if hash_of(&row.key) == url_hash {
            Ok(row)
        } else {
            Err(self.rows.changed().into())
        }
    }

    /// The row's picture was fetched now.
    pub(super) fn downloaded(
        &mut self,
        row: &Row,
        saved: &SavedFile,
        http_status: u16,
    ) -> Result<(), DownloadError> {
        let entry = LogEntry {
            status: Status::Ok,
            saved: Some(saved.clone()),
            http_status: Some(http_status),
            ..self.entry(row)
        };
        self.log.append(&entry)?;
        self.progress.add_downloaded();
        Ok(())
    }

    /// The row's picture is there by an earlier entry, which may be of another row or be
    /// without what the table says now.
    pub(super) fn skipped(&mut self, row: &Row, earlier: LogEntry) -> Result<(), DownloadError> {
        let entry = LogEntry {
            status: Status::Ok,
            saved: earlier.saved,
            http_status: earlier.http_status,
            ..self.entry(row)
        };
        if !self.log.says(&entry) {
            self.log.append(&entry)?;
        }
        self.progress.add_skipped();
        Ok(())
    }

    /// The row has failed.
    pub(super) fn failed(&mut self, row: &Row, failure: &Failure) -> Result<(), DownloadError> {
        let entry = LogEntry {
            http_status: failure.status,
            reason: Some(failure.reason.clone()),
            ..self.entry(row)
        };
        self.log.append(&entry)?;
        self.failed_files.push(FileProblem {
            file: match row.key.as_str() {
                "" => format!("row {}", row.place.number),
                url => url.to_owned(),
            },
            reason: failure.reason.clone(),
        });
        self.progress.add_failed();
        Ok(())
    }

    /// An address was not asked because it is of a private network.
    pub(super) fn met_private_address(&mut self) {
        self.met_private_address = true;
    }

    /// Counts the bytes of a picture.
    pub(super) fn add_bytes(&self, bytes: u64) {
        self.progress.add_bytes(bytes);
    }

    pub(super) fn report(self, elapsed: Duration, cancelled: bool) -> DownloadReport {
        let counts = self.progress.snapshot();
        DownloadReport {
            total: counts.total,
            downloaded: counts.downloaded,
            skipped: counts.skipped,
            failed: counts.failed,
            failed_files: self.failed_files,
            bytes: counts.bytes,
            elapsed_sec: elapsed.as_secs_f64(),
            log: self.log.path().to_owned(),
            met_private_address: self.met_private_address,
            cancelled,
        }
    }

    /// The entry of a row that has failed for no reason yet.
    fn entry(&self, row: &Row) -> LogEntry {
        LogEntry {
            url: row.key.clone(),
            row: row.place.number,
            status: Status::Failed,
            saved: None,
            http_status: None,
            reason: None,
            attributes: row.columns.clone(),
            time: (self.clock)().to_string(),
        }
    }
}

/// Tells whether an address is still the same; nothing worse than that depends on it.
pub(super) fn hash_of(url: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}
