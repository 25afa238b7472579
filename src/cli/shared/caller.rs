//! A program that carries out commands in its own process: it takes what they print, watches their progress and asks them to
//! stop. It belongs to the thread that carries a command out.

use std::cell::RefCell;
use std::sync::Arc;

use crate::study::{Observer, Stop};

thread_local! {
    static CALLER: RefCell<Option<Caller>> = const { RefCell::new(None) };
}

/// Receives progress, on whatever thread.
pub type SharedObserver = Arc<dyn Observer + Send + Sync>;

/// Who carries out a command in this process.
#[derive(Clone)]
pub struct Caller {
    /// Receives progress.
    pub observer: SharedObserver,
    /// A request to stop.
    pub stop: Stop,
    printed: Printed,
}

/// What a command has printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// To standard output.
    pub out: String,
    /// To standard error, line by line.
    pub log: Vec<String>,
}

impl Caller {
    /// One that has been told nothing yet.
    pub fn new(observer: SharedObserver, stop: Stop) -> Self {
        Self { observer, stop, printed: Printed::default() }
    }

    /// Carries out some work for this caller on this thread; what was printed meanwhile.
    pub fn during<T>(self, work: impl FnOnce() -> T) -> (T, Printed) {
        CALLER.replace(Some(self));
        let done = work();
        (done, CALLER.take().map(|caller| caller.printed).unwrap_or_default())
    }
}

/// The caller of this thread, if there is one.
pub fn caller() -> Option<Caller> {
    CALLER.with_borrow(Option::clone)
}

/// Hands text for standard output to the caller; `false` if there is none.
pub fn print(text: &str) -> bool {
    told(|printed| printed.out.push_str(text))
}

/// Hands a line for standard error to the caller; `false` if there is none.
pub fn log(line: &str) -> bool {
    told(|printed| printed.log.push(line.to_owned()))
}

/// Whether there is a caller.
pub fn is_there() -> bool {
    told(|_| ())
}

fn told(tell: impl FnOnce(&mut Printed)) -> bool {
    CALLER.with_borrow_mut(|caller| caller.as_mut().map(|caller| tell(&mut caller.printed)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_goes_to_the_caller_of_the_thread_and_to_no_other() {
        assert!(!print("nobody") && !log("nobody") && !is_there());
        let stop = Stop::default();
        let (is_elsewhere, printed) = Caller::new(Arc::new(()), stop).during(|| {
            assert!(print("a") && print("b\n") && log("note"));
            std::thread::spawn(is_there).join().unwrap()
        });
        assert!(!is_elsewhere && !is_there());
        assert_eq!(printed, Printed { out: "ab\n".into(), log: vec!["note".into()] });
    }
}
