//! What there is to fetch: the table less what the log has, every address once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use lookalike_tables::{Place, Row};
use lookalike_work::Cancel;

use super::error::DownloadError;
use super::exchange::Failure;
use super::ledger::{Ledger, hash_of};
use super::log::key;
use super::save::is_there;
use super::schedule::Schedule;
use super::target::Target;

/// A row to fetch a picture for. Takes 32 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) place: Place,
    pub(super) url_hash: u64,
    /// The next row with the same address.
    next: Option<JobId>,
}

type JobId = std::num::NonZero<u32>;

/// The rows to fetch. While it is made, it takes about 100 bytes a row, then 32.
#[derive(Debug, Default)]
pub(super) struct Plan {
    jobs: Vec<Job>,
}

impl Plan {
    /// Reads the table. Rows that need no fetching, or can't be fetched, end here.
    pub(super) fn read(
        ledger: &mut Ledger<'_>,
        schedule: &mut Schedule,
        directory: &Path,
        cancel: &Cancel,
    ) -> Result<Self, DownloadError> {
        let mut plan = Self::default();
        let mut last_of: HashMap<u128, u32> = HashMap::new();
        while let Some(row) = ledger.next_row()? {
            if cancel.is_cancelled() {
                break;
            }
            let target = match &row.problem {
                Some(problem) => Err(problem.clone()),
                None => Target::parse(&row.key),
            };
            let target = match target {
                Ok(target) => target,
                Err(reason) => {
                    let status = None;
                    ledger.failed(&row, &Failure { reason, status })?;
                    continue;
                }
            };
            if skip(ledger, &row, directory)? {
                continue;
            }
            // Every job has two other words to say which it is: 4 billion are enough.
            let Ok(id) = u32::try_from(plan.jobs.len()) else {
                let reason = "the table has too many rows; split it".to_owned();
                let status = None;
                ledger.failed(&row, &Failure { reason, status })?;
                continue;
            };
            plan.jobs.push(Job {
                place: row.place,
                url_hash: hash_of(&row.key),
                next: None,
            });
            match last_of.entry(key(&[&row.key])) {
                Entry::Vacant(entry) => {
                    entry.insert(id);
                    schedule.add(target.host(), id);
                }
                Entry::Occupied(mut entry) => {
                    let before = entry.insert(id) as usize;
                    plan.jobs[before].next = JobId::new(id);
                }
            }
        }
        Ok(plan)
    }

    /// The job of that number and those with the same address.
    pub(super) fn rows_of(&self, job: u32) -> impl Iterator<Item = Job> {
        let first = self.jobs.get(job as usize);
        std::iter::successors(first, |job| self.jobs.get(job.next?.get() as usize)).copied()
    }
}

/// Whether the log has the row's picture.
fn skip(ledger: &mut Ledger<'_>, row: &Row, directory: &Path) -> Result<bool, DownloadError> {
    let Some(earlier) = ledger.log.saved(&row.key)? else {
        return Ok(false);
    };
    if earlier
        .saved
        .as_ref()
        .is_some_and(|saved| is_there(directory, saved))
    {
        ledger.skipped(row, earlier)?;
        return Ok(true);
    }
    ledger.log.forget(&earlier);
    Ok(false)
}
