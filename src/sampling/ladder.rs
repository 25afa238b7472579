//! Which replica is at which temperature, and how they come around.

/// The replicas of one set on the ladder of temperatures.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// Replica at each rung.
    replica: Vec<usize>,
    /// How far each replica, by its number, is on its way.
    journeys: Vec<Journey>,
    /// Exchanges between a rung and the next that were tried, and carried out.
    tried: Vec<u64>,
    swapped: Vec<u64>,
}

/// A way from the coldest rung to the hottest and back.
#[derive(Debug, Clone, Copy, Default)]
struct Journey {
    stage: Stage,
    round_trips: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Stage {
    #[default]
    NotYetCold,
    Up,
    Down,
}

impl Ladder {
    /// Replica k at rung k.
    pub fn new(rungs: usize) -> Self {
        let journeys = vec![Journey::default(); rungs];
        let between = rungs.saturating_sub(1);
        let mut ladder = Self {
            replica: (0..rungs).collect(),
            journeys,
            tried: vec![0; between],
            swapped: vec![0; between],
        };
        ladder.begin();
        ladder
    }

    /// Replica at each rung.
    pub fn replicas(&self) -> &[usize] {
        &self.replica
    }

    /// Forgets what was counted: replicas are numbered by where they are now.
    pub fn begin(&mut self) {
        self.journeys.fill(Journey::default());
        self.tried.fill(0);
        self.swapped.fill(0);
        self.note();
    }

    /// Exchanges of a sweep: rungs 0 and 1, 2 and 3, … in even sweeps, 1 and 2, 3 and 4, … in odd ones. `decide` says of a
    /// rung and the replicas at it and at the next one whether they are exchanged.
    pub fn exchange(&mut self, sweep: u32, mut decide: impl FnMut(usize, usize, usize) -> bool) {
        for rung in ((sweep % 2) as usize..self.tried.len()).step_by(2) {
            self.tried[rung] += 1;
            if decide(rung, self.replica[rung], self.replica[rung + 1]) {
                self.replica.swap(rung, rung + 1);
                self.swapped[rung] += 1;
            }
        }
        self.note();
    }

    /// Share of exchanges between a rung and the next that were carried out; `None` for the last rung, and where none was
    /// tried.
    pub fn counts(&self, rung: usize) -> Option<[u64; 2]> {
        Some([*self.swapped.get(rung)?, *self.tried.get(rung)?]).filter(|[_, tried]| *tried > 0)
    }

    /// Ways from the coldest rung to the hottest and back, of all replicas.
    pub fn round_trips(&self) -> u64 {
        self.journeys.iter().map(|journey| journey.round_trips).sum()
    }

    fn note(&mut self) {
        let ([coldest, .., hottest], journeys) = (self.replica.as_slice(), &mut self.journeys) else {
            return;
        };
        let cold = &mut journeys[*coldest];
        if cold.stage == Stage::Down {
            cold.round_trips += 1;
        }
        cold.stage = Stage::Up;
        let hot = &mut journeys[*hottest];
        if hot.stage == Stage::Up {
            hot.stage = Stage::Down;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_alternate_and_a_round_trip_is_from_cold_to_hot_and_back() {
        let mut ladder = Ladder::new(3);
        let mut pairs = Vec::new();
        // Always exchanged: every replica goes up and down the ladder.
        for sweep in 0..12 {
            ladder.exchange(sweep, |rung, _, _| {
                pairs.push((sweep % 2, rung));
                true
            });
        }
        assert!(pairs.iter().all(|&(parity, rung)| parity as usize == rung));
        assert_eq!(
            (ladder.counts(0), ladder.counts(1), ladder.counts(2)),
            (Some([6, 6]), Some([6, 6]), None)
        );
        // A replica moves by a rung at each exchange, but waits at both ends: a trip takes six sweeps.
        assert_eq!(ladder.replicas(), [0, 1, 2]);
        assert_eq!(ladder.round_trips(), 2 + 1 + 1);
        let mut still = Ladder::new(3);
        (0..12).for_each(|sweep| still.exchange(sweep, |_, _, _| false));
        assert_eq!((still.round_trips(), still.counts(0)), (0, Some([0, 6])));
    }

    #[test]
    fn one_rung_has_no_exchange() {
        let mut ladder = Ladder::new(1);
        ladder.exchange(0, |_, _, _| true);
        assert_eq!((ladder.counts(0), ladder.round_trips()), (None, 0));
    }
}
