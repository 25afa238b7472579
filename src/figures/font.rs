//! The one font of all figures, embedded: a subset of DejaVu Sans (see assets/). No system font is ever used.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

const BYTES: &[u8] = include_bytes!("../../assets/DejaVuSans-subset.ttf");

/// Name under which plotters and SVG know it; not a system font's name, so that none can stand in for it.
pub const FAMILY: &str = "hspin DejaVu Sans";

/// Height of capital letters, relative to the size (em).
pub const CAP_HEIGHT: f64 = 0.73;
/// Depth of descenders, relative to the size (em).
pub const DESCENT: f64 = 0.24;
/// The size that plotters takes is ascent plus descent; this many em.
const PLOTTERS_SIZE: f64 = (1901.0 + 483.0) / 2048.0;
/// Plotters measures in whole pixels: measure large.
const MEASURING_SIZE: f64 = 4096.0;

/// Plotters' description of the font at a size (em) in pixels.
pub fn description(size: f64) -> FontDesc<'static> {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    // The bytes are part of the program and a test draws with them, so this cannot fail in the field.
    REGISTERED.get_or_init(|| {
        assert!(register_font(FAMILY, FontStyle::Normal, BYTES).is_ok(), "the embedded font is broken");
    });
    FontDesc::new(FontFamily::Name(FAMILY), size * PLOTTERS_SIZE, FontStyle::Normal)
}

/// Width of a text at a size (em).
pub fn width(text: &str, size: f64) -> f64 {
    let measured = description(MEASURING_SIZE).box_size(text).map_or(0, |(width, _)| width);
    f64::from(measured) * size / MEASURING_SIZE
}

/// The font as a CSS rule for an SVG.
pub fn css_rule() -> String {
    format!("@font-face{{font-family:\"{FAMILY}\";src:url(data:font/ttf;base64,{})}}", base64(BYTES))
}

/// Base64 with padding.
///
/// # Reference
/// RFC 4648, section 4.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0, |word, (i, &byte)| word | u32::from(byte) << (16 - 8 * i));
        for digit in 0..4 {
            let value = (word >> (18 - 6 * digit)) & 63;
            text.push(if digit <= chunk.len() { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn every_character_that_figures_use_has_a_glyph() {
        let missing = width("\u{e000}", 1000.0);
        for character in "Θ Λ ∞ − ± × ≤ ≥ √ · – — ‖ ∑ ∈ → ₀ ₉ ₊ ₋ ⁰ ⁹ ⁻ µ é".split(' ')
        {
            let width = width(character, 1000.0);
            assert!(width > 0.0 && width != missing, "{character}");
        }
    }
}
