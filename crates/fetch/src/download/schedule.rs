//! Whose turn it is: a limited number of requests at a time for every host, pauses where a host
//! asks for one, retries when their time has come, and no host that keeps others waiting.
//!
//! Time is passed in and nothing blocks: the threads and their waiting are in `crew`.
//!
//! A redirect to another host is queued there like everything else, so that a host behind
//! many others has its limit kept too. A host from which as many files are away as it may
//! have requests starts no new ones: what waits elsewhere stays few (twice the limit).

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::target::Target;

/// A host by its number.
type HostId = u32;

/// A file on its way through tries and redirects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// What is fetched; the schedule's user knows more.
    pub(super) job: u32,
    /// Failed tries that were worth another.
    pub(super) retries: u32,
    /// Times a host asked to come later.
    pub(super) waits: u32,
    /// Redirects of this try.
    pub(super) redirects: u32,
    /// What this try took before the last redirect to another host.
    pub(super) spent: Duration,
    /// Where this try was redirected to.
    pub(super) target: Option<Target>,
    /// The host of its address.
    origin: HostId,
    /// The host that it occupies or waits for.
    host: HostId,
}

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// This.
    Run(Task),
    /// Nothing before this time, or before a running task ends.
    Wait(Option<Instant>),
    /// Nothing any more.
    Done,
}

#[derive(Debug, Default)]
struct Host {
    /// Requests at this moment.
    running: usize,
    /// Jobs that were not tried yet.
    fresh: VecDeque<u32>,
    /// Tasks to try again.
    delayed: BinaryHeap<Delayed>,
    /// Tasks redirected to here.
    arrivals: VecDeque<Task>,
    /// Tasks of this origin that are at other hosts.
    away: usize,
    /// No request starts before.
    not_before: Option<Instant>,
    /// Whether it stands in the list of those to look at.
    listed: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Delayed {
    at: Instant,
    task: Task,
}

impl Ord for Delayed {
    /// The heap gives out the greatest: the earliest, then the first of the table.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.task.job).cmp(&(self.at, self.task.job))
    }
}

impl PartialOrd for Delayed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// All that is to be fetched. Takes 4 bytes a file and some hundreds a host.
#[derive(Debug)]
pub(super) struct Schedule {
    per_host: usize,
    delay: Duration,
    names: HashMap<String, HostId>,
    hosts: Vec<Host>,
    /// Hosts that may have something to start, in turns.
    list: VecDeque<HostId>,
    /// When to look at hosts again.
    timers: BinaryHeap<Reverse<(Instant, HostId)>>,
    /// Tasks that have not finished.
    left: usize,
}

impl Schedule {
    /// At most `per_host` requests at a time for a host, and `delay` between their starts.
    pub(super) fn new(per_host: usize, delay: Duration) -> Self {
        Self {
            per_host: per_host.max(1),
            delay,
            names: HashMap::new(),
            hosts: Vec::new(),
            list: VecDeque::new(),
            timers: BinaryHeap::new(),
            left: 0,
        }
    }

    /// Adds a job; a host's jobs are started in the order in which they were added.
    pub(super) fn add(&mut self, host: &str, job: u32) {
        let host = self.host_id(host);
        self.hosts[host as usize].fresh.push_back(job);
        self.left += 1;
        self.enlist(host);
    }

    /// What to do now.
    pub(super) fn take(&mut self, now: Instant) -> Turn {
        if self.left == 0 {
            return Turn::Done;
        }
        while let Some(Reverse((at, host))) = self.timers.peek().copied() {
            if at > now {
                break;
            }
            self.timers.pop();
            self.enlist(host);
        }
        while let Some(id) = self.list.pop_front() {
            let host = &mut self.hosts[id as usize];
            host.listed = false;
            if host.running >= self.per_host {
                // The end of one of them lists it again.
                continue;
            }
            if let Some(at) = host.not_before.filter(|at| *at > now) {
                self.timers.push(Reverse((at, id)));
                continue;
            }
            if let Some(task) = host.next_task(id, self.per_host, now) {
                host.running += 1;
                if !self.delay.is_zero() {
                    host.not_before = Some(now + self.delay);
                }
                self.enlist(id);
                return Turn::Run(task);
            }
            if let Some(delayed) = host.delayed.peek() {
                self.timers.push(Reverse((delayed.at, id)));
            }
        }
        Turn::Wait(self.timers.peek().map(|Reverse((at, _))| *at))
    }

    /// The task is done with, well or not.
    pub(super) fn finish(&mut self, task: &Task) {
        self.leave(task);
        self.left -= 1;
    }

