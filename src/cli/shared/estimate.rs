//! What a command would take.

use super::progress::duration;
use crate::study::command::Estimate;

/// Share of a processor below which a machine counts as busy: the system itself takes some per cent.
pub const BUSY: f64 = 0.9;

/// As a person reads it.
pub fn text(estimate: &Estimate) -> String {
    let Estimate { memory_bytes, available_bytes, disk_bytes, seconds, processor_share, shard } = *estimate;
    let each = if shard > 1 { format!(", for each process of a group of {shard}") } else { String::new() };
    format!(
        "memory  {} of {} available{each}\ndisk    {}\ntime    about {}{}\n",
        bytes(memory_bytes),
        bytes(available_bytes),
        bytes(disk_bytes),
        duration(seconds),
        busy(processor_share, seconds)
    )
}

/// What to add to a time where the machine has other work to do.
fn busy(processor_share: f64, seconds: f64) -> String {
    if processor_share >= BUSY || seconds <= 0.0 {
        return String::new();
    }
    let idle = duration(processor_share * seconds);
    let percent = 100.0 * processor_share;
    format!(
        " on the machine as it is now (a thread gets {percent:.0} % of a core); {idle} on an idle machine"
    )
}

fn bytes(n: u64) -> String {
    match n as f64 {
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.2} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_on_a_busy_machine_says_so() {
        let estimate = Estimate {
            memory_bytes: 1,
            available_bytes: 2,
            disk_bytes: 3,
            seconds: 80.0,
            processor_share: 1.0,
            shard: 1,
        };
        let told = |processor_share| text(&Estimate { processor_share, ..estimate });
        assert!(told(0.97).ends_with("time    about 80 s\n"), "{}", told(0.97));
        let busy = told(0.25);
        assert!(
            busy.contains("a thread gets 25 % of a core") && busy.contains("20 s on an idle machine"),
            "{busy}"
        );
    }
}
