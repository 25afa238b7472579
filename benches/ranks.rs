//! How well ranks share a sweep: a simulation with the rule that hands out units in earnest (`leases` of `study::cluster`) and
//! measured costs: `cargo bench --bench ranks`. Draws `figures/rank-efficiency`.
//!
//! Ranks have one thread. A lease costs its starts in whole registers of sixteen, as if none were filled up by the next
//! lease, and a draw where the rank comes from another surface. Rank 0 answers one message after the other. Units of one
//! size cost the same, no rank is slower than another, and the disk is left out: reality has all three.

mod common;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

use common::{Table, number, share};
use hspin::figures::axes::{AxisRange, Lines, PlotPanel};
use hspin::figures::drawing::{Drawing, Rect};
use hspin::figures::{FigureFormat, render, style};
use hspin::studies::surfaces::{Preset, Request, Spec, StartsUnit, Surfaces};
use hspin::study::cluster::Leases;
use hspin::study::todo;

/// Λ, thread seconds of a draw, thread seconds of 1000 starts: the paper's sweep in the README (2026-11-25).
const COSTS: [(u32, f64, f64); 7] = [
    (25, 0.0, 0.1),
    (50, 0.0, 0.5),
    (100, 0.0, 2.1),
    (200, 0.0, 18.0),
    (300, 0.3, 68.0),
    (400, 0.6, 196.0),
    (500, 1.3, 342.0),
];
/// Seconds of rank 0 for each message, its share of a lease and of a unit to be kept included: 0.05 s for 93 messages
/// and 0.03 s for 55 in sweeps by two ranks.
const MESSAGE_S: f64 = 0.55e-3;
const REGISTER: usize = 16;
const MOST_RANKS: u32 = 10;

struct Outcome {
    seconds: f64,
    efficiency: f64,
    draws_per_surface: f64,
    messages_per_unit: f64,
}

fn simulate(spec: &Spec, ranks: usize) -> Outcome {
    let cost = |dim: u32| COSTS.iter().find(|cost| cost.0 == dim).expect("a size of the paper's");
    let left = todo::<Surfaces>(spec, &Default::default());
    let mut leases = Leases::<Surfaces>::new(spec, &left, vec![1; ranks]);
    let surfaces = left.chunk_by(StartsUnit::shares_surface).count();
    let mut held = vec![None; ranks];
    // Nanoseconds, so that times are ordered; units whose results come with the question.
    let nanos = |seconds: f64| (1e9 * seconds) as u64;
    let mut asking: BinaryHeap<_> = (0..ranks).map(|rank| Reverse((0, rank, 0))).collect();
    let (mut free, mut end, mut draws, mut messages, mut units) = (0, 0, 0, 0, 0);
    while let Some(Reverse((at, rank, found))) = asking.pop() {
        let said = if rank == 0 { 0 } else { found + 2 };
        messages += said;
        units += found;
        end = end.max(at);
        let begin = free.max(at) + said * nanos(MESSAGE_S);
        free = begin;
        let lease = leases.next(rank);
        let Some(first) = lease.first() else { continue };
        let &(_, draw, thousand) = cost(first.dim);
        let starts: usize = lease.iter().map(|unit| unit.starts as usize).sum();
        let mut seconds = starts.next_multiple_of(REGISTER) as f64 * (thousand - draw) / 1000.0;
        if held[rank].replace((first.dim, first.instance)) != Some((first.dim, first.instance)) {
            seconds += draw;
            draws += 1;
        }
        asking.push(Reverse((begin + nanos(seconds), rank, lease.len() as u64)));
    }
    let all: f64 = COSTS.iter().map(|cost| cost.2).sum::<f64>() * f64::from(spec.instances);
    let seconds = end as f64 / 1e9;
    Outcome {
        seconds,
        efficiency: all / (seconds * ranks as f64),
        draws_per_surface: f64::from(draws) / surfaces as f64,
        messages_per_unit: messages as f64 / units as f64,
    }
}

fn main() {
    let what = "The paper's sweep (7 sizes, 1000 starts) shared by ranks of one thread: simulated.";
    let columns =
        ["surfaces per size", "ranks", "wall s", "efficiency", "draws per surface", "messages per unit"];
    let mut table = Table::new("ranks", what, &columns);
    let mut curves = Vec::new();
    for instances in [1, 10, 100] {
        let preset = Some(Preset::Paper);
        let request = Request { preset, instances: Some(instances), ..Request::default() };
        let spec = Spec::new(&request).expect("a spec that is allowed");
        let mut curve = Vec::new();
        for power in 0..=MOST_RANKS {
            let found = simulate(&spec, 1 << power);
            curve.push(found.efficiency);
            table.row([
                instances.into(),
                (1 << power).into(),
                number(found.seconds, 1),
                share(found.efficiency),
                number(found.draws_per_surface, 2),
                number(found.messages_per_unit, 2),
            ]);
        }
        curves.push((instances, curve));
    }
    table.finish();
    let drawing = draw(&curves);
    for (format, end) in [(FigureFormat::Svg, "svg"), (FigureFormat::Png, "png")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures/rank-efficiency").with_extension(end);
        std::fs::write(path, render(&drawing, format).expect("it can be drawn")).expect("it can be written");
    }
}

fn draw(curves: &[(u32, Vec<f64>)]) -> Drawing {
    let mut drawing = Drawing::new(760.0, 420.0, "Ranks that share the paper's sweep, simulated");
    let frame = Rect { left: 62.0, top: 56.0, right: 540.0, bottom: 356.0 };
    let panel =
        PlotPanel { frame, x: AxisRange::new(0.0, f64::from(MOST_RANKS)), y: AxisRange::new(0.0, 1.05) };
    panel.draw_scales(&mut drawing);
    let xs: Vec<f64> = (0..=MOST_RANKS).map(f64::from).collect();
    for (number, (instances, ys)) in curves.iter().enumerate() {
        panel.draw_curve(&mut drawing, &xs, ys, style::curve(number));
        let label = if *instances == 1 {
            "1 surface per size".to_owned()
        } else {
            format!("{instances} surfaces per size")
        };
        let mut lines = Lines { drawing: &mut drawing, left: 560.0, y: 80.0 + 24.0 * number as f64 };
        lines.stroke(style::curve(number), &label, 0.0);
    }
    panel.draw_frame(&mut drawing, "log2 (ranks of one thread)", "efficiency");
    drawing
}
