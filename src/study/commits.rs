//! Which units share a commit.

/// Which units share a commit. A commit waits for the disk, so grouped ones are faster by far where units are small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Commits {
    /// Those that end close together.
    #[default]
    Grouped,
    /// None: a unit is safe before the next is looked at.
    EachUnit,
}
