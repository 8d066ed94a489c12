//! Pictures from a table of addresses to a folder: parallel, polite, and resumable.
//!
//! The table says where, the log says what is done. Both are files, so a run that was killed
//! is taken up by the same call, and what is held in memory for a row is its place in the
//! table (120 bytes at most while it is read, 36 later) or what the log has of it (160 at
//! most; measured with 500,000 rows). Only the list of what failed holds text.
//!
//! Whoever wrote the table is not trusted: only public machines are asked, only pictures are
//! kept, sizes and times are limited, and no file is named by an address alone.

mod address;
mod crew;
mod error;
mod exchange;
mod ledger;
mod log;
mod plan;
mod read;
mod report;
mod retry_after;
mod save;
mod schedule;
mod target;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lookalike_imaging::Limits;
use lookalike_tables::RowReader;
use lookalike_work::{Cancel, Clock, system_clock};

pub use error::DownloadError;
pub use log::LOG_FILE;
pub use read::{Logged, LoggedImage, is_log, read_log};
pub use report::{DownloadProgress, DownloadReport, DownloadSnapshot};

/// A download.
#[derive(Clone, Debug)]
pub struct DownloadRequest {
    /// The table: CSV in UTF-8 with a header line; commas, semicolons or tabs.
    pub table: PathBuf,
    /// Name of the column with the addresses.
    pub column: String,
    /// Folder for the pictures (`images/`) and the log ([`LOG_FILE`]); made if there is none.
    /// One table a folder: rows are known by their numbers.
    pub directory: PathBuf,
    /// How.
    pub settings: DownloadSettings,
}

/// How hosts are asked, and for how long.
#[derive(Clone, Debug)]
pub struct DownloadSettings {
    /// Requests at a time, over all hosts; as many threads.
    pub parallel: usize,
    /// Requests at a time for one host.
    pub per_host: usize,
    /// Least time between the starts of two requests to a host.
    pub delay: Duration,
    /// Whether machines of private networks may be asked, and proxies be used, which ask
    /// whom they like.
    pub allow_private: bool,
    /// Pictures above are refused.
    pub limits: Limits,
    /// For the look-up of a name, and for a connection.
    pub connect_timeout: Duration,
    /// For one try at a file, redirects included, turns at other hosts not.
    pub file_timeout: Duration,
    /// Further tries after a failure that may pass.
    pub retries: u32,
    /// Times a file waits for a host that asks to come later. Such a host is well, only busy,
    /// so these are not failures.
    pub waits: u32,
    /// Pause before the first of them; doubled for every other.
    pub first_pause: Duration,
    /// No pause is longer, whatever a host asks for.
    pub longest_wait: Duration,
    /// The time of day.
    pub clock: Clock,
}

impl Default for DownloadSettings {
    /// 16 requests at a time, 4 a host; 10 s to connect and 60 s a file; 3 further tries after
    /// 1, 2 and 4 s; 8 waits of up to 5 minutes.
    fn default() -> Self {
        Self {
            parallel: 16,
            per_host: 4,
            delay: Duration::ZERO,
            allow_private: false,
            limits: Limits::default(),
            connect_timeout: Duration::from_secs(10),
            file_timeout: Duration::from_secs(60),
            retries: 3,
            waits: 8,
            first_pause: Duration::from_secs(1),
            longest_wait: Duration::from_secs(300),
            clock: system_clock,
        }
    }
}

/// Downloads what the log does not have yet. Rows that fail are in the log and the report.
///
/// # Errors
/// The table can't be read or lacks the column, the folder can't be written, or another
/// process is at it.
pub fn download(
    request: &DownloadRequest,
    progress: &DownloadProgress,
    cancel: &Cancel,
) -> Result<DownloadReport, DownloadError> {
    let started = Instant::now();
    let settings = &request.settings;
    // First, so that a mistyped path or column leaves no empty folder behind.
    let rows = RowReader::open(&request.table, &request.column)?;
    if exchange::leaves_proxy_aside(settings) {
        tracing::warn!(
            "the proxy of the environment is not used: what it connects to could not be checked"
        );
    }
    std::fs::create_dir_all(&request.directory)
        .map_err(error::io_error("make", &request.directory))?;
    let log = log::Log::open(&request.directory)?;
    // Behind the lock of the log: it deletes what others may be writing.
    let store = save::Store::open(&request.directory, settings.limits.clone())?;
    let mut ledger = ledger::Ledger::new(rows, log, progress, settings.clock);
    let mut schedule = schedule::Schedule::new(settings.per_host, settings.delay);
    let plan = plan::Plan::read(&mut ledger, &mut schedule, &request.directory, cancel)?;
    let ledger = crew::Crew::new(settings, plan, schedule, store, ledger).run(cancel)?;
    Ok(ledger.report(started.elapsed(), cancel.is_cancelled()))
}
