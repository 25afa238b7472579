//! Files that are either whole or not there.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use super::manifest::{Manifest, refuse_foreign, sha256_of};
use super::part::TemporaryFile;
use crate::error::Result;

/// Writes a file so that its name never shows half of it: under a temporary name first, forced to the disk, then
/// renamed. Only what hspin wrote there itself is overwritten; see [`claim`](super::claim).
///
/// # Errors
/// Whatever `write` returns; [`Error::Refused`](crate::Error::Refused) where something else is there; that or
/// [`Error::Io`](crate::Error::Io) where the place cannot be written. The temporary file is removed.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    refuse_foreign(path)?;
    #[cfg(feature = "sabotage")]
    sabotage!("half-file-named", (), return super::part::write_in_place(path, write));
    let mut part = TemporaryFile::create(path, fs::symlink_metadata(path).ok().as_ref())?;
    part.fill(path, write)?;
    let sum = sha256_of(part.path())?;
    let mut manifest = Manifest::lock(path)?;
    manifest.refuse_foreign(path)?;
    // Listed first: a file that is there is then always known, whenever the process dies.
    manifest.record(path, sum)?;
    part.publish(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::files::{claim, put};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn write(path: &Path, bytes: &[u8]) -> Result<()> {
        write_whole(path, |out| put(out, path, bytes))
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write(&path, b"old").unwrap();
        let failed = write_whole(&path, |out| {
            put(out, &path, b"half")?;
            Err(Error::Internal("no".into()))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), [".hspin-files.json", "table.csv"]);
    }

    #[test]
    fn what_was_not_written_here_is_not_overwritten_unless_it_is_claimed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        fs::write(&path, "theirs").unwrap();
        let error = write(&path, b"ours").unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains("table.csv") && error.to_string().contains("--force"), "{error}");
        assert_eq!(names(folder.path()), ["table.csv"]);
        assert_eq!(claim(std::slice::from_ref(&path), false).unwrap_err().exit_code(), 3);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        claim(std::slice::from_ref(&path), true).unwrap();
        write(&path, b"ours").unwrap();
        write(&path, b"ours again").unwrap();
        claim(&[path.clone(), folder.path().join("new")], false).unwrap();
        // Ours, but edited since.
        fs::write(&path, "ours, edited").unwrap();
        assert_eq!(write(&path, b"ours").unwrap_err().exit_code(), 3);
        // The version before the last is ours, too: a process may die between the list and the renaming.
        fs::write(&path, "ours").unwrap();
        write(&path, b"third").unwrap();
        fs::write(folder.path().join(".hspin-files.json"), "{\"mine\": 1}").unwrap();
        assert_eq!(write(&path, b"fourth").unwrap_err().exit_code(), 3);
        assert_eq!(fs::read(&path).unwrap(), b"third");
    }

    #[test]
    fn parts_of_dead_writers_are_removed_and_those_of_living_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let foreign = ["table.csv.part", ".hspin-12.part", ".hspin-0123456789abcdeX.part"];
        foreign.iter().for_each(|name| fs::write(at(name), "theirs").unwrap());
        fs::write(at(".hspin-0123456789abcdef.part"), "a dead one's").unwrap();
        let living = TemporaryFile::create(&at("other.csv"), None).unwrap();
        write(&at("table.csv"), b"ours").unwrap();
        assert!(!at(".hspin-0123456789abcdef.part").exists() && living.path().exists());
        foreign.iter().for_each(|name| assert_eq!(fs::read(at(name)).unwrap(), b"theirs"));
        let left = living.path().to_owned();
        drop(living);
        assert!(!left.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_link_is_not_written_through() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        let link = folder.path().join("link.csv");
        symlink(&path, &link).unwrap();
        assert_eq!(write(&link, b"three").unwrap_err().exit_code(), 3);
        assert_eq!(claim(&[link], true).unwrap_err().exit_code(), 3);
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }
}
