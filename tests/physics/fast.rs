//! Limited-memory BFGS: its path is that of a plain one in double precision, its energies fall, its gradients are counted,
//! its ends are minima, and nothing but a start's own data enters its bits.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::setting::Setting;
use crate::common::{dense_contraction, serial};
use hspin::descent::{
    Descended, Driver, Execution, Fast, FullPhase, Outcome, Polishing, Protocol, QuasiNewton, StartInputs,
};
use hspin::hamiltonian::{
    Contraction, HessianBounds, Isa, Landscape, Law, Layout, Model, Orders, Surface, SurfaceKey, Which,
};
use hspin::numeric::lanes::PointLanes;
use hspin::numeric::symmetric::Symmetric;
use hspin::sphere::{overlap, retract};

fn setting(spins: usize, dim: usize) -> Setting {
    Setting::new(Layout::new(spins, dim), 4, Protocol::fast(spins as u32))
}

/// Where starts of numbers 0, 1, 2 … of this surface end, in their order.
fn ends<L: Landscape>(
    landscape: &L,
    fast: Fast,
    (key, starts, batch): (SurfaceKey, u32, usize),
) -> Vec<Descended> {
    let mut descent = QuasiNewton::new(landscape, fast, Execution { isa: Isa::best(), batch }, true);
    descent.add(StartInputs::new(key).starts(&(0..starts).collect::<Vec<_>>()));
    let mut ended = Vec::new();
    while !descent.is_idle() {
        ended.extend(descent.advance().unwrap());
    }
    ended.sort_by_key(|end| end.id);
    ended
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// x + c y.
fn plus(x: &[f64], c: f64, y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x + c * y).collect()
}

fn tangent(x: &[f64], w: &[f64]) -> Vec<f64> {
    plus(x, -overlap(x, w), w)
}

/// The method for one start in double precision, as plainly as it can be written: energies per spin of the accepted points
/// after 0, 1, 2 … trials.
struct Plain<'a> {
    dense: &'a [f64],
    spins: usize,
    fast: Fast,
}

impl Plain<'_> {
    /// L and the Riemannian gradient.
    fn evaluate(&self, w: &[f64]) -> (f64, Vec<f64>) {
        let scale = (w.len() as f64).powf(-0.5 * (self.spins - 1) as f64);
        let slopes: Vec<f64> = dense_contraction(self.dense, w, 1).iter().map(|g| scale * g).collect();
        let gradient: Vec<f64> = slopes.iter().map(|g| self.spins as f64 * g).collect();
        (dot(&slopes, w), tangent(&gradient, w))
    }

    fn energies(&self, start: &[f64], trials: usize) -> Vec<f64> {
        let root = (start.len() as f64).sqrt();
        let mut w = start.to_vec();
        let (mut energy, mut g) = self.evaluate(&w);
        let mut pairs: VecDeque<Option<(Vec<f64>, Vec<f64>)>> = VecDeque::new();
        let (mut scale, mut longest) = (self.fast.rate, 0.5 * root);
        let mut energies = vec![energy / root.powi(2)];
        for _ in 0..trials {
            let mut step = self.two_loops(&g, &pairs, scale);
            step = tangent(&step, &w);
            let share = (longest / dot(&step, &step).sqrt()).min(1.0);
            let mut trial = plus(&w, -share, &step);
            retract(&mut trial);
            let (found, turned) = self.evaluate(&trial);
            // In double precision energies tell of every step of these.
            let accepts = found <= energy - 1e-4 * share * dot(&g, &step);
            let base = if accepts { trial.clone() } else { w.clone() };
            let s = tangent(&plus(&trial, -1.0, &w), &base);
            let y = tangent(&plus(&turned, -1.0, &g), &base);
            let curves = dot(&s, &y) > 1e-5 * (dot(&s, &s) * dot(&y, &y)).sqrt();
            if curves {
                scale = dot(&s, &y) / dot(&y, &y);
            }
            pairs.push_front(curves.then_some((s, y)));
            pairs.truncate(self.fast.pairs as usize);
            longest = if accepts { 0.5 * root } else { 0.5 * share * dot(&step, &step).sqrt() };
            if accepts {
                (w, energy, g) = (trial, found, turned);
            }
            energies.push(energy / root.powi(2));
        }
        energies
    }

    fn two_loops(&self, g: &[f64], pairs: &VecDeque<Option<(Vec<f64>, Vec<f64>)>>, scale: f64) -> Vec<f64> {
        let mut q = g.to_vec();
        let mut shares = Vec::new();
        for (s, y) in pairs.iter().flatten() {
            let share = dot(s, &q) / dot(s, y);
            q = plus(&q, -share, y);
            shares.push(share);
        }
        q.iter_mut().for_each(|q| *q *= scale);
        for ((s, y), share) in pairs.iter().rev().flatten().zip(shares.iter().rev()) {
            q = plus(&q, share - dot(y, &q) / dot(s, y), s);
        }
        q
    }
}

