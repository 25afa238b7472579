//! Time of the calling thread: on its processor, and by the clock on the wall.

use std::time::{Duration, Instant};

/// Measures the calling thread from one look to the next.
#[derive(Debug)]
pub struct Meter {
    processor: Duration,
    wall: Instant,
}

/// Time between two looks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lap {
    /// Seconds that the thread ran on a processor.
    pub processor_s: f64,
    /// Seconds that passed. On a machine that has other work to do they are more.
    pub wall_s: f64,
}

impl Meter {
    /// Begins now.
    pub fn start() -> Self {
        let wall = Instant::now();
        Self { processor: processor_time(wall), wall }
    }

    /// Time since the start or the last lap; the next lap begins now.
    pub fn lap(&mut self) -> Lap {
        let wall = Instant::now();
        let processor = processor_time(wall);
        let lap = Lap {
            processor_s: processor.saturating_sub(self.processor).as_secs_f64(),
            wall_s: (wall - self.wall).as_secs_f64(),
        };
        *self = Self { processor, wall };
        lap
    }
}

impl std::ops::AddAssign for Lap {
    fn add_assign(&mut self, other: Self) {
        self.processor_s += other.processor_s;
        self.wall_s += other.wall_s;
    }
}

impl Lap {
    /// Share of the time that the thread had a processor, at most 1; 1 where too little time passed to tell.
    pub fn share(&self) -> f64 {
        /// Shorter spans are mostly rounding of the two clocks.
        const LEAST: f64 = 1e-3;
        if self.wall_s < LEAST { 1.0 } else { (self.processor_s / self.wall_s).clamp(1e-3, 1.0) }
    }
}

#[cfg(unix)]
fn processor_time(_: Instant) -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// Elsewhere the clock on the wall has to do.
#[cfg(not(unix))]
fn processor_time(now: Instant) -> Duration {
    use std::sync::OnceLock;
    static FIRST: OnceLock<Instant> = OnceLock::new();
    now.saturating_duration_since(*FIRST.get_or_init(|| now))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Adds up numbers for so long.
    fn work(time: Duration) {
        let begin = Instant::now();
        let mut sum = 0.0;
        while begin.elapsed() < time {
            (0..1000).for_each(|i| sum += f64::from(i).sqrt());
        }
        assert!(sum > 0.0);
    }

    #[test]
    fn waiting_is_no_processor_time_and_work_is() {
        let mut meter = Meter::start();
        std::thread::sleep(Duration::from_millis(80));
        let slept = meter.lap();
        work(Duration::from_millis(80));
        let worked = meter.lap();
        assert!(slept.wall_s >= 0.08 && slept.processor_s < 0.02, "{slept:?}");
        // Others may use the machine: some of the time is theirs.
        assert!(worked.processor_s > 0.01 && worked.processor_s < worked.wall_s + 0.01, "{worked:?}");
        assert!(slept.share() < 0.3 && worked.share() > slept.share());
        assert_eq!(Lap::default().share(), 1.0);
    }

    #[test]
    fn work_of_another_thread_is_not_counted() {
        let mut meter = Meter::start();
        std::thread::spawn(|| work(Duration::from_millis(60))).join().unwrap();
        assert!(meter.lap().processor_s < 0.02);
    }
}
