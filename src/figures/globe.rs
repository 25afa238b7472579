//! The whole landscape at Λ = 3: two hemispheres with filled level lines, critical points, descents and passes.

use std::f64::consts::TAU;

use super::contour::{Grid, Place};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::level_lines::Levels;
use super::style::{self, HAIR_WIDTH, INK, PAPER, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{GLOBE_DIM, Globe, GlobePoint};

const WIDTH: f64 = 1060.0;
const HEIGHT: f64 = 540.0;
const RADIUS: f64 = 214.0;
const CENTERS: [Point; 2] = [Point { x: 234.0, y: 270.0 }, Point { x: 680.0, y: 270.0 }];
const BAR: Rect = Rect { left: 922.0, top: 66.0, right: 940.0, bottom: 330.0 };
/// Size of the marks of critical points.
const MARK: f64 = 6.5;
/// Two neighbours on a path on one hemisphere are nearer than this, in radii.
const NEIGHBOURS: f64 = 0.3;

const PASS: Stroke = Stroke { color: PAPER, width: 2.6, dash: &[6.0, 3.0] };
const DESCENT: Stroke = Stroke { color: INK, width: 1.2, dash: &[] };

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "globe",
    title: "the whole landscape at Λ = 3: level lines, critical points, descents and passes",
    shows: "a census or a sweep with random couplings, Λ = 3 and its points",
    source: Source::Glass(
        RunInputs {
            kinds: &[SoughtPoints::Census, SoughtPoints::Descent, SoughtPoints::Saddle],
            random: false,
            points: true,
            traces: false,
            dim: Some(GLOBE_DIM),
        },
        |inputs| Ok(draw(&Globe::of_run(inputs)?)),
    ),
};

/// Draws both hemispheres, the scale of energies and what the marks mean.
pub fn draw(globe: &Globe) -> Drawing {
    let title =
        format!("The landscape on a sphere, {}, Λ = {GLOBE_DIM}, surface {}", globe.model, globe.instance);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title.clone());
    let levels = Levels::of(globe.energies.iter().flatten());
    (0..CENTERS.len()).for_each(|side| draw_levels(&mut drawing, globe, side, &levels));
    globe.descents.iter().for_each(|path| draw_path(&mut drawing, globe, path, DESCENT));
    globe.passes.iter().for_each(|path| draw_path(&mut drawing, globe, path, PASS));
    for at in &globe.points {
        let (side, [x, y]) = globe.place(&at.at);
        draw_mark(&mut drawing, at.index, on_page(CENTERS[side], x, y));
    }
    for (center, name) in CENTERS.into_iter().zip(["around the lowest point", "around its antipode"]) {
        outline(&mut drawing, center);
        drawing.text(name, point(center.x, center.y + RADIUS + 24.0), Align::Center, TICK_SIZE, SOFT_INK);
    }
    drawing.text(&title, point(20.0, 26.0), Align::Left, style::LABEL_SIZE, INK);
    levels.draw_scale(&mut drawing, BAR, "u = L/Λ", 2);
    draw_legend(&mut drawing, globe);
    drawing
}

fn on_page(center: Point, x: f64, y: f64) -> Point {
    point(center.x + RADIUS * x, center.y - RADIUS * y)
}

fn draw_levels(drawing: &mut Drawing, globe: &Globe, side: usize, levels: &Levels) {
    let ([circles, angles], center) = (Globe::GRID, CENTERS[side]);
    let grid = Grid { values: &globe.energies[side], columns: angles, is_periodic: true };
    let on_page = |&[circle, angle]: &Place| {
        let (radius, angle) = (circle / (circles - 1) as f64, TAU * angle / angles as f64);
        on_page(center, radius * angle.cos(), radius * angle.sin())
    };
    // The edge of the disc is no level line.
    let is_edge = |place: &Place| place[0] > (circles - 1) as f64 - 1e-9;
    levels.draw(drawing, &grid, circle(center), on_page, is_edge);
}

