//! Cases of one kind, counted.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Failed cases that are named.
const NAMED: usize = 20;

/// A kind of fault with its tally.
pub struct Family {
    name: String,
    tried: usize,
    failed: Vec<String>,
}

impl Family {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), tried: 0, failed: Vec::new() }
    }

    /// Tries one case; an assertion that does not hold is counted, not passed on.
    pub fn case(&mut self, label: &str, case: impl FnOnce()) {
        self.tried += 1;
        if catch_unwind(AssertUnwindSafe(case)).is_err() {
            self.failed.push(label.to_owned());
        }
    }

    /// Prints the tally.
    ///
    /// # Panics
    /// If a case failed or none was tried.
    #[track_caller]
    pub fn end(self) {
        let Self { name, tried, failed } = &self;
        println!("trust: {name}: tried {tried}, failed {}", failed.len());
        if let Err(reason) = self.verdict() {
            panic!("{reason}");
        }
    }

    fn verdict(&self) -> Result<(), String> {
        let Self { name, tried, failed } = self;
        let named = failed.iter().take(NAMED).cloned().collect::<Vec<_>>().join("\n");
        match (tried, failed.len()) {
            (0, _) => Err(format!("{name}: nothing was tried")),
            (_, 0) => Ok(()),
            (_, number) => Err(format!("{name}: {number} of {tried} failed:\n{named}")),
        }
    }
}

#[test]
fn a_family_with_a_failed_case_or_none_fails() {
    let mut family = Family::new("negative control");
    family.case("good", || ());
    assert_eq!(family.verdict(), Ok(()));
    family.case("bad", || assert_eq!(1 + 1, 3, "meant to fail"));
    assert_eq!((family.tried, &family.failed), (2, &vec!["bad".to_owned()]));
    assert!(family.verdict().unwrap_err().contains("1 of 2 failed:\nbad"));
    assert!(Family::new("negative control").verdict().is_err());
}