    /// The task is to be tried again, from its own address on.
    pub(super) fn retry(&mut self, mut task: Task, at: Instant) {
        self.leave(&task);
        let origin = task.origin;
        (task.host, task.redirects) = (origin, 0);
        (task.spent, task.target) = (Duration::ZERO, None);
        self.hosts[origin as usize]
            .delayed
            .push(Delayed { at, task });
        self.enlist(origin);
    }

    /// The task goes on at the host of its new target.
    pub(super) fn redirect(&mut self, mut task: Task, target: Target) {
        self.leave(&task);
        let host = self.host_id(target.host());
        (task.host, task.target) = (host, Some(target));
        if host != task.origin {
            self.hosts[task.origin as usize].away += 1;
        }
        self.hosts[host as usize].arrivals.push_back(task);
        self.enlist(host);
    }

    /// Starts nothing at the task's host before `until`.
    pub(super) fn hold(&mut self, task: &Task, until: Instant) {
        let host = &mut self.hosts[task.host as usize];
        host.not_before = Some(host.not_before.map_or(until, |at| at.max(until)));
    }

    /// Frees the task's place at its host.
    fn leave(&mut self, task: &Task) {
        self.hosts[task.host as usize].running -= 1;
        self.enlist(task.host);
        if task.host != task.origin {
            self.hosts[task.origin as usize].away -= 1;
            self.enlist(task.origin);
        }
    }

    fn enlist(&mut self, id: HostId) {
        let host = &mut self.hosts[id as usize];
        if !host.listed {
            host.listed = true;
            self.list.push_back(id);
        }
    }

    fn host_id(&mut self, name: &str) -> HostId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.hosts.len() as HostId;
        self.hosts.push(Host::default());
        self.names.insert(name.to_owned(), id);
        id
    }
}