fn circle(center: Point) -> Vec<Point> {
    let spoke = |i: usize| TAU * i as f64 / 180.0;
    (0..=180).map(|i| on_page(center, spoke(i).cos(), spoke(i).sin())).collect()
}

fn outline(drawing: &mut Drawing, center: Point) {
    drawing.line(circle(center), Stroke::full(INK, HAIR_WIDTH));
}

/// A path, cut where it passes from one hemisphere to the other.
fn draw_path(drawing: &mut Drawing, globe: &Globe, path: &[[f64; 3]], stroke: Stroke) {
    let places: Vec<(usize, [f64; 2])> = path.iter().map(|at| globe.place(at)).collect();
    let is_near = |a: &(usize, [f64; 2]), b: &(usize, [f64; 2])| {
        a.0 == b.0 && (a.1[0] - b.1[0]).hypot(a.1[1] - b.1[1]) < NEIGHBOURS
    };
    for part in places.chunk_by(is_near) {
        let points = part.iter().map(|&(side, [x, y])| on_page(CENTERS[side], x, y));
        drawing.line(points.collect(), stroke);
    }
}

/// Minima point down, maxima up, saddles are diamonds; a disc where the index is not certain.
fn draw_mark(drawing: &mut Drawing, index: Option<u32>, at: Point) {
    let corners: &[[f64; 2]] = match index {
        Some(0) => &[[-1.0, -0.75], [1.0, -0.75], [0.0, 1.05]],
        Some(1) => &[[-0.95, 0.0], [0.0, -0.95], [0.95, 0.0], [0.0, 0.95]],
        Some(_) => &[[-1.0, 0.75], [0.0, -1.05], [1.0, 0.75]],
        None => return drawing.dot(at, 0.7 * MARK, SOFT_INK),
    };
    let color = match index {
        Some(0) => style::curve(0).color,
        Some(1) => style::curve(2).color,
        _ => style::curve(1).color,
    };
    let scaled = |size: f64| -> Vec<Point> {
        corners.iter().map(|[x, y]| point(at.x + size * x, at.y + size * y)).collect()
    };
    drawing.area(scaled(MARK + 2.0), PAPER, 1.0);
    drawing.area(scaled(MARK), color, 1.0);
}

fn draw_legend(drawing: &mut Drawing, globe: &Globe) {
    let count = |wanted: &dyn Fn(&GlobePoint) -> bool| globe.points.iter().filter(|p| wanted(p)).count();
    let entries: [(Option<u32>, &str, usize); 4] = [
        (Some(0), "minima", count(&|p| p.index == Some(0))),
        (Some(1), "saddles", count(&|p| p.index == Some(1))),
        (Some(2), "maxima", count(&|p| p.index == Some(2))),
        (None, "undecided", count(&|p| p.index.is_none())),
    ];
    let left = BAR.left - 4.0;
    let mut y = BAR.bottom + 34.0;
    for (index, name, number) in entries.into_iter().filter(|entry| entry.2 > 0) {
        draw_mark(drawing, index, point(left + 8.0, y - 4.0));
        drawing.text(&format!("{name}: {number}"), point(left + 26.0, y), Align::Left, TICK_SIZE, INK);
        y += 22.0;
    }
    for (stroke, name, is_there) in
        [(DESCENT, "descents", !globe.descents.is_empty()), (PASS, "passes", !globe.passes.is_empty())]
    {
        if !is_there {
            continue;
        }
        let middle = y - 4.0;
        if stroke == PASS {
            let rect = Rect { left: left - 3.0, top: middle - 6.0, right: left + 21.0, bottom: middle + 6.0 };
            drawing.rect(rect, Levels::middle(), 1.0);
        }
        drawing.line(vec![point(left, middle), point(left + 18.0, middle)], stroke);
        drawing.text(name, point(left + 26.0, y), Align::Left, TICK_SIZE, INK);
        y += 22.0;
    }
    let note = if globe.is_census { "all critical points" } else { "ends of starts" };
    drawing.text(note, point(left, y + 4.0), Align::Left, TICK_SIZE, SOFT_INK);
}
