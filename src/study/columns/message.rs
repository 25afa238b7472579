//! Bytes of a message: numbers little-endian, floats by their bits, sequences after their length.

use super::cell::{ColumnKind, Value};
use super::row::Row;

/// What messages are made of. Reading gives `None` where bytes are missing or mean nothing.
pub trait Sent: Sized {
    /// Appends its bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// What [`put`](Self::put) wrote, off the front.
    fn take(from: &mut &[u8]) -> Option<Self>;

    /// Many, after their number.
    fn put_all(items: &[Self], out: &mut Vec<u8>) {
        (items.len() as u32).put(out);
        items.iter().for_each(|item| item.put(out));
    }

    /// What [`put_all`](Self::put_all) wrote.
    fn take_all(from: &mut &[u8]) -> Option<Vec<Self>> {
        let count = u32::take(from)?;
        (0..count).map(|_| Self::take(from)).collect()
    }

    /// A message of its own.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    /// What [`encode`](Self::encode) wrote.
    fn decode(mut bytes: &[u8]) -> Option<Self> {
        Self::take(&mut bytes)
    }
}

/// Numbers; many of them are copied as fast as memory is.
macro_rules! sent_numbers {
    ($($number:ty)+) => {$(
        impl Sent for $number {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                let (first, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*first))
            }

            fn put_all(items: &[Self], out: &mut Vec<u8>) {
                (items.len() as u32).put(out);
                let begin = out.len();
                out.resize(begin + size_of_val(items), 0);
                if let Some((places, _)) = out.get_mut(begin..).map(<[u8]>::as_chunks_mut) {
                    places.iter_mut().zip(items).for_each(|(place, item)| *place = item.to_le_bytes());
                }
            }

            fn take_all(from: &mut &[u8]) -> Option<Vec<Self>> {
                let bytes = size_of::<Self>().checked_mul(u32::take(from)? as usize)?;
                let (places, rest) = from.split_at_checked(bytes)?;
                *from = rest;
                Some(places.as_chunks().0.iter().map(|&place| Self::from_le_bytes(place)).collect())
            }
        }
    )+};
}

sent_numbers! { u8 i32 u32 u64 f32 f64 }

impl Sent for String {
    fn put(&self, out: &mut Vec<u8>) {
        u8::put_all(self.as_bytes(), out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Self::from_utf8(u8::take_all(from)?).ok()
    }
}

impl<T: Sent> Sent for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put_all(self, out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        T::take_all(from)
    }
}

impl<A: Sent, B: Sent> Sent for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

/// Sends an enum: a byte that stands for the variant, then its fields.
macro_rules! sent_variants {
    (@take $from:ident $field:ident) => { $crate::study::columns::message::Sent::take($from)? };
    ($enum:ident $(<$study:ident: $bound:ident>)? {
        $($byte:tt => $variant:ident $(($($field:ident),+))?,)+
    }) => {
        impl $(<$study: $bound>)? $crate::study::columns::message::Sent for $enum $(<$study>)? {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($field),+))? => {
                        out.push($byte);
                        $($($field.put(out);)+)?
                    })+
                }
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                Some(match u8::take(from)? {
                    $($byte => Self::$variant $(($(sent_variants!(@take from $field)),+))?,)+
                    _ => return None,
                })
            }
        }
    };
}

pub(crate) use sent_variants;

impl<R: Row> Sent for R {
    /// Column by column.
    fn put(&self, out: &mut Vec<u8>) {
        for column in R::columns() {
            let value = (column.get)(self);
            if column.is_optional && column.kind != ColumnKind::Real {
                u8::from(value != Value::Unknown).put(out);
            }
            match value {
                Value::Unknown => {}
                // The lower eight bytes, of negative numbers in two's complement.
                Value::Whole(n) => (n as u64).put(out),
                Value::Real(x) => x.put(out),
                Value::Name(name) => u8::put_all(name.as_bytes(), out),
            }
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let mut row = R::BLANK;
        for column in R::columns() {
            let is_known = !column.is_optional || column.kind == ColumnKind::Real || u8::take(from)? != 0;
            let text;
            let value = match column.kind {
                _ if !is_known => Value::Unknown,
                ColumnKind::Count | ColumnKind::Flag => Value::Whole(u64::take(from)?.into()),
                ColumnKind::Signed => Value::Whole((u64::take(from)? as i64).into()),
                ColumnKind::Real => Value::Real(f64::take(from)?),
                ColumnKind::Name => {
                    text = String::take(from)?;
                    Value::Name(&text)
                }
            };
            if !(column.set)(&mut row, value) {
                return None;
            }
        }
        Some(row)
    }
}
