//! Memory that control groups leave to this process: of its group, and of every group that holds it.
//!
//! # Reference
//! Linux kernel documentation: *Control Group v2*, section "Memory"; *Memory Resource Controller* (v1).

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// Names of one version of control groups.
struct Version {
    /// Type of its file system.
    file_system: &'static str,
    /// What must not be exceeded; the kernel slows a process down beyond the second one.
    limits: &'static [&'static str],
    usage: &'static str,
    /// Part of the usage that the kernel gives up when memory is wanted: files that nobody reads any more.
    spare: &'static str,
}

const SECOND: Version = Version {
    file_system: "cgroup2",
    limits: &["memory.max", "memory.high"],
    usage: "memory.current",
    spare: "inactive_file",
};
const FIRST: Version = Version {
    file_system: "cgroup",
    limits: &["memory.limit_in_bytes"],
    usage: "memory.usage_in_bytes",
    spare: "total_inactive_file",
};

/// Bytes that control groups leave, `u64::MAX` where none limits; `root` is where the file systems are, `/` but for tests.
pub fn available_bytes(root: &Path) -> u64 {
    let read = |name: &str| read_to_string(root.join("proc/self").join(name)).unwrap_or_default();
    let (groups, mounts) = (read("cgroup"), read("mountinfo"));
    let of_version = |version: &Version| {
        let group = group(&groups, version)?;
        let mount = mount(&mounts, version)?;
        mount.groups(root, &group).iter().map(|folder| left(folder, version)).min()
    };
    [SECOND, FIRST].iter().filter_map(of_version).min().unwrap_or(u64::MAX)
}

/// The group of this process that counts memory, from `/proc/self/cgroup`: lines `number:controllers:path`.
fn group(text: &str, version: &Version) -> Option<String> {
    text.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let is_it = match version.file_system {
            "cgroup2" => controllers.is_empty(),
            _ => controllers.split(',').any(|name| name == "memory"),
        };
        is_it.then(|| path.to_owned())
    })
}

/// Where a hierarchy of groups is to be seen.
struct Mount {
    /// The group that is at the top of what is seen.
    top: String,
    /// Its folder.
    folder: String,
}

/// The mount of a version's memory controller, from `/proc/self/mountinfo`.
fn mount(text: &str, version: &Version) -> Option<Mount> {
    text.lines().find_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        let mut system = system.split(' ');
        if system.next()? != version.file_system {
            return None;
        }
        let options = system.nth(1).unwrap_or_default();
        if version.file_system == "cgroup" && !options.split(',').any(|option| option == "memory") {
            return None;
        }
        let mut parts = mount.split(' ').skip(3);
        Some(Mount { top: unescaped(parts.next()?), folder: unescaped(parts.next()?) })
    })
}

impl Mount {
    /// Folders of a group and of all that hold it, as far as they are to be seen.
    fn groups(&self, root: &Path, group: &str) -> Vec<PathBuf> {
        let top = root.join(self.folder.trim_start_matches('/'));
        let inside = match self.top.as_str() {
            "/" => Some(group),
            // In a container the group may be named from the machine's top, and seen from its own.
            own => group.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        let inside = inside.unwrap_or_default().trim_matches('/');
        let mut folders = vec![top];
        for name in inside.split('/').filter(|name| !name.is_empty() && *name != "..") {
            let next = folders.last().map(|folder| folder.join(name)).unwrap_or_default();
            folders.push(next);
        }
        folders
    }
}

/// What one group leaves.
fn left(folder: &Path, version: &Version) -> u64 {
    let read = |name: &str| read_to_string(folder.join(name)).unwrap_or_default();
    // A limit that is "max" is no number.
    let limit = version.limits.iter().filter_map(|name| read(name).trim().parse::<u64>().ok()).min();
    let Some(limit) = limit else { return u64::MAX };
    let used: u64 = read(version.usage).trim().parse().unwrap_or(0);
    let spare = read("memory.stat").lines().find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        (name == version.spare).then(|| value.trim().parse().ok())?
    });
    limit.saturating_sub(used.saturating_sub(spare.unwrap_or(0)))
}

/// A path of `mountinfo`, where blanks and the like are `\040`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| first == b'\\');
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    /// A machine of files: their paths and contents.
    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        root
    }

    fn left_on(files: &[(&str, &str)]) -> u64 {
        available_bytes(machine(files).path())
    }

    const V2: (&str, &str) = (
        "proc/self/mountinfo",
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n",
    );

    #[test]
    fn a_limit_of_the_own_group_or_of_any_that_holds_it_counts() {
        let own = ("proc/self/cgroup", "0::/a.slice/b.scope\n");
        let base = "sys/fs/cgroup/a.slice";
        let inner =
            [(format!("{base}/b.scope/memory.max"), "150000000\n"), (format!("{base}/memory.max"), "max\n")];
        let of = |inner: &[(String, &'static str)]| {
            let mut files = vec![V2, own];
            files.extend(inner.iter().map(|(path, content)| (path.as_str(), *content)));
            left_on(&files)
        };
        assert_eq!(of(&inner), 150 * MB);
        // The holder has less left than its child is allowed.
        let outer = [
            (format!("{base}/b.scope/memory.max"), "150000000\n"),
            (format!("{base}/memory.max"), "200000000\n"),
            (format!("{base}/memory.current"), "120000000\n"),
            (format!("{base}/memory.stat"), "anon 90000000\nfile 30000000\ninactive_file 20000000\n"),
        ];
        assert_eq!(of(&outer), 100 * MB);
        let high =
            [(format!("{base}/b.scope/memory.max"), "max\n"), (format!("{base}/b.scope/memory.high"), "7\n")];
        assert_eq!(of(&high), 7);
        let over = [
            (format!("{base}/b.scope/memory.max"), "100\n"),
            (format!("{base}/b.scope/memory.current"), "150\n"),
        ];
        assert_eq!((of(&over), of(&[])), (0, u64::MAX));
    }

    #[test]
    fn the_first_version_has_its_own_names_and_places() {
        let mounts = "25 1 0:20 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
            26 1 0:21 / /sys/fs/cgroup/memory\\040x rw - cgroup cgroup rw,memory\n";
        let files = [
            ("proc/self/mountinfo", mounts),
            ("proc/self/cgroup", "3:cpu,cpuacct:/job\n2:memory:/user/job\n0::/\n"),
            ("sys/fs/cgroup/memory x/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory x/user/memory.limit_in_bytes", "300000000\n"),
            ("sys/fs/cgroup/memory x/user/memory.usage_in_bytes", "200000000\n"),
            ("sys/fs/cgroup/memory x/user/memory.stat", "total_inactive_file 50000000\n"),
            ("sys/fs/cgroup/memory x/user/job/memory.limit_in_bytes", "160000000\n"),
        ];
        assert_eq!(left_on(&files), 150 * MB);
    }

    #[test]
    fn in_a_container_the_group_is_seen_from_its_own_top() {
        let limit = ("sys/fs/cgroup/memory.max", "150000000\n");
        let mounts = |top: &str| format!("30 22 0:26 {top} /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        for (top, group) in
            [("/", "/"), ("/docker/17", "/docker/17"), ("/../..", "/../../else"), ("/docker/17", "/x")]
        {
            let mounts = mounts(top);
            let group = format!("0::{group}\n");
            let files =
                [("proc/self/mountinfo", mounts.as_str()), ("proc/self/cgroup", group.as_str()), limit];
            assert_eq!(left_on(&files), 150 * MB, "{top} {group}");
        }
        assert_eq!(left_on(&[]), u64::MAX);
    }
}
