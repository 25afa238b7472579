//! One line per family of checks: what was tried, what failed.

/// A family of checks. [`Tally::end`] prints its line and fails the test if anything failed.
pub struct Tally {
    name: &'static str,
    tried: u64,
    failures: Vec<String>,
}

impl Tally {
    pub fn new(name: &'static str) -> Self {
        Self { name, tried: 0, failures: Vec::new() }
    }

    pub fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.tried += 1;
        if !holds {
            self.failures.push(what());
        }
    }

    pub fn failed(&self) -> usize {
        self.failures.len()
    }

    #[track_caller]
    pub fn end(self) {
        println!("trust: {}: tried {}, failed {}", self.name, self.tried, self.failures.len());
        assert!(self.tried > 0, "{}: nothing was tried", self.name);
        let first: Vec<_> = self.failures.iter().take(10).map(String::as_str).collect();
        assert!(first.is_empty(), "{} of {} failed:\n{}", self.failures.len(), self.tried, first.join("\n"));
    }
}
