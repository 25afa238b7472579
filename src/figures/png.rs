//! A drawing as PNG at twice its nominal size.

use itertools::Itertools;
use plotters::prelude::*;
use plotters::style::Color as _;

use super::drawing::{Drawing, Mark, Point, Text};
use super::font;
use super::style::{Color, PAPER, Stroke};
use crate::{Error, Result};

/// Pixels per CSS pixel in the file.
const DENSITY: u32 = 2;
/// Drawn this many times larger still, then averaged: plotters smooths only part of what it draws.
const OVERSAMPLING: u32 = 3;
/// Pixels per CSS pixel while drawing.
const SCALE: f64 = (DENSITY * OVERSAMPLING) as f64;
/// 96 CSS pixels to the inch.
const PIXELS_PER_METRE: u32 = (96.0 / 0.0254 * DENSITY as f64) as u32;

/// The PNG file's bytes.
///
/// # Errors
/// Internal if the drawing library fails: a bug.
pub fn render(drawing: &Drawing) -> Result<Vec<u8>> {
    let width = (drawing.width * f64::from(DENSITY)).ceil() as u32;
    let height = (drawing.height * f64::from(DENSITY)).ceil() as u32;
    let large =
        paint(drawing, width * OVERSAMPLING, height * OVERSAMPLING).map_err(|cause| internal(&cause))?;
    encode(&averaged(&large, width as usize, height as usize), width, height)
        .map_err(|cause| internal(&cause))
}

fn internal(cause: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("cannot draw PNG: {cause}"))
}

type Page<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;
type Painted = std::result::Result<(), Box<dyn std::error::Error>>;

fn paint(
    drawing: &Drawing,
    width: u32,
    height: u32,
) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let page = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        page.fill(&rgb(PAPER))?;
        for mark in &drawing.marks {
            paint_mark(&page, mark)?;
        }
        page.present()?;
    }
    Ok(pixels)
}

fn paint_mark(page: &Page, mark: &Mark) -> Painted {
    match mark {
        Mark::Line { points, stroke } => paint_line(page, points, *stroke),
        Mark::Area { points, color, opacity } => {
            let corners: Vec<_> = points.iter().map(|&p| pixel(p)).collect();
            Ok(page.draw(&Polygon::new(corners, rgb(*color).mix(*opacity)))?)
        }
        Mark::Dot { center, radius, color } => {
            let radius = (radius * SCALE).round() as i32;
            Ok(page.draw(&Circle::new(pixel(*center), radius, rgb(*color).filled()))?)
        }
        Mark::Text(text) => paint_text(page, text),
    }
}

fn paint_line(page: &Page, points: &[Point], stroke: Stroke) -> Painted {
    let style = rgb(stroke.color).stroke_width((stroke.width * SCALE).round().max(1.0) as u32);
    for dash in dashes(points, stroke.dash) {
        let corners: Vec<_> = dash.iter().map(|&p| pixel(p)).collect();
        page.draw(&PathElement::new(corners, style))?;
    }
    Ok(())
}

/// Plotters puts the baseline half the font's size below the top of a text.
fn paint_text(page: &Page, text: &Text) -> Painted {
    for span in &text.spans {
        let font = font::description(span.size * SCALE);
        let lift = (font.get_size() / 2.0) as i32;
        let (x, y) = pixel(span.at);
        page.draw(&plotters::element::Text::new(
            span.text.clone(),
            (x, y - lift),
            font.color(&rgb(text.color)),
        ))?;
    }
    Ok(())
}

/// Cuts a line into the pieces that a dash pattern draws.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut pieces = vec![vec![points[0]]];
    let (mut phase, mut left) = (0, pattern[0]);
    for (&(mut from), &to) in points.iter().tuple_windows() {
        loop {
            let length = (to.x - from.x).hypot(to.y - from.y);
            let drawing = phase % 2 == 0;
            if length < left {
                left -= length;
                if drawing && let Some(piece) = pieces.last_mut() {
                    piece.push(to);
                }
                break;
            }
            let part = left / length;
            from = Point { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
            match pieces.last_mut() {
                Some(piece) if drawing => piece.push(from),
                _ => pieces.push(vec![from]),
            }
            phase += 1;
            left = pattern[phase % pattern.len()];
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

fn pixel(p: Point) -> (i32, i32) {
    ((p.x * SCALE).round() as i32, (p.y * SCALE).round() as i32)
}

fn rgb(Color([red, green, blue]): Color) -> RGBColor {
    RGBColor(red, green, blue)
}

/// Mean over squares of `OVERSAMPLING` pixels.
fn averaged(large: &[u8], width: usize, height: usize) -> Vec<u8> {
    let side = OVERSAMPLING as usize;
    let row = width * side * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let square = (0..side * side).map(|i| {
                    u32::from(large[(y * side + i / side) * row + (x * side + i % side) * 3 + channel])
                });
                let sum: u32 = square.sum();
                small.push(((sum + OVERSAMPLING * OVERSAMPLING / 2) / (OVERSAMPLING * OVERSAMPLING)) as u8);
            }
        }
    }
    small
}

fn encode(pixels: &[u8], width: u32, height: u32) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PIXELS_PER_METRE,
        yppu: PIXELS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
