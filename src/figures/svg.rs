//! A drawing as SVG, with its font inside.

use std::fmt::Write;

use itertools::Itertools;

use super::drawing::{Drawing, Mark, Point, Text};
use super::font;
use super::style::Color;

/// The SVG document.
pub fn render(drawing: &Drawing) -> String {
    let Drawing { width, height, title, .. } = drawing;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n<style>{}</style>\n{}</svg>\n",
        escaped(title),
        style(),
        content(drawing)
    )
}

/// The same as a part of an HTML page, which has [`style`] once for all drawings.
pub fn render_inline(drawing: &Drawing) -> String {
    let Drawing { width, height, title, .. } = drawing;
    format!(
        "<svg class=\"figure\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{}</title>\n{}</svg>\n",
        escaped(title),
        content(drawing)
    )
}

/// The font of all texts, with its bytes.
pub fn style() -> String {
    format!(
        "{}text{{font-family:\"{}\",\"DejaVu Sans\",sans-serif;white-space:pre}}",
        font::css_rule(),
        font::FAMILY
    )
}

fn content(drawing: &Drawing) -> String {
    let Drawing { width, height, marks, .. } = drawing;
    let mut svg = format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
    marks.iter().for_each(|mark| push_mark(&mut svg, mark));
    svg
}

fn push_mark(svg: &mut String, mark: &Mark) {
    // Writing to a string cannot fail.
    let _ = match mark {
        Mark::Line { points, stroke } => {
            let dash = match stroke.dash.iter().join(",") {
                dash if dash.is_empty() => dash,
                dash => format!(" stroke-dasharray=\"{dash}\""),
            };
            writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
                 stroke-linejoin=\"round\"{dash}/>",
                corners(points),
                css(stroke.color),
                stroke.width
            )
        }
        Mark::Area { points, color, opacity } => writeln!(
            svg,
            "<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"{opacity}\"/>",
            corners(points),
            css(*color)
        ),
        Mark::Dot { center, radius, color } => writeln!(
            svg,
            "<circle cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius}\" fill=\"{}\"/>",
            center.x,
            center.y,
            css(*color)
        ),
        Mark::Text(text) => writeln!(svg, "{}", text_element(text)),
    };
}

fn text_element(text: &Text) -> String {
    let spans: String = text
        .spans
        .iter()
        .map(|span| {
            let (x, y, size) = (span.at.x, span.at.y, span.size);
            format!(
                "<tspan x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\">{}</tspan>",
                escaped(&span.text)
            )
        })
        .collect();
    format!("<text fill=\"{}\">{spans}</text>", css(text.color))
}

fn corners(points: &[Point]) -> String {
    points.iter().map(|p| format!("{:.2},{:.2}", p.x, p.y)).join(" ")
}

fn css(Color([red, green, blue]): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
