//! How much memory this process may still take.

mod groups;

use std::fs::read_to_string;
use std::path::Path;

use sysinfo::System;

/// Limits of a process as Linux names them, each beside what of it is used.
const LIMITS: [[&str; 2]; 2] = [["Max address space", "VmSize:"], ["Max data size", "VmData:"]];

/// Bytes that are free for this process: of the machine, of its control groups, of its own limits (`ulimit -v`, `-d`).
pub fn available_bytes() -> u64 {
    // Where the system will not say, let the run try.
    let Ok(mut system) = System::new() else { return u64::MAX };
    system.refresh_memory();
    let groups = groups::available_bytes(Path::new("/"));
    system.available_memory().min(groups).min(own_limits())
}

fn own_limits() -> u64 {
    let read = |name: &str| read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    within(&read("limits"), &read("status"))
}

/// What the limits leave of what the status says is used.
fn within(limits: &str, status: &str) -> u64 {
    let left = |[limit, used]: [&str; 2]| {
        // A limit that is "unlimited" is no number.
        let limit = first_number(limits, limit)?;
        Some(limit.saturating_sub(first_number(status, used).unwrap_or(0) << 10))
    };
    LIMITS.into_iter().filter_map(left).min().unwrap_or(u64::MAX)
}

fn first_number(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_limit_counts() {
        let limits = "Max data size             unlimited            unlimited            bytes\n\
            Max address space         5000000              unlimited            bytes\n";
        let status = "Name:\thspin\nVmSize:\t    1000 kB\nVmData:\t     10 kB\n";
        assert_eq!(within(limits, status), 5_000_000 - 1_024_000);
        assert_eq!(within(&limits.replace("5000000", "unlimited"), status), u64::MAX);
        assert_eq!(within(&limits.replace("unlimited", "20480"), status), 10_240);
        assert_eq!(within("", ""), u64::MAX);
    }
}
