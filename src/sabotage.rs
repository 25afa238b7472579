//! Deliberate faults, so that tests can be seen to fail: a test that no fault fails checks nothing.
//!
//! Only `scripts/sabotage.sh` builds with the feature `sabotage`. There the variable `HSPIN_SABOTAGE` switches one fault
//! on, by the name it has where [`sabotage!`](macro@sabotage) is called; any other name switches on none. Without the
//! feature the macro is its first arm and nothing else: neither name, branch nor variable is in the program.

/// `sabotage!("name", right, wrong)` is `right`; where the fault of this name is switched on, it is `wrong`.
#[cfg(not(feature = "sabotage"))]
macro_rules! sabotage {
    ($name:literal, $right:expr, $wrong:expr) => {
        $right
    };
}

/// `sabotage!("name", right, wrong)` is `right`; where the fault of this name is switched on, it is `wrong`.
#[cfg(feature = "sabotage")]
macro_rules! sabotage {
    ($name:literal, $right:expr, $wrong:expr) => {
        if crate::sabotage::is_on($name) { $wrong } else { $right }
    };
}

/// Whether the fault of this name is switched on.
#[cfg(feature = "sabotage")]
pub fn is_on(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("HSPIN_SABOTAGE").unwrap_or_default()) == name
}
