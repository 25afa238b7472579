//! A drawing: marks on a page in CSS pixels, origin at the top left, before it becomes SVG or PNG.
//!
//! Figures speak to this alone, so both formats show the same thing, and tests can ask where every text lies.

use super::font;
use super::style::{Color, LABEL_SIZE, Stroke, WARNING};

/// A place on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
}

/// Shorthand for a [`Point`].
pub fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Rect {
    /// Width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Whether two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Which part of a text its anchor point holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text runs to the right of the point.
    Left,
    /// The point is in the middle.
    Center,
    /// Text ends at the point.
    Right,
}

/// A piece of a text in one size on one baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Characters.
    pub text: String,
    /// Start of the baseline.
    pub at: Point,
    /// Font size (em).
    pub size: f64,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Pieces from left to right.
    pub spans: Vec<Span>,
    /// Colour.
    pub color: Color,
    /// The space it takes.
    pub bounds: Rect,
}

/// One mark.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// Corners.
        points: Vec<Point>,
        /// Colour, width, dashes.
        stroke: Stroke,
    },
    /// A filled polygon.
    Area {
        /// Corners.
        points: Vec<Point>,
        /// Colour.
        color: Color,
        /// 0 (invisible) to 1.
        opacity: f64,
    },
    /// A filled disc.
    Dot {
        /// Centre.
        center: Point,
        /// Radius.
        radius: f64,
        /// Colour.
        color: Color,
    },
    /// A text.
    Text(Text),
}

impl Mark {
    fn shift_down(&mut self, by: f64) {
        match self {
            Self::Line { points, .. } | Self::Area { points, .. } => {
                points.iter_mut().for_each(|point| point.y += by);
            }
            Self::Dot { center, .. } => center.y += by,
            Self::Text(text) => {
                text.spans.iter_mut().for_each(|span| span.at.y += by);
                text.bounds.top += by;
                text.bounds.bottom += by;
            }
        }
    }
}

/// Size of a subscript and how far it sinks, both relative to the text's size.
const SUBSCRIPT_SIZE: f64 = 0.72;
const SUBSCRIPT_DROP: f64 = 0.22;

/// A page with marks in drawing order.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Page width.
    pub width: f64,
    /// Page height.
    pub height: f64,
    /// What it shows, for readers that do not see it.
    pub title: String,
    /// Marks, first drawn first.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// An empty page.
    pub fn new(width: f64, height: f64, title: impl Into<String>) -> Self {
        Self { width, height, title: title.into(), marks: Vec::new() }
    }

    /// Adds a line; fewer than two points draw nothing.
    pub fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        if points.len() > 1 {
            self.marks.push(Mark::Line { points, stroke });
        }
    }

    /// Adds a filled polygon.
    pub fn area(&mut self, points: Vec<Point>, color: Color, opacity: f64) {
        self.marks.push(Mark::Area { points, color, opacity });
    }

    /// Adds a filled rectangle.
    pub fn rect(&mut self, rect: Rect, color: Color, opacity: f64) {
        let Rect { left, top, right, bottom } = rect;
        self.area(
            vec![point(left, top), point(right, top), point(right, bottom), point(left, bottom)],
            color,
            opacity,
        );
    }

    /// Adds the edge of a rectangle.
    pub fn outline(&mut self, rect: Rect, stroke: Stroke) {
        let Rect { left, top, right, bottom } = rect;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.line(corners.into_iter().map(|(x, y)| point(x, y)).collect(), stroke);
    }

    /// Adds a filled disc.
    pub fn dot(&mut self, center: Point, radius: f64, color: Color) {
        self.marks.push(Mark::Dot { center, radius, color });
    }

    /// Adds a line of text with its baseline at a point; `_{…}` makes a subscript. Returns the space it takes.
    pub fn text(&mut self, text: &str, at: Point, align: Align, size: f64, color: Color) -> Rect {
        let shift = match align {
            Align::Left => 0.0,
            Align::Center => 0.5,
            Align::Right => 1.0,
        };
        let text = lay_out(text, point(at.x - shift * text_width(text, size), at.y), size, color);
        let bounds = text.bounds;
        self.marks.push(Mark::Text(text));
        bounds
    }

    /// The same page with a line of text above all that it shows, and in its title: what a reader must know first.
    #[must_use]
    pub fn headed(mut self, line: &str) -> Self {
        /// Room for the line, and where it begins.
        const ROOM: f64 = 26.0;
        const LEFT: f64 = 12.0;
        self.marks.iter_mut().for_each(|mark| mark.shift_down(ROOM));
        self.height += ROOM;
        self.title = format!("{} ({line})", self.title);
        self.text(line, point(LEFT, 20.0), Align::Left, LABEL_SIZE, WARNING);
        self
    }

    /// All texts.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Text(text) => Some(text),
            _ => None,
        })
    }
}

/// Width of a line of text with `_{…}` subscripts.
pub fn text_width(text: &str, size: f64) -> f64 {
    pieces(text).map(|piece| font::width(piece.text, size * piece.scale())).sum()
}

fn lay_out(text: &str, start: Point, size: f64, color: Color) -> Text {
    let mut x = start.x;
    let mut spans = Vec::new();
    let mut bottom = start.y;
    for piece in pieces(text) {
        let drop = if piece.subscript { SUBSCRIPT_DROP * size } else { 0.0 };
        let span_size = size * piece.scale();
        spans.push(Span { text: piece.text.to_owned(), at: point(x, start.y + drop), size: span_size });
        x += font::width(piece.text, span_size);
        bottom = bottom.max(start.y + drop + font::DESCENT * span_size);
    }
    let bounds = Rect { left: start.x, top: start.y - font::CAP_HEIGHT * size, right: x, bottom };
    Text { spans, color, bounds }
}

struct Piece<'a> {
    text: &'a str,
    subscript: bool,
}

impl Piece<'_> {
    fn scale(&self) -> f64 {
        if self.subscript { SUBSCRIPT_SIZE } else { 1.0 }
    }
}

/// Cuts a text at `_{` and the `}` that follows.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split("_{")
        .enumerate()
        .flat_map(|(i, part)| {
            let (low, rest) = if i == 0 { ("", part) } else { part.split_once('}').unwrap_or((part, "")) };
            [Piece { text: low, subscript: true }, Piece { text: rest, subscript: false }]
        })
        .filter(|piece| !piece.text.is_empty())
}