/// Largest difference of energies per spin of paths in single precision and plain ones, over the traced among the first
/// trials, for each start.
fn differences(spins: usize, dim: usize, plain: Fast) -> Vec<f64> {
    const TRIALS: u64 = 15;
    let setting = setting(spins, dim);
    let surface = setting.surface();
    let dense = surface.to_dense();
    let plain = Plain { dense: &dense, spins, fast: plain };
    let paths = ends(&surface, Fast::new(spins as u32), (setting.key, 16, 16));
    let of_start = |end: &Descended| {
        let start = StartInputs::new(setting.key).start(end.id as u32).point;
        let wanted = plain.energies(&start, TRIALS as usize);
        let traced = end.trace.iter().filter(|place| place.step <= TRIALS);
        let off = traced.map(|place| (place.energy_per_spin - wanted[place.step as usize]).abs());
        off.fold(0.0, f64::max)
    };
    paths.iter().map(of_start).collect()
}

#[test]
fn energies_on_the_way_are_those_of_a_plain_method_in_double_precision() {
    for (spins, dim) in [(2, 30), (3, 30), (4, 12)] {
        let fast = Fast::new(spins as u32);
        // Rounding grows along a path, and may turn a decision of a start that is near a saddle.
        let off = differences(spins, dim, fast);
        assert!(off.iter().filter(|&&off| off < 1e-4).count() >= 15, "H = {spins}: {off:?}");
        // Another number of pairs or another first step has other energies.
        for other in [Fast { pairs: 3, ..fast }, Fast { rate: 0.9 * fast.rate, ..fast }] {
            let off = differences(spins, dim, other);
            assert!(off.iter().filter(|&&off| off < 1e-4).count() <= 3, "H = {spins}: {off:?}");
        }
    }
}

#[test]
fn energies_of_accepted_steps_never_rise() {
    for (spins, dim) in [(2, 50), (3, 40), (4, 12)] {
        let setting = Setting { traced: true, ..setting(spins, dim) };
        let plain = Setting { traced: false, ..setting }.run(60);
        for (result, plain) in setting.run(60).iter().zip(plain) {
            assert_eq!((&result.record, &result.point), (&plain.record, &plain.point));
            assert!(result.trace.len() > 5 && result.trace[0].step == 0);
            for pair in result.trace.windows(2) {
                assert!(pair[1].energy_per_spin <= pair[0].energy_per_spin + 1e-6, "{pair:?}");
            }
            let record = &result.record;
            assert!(record.energy_per_spin <= record.descent_energy_per_spin + 1e-12);
        }
    }
}

/// A surface that counts gradients, and has no energy where the first coordinate is above a bound.
#[derive(Debug)]
struct Counted {
    surface: Surface,
    gradients: AtomicU64,
    bound: f32,
}

impl Counted {
    fn new(surface: Surface, bound: f32) -> Self {
        Self { surface, gradients: AtomicU64::new(0), bound }
    }
}

impl Landscape for Counted {
    fn dim(&self) -> usize {
        Landscape::dim(&self.surface)
    }

    fn degree(&self) -> usize {
        self.surface.degree()
    }

    fn is_even(&self) -> bool {
        Landscape::is_even(&self.surface)
    }

    fn deviation(&self) -> f64 {
        Landscape::deviation(&self.surface)
    }

    fn hessian_bounds(&self) -> HessianBounds {
        self.surface.hessian_bounds()
    }

    fn contract(&self, isa: Isa, which: Which, points: &PointLanes<f32>, out: &mut Contraction<f32>) {
        self.gradients.fetch_add(points.active as u64, Ordering::Relaxed);
        self.surface.contract(isa, which, points, out);
        for lane in 0..points.active {
            if points.rows[0].0[lane] > self.bound {
                out.energy.0[lane] = f32::NAN;
                out.gradient.iter_mut().for_each(|row| row.0[lane] = f32::NAN);
            }
        }
    }

    fn contract_exact(&self, isa: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>) {
        self.surface.contract_exact(isa, points, out);
    }

    fn hessians_exact_into(&self, isa: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        self.surface.hessians_exact_into(isa, points, out);
    }
}

#[test]
fn every_gradient_counts() {
    let setting = setting(3, 40);
    let counted = Counted::new(setting.surface(), f32::INFINITY);
    let ends = ends(&counted, Fast::new(3), (setting.key, 100, 48));
    // The first point of a start is a gradient and no step.
    let steps: u64 = ends.iter().map(|end| 1 + end.steps).sum();
    assert_eq!(counted.gradients.load(Ordering::Relaxed), steps);
    assert_eq!(ends.len(), 100);
}

#[test]
fn a_minimum_takes_a_sixth_of_the_gradients_of_sgd() {
    for dim in [50, 100] {
        let gradients = |protocol| {
            let results = Setting::new(Layout::new(3, dim), 4, protocol).run(96);
            results.iter().map(|result| result.record.steps + 1).sum::<u64>()
        };
        let [fast, sgd] = [Protocol::fast(3), Protocol::paper(3)].map(gradients);
        assert!(6 * fast <= sgd, "Λ = {dim}: {fast} {sgd}");
    }
}

