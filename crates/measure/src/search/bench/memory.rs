//! Memory of this process.

/// By how much the memory that no file backs has grown while something was done.
#[derive(Debug)]
pub(super) struct Growth {
    meter: fn() -> Option<i64>,
    /// `None` once the meter did not tell.
    bytes: Option<i64>,
}

impl Growth {
    /// Of this process.
    pub(super) fn new() -> Self {
        Self::by(anonymous_bytes)
    }

    fn by(meter: fn() -> Option<i64>) -> Self {
        Self {
            meter,
            bytes: Some(0),
        }
    }

    /// Counts what grows during `work`.
    pub(super) fn during<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = (self.meter)();
        let result = work();
        let grown = before.zip((self.meter)()).map(|(before, now)| now - before);
        self.bytes = self.bytes.zip(grown).map(|(bytes, grown)| bytes + grown);
        result
    }

    /// All growth so far, 0 if memory shrank; `None` where the system does not tell.
    pub(super) fn bytes(&self) -> Option<u64> {
        Some(self.bytes?.try_into().unwrap_or(0))
    }
}

/// Bytes of memory in use that no file backs (`RssAnon` in proc_pid_status(5)); `None` where the
/// system does not tell.
fn anonymous_bytes() -> Option<i64> {
    read(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn read(status: &str) -> Option<i64> {
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: i64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static MEMORY: Cell<Option<i64>> = const { Cell::new(Some(100)) };
    }

    fn take(bytes: i64) {
        MEMORY.set(MEMORY.get().map(|memory| memory + bytes));
    }

    #[test]
    fn only_what_grows_during_the_work_is_counted() {
        let mut growth = Growth::by(|| MEMORY.get());
        growth.during(|| take(30));
        take(1000);
        growth.during(|| take(-10));
        assert_eq!(growth.bytes(), Some(20));
        growth.during(|| take(-50));
        assert_eq!(growth.bytes(), Some(0));
        growth.during(|| MEMORY.set(None));
        assert_eq!(growth.bytes(), None);
    }

    #[test]
    fn the_line_is_found_or_missed() {
        let status = "VmRSS:\t    6160 kB\nRssAnon:\t    1480 kB\nRssFile:\t    4680 kB\n";
        assert_eq!(read(status), Some(1480 << 10));
        assert_eq!(read("VmRSS:\t    6160 kB\n"), None);
        assert_eq!(read("RssAnon:\tmuch\n"), None);
    }
}
