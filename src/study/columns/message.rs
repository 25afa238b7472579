//! Bytes of a message: numbers little-endian, floats by their bits, sequences after their length.

use super::cell::{ColumnKind, Value};
use super::row::Row;

/// Writes.
#[derive(Default)]
pub struct Writer(pub Vec<u8>);

/// Reads what [`Writer`] wrote; `None` where bytes are missing or mean nothing.
pub struct Reader<'a>(pub &'a [u8]);

impl Writer {
    /// A byte.
    pub fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    /// Four bytes.
    pub fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    /// Eight bytes.
    pub fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// The bits of a float.
    pub fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }

    /// A number or none.
    pub fn option(&mut self, value: Option<u32>) {
        self.u64(value.map_or(u64::MAX, u64::from));
    }

    /// A text after its length.
    pub fn text(&mut self, text: &str) {
        self.list(text.as_bytes(), |writer, &byte| writer.byte(byte));
    }

    /// Many numbers, as fast as memory is copied: their N bytes each.
    pub fn bulk<T: Copy, const N: usize>(&mut self, items: &[T], bytes: fn(T) -> [u8; N]) {
        self.u32(items.len() as u32);
        let begin = self.0.len();
        self.0.resize(begin + N * items.len(), 0);
        if let Some((places, _)) = self.0.get_mut(begin..).map(<[u8]>::as_chunks_mut) {
            places.iter_mut().zip(items).for_each(|(place, &item)| *place = bytes(item));
        }
    }

    /// Items after their number.
    pub fn list<T>(&mut self, items: &[T], mut put: impl FnMut(&mut Self, &T)) {
        self.u32(items.len() as u32);
        items.iter().for_each(|item| put(self, item));
    }
}

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    /// A byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.bytes::<1>().map(|[byte]| byte)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// The bits of a float.
    pub fn f64(&mut self) -> Option<f64> {
        self.u64().map(f64::from_bits)
    }

    /// A number or none.
    pub fn option(&mut self) -> Option<Option<u32>> {
        match self.u64()? {
            u64::MAX => Some(None),
            value => u32::try_from(value).ok().map(Some),
        }
    }

    /// A text after its length.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.list(Self::byte)?).ok()
    }

    /// Many numbers of N bytes each, after their number.
    pub fn bulk<T, const N: usize>(&mut self, item: fn([u8; N]) -> T) -> Option<Vec<T>> {
        let bytes = N.checked_mul(self.u32()? as usize)?;
        let (places, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(places.as_chunks().0.iter().map(|&place| item(place)).collect())
    }

    /// Items after their number.
    pub fn list<T>(&mut self, mut take: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let len = self.u32()?;
        (0..len).map(|_| take(self)).collect()
    }
}

/// Writes a row, column by column.
pub fn put_row<R: Row>(out: &mut Writer, row: &R) {
    for column in R::columns() {
        let value = (column.get)(row);
        if column.is_optional && column.kind != ColumnKind::Real {
            out.byte(u8::from(value != Value::Unknown));
        }
        match value {
            Value::Unknown => {}
            // The lower eight bytes, of negative numbers in two's complement.
            Value::Whole(n) => out.u64(n as u64),
            Value::Real(x) => out.f64(x),
            Value::Name(name) => out.text(name),
        }
    }
}

/// What [`put_row`] wrote.
pub fn take_row<R: Row>(from: &mut Reader) -> Option<R> {
    let mut row = R::BLANK;
    for column in R::columns() {
        let is_known = !column.is_optional || column.kind == ColumnKind::Real || from.byte()? != 0;
        let text;
        let value = match column.kind {
            _ if !is_known => Value::Unknown,
            ColumnKind::Count | ColumnKind::Flag => Value::Whole(from.u64()?.into()),
            ColumnKind::Signed => Value::Whole((from.u64()? as i64).into()),
            ColumnKind::Real => Value::Real(from.f64()?),
            ColumnKind::Name => {
                text = from.text()?;
                Value::Name(&text)
            }
        };
        if !(column.set)(&mut row, value) {
            return None;
        }
    }
    Some(row)
}