#[test]
fn where_energies_are_not_finite_trials_are_refused_and_starts_end() {
    let setting = setting(3, 30);
    let key = setting.key;
    let starts = StartInputs::new(key).starts(&(0..64).collect::<Vec<_>>());
    let walled = Counted::new(setting.surface(), 0.8);
    let free = ends(&setting.surface(), Fast::new(3), (key, 64, 64));
    let mut touched = 0;
    for ((start, end), free) in starts.iter().zip(ends(&walled, Fast::new(3), (key, 64, 64))).zip(free) {
        if start.point[0] > 0.8 {
            assert!(end.steps == 0 && (overlap(&end.point, &start.point) - 1.0).abs() < 1e-6);
        } else {
            assert!(end.point[0] <= 0.8 + 1e-6, "{}", end.point[0]);
            touched += u32::from(end.point != free.point);
        }
    }
    assert!(touched > 10, "the wall is in the way: {touched}");
}

#[test]
fn most_steps_end_a_start_where_it_is() {
    let setting = setting(3, 30);
    for steps in [0, 1, 9] {
        let fast = Fast { steps, ..Fast::new(3) };
        for end in ends(&setting.surface(), fast, (setting.key, 20, 7)) {
            assert_eq!(end.steps, u64::from(steps));
            assert_eq!(end.trace.last().map(|place| place.step <= u64::from(steps)), Some(true));
        }
        // The polish goes on from there.
        for result in (Setting { protocol: Protocol::Fast(fast), ..setting }).run(20) {
            assert_eq!((result.record.outcome, result.record.index), (Outcome::Converged, Some(0)));
        }
    }
}

#[test]
fn nothing_but_a_start_changes_its_bits() {
    for (spins, dim) in [(3, 25), (4, 9)] {
        let base = Setting { traced: true, ..setting(spins, dim) };
        let expected = base.run(110);
        for (threads, batch) in [(1, 1), (2, 7), (1, 48), (2, 33), (3, 200)] {
            let found = Setting { threads, batch, ..base }.run(110);
            assert!(found == expected, "{threads} threads, batch {batch}");
        }
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            assert!(Setting { isa, ..base }.run(110) == expected, "{}", isa.name());
        }
        assert!(base.run(23) == expected[..23], "a start does not depend on how many there are");
    }
}

#[test]
fn nearly_every_start_ends_at_a_minimum() {
    for (spins, dim, starts) in [(2, 60, 100), (3, 80, 400), (4, 20, 200), (5, 9, 100)] {
        let results = setting(spins, dim).run(starts);
        let minima = results.iter().filter(|result| {
            let record = &result.record;
            record.outcome == Outcome::Converged && record.index == Some(0) && record.gradient_norm <= 1e-10
        });
        assert!(minima.count() as u32 >= starts - 1, "H = {spins}");
    }
}

fn model(shares: &[(u32, f64)], law: Law) -> Model {
    Model { orders: Orders::new(shares).unwrap(), law, spike: None }
}

#[test]
fn mixtures_fields_and_order_one_have_their_minima() {
    for shares in [&[(2, 0.5), (3, 0.5)][..], &[(1, 0.2), (3, 0.8)], &[(1, 1.0)], &[(2, 1.0)], &[(4, 0.01)]] {
        let model = model(shares, Law::Sign);
        let highest = model.orders.highest();
        let protocol = Protocol::fast(highest.max(2) as u32).for_model(&model);
        let layout = Layout { spins: highest, dim: 12 };
        let results = Setting { model: Some(model), ..Setting::new(layout, 5, protocol) }.run(50);
        for result in &results {
            assert_eq!(
                (result.record.outcome, result.record.index),
                (Outcome::Converged, Some(0)),
                "{shares:?}"
            );
        }
        // A field alone has one minimum.
        let energies: Vec<f64> = results.iter().map(|result| result.record.energy_per_spin).collect();
        let spread = energies.iter().fold(0.0, |most: f64, u| most.max((u - energies[0]).abs()));
        assert_eq!(spread < 1e-12, highest <= 2, "{shares:?}: {spread}");
    }
}

/// The polish is safe from the hand-over: it ends where a much longer descent leads.
#[test]
fn the_polish_ends_at_the_minimum_that_the_descent_has_found() {
    let setting = setting(3, 60);
    let surface = Surface::draw(&setting.key, 0, &serial);
    let polished = |handover: f64| {
        let mut polishing = Polishing::new(&surface, Isa::best());
        polishing.add(ends(&surface, Fast { handover, ..Fast::new(3) }, (setting.key, 192, 96)));
        let mut ends = Vec::new();
        while !polishing.is_empty() {
            ends.extend(polishing.round());
        }
        ends.sort_by_key(|end| end.descended.id);
        ends.into_iter().map(|end| end.end.unwrap().point).collect::<Vec<_>>()
    };
    let late = polished(3e-6);
    let same =
        |handover| polished(handover).iter().zip(&late).filter(|(a, b)| overlap(a, b) > 1.0 - 1e-9).count();
    let (default, early) = (same(Fast::new(3).handover), same(10.0));
    assert!(default >= 191, "{default}");
    // Where the polish takes over at once it goes elsewhere.
    assert!(early < 150, "{early}");
    assert!(FullPhase::gd(3).handover >= Fast::new(3).handover);
}
