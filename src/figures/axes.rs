//! A panel: data coordinates on a rectangle of the page, its frame, ticks, guides and curves.

use super::drawing::{Align, Drawing, Point, Rect, point, text_width};
use super::style::{Color, GRID, GUIDE, HAIR_WIDTH, INK, LABEL_SIZE, SOFT_INK, Stroke, TICK_SIZE};

/// A closed interval of data values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisRange {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Values beyond are drawn as if they lay there: widths and steps of ticks stay finite.
const FARTHEST: f64 = 1e300;
/// Narrowest interval, and the same as a share of its ends: below, ticks would not differ.
const NARROWEST: [f64; 2] = [1e-290, 1e-12];

impl AxisRange {
    /// The interval from `low` to `high`; one without width gets some.
    pub fn new(low: f64, high: f64) -> Self {
        let [low, high] =
            [low, high].map(|end| if end.is_nan() { 0.0 } else { end.clamp(-FARTHEST, FARTHEST) });
        let relative = NARROWEST[1] * low.abs().max(high.abs());
        if high - low > relative.max(NARROWEST[0]) {
            return Self { low, high };
        }
        let room = relative.max(0.5);
        Self { low: low - room, high: low + room }
    }

    /// Upper minus lower end.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether a value lies inside, ends included.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// A threshold to mark by a vertical line.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// Where.
    pub at: f64,
    /// What it says above the frame.
    pub label: String,
    /// On which side of the line.
    pub align: Align,
}

impl Guide {
    /// The same threshold where energies are Λ times those per spin.
    pub fn scaled(self, size: f64) -> Self {
        Self { at: size * self.at, label: self.label.replace('E', "ΛE"), ..self }
    }
}

/// Guides at −E_0 and −E_∞; one for both where they coincide.
pub fn threshold_guides(e_0: f64, e_inf: f64) -> Vec<Guide> {
    guides_of(&[(-e_0, "−E_{0}"), (-e_inf, "−E_{∞}")])
}

/// Guides at two energies or fewer, with their names: one for both where they coincide.
pub fn guides_of(lines: &[(f64, &str)]) -> Vec<Guide> {
    let guide = |at: f64, label: &str, align| Guide { at, label: label.to_owned(), align };
    match *lines {
        [(a, name), (b, other)] if a == b => vec![guide(a, &format!("{name} = {other}"), Align::Center)],
        // They are close together: each label stands on the outer side of its line. E_th may be formal, and above E_0.
        [(a, _), (b, _)] => lines
            .iter()
            .map(|&(at, name)| guide(at, name, if at == a.min(b) { Align::Right } else { Align::Left }))
            .collect(),
        _ => lines.iter().map(|&(at, name)| guide(at, name, Align::Right)).collect(),
    }
}

/// Data coordinates on a rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotPanel {
    /// Where it lies on the page.
    pub frame: Rect,
    /// Data from left to right.
    pub x: AxisRange,
    /// Data from bottom to top.
    pub y: AxisRange,
}

/// Gap between frame and labels.
const GAP: f64 = 7.0;

impl PlotPanel {
    /// The place of a data point on the page.
    pub fn at(&self, x: f64, y: f64) -> Point {
        point(
            self.frame.left + (x - self.x.low) / self.x.width() * self.frame.width(),
            self.frame.bottom - (y - self.y.low) / self.y.width() * self.frame.height(),
        )
    }

    /// Grid and tick labels; what is drawn next lies on top of the grid.
    pub fn draw_scales(&self, drawing: &mut Drawing) {
        self.draw_scales_with(drawing, ticks(self.y, self.frame.height(), |_| 44.0));
    }

    /// The same where y is a logarithm: its ticks are powers of ten.
    pub fn draw_power_scales(&self, drawing: &mut Drawing) {
        // No label between powers.
        let spacing = |label: &str| if label.contains('.') { f64::INFINITY } else { 36.0 };
        let mut powers = ticks(self.y, self.frame.height(), spacing);
        for tick in &mut powers {
            tick.label = format!("10{}", superscript(tick.value.round() as i32));
        }
        self.draw_scales_with(drawing, powers);
    }

