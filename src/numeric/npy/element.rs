//! One number of an array: its type, and its value in double precision.

use super::checked::{HeaderResult, quote};

/// Type of the numbers of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    kind: ElementKind,
    /// Bytes of a number; at most 8.
    bytes: usize,
    is_big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ElementKind {
    Float,
    Signed,
    Unsigned,
    Bool,
}

impl Element {
    /// The type with this name in a header: byte order, kind and bytes, such as `'<f8'`; real numbers only.
    ///
    /// # Errors
    /// The name of the type, and what to do, where it is none of those.
    pub fn of(descr: &str) -> HeaderResult<Self> {
        let name = descr.trim_matches(['\'', '"']);
        let (order, rest) = match name.chars().next() {
            Some(order @ ('<' | '>' | '|' | '=')) => (order, name.get(1..).unwrap_or_default()),
            _ => ('=', name),
        };
        let is_big_endian = match order {
            '<' => false,
            '>' => true,
            // The writer's own order, of which nothing more is said.
            _ => cfg!(target_endian = "big"),
        };
        let kind = match rest {
            "f2" | "f4" | "f8" => ElementKind::Float,
            "i1" | "i2" | "i4" | "i8" => ElementKind::Signed,
            "u1" | "u2" | "u4" | "u8" => ElementKind::Unsigned,
            "b1" => ElementKind::Bool,
            _ => return Err(refusal(descr, rest)),
        };
        let bytes = rest.get(1..).and_then(|bytes| bytes.parse().ok()).unwrap_or(8);
        Ok(Self { kind, bytes, is_big_endian })
    }

    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// The number in these bytes; integers beyond 2⁵³ are rounded, as NumPy rounds them.
    ///
    /// # Errors
    /// If a bool is neither 0 nor 1.
    pub fn value(self, bytes: &[u8]) -> HeaderResult<f64> {
        let join = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        let bits = match self.is_big_endian {
            true => bytes.iter().fold(0, join),
            false => bytes.iter().rev().fold(0, join),
        };
        let unused = 64 - 8 * self.bytes as u32;
        Ok(match (self.kind, self.bytes) {
            (ElementKind::Float, 2) => half(bits as u16),
            (ElementKind::Float, 4) => f32::from_bits(bits as u32).into(),
            (ElementKind::Float, _) => f64::from_bits(bits),
            (ElementKind::Signed, _) => ((bits << unused) as i64 >> unused) as f64,
            (ElementKind::Unsigned, _) => bits as f64,
            (ElementKind::Bool, _) if bits > 1 => return Err(format!("{bits}, which is no bool")),
            (ElementKind::Bool, _) => bits as f64,
        })
    }
}

/// A number of IEEE 754's binary16, exactly.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Why a type is not read.
fn refusal(descr: &str, rest: &str) -> String {
    let of_bits = |name: &str| {
        let bytes: Option<u32> = rest.get(1..).and_then(|bytes| bytes.parse().ok());
        bytes.filter(|bytes| *bytes <= 64).map_or(name.to_owned(), |bytes| format!("{name}{}", 8 * bytes))
    };
    let what = match (descr.chars().next(), rest.chars().next()) {
        (Some('['), _) => "structured: save one field".to_owned(),
        (Some('('), _) => "an array in each entry".to_owned(),
        (_, Some('c')) => format!("{}: save its real part", of_bits("complex")),
        (_, Some('O')) => "object: save A.astype(float)".to_owned(),
        (_, Some('f')) => format!("{}: save A.astype(float)", of_bits("float")),
        (_, Some('S' | 'U' | 'a')) => "text: save A.astype(float)".to_owned(),
        (_, Some('M' | 'm')) => "dates or times".to_owned(),
        _ => "no real number".to_owned(),
    };
    format!("its type is {}, {what}", quote(descr))
}
