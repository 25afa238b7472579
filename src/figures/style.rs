//! How every figure looks: colours, strokes and type, in CSS pixels at the nominal size.
//!
//! Colours survive colour blindness and grey print: sizes Λ take a ramp of falling luminance, small to large; the few
//! lines of one panel take the Okabe–Ito palette, each with a dash pattern of its own.
//!
//! # Reference
//! Nuñez, Anderton, Renslow (2018), *Optimizing colormaps with consideration for color vision deficiency*, for the idea
//! of a ramp monotone in luminance; Okabe, Ito (2008), *Color universal design*, for the palette.

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(pub [u8; 3]);

/// Text, axes and the first line of a panel.
pub const INK: Color = Color([0x1a, 0x1a, 0x1a]);
/// Frames, notes, guide lines.
pub const SOFT_INK: Color = Color([0x5a, 0x5a, 0x5a]);
/// What a reader must know first: the vermillion of Okabe and Ito, darker.
pub const WARNING: Color = Color([0xb0, 0x40, 0x00]);
/// Grid lines.
pub const GRID: Color = Color([0xe6, 0xe6, 0xe6]);
/// The page.
pub const PAPER: Color = Color([0xff, 0xff, 0xff]);

/// Size of headings and axis labels.
pub const LABEL_SIZE: f64 = 14.0;
/// Size of tick labels and legend entries.
pub const TICK_SIZE: f64 = 12.5;
/// Width of curves.
pub const CURVE_WIDTH: f64 = 1.8;
/// Width of guide lines and frames.
pub const HAIR_WIDTH: f64 = 1.0;
/// Dashes of guide lines.
pub const GUIDE_DASH: &[f64] = &[5.0, 3.5];

/// Colour and dash pattern of one curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub color: Color,
    /// Width.
    pub width: f64,
    /// Lengths drawn and skipped in turn; empty for a full line.
    pub dash: &'static [f64],
}

impl Stroke {
    /// A full line.
    pub const fn full(color: Color, width: f64) -> Self {
        Self { color, width, dash: &[] }
    }
}

/// Vertical lines that mark thresholds.
pub const GUIDE: Stroke = Stroke { color: SOFT_INK, width: HAIR_WIDTH, dash: GUIDE_DASH };

const OKABE_ITO: [Color; 6] = [
    Color([0x00, 0x72, 0xb2]),
    Color([0xd5, 0x5e, 0x00]),
    Color([0x00, 0x9e, 0x73]),
    Color([0xcc, 0x79, 0xa7]),
    Color([0xe6, 0x9f, 0x00]),
    Color([0x56, 0xb4, 0xe9]),
];

const DASHES: [&[f64]; 6] =
    [&[], &[9.0, 3.0], &[2.5, 2.5], &[9.0, 3.0, 2.5, 3.0], &[5.0, 2.5], &[9.0, 2.5, 2.5, 2.5, 2.5, 2.5]];

/// Stroke of the i-th of a few named curves.
pub fn curve(i: usize) -> Stroke {
    Stroke { color: OKABE_ITO[i % OKABE_ITO.len()], width: CURVE_WIDTH, dash: DASHES[i % DASHES.len()] }
}

/// Corners of the ramp, light to dark: amber, vermilion, magenta, blue, near-black.
const RAMP: [[f64; 3]; 5] =
    [[240.0, 170.0, 20.0], [224.0, 88.0, 52.0], [170.0, 44.0, 128.0], [46.0, 60.0, 160.0], [8.0, 10.0, 36.0]];

/// The i-th of n ordered colours, light to dark.
pub fn ramp(i: usize, n: usize) -> Color {
    let along = if n < 2 { 0.6 } else { i as f64 / (n - 1) as f64 };
    let scaled = along * (RAMP.len() - 1) as f64;
    let left = (scaled as usize).min(RAMP.len() - 2);
    let weight = scaled - left as f64;
    Color(std::array::from_fn(|c| {
        (RAMP[left][c] * (1.0 - weight) + RAMP[left + 1][c] * weight).round() as u8
    }))
}