    /// The same where x has marks of its own: a place and its label each, rising. A label too near the last is left out.
    pub fn draw_marked_scales(&self, drawing: &mut Drawing, marks: &[(f64, String)]) {
        self.draw_y_ticks(drawing, ticks(self.y, self.frame.height(), |_| 44.0));
        let mut end = f64::NEG_INFINITY;
        for (value, label) in marks {
            let (x, half) = (self.at(*value, self.y.low).x, 0.5 * text_width(label, TICK_SIZE));
            if x - half > end + 4.0 {
                self.draw_x_tick(drawing, &Tick { value: *value, label: label.clone() });
                end = x + half;
            }
        }
    }

    /// The same in a panel of several above each other: the x axis has its labels at the lowest only.
    pub fn draw_stacked_scales(&self, drawing: &mut Drawing, is_lowest: bool) {
        if is_lowest {
            return self.draw_scales(drawing);
        }
        self.draw_y_ticks(drawing, ticks(self.y, self.frame.height(), |_| 44.0));
        for tick in ticks(self.x, self.frame.width(), |label| text_width(label, TICK_SIZE) + 30.0) {
            self.draw_x_grid(drawing, &tick);
        }
    }

    fn draw_scales_with(&self, drawing: &mut Drawing, y_ticks: Vec<Tick>) {
        self.draw_y_ticks(drawing, y_ticks);
        for tick in ticks(self.x, self.frame.width(), |label| text_width(label, TICK_SIZE) + 30.0) {
            self.draw_x_tick(drawing, &tick);
        }
    }

    fn draw_x_tick(&self, drawing: &mut Drawing, tick: &Tick) {
        let at = self.draw_x_grid(drawing, tick);
        let baseline = point(at.x, at.y + GAP + 0.8 * TICK_SIZE);
        drawing.text(&tick.label, baseline, Align::Center, TICK_SIZE, INK);
    }

    /// The grid line of a tick; where it ends at the bottom.
    fn draw_x_grid(&self, drawing: &mut Drawing, tick: &Tick) -> Point {
        let at = self.at(tick.value, self.y.low);
        drawing.line(vec![point(at.x, self.frame.top), at], Stroke::full(GRID, HAIR_WIDTH));
        at
    }

    fn draw_y_ticks(&self, drawing: &mut Drawing, y_ticks: Vec<Tick>) {
        for tick in y_ticks {
            let at = self.at(self.x.low, tick.value);
            drawing.line(vec![at, point(self.frame.right, at.y)], Stroke::full(GRID, HAIR_WIDTH));
            let baseline = point(at.x - GAP, at.y + 0.36 * TICK_SIZE);
            drawing.text(&tick.label, baseline, Align::Right, TICK_SIZE, INK);
        }
    }

    /// The same where y counts rows 0, 1, …, each with its number.
    pub fn draw_row_scales(&self, drawing: &mut Drawing, rows: usize) {
        let row = |i: usize| Tick { value: i as f64, label: i.to_string() };
        self.draw_scales_with(drawing, (0..rows).map(row).collect());
    }

    /// The frame and what the axes show: below the middle, and left above the frame over the guides' labels.
    pub fn draw_frame(&self, drawing: &mut Drawing, x_label: &str, y_label: &str) {
        drawing.outline(self.frame, Stroke::full(SOFT_INK, HAIR_WIDTH));
        self.draw_x_label(drawing, x_label);
        self.draw_y_label(drawing, y_label);
    }

    /// The frame of a panel whose x axis is named elsewhere.
    pub fn draw_outline(&self, drawing: &mut Drawing, y_label: &str) {
        drawing.outline(self.frame, Stroke::full(SOFT_INK, HAIR_WIDTH));
        self.draw_y_label(drawing, y_label);
    }

    /// What the x axis shows.
    pub fn draw_x_label(&self, drawing: &mut Drawing, label: &str) {
        let Rect { left, right, bottom, .. } = self.frame;
        let middle = point(0.5 * (left + right), bottom + GAP + TICK_SIZE + 22.0);
        drawing.text(label, middle, Align::Center, LABEL_SIZE, INK);
    }

    fn draw_y_label(&self, drawing: &mut Drawing, label: &str) {
        let Rect { left, top, .. } = self.frame;
        drawing.text(label, point(left, top - 28.0), Align::Left, LABEL_SIZE, INK);
    }

