//! The threads that fetch, and what they share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use lookalike_work::Cancel;

use super::DownloadSettings;
use super::error::DownloadError;
use super::exchange::{Client, Exchange, Failure};
use super::ledger::{Ledger, hash_of};
use super::plan::Plan;
use super::save::{Draft, Store};
use super::schedule::{Schedule, Task, Turn};
use super::target::Target;

/// Redirects that are followed.
const MAX_REDIRECTS: u32 = 5;

/// How soon a request to stop is noticed.
const WATCH: Duration = Duration::from_millis(50);

pub(super) struct Crew<'a> {
    settings: &'a DownloadSettings,
    plan: Plan,
    client: Client<'a>,
    store: Store,
    ledger: Mutex<Ledger<'a>>,
    schedule: Mutex<Schedule>,
    /// Something became startable, or all is done.
    changed: Condvar,
    stopped: AtomicBool,
    failure: Mutex<Option<DownloadError>>,
}

impl<'a> Crew<'a> {
    pub(super) fn new(
        settings: &'a DownloadSettings,
        plan: Plan,
        schedule: Schedule,
        store: Store,
        ledger: Ledger<'a>,
    ) -> Self {
        Self {
            settings,
            plan,
            client: Client::new(settings),
            store,
            ledger: Mutex::new(ledger),
            schedule: Mutex::new(schedule),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Fetches all there is, or until it is cancelled or this machine's files fail.
    pub(super) fn run(self, cancel: &Cancel) -> Result<Ledger<'a>, DownloadError> {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.settings.parallel.max(1))
                .map(|_| scope.spawn(|| self.work()))
                .collect();
            while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
                if cancel.is_cancelled() && !self.is_stopped() {
                    self.stop();
                }
                thread::sleep(WATCH);
            }
        });
        let failure = self.failure.into_inner();
        match failure.unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(self
                .ledger
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the threads that wait for the network, and those that wait for their turn.
        self.client.shut_down();
        self.changed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn work(&self) {
        while let Some(task) = self.next_task() {
            if let Err(error) = self.attempt(task) {
                lock(&self.failure).get_or_insert(error);
                self.stop();
            }
        }
    }

    fn next_task(&self) -> Option<Task> {
        let mut schedule = lock(&self.schedule);
        loop {
            if self.is_stopped() {
                return None;
            }
            let now = Instant::now();
            let until = match schedule.take(now) {
                Turn::Run(task) => return Some(task),
                Turn::Done => return None,
                Turn::Wait(until) => until,
            };
            // Looks up now and then even if nobody calls.
            let most = Duration::from_secs(1);
            let wait = until.map_or(most, |at| at.saturating_duration_since(now).min(most));
            let woken = self.changed.wait_timeout(schedule, wait);
            schedule = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// One request for a task, and what follows from its answer.
    fn attempt(&self, mut task: Task) -> Result<(), DownloadError> {
        let started = Instant::now();
        let Some(job) = self.plan.rows_of(task.job).next() else {
            return Ok(());
        };
        let row = lock(&self.ledger).row_at(job.place, job.url_hash)?;
        let Ok(own) = Target::parse(&row.key) else {
            // It was an address when the plan was made.
            return Err(lock(&self.ledger).rows.changed().into());
        };
        let target = task.target.take().unwrap_or_else(|| own.clone());
        let left = self.settings.file_timeout.saturating_sub(task.spent);
        let exchange = self.client.fetch(&target, left, &self.store)?;
        if self.is_stopped() {
            // What broke off because of that says nothing about the file.
            return Ok(());
        }
        task.spent += started.elapsed();
        let via = |failure: Failure| {
            if target == own {
                failure
            } else {
                Failure {
                    reason: format!("redirected to {}: {}", target.host(), failure.reason),
                    ..failure
                }
            }
        };
        match exchange {
            Exchange::Picture(draft, status) => {
                self.keep(&task, draft, &own.file_stem(), status)?;
            }
            Exchange::Redirect(_) if task.redirects >= MAX_REDIRECTS => {
                let reason = format!("more than {MAX_REDIRECTS} redirects");
                let status = None;
                self.fail(&task, &via(Failure { reason, status }))?;
            }
            Exchange::Redirect(target) => {
                task.redirects += 1;
                lock(&self.schedule).redirect(task, target);
                self.changed.notify_all();
            }
            Exchange::Busy(failure, wait) => self.hold(task, &via(failure), wait)?,
            Exchange::Passing(failure) => {
                if task.retries >= self.settings.retries {
                    self.fail(&task, &via(failure))?;
                } else {
                    let pause = self.back_off(&row.key, task.retries);
                    task.retries += 1;
                    lock(&self.schedule).retry(task, Instant::now() + pause);
                    self.changed.notify_all();
                }
            }
            Exchange::Final(failure) => self.fail(&task, &via(failure))?,
            Exchange::Private(failure) => {
                lock(&self.ledger).met_private_address();
                self.fail(&task, &via(failure))?;
            }
        }
        Ok(())
    }

    /// Names the picture after the first row with its address, and logs it for all of them.
    fn keep(
        &self,
        task: &Task,
        draft: Draft,
        stem: &str,
        status: u16,
    ) -> Result<(), DownloadError> {
        let mut jobs = self.plan.rows_of(task.job).peekable();
        let Some(first) = jobs.peek().map(|job| job.place.number) else {
            return Ok(());
        };
        let mut ledger = lock(&self.ledger);
        ledger.add_bytes(draft.size_bytes);
        let saved = self.store.keep(draft, first, stem, &mut ledger.log)?;
        for job in jobs {
            let row = ledger.row_at(job.place, job.url_hash)?;
            ledger.downloaded(&row, &saved, status)?;
        }
        drop(ledger);
        self.finish(task);
        Ok(())
    }

    fn fail(&self, task: &Task, failure: &Failure) -> Result<(), DownloadError> {
        let mut ledger = lock(&self.ledger);
        for job in self.plan.rows_of(task.job) {
            let row = ledger.row_at(job.place, job.url_hash)?;
            ledger.failed(&row, failure)?;
        }
        drop(ledger);
        self.finish(task);
        Ok(())
    }

    /// Leaves the host alone for as long as it asks, and at least for a growing pause.
    fn hold(
        &self,
        mut task: Task,
        failure: &Failure,
        wait: Option<Duration>,
    ) -> Result<(), DownloadError> {
        if task.waits >= self.settings.waits {
            return self.fail(&task, failure);
        }
        let pause = self.doubled(task.waits);
        let pause = wait.unwrap_or_default().max(pause);
        let until = Instant::now() + pause.min(self.settings.longest_wait);
        task.waits += 1;
        let mut schedule = lock(&self.schedule);
        schedule.hold(&task, until);
        schedule.retry(task, until);
        drop(schedule);
        self.changed.notify_all();
        Ok(())
    }

    fn finish(&self, task: &Task) {
        lock(&self.schedule).finish(task);
        self.changed.notify_all();
    }

    /// Doubles with every try, give or take half, so that files that failed together don't
    /// come back together. The chance is the address's own: the same in every run.
    fn back_off(&self, url: &str, retries: u32) -> Duration {
        let chance = (hash_of(&format!("{retries} {url}")) % 1024) as f64 / 1024.0;
        self.doubled(retries).mul_f64(0.5 + chance)
    }

    /// The first pause, doubled this many times, at most the longest.
    fn doubled(&self, times: u32) -> Duration {
        let pause = self.settings.first_pause;
        pause
            .saturating_mul(2u32.saturating_pow(times))
            .min(self.settings.longest_wait)
    }
}

/// A thread that panicked left whole lines and counters behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
