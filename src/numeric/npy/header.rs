//! The header of an array file: a Python dictionary as text.

use std::io::Read;

use super::checked::{HeaderResult, quote};
use super::element::Element;

/// First bytes of a file.
pub const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header that is looked at.
const LONGEST: usize = 64 * 1024;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Length of each axis, at least one axis.
    pub shape: Vec<u32>,
    /// Type of the numbers.
    pub element: Element,
    /// Whether the first axis is fastest, and not the last.
    pub is_fortran: bool,
}

/// The header's text and where the data begin.
pub fn read(file: &mut impl Read) -> std::io::Result<HeaderResult<(String, u64)>> {
    let mut start = [0; 8];
    file.read_exact(&mut start)?;
    if !start.starts_with(MAGIC) {
        return Ok(Err("not an npy file".into()));
    }
    let (length, before) = match start[6] {
        1 => {
            let mut bytes = [0; 2];
            file.read_exact(&mut bytes)?;
            (usize::from(u16::from_le_bytes(bytes)), 10)
        }
        2 | 3 => {
            let mut bytes = [0; 4];
            file.read_exact(&mut bytes)?;
            (u32::from_le_bytes(bytes) as usize, 12)
        }
        version => return Ok(Err(format!("npy version {version} is not known"))),
    };
    if length > LONGEST {
        return Ok(Err(format!("a header of {length} bytes")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text)?;
    match String::from_utf8(text) {
        Ok(text) => Ok(Ok((text, before + length as u64))),
        Err(_) => Ok(Err("its header is not text".into())),
    }
}

impl Header {
    /// What the text of a header says.
    ///
    /// # Errors
    /// If it is none, or says something of an array that is not read.
    pub fn parse(text: &str) -> HeaderResult<Self> {
        const NO_DICTIONARY: &str = "its header is no dictionary";
        let inside = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let items = split(inside.ok_or(NO_DICTIONARY)?, ',').ok_or(NO_DICTIONARY)?;
        let (mut shape, mut element, mut is_fortran) = (None, None, None);
        for item in items.into_iter().filter(|item| !item.trim().is_empty()) {
            let parts = split(item, ':').ok_or(NO_DICTIONARY)?;
            let [key, value] = parts[..] else { return Err(NO_DICTIONARY.into()) };
            let (key, value) = (key.trim().trim_matches(['\'', '"']), value.trim());
            let is_twice = match key {
                "descr" => element.replace(Element::of(value)?).is_some(),
                "fortran_order" => is_fortran.replace(parse_order(value)?).is_some(),
                "shape" => shape.replace(parse_shape(value)?).is_some(),
                other => return Err(format!("its header has an unknown key {}", quote(other))),
            };
            if is_twice {
                return Err(format!("its header has {key} twice"));
            }
        }
        match (shape, element, is_fortran) {
            (Some(shape), Some(element), Some(is_fortran)) => Ok(Self { shape, element, is_fortran }),
            _ => Err("its header lacks descr, fortran_order or shape".into()),
        }
    }
}

/// Parts between separators that are in no brackets and no quotes; `None` where those are not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut begin, mut open, mut quoted) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in text.char_indices() {
        match (quoted, c) {
            (Some(quote), _) => quoted = Some(quote).filter(|&quote| quote != c),
            (None, '\'' | '"') => quoted = Some(c),
            (None, '(' | '[' | '{') => open += 1,
            (None, ')' | ']' | '}') => open = open.checked_sub(1)?,
            (None, _) if c == separator && open == 0 => {
                parts.push(text.get(begin..at)?);
                begin = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(begin..)?);
    (open == 0 && quoted.is_none()).then_some(parts)
}

fn parse_order(text: &str) -> HeaderResult<bool> {
    match text {
        "True" => Ok(sabotage!("fortran-order-read", true, false)),
        "False" => Ok(false),
        _ => Err(format!("its fortran_order is {}", quote(text))),
    }
}

fn parse_shape(text: &str) -> HeaderResult<Vec<u32>> {
    let wrong = || format!("its shape is {}", quote(text));
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).ok_or_else(wrong)?.trim();
    let axes: HeaderResult<Vec<u32>> = inside
        .strip_suffix(',')
        .unwrap_or(inside)
        .split(',')
        // Python 2 wrote long integers with an L.
        .map(|n| n.trim().trim_end_matches('L').parse().map_err(|_| wrong()))
        .collect();
    let axes = axes?;
    if (1..=16).contains(&axes.len()) { Ok(axes) } else { Err(wrong()) }
}

/// What an array must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A tensor of shape `(N,) * H`, H from 2 to 16.
    Tensor,
    /// The same, or a vector of shape `(N,)`.
    Order,
    /// Points of shape `(n, N)`.
    Points,
}

impl Wanted {
    /// Refuses another shape.
    ///
    /// # Errors
    /// The shape in words.
    pub fn check(self, shape: &[u32]) -> HeaderResult<()> {
        let side = shape.first().copied().unwrap_or(0);
        let is_cube = side >= 2 && shape.iter().all(|&n| n == side);
        let fits = match self {
            Self::Tensor => is_cube && shape.len() >= 2,
            Self::Order => is_cube,
            Self::Points => shape.len() == 2 && side >= 1 && shape.iter().all(|&n| n >= 1),
        };
        let axes: Vec<String> = shape.iter().map(u32::to_string).collect();
        if fits {
            Ok(())
        } else {
            Err(format!("its shape is ({})", axes.join(", ") + if axes.len() == 1 { "," } else { "" }))
        }
    }

    /// The key that messages name, and the shape that is wanted.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Tensor => ("couplings", "(N,)*H, 2 <= H <= 16"),
            Self::Order => ("couplings", "(N,)*H, 1 <= H <= 16"),
            Self::Points => ("starts-from", "(n, N)"),
        }
    }
}