    /// Vertical lines with labels above the frame; those outside the panel are left out.
    pub fn draw_guides(&self, drawing: &mut Drawing, guides: &[Guide]) {
        for guide in guides.iter().filter(|guide| self.x.contains(guide.at)) {
            let top = self.at(guide.at, self.y.high);
            drawing.line(vec![self.at(guide.at, self.y.low), point(top.x, top.y - 3.0)], GUIDE);
            let near = |other: &Guide| (self.at(other.at, self.y.high).x - top.x).abs() < 8.0;
            let crowded = guides.iter().any(|other| other.at != guide.at && near(other));
            let aside = match guide.align {
                Align::Left => -1.0,
                Align::Center => 0.0,
                Align::Right => 1.0,
            } * if crowded { -1.5 } else { 1.0 };
            drawing.text(&guide.label, point(top.x + aside, top.y - 8.0), guide.align, TICK_SIZE, INK);
        }
    }

    /// A curve, cut where it leaves the panel at top or bottom; x must lie inside.
    pub fn draw_curve(&self, drawing: &mut Drawing, xs: &[f64], ys: &[f64], stroke: Stroke) {
        let corners: Vec<Point> = xs.iter().zip(ys).map(|(&x, &y)| point(x, y)).collect();
        let mut piece: Vec<Point> = Vec::new();
        for pair in corners.windows(2) {
            let Some([from, to]) = self.inside(pair[0], pair[1]) else { continue };
            if piece.is_empty() {
                piece.push(self.at(from.x, from.y));
            }
            piece.push(self.at(to.x, to.y));
            if to != pair[1] {
                drawing.line(std::mem::take(&mut piece), stroke);
            }
        }
        drawing.line(piece, stroke);
    }

    /// The part of a segment (in data coordinates) between bottom and top; `None` if nothing is.
    fn inside(&self, from: Point, to: Point) -> Option<[Point; 2]> {
        let AxisRange { low, high } = self.y;
        if from.y.max(to.y) < low || from.y.min(to.y) > high {
            return None;
        }
        let cut = |end: Point| {
            let y = end.y.clamp(low, high);
            // An end inside stays as it is, to the last bit: the caller compares.
            if y == end.y { end } else { point(from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x), y) }
        };
        Some([cut(from), cut(to)])
    }
}

/// Lines of a legend from the top down; each says how far below it the next one is.
pub struct Lines<'a> {
    /// Where they are drawn.
    pub drawing: &'a mut Drawing,
    /// Their left edge.
    pub left: f64,
    /// Baseline of the next one.
    pub y: f64,
}

impl Lines<'_> {
    /// A text.
    pub fn text(&mut self, text: &str, color: Color, step: f64) {
        self.drawing.text(text, point(self.left, self.y), Align::Left, TICK_SIZE, color);
        self.y += step;
    }

    /// Soft texts.
    pub fn notes<T: AsRef<str>>(&mut self, notes: impl IntoIterator<Item = T>, step: f64) {
        notes.into_iter().for_each(|note| self.text(note.as_ref(), SOFT_INK, step));
    }

    /// A sample of a mark, given the left end of the baseline, and what it means.
    pub fn entry(&mut self, text: &str, step: f64, sample: impl FnOnce(&mut Drawing, Point)) {
        sample(self.drawing, point(self.left, self.y));
        self.drawing.text(text, point(self.left + 38.0, self.y), Align::Left, TICK_SIZE, INK);
        self.y += step;
    }

    /// A short line, and what it means.
    pub fn stroke(&mut self, stroke: Stroke, text: &str, step: f64) {
        self.entry(text, step, |drawing, at| {
            let middle = at.y - 0.36 * TICK_SIZE;
            drawing.line(vec![point(at.x, middle), point(at.x + 30.0, middle)], stroke);
        });
    }

    /// A dot, and what it means.
    pub fn dot(&mut self, radius: f64, color: Color, text: &str, step: f64) {
        self.entry(text, step, |drawing, at| {
            drawing.dot(point(at.x + 15.0, at.y - 0.36 * TICK_SIZE), radius, color);
        });
    }
}

/// A whole number as an exponent.
pub fn superscript(number: i32) -> String {
    let raised = |c: char| {
        c.to_digit(10)
            .map_or('⁻', |digit| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize])
    };
    number.to_string().chars().map(raised).collect()
}

