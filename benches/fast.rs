//! Gradients and time of a minimum by `fast`, beside sgd and gd, by its number of pairs and by its hand-over: `cargo bench
//! --bench fast`; with sizes after `--`, of these alone.
//!
//! All methods descend from the same starts on the same surface, one thread, full lanes; times are milliseconds per start. A
//! minimum that fast reaches is compared with the one that it reaches when the hand-over is [`LATE`].

mod common;

use std::time::Instant;

use common::{Cell, Table, number, share};
use hspin::descent::{Execution, Fast, Polished, Polishing, Protocol, StartInputs};
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey};
use hspin::sphere::overlap;

const SPINS: u32 = 3;
/// Starts, of which half are under way at a time.
const STARTS: u32 = 192;
const BATCH: usize = 96;
const DIMS: [usize; 6] = [25, 50, 100, 200, 300, 500];
/// Hand-over after which no descent goes elsewhere.
const LATE: f64 = 1e-5;
const COLUMNS: [&str; 11] = [
    "Λ",
    "method",
    "gradients",
    "most",
    "µs per gradient",
    "descent ms",
    "polish ms",
    "together",
    "Newton steps",
    "mean u",
    "same minimum",
];

/// What a method made of all starts, in their order.
struct Measured {
    ends: Vec<Polished>,
    descent: f64,
    polish: f64,
}

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let what = format!("{STARTS} starts on one surface, H = {SPINS}, one thread, {BATCH} starts at a time");
    let mut table = Table::new("fast", &what, &COLUMNS);
    for dim in if asked.is_empty() { DIMS.to_vec() } else { asked } {
        let key = SurfaceKey { seed: 1, layout: Layout::new(SPINS as usize, dim), instance: 0 };
        let surface = Surface::draw(&key, 2, &|n, job| (0..n).map(job).collect());
        let fast = Fast::new(SPINS);
        let late = measured(&surface, key, Protocol::Fast(Fast { handover: LATE, ..fast }));
        let mut rows = vec![
            ("sgd".to_owned(), Protocol::paper(SPINS)),
            ("gd".to_owned(), Protocol::gd(SPINS)),
            ("fast".to_owned(), Protocol::Fast(fast)),
        ];
        let of_pairs = [1, 2, 3, 4, 8, 12, 24].map(|pairs| Fast { pairs, ..fast });
        rows.extend(of_pairs.map(|fast| (format!("fast, {} pairs", fast.pairs), Protocol::Fast(fast))));
        let of_handover = [1e-1, 3e-2, 1e-2, 3e-3, 3e-4, 1e-4].map(|handover| Fast { handover, ..fast });
        rows.extend(
            of_handover.map(|fast| (format!("fast, to {:.0e}", fast.handover), Protocol::Fast(fast))),
        );
        for (name, protocol) in rows {
            let found = measured(&surface, key, protocol);
            table.row(row(dim, name, &found, &late));
        }
    }
    table.finish();
}

fn row(dim: usize, name: String, found: &Measured, late: &Measured) -> [Cell; 11] {
    let mean = |value: &dyn Fn(&Polished) -> f64| {
        found.ends.iter().map(value).sum::<f64>() / found.ends.len() as f64
    };
    // The first point is a gradient, too.
    let gradients = mean(&|end| 1.0 + end.descended.steps as f64);
    let most = found.ends.iter().map(|end| 1 + end.descended.steps).max().unwrap_or(0);
    let point = |end: &Polished| end.end.as_ref().expect("random surfaces are finite").point.clone();
    let near = |(a, b): &(&Polished, &Polished)| overlap(&point(a), &point(b)) > 1.0 - 1e-9;
    let same = found.ends.iter().zip(&late.ends).filter(near).count();
    [
        dim.into(),
        name.into(),
        number(gradients, 1),
        most.into(),
        number(1e3 * found.descent / gradients, 2),
        number(found.descent, 3),
        number(found.polish, 3),
        number(found.descent + found.polish, 3),
        number(mean(&|end| f64::from(end.steps)), 2),
        number(mean(&|end| end.end.as_ref().expect("random surfaces are finite").energy) / dim as f64, 4),
        share(same as f64 / found.ends.len() as f64),
    ]
}

/// Descends and polishes from all starts.
fn measured(surface: &Surface, key: SurfaceKey, protocol: Protocol) -> Measured {
    let isa = Isa::best();
    let inputs = StartInputs::new(key);
    let execution = Execution { isa, batch: BATCH };
    let begin = Instant::now();
    let mut driver = protocol.driver(surface, execution, false).expect("no device");
    let mut ids = 0..STARTS;
    let mut descended = Vec::new();
    while !ids.is_empty() || !driver.is_idle() {
        let wanted = driver.wanted();
        let new: Vec<u32> = ids.by_ref().take(wanted).collect();
        if !new.is_empty() {
            driver.take_on(&inputs, &new).expect("no device");
        }
        descended.extend(driver.advance().expect("no device"));
    }
    let descent = milliseconds(begin);
    let begin = Instant::now();
    let mut polishing = Polishing::new(surface, isa);
    polishing.add(descended);
    let mut ends = Vec::new();
    while !polishing.is_empty() {
        ends.extend(polishing.round());
    }
    ends.sort_by_key(|end| end.descended.id);
    Measured { ends, descent, polish: milliseconds(begin) }
}

/// Since then, per start.
fn milliseconds(begin: Instant) -> f64 {
    1e3 * begin.elapsed().as_secs_f64() / f64::from(STARTS)
}
