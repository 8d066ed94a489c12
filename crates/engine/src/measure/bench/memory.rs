//! Memory of this process.

/// Bytes of memory in use that no file backs (`RssAnon` in proc_pid_status(5)); `None` where the
/// system does not tell.
pub(super) fn anonymous_bytes() -> Option<u64> {
    read(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn read(status: &str) -> Option<u64> {
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_or_missed() {
        let status = "VmRSS:\t    6160 kB\nRssAnon:\t    1480 kB\nRssFile:\t    4680 kB\n";
        assert_eq!(read(status), Some(1480 << 10));
        assert_eq!(read("VmRSS:\t    6160 kB\n"), None);
        assert_eq!(read("RssAnon:\tmuch\n"), None);
    }
}
