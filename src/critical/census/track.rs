//! Paths side by side along vector lanes, each with its own step; a lane that is through takes the next path.

use super::complex::ComplexLanes;
use super::equations::{Eigenpair, Equations, patch};
use super::homotopy::Homotopy;
use super::series::{Expansion, Reach, Series};
use crate::descent::Rules;

/// Paths that are followed at once.
const LANES: usize = 8;
/// A Newton step of this length is rounding, whatever came before it.
const ROUNDING: f64 = 1e-11;
/// Below this first Newton step its ratio to the second says nothing.
const TELLING: f64 = 1e-7;
/// Shortest step in s.
const SHORTEST: f64 = 1e-13;

/// How the steps along a path are chosen and judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepControl {
    /// Most that the last term of the series may be, relative to |x| = 1.
    pub last_term: f64,
    /// Most that a step may be of the distance to a singularity, as the last terms of the series tell it.
    pub of_radius: f64,
    /// Most that Newton's second step may be of the first.
    pub contraction: f64,
    /// Most steps of a path.
    pub most_steps: u32,
    /// Version of the rules for the length of a step.
    pub rules: Rules,
}

impl StepControl {
    /// For the first try (round 0) and those after it.
    pub fn of_round(round: u32, rules: Rules) -> Self {
        let times = f64::from(1 + round.min(4));
        let tighter = 0.1f64.powi(round.min(4) as i32);
        Self {
            last_term: 1e-3 * tighter,
            of_radius: 0.6 / times,
            contraction: 0.03 * tighter,
            most_steps: 500 * (1 + round.min(4)),
            rules,
        }
    }
}

/// Where a path ended.
#[derive(Debug, Clone)]
pub struct PathEnd {
    /// Number of the path.
    pub path: u64,
    /// Last point; at s = 1 an eigenpair of A to about 1e-7.
    pub at: Eigenpair<1>,
    /// How far it came.
    pub s: f64,
    /// Steps, accepted and rejected.
    pub steps: u32,
}

/// A path under way.
#[derive(Debug, Clone, Copy)]
struct Lane {
    path: u64,
    /// Where the series stands.
    s: f64,
    /// Next step.
    h: f64,
    /// Newton's second step over the square of the first: a bound on how fast the derivative turns.
    turning: f64,
    steps: u32,
}

/// Follows paths until all are through.
#[derive(Debug)]
pub struct Tracker<'a, Paths> {
    homotopy: &'a Homotopy,
    control: StepControl,
    paths: Paths,
    lanes: [Option<Lane>; LANES],
    series: Series<LANES>,
    trial: Eigenpair<LANES>,
    patch: Vec<ComplexLanes<LANES>>,
    equations: Equations<LANES>,
    expansion: Expansion<LANES>,
}

impl<'a, Paths: Iterator<Item = u64>> Tracker<'a, Paths> {
    pub fn new(homotopy: &'a Homotopy, control: StepControl, paths: Paths) -> Self {
        let dim = homotopy.target.dim;
        Self {
            homotopy,
            control,
            paths,
            lanes: [None; LANES],
            series: Series::new(dim),
            trial: Eigenpair::new(dim),
            patch: vec![ComplexLanes::ZERO; dim],
            equations: Equations::new(homotopy),
            expansion: Expansion::new(homotopy),
        }
    }

    /// Follows every path; each end is reported once, in no order.
    pub fn run(mut self, mut report: impl FnMut(PathEnd)) {
        (0..LANES).for_each(|lane| self.refill(lane));
        while self.lanes.iter().any(Option::is_some) {
            let s = self.predict();
            let steps = self.correct(&s);
            self.expansion.expand(self.homotopy, &mut self.equations, &self.trial, &s);
            for lane in 0..LANES {
                if self.judge(lane, s[lane], steps.map(|step| step[lane])) {
                    report(self.end(lane));
                    self.refill(lane);
                }
            }
        }
    }

    /// Puts the next path into a lane: a step of length 0 from its start.
    fn refill(&mut self, lane: usize) {
        self.lanes[lane] = self.paths.next().map(|path| {
            let (x, lambda) = self.homotopy.start(path);
            self.series.rest_at(lane, &x, lambda);
            Lane { path, s: 0.0, h: 0.0, turning: 1.0, steps: 0 }
        });
    }

    /// Sets the trial points and returns where they are in s.
    fn predict(&mut self) -> [f64; LANES] {
        let h = self.lanes.map(|lane| lane.map_or(0.0, |lane| lane.h));
        self.series.predict(&h, &mut self.trial);
        patch(&self.series.terms[0].x, &mut self.patch);
        self.lanes.map(|lane| lane.map_or(0.0, |lane| lane.s + lane.h))
    }

    /// One step of Newton's method, a new patch, and a second step that is measured, not taken: the series will begin
    /// where the derivative is known. Returns the lengths of both.
    fn correct(&mut self, s: &[f64; LANES]) -> [[f64; LANES]; 2] {
        self.equations.evaluate(self.homotopy, &self.trial, s, &self.patch);
        let first = self.equations.newton(&mut self.trial);
        self.trial.normalise(self.homotopy.target.order);
        patch(&self.trial.x, &mut self.patch);
        self.equations.evaluate(self.homotopy, &self.trial, s, &self.patch);
        let second = self.equations.measure();
        [first, second]
    }

    /// Accepts a lane's trial point or shortens its step; says whether its path is through, one way or another.
    fn judge(&mut self, lane: usize, s: f64, [first, second]: [f64; 2]) -> bool {
        let Some(mut path) = self.lanes[lane] else { return false };
        path.steps += 1;
        let measured = if first > TELLING { second / (first * first) } else { 0.5 * path.turning };
        let accepted = first < 0.1 && (second <= self.control.contraction * first || second < ROUNDING);
        let mut through = path.steps >= self.control.most_steps;
        if accepted {
            path.s = s;
            path.turning = measured.max(1.0);
            self.series.adopt(&self.expansion.series, lane);
            through |= s == 1.0;
        } else if measured.is_finite() {
            path.turning = measured.max(path.turning);
        }
        let longest = if accepted { f64::INFINITY } else { 0.5 * path.h };
        path.h = self.step(lane, &path).min(longest);
        // A step that would leave a sliver goes to the end.
        if path.s + 1.01 * path.h >= 1.0 {
            path.h = 1.0 - path.s;
        }
        self.lanes[lane] = Some(path);
        through || path.h < SHORTEST
    }

    /// Longest step that the series is good for.
    fn step(&self, lane: usize, path: &Lane) -> f64 {
        let (control, rest) = (&self.control, 1.0 - path.s);
        let sizes = std::array::from_fn(|k| self.series.size(k, lane));
        let Reach { radius, order } =
            if control.rules.is_first() { Reach::by_last_terms(&sizes) } else { Reach::of(&sizes, rest) };
        let error = control.last_term.min(control.contraction / path.turning);
        let mut h = (control.of_radius * radius).min(rest);
        // A loop in place of a root, whose last bits differ between machines.
        while sizes[order] * (0..order).fold(1.0, |power, _| power * h) > error {
            h *= 0.875;
        }
        h
    }

    fn end(&self, lane: usize) -> PathEnd {
        let path = self.lanes[lane].expect("a path that is through");
        let start = &self.series.terms[0];
        let at = Eigenpair {
            x: start.x.iter().map(|x| ComplexLanes::splat(x.lane(lane))).collect(),
            lambda: ComplexLanes::splat(start.lambda.lane(lane)),
        };
        PathEnd { path: path.path, at, s: path.s, steps: path.steps }
    }
}