/// A labelled value on an axis.
#[derive(Debug, Clone, PartialEq)]
struct Tick {
    value: f64,
    label: String,
}

/// Axes that reach beyond the first, or not to the second, have labels with exponents.
const PLAIN: [f64; 2] = [1e6, 1e-4];

/// Round values, as dense as `spacing` (pixels that a label wants) allows on `pixels`.
fn ticks(span: AxisRange, pixels: f64, spacing: impl Fn(&str) -> f64) -> Vec<Tick> {
    let mut power = 10f64.powi((span.width() / 100.0).log10().floor() as i32);
    loop {
        for step in [1.0, 2.0, 5.0].map(|factor| factor * power) {
            let ticks = ticks_with_step(span, step);
            let widest = ticks.iter().map(|tick| spacing(&tick.label)).fold(0.0, f64::max);
            if step / span.width() * pixels >= widest {
                return ticks;
            }
        }
        power *= 10.0;
    }
}

fn ticks_with_step(span: AxisRange, step: f64) -> Vec<Tick> {
    let label = |value: f64| {
        let largest = span.low.abs().max(span.high.abs());
        let digits = |size: f64| size.log10().floor() as i32;
        let is_far = !(PLAIN[1]..PLAIN[0]).contains(&largest);
        let text = if is_far && value == 0.0 {
            "0".to_owned()
        } else if is_far {
            let decimals = (digits(value.abs() * (1.0 + 1e-9)) - digits(step)).max(0) as usize;
            format!("{value:.decimals$e}")
        } else {
            let decimals = (-digits(step)).max(0) as usize;
            format!("{value:.decimals$}")
        };
        text.replace('-', "−")
    };
    let first = (span.low / step - 1e-9).ceil() as i64;
    let last = (span.high / step + 1e-9).floor() as i64;
    (first..=last)
        .map(|i| {
            let value = i as f64 * step;
            Tick { value, label: label(value) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, pixels: f64) -> Vec<String> {
        ticks(AxisRange::new(low, high), pixels, |_| 40.0).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_signed_with_a_true_minus() {
        assert_eq!(labels(-1.0, 1.0, 200.0), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 100.0, 160.0), ["0", "50", "100"]);
        assert_eq!(labels(-1.66, -1.65, 150.0), ["−1.660", "−1.655", "−1.650"]);
    }

    #[test]
    fn labels_far_from_one_have_exponents() {
        assert_eq!(labels(0.0, 2e9, 160.0), ["0", "5e8", "1.0e9", "1.5e9", "2.0e9"]);
        assert_eq!(
            labels(-1.5e45, 1.5e45, 240.0),
            ["−1.5e45", "−1.0e45", "−5e44", "0", "5e44", "1.0e45", "1.5e45"]
        );
        assert_eq!(labels(0.0, 4e-6, 160.0), ["0", "1e−6", "2e−6", "3e−6", "4e−6"]);
        assert_eq!(labels(0.0, 200_000.0, 160.0), ["0", "50000", "100000", "150000", "200000"]);
        assert_eq!(labels(1e9, 1e9 + 100.0, 160.0), ["1.00000000e9", "1.00000005e9", "1.00000010e9"]);
    }

    #[test]
    fn a_span_without_width_gets_some() {
        assert!(AxisRange::new(2.0, 2.0).width() > 0.0);
        assert!(!labels(2.0, 2.0, 300.0).is_empty());
    }

    #[test]
    fn curves_stop_at_the_edge() {
        let frame = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let panel = PlotPanel { frame, x: AxisRange::new(0.0, 4.0), y: AxisRange::new(0.0, 1.0) };
        let mut drawing = Drawing::new(10.0, 10.0, "");
        let xs = [0.0, 1.0, 2.0, 3.0, 4.0];
        panel.draw_curve(&mut drawing, &xs, &[-1.0, 1.0, 3.0, -1.0, 0.5], Stroke::full(INK, 1.0));
        let mut pieces = Vec::new();
        for mark in &drawing.marks {
            if let super::super::drawing::Mark::Line { points, .. } = mark {
                assert!(points.iter().all(|p| (0.0..=10.0).contains(&p.y)));
                pieces.push(points.len());
            }
        }
        // In, and out where it touches the top; through from top to bottom; in again.
        assert_eq!(pieces, [3, 2, 2]);
    }
}