impl Host {
    /// What has waited longest comes first: redirected, then tried before, then new.
    fn next_task(&mut self, id: HostId, per_host: usize, now: Instant) -> Option<Task> {
        if let Some(task) = self.arrivals.pop_front() {
            return Some(task);
        }
        if self.delayed.peek().is_some_and(|delayed| delayed.at <= now) {
            return self.delayed.pop().map(|delayed| delayed.task);
        }
        if self.away >= per_host {
            return None;
        }
        self.fresh.pop_front().map(|job| Task {
            job,
            retries: 0,
            waits: 0,
            redirects: 0,
            spent: Duration::ZERO,
            target: None,
            origin: id,
            host: id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn schedule(jobs: &[&str]) -> Schedule {
        let mut schedule = Schedule::new(2, Duration::ZERO);
        for (job, host) in jobs.iter().enumerate() {
            schedule.add(host, job as u32);
        }
        schedule
    }

    /// Starts all that can be started.
    fn start(schedule: &mut Schedule, now: Instant) -> Vec<Task> {
        let next = || match schedule.take(now) {
            Turn::Run(task) => Some(task),
            Turn::Wait(_) | Turn::Done => None,
        };
        std::iter::from_fn(next).collect()
    }

    fn jobs(tasks: &[Task]) -> Vec<u32> {
        tasks.iter().map(|task| task.job).collect()
    }

    #[test]
    fn hosts_take_turns_and_keep_their_limit() {
        let now = Instant::now();
        let mut schedule = schedule(&["a", "a", "a", "a", "b", "c"]);
        let tasks = start(&mut schedule, now);
        assert_eq!(jobs(&tasks), [0, 4, 5, 1]);
        assert_eq!(schedule.take(now), Turn::Wait(None));
        schedule.finish(&tasks[1]);
        assert_eq!(schedule.take(now), Turn::Wait(None), "b has no more");
        schedule.finish(&tasks[0]);
        assert_eq!(jobs(&start(&mut schedule, now)), [2]);
    }

    #[test]
    fn all_are_run_once_and_then_it_is_done() {
        let now = Instant::now();
        let mut schedule = schedule(&["a", "a", "a", "b", "a"]);
        let mut seen = Vec::new();
        loop {
            match schedule.take(now) {
                Turn::Run(task) => {
                    seen.push(task.job);
                    schedule.finish(&task);
                }
                Turn::Wait(_) => panic!("nothing runs"),
                Turn::Done => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_host_that_is_held_starts_nothing_and_others_go_on() {
        let now = Instant::now();
        let mut schedule = schedule(&["a", "a", "a", "b"]);
        let Turn::Run(task) = schedule.take(now) else {
            panic!("nothing to run")
        };
        schedule.hold(&task, now + 5 * SECOND);
        schedule.hold(&task, now + 2 * SECOND);
        schedule.retry(task, now + 5 * SECOND);
        let others = start(&mut schedule, now);
        assert_eq!(jobs(&others), [3]);
        schedule.finish(&others[0]);
        assert_eq!(schedule.take(now), Turn::Wait(Some(now + 5 * SECOND)));
        assert!(start(&mut schedule, now + 4 * SECOND).is_empty());
        assert_eq!(jobs(&start(&mut schedule, now + 5 * SECOND)), [0, 1]);
    }

    #[test]
    fn retries_wait_for_their_time_without_holding_the_host() {
        let now = Instant::now();
        let mut schedule = schedule(&["a", "a"]);
        let Turn::Run(first) = schedule.take(now) else {
            panic!("nothing to run")
        };
        schedule.retry(first, now + SECOND);
        let rest = start(&mut schedule, now);
        assert_eq!(jobs(&rest), [1]);
        assert_eq!(schedule.take(now), Turn::Wait(Some(now + SECOND)));
        schedule.finish(&rest[0]);
        let again = start(&mut schedule, now + SECOND);
        assert_eq!(jobs(&again), [0]);
        schedule.finish(&again[0]);
        assert_eq!(schedule.take(now + SECOND), Turn::Done);
    }

    #[test]
    fn starts_at_a_host_are_apart_by_the_delay() {
        let now = Instant::now();
        let mut schedule = Schedule::new(4, SECOND);
        for (job, host) in ["a", "a", "a", "b"].into_iter().enumerate() {
            schedule.add(host, job as u32);
        }
        assert_eq!(jobs(&start(&mut schedule, now)), [0, 3]);
        assert_eq!(schedule.take(now), Turn::Wait(Some(now + SECOND)));
        assert_eq!(jobs(&start(&mut schedule, now + SECOND)), [1]);
        assert_eq!(jobs(&start(&mut schedule, now + 2 * SECOND)), [2]);
    }

    #[test]
    fn redirected_tasks_count_where_they_go_and_slow_down_where_they_come_from() {
        let now = Instant::now();
        let target = |host: &str| Target::parse(&format!("http://{host}/x")).unwrap();
        let mut schedule = schedule(&["a", "a", "a", "a", "c", "c"]);
        let first = start(&mut schedule, now);
        assert_eq!(jobs(&first), [0, 4, 1, 5]);
        for task in first {
            schedule.redirect(task, target("b"));
        }
        // All four are at b, which runs two; a has two more, and two away.
        let at_b = start(&mut schedule, now);
        assert_eq!(jobs(&at_b), [0, 4]);
        assert!(at_b.iter().all(|task| task.target == Some(target("b"))));
        schedule.finish(&at_b[0]);
        assert_eq!(jobs(&start(&mut schedule, now)), [1, 2, 3]);
        schedule.finish(&at_b[1]);
        assert_eq!(jobs(&start(&mut schedule, now)), [5]);
    }

    #[test]
    fn hosts_that_redirect_to_each_other_do_not_lock_up() {
        let now = Instant::now();
        let mut schedule = schedule(&["a", "a", "a", "a", "b", "b", "b", "b"]);
        let mut finished = 0;
        for _ in 0..100 {
            match schedule.take(now) {
                Turn::Run(task) if task.target.is_none() => {
                    let other = if task.job < 4 { "b" } else { "a" };
                    let target = Target::parse(&format!("http://{other}/")).unwrap();
                    schedule.redirect(task, target);
                }
                Turn::Run(task) => {
                    schedule.finish(&task);
                    finished += 1;
                }
                Turn::Wait(_) => panic!("locked up after {finished}"),
                Turn::Done => break,
            }
        }
        assert_eq!(finished, 8);
    }

    #[test]
    fn a_retry_after_a_redirect_starts_at_the_beginning() {
        let now = Instant::now();
        let mut schedule = schedule(&["a"]);
        let Turn::Run(mut task) = schedule.take(now) else {
            panic!("nothing to run")
        };
        task.redirects = 1;
        schedule.redirect(task, Target::parse("http://b/").unwrap());
        let Turn::Run(mut task) = schedule.take(now) else {
            panic!("nothing to run")
        };
        task.retries = 1;
        schedule.retry(task, now);
        let Turn::Run(task) = schedule.take(now) else {
            panic!("nothing to run")
        };
        assert_eq!((task.retries, task.redirects, &task.target), (1, 0, &None));
        schedule.finish(&task);
        assert_eq!(schedule.take(now), Turn::Done);
    }
}
