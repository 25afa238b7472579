//! Values of cells and the Rust types that hold them.

use crate::named::Named;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers from 0.
    Count,
    /// Whole numbers with a sign.
    Signed,
    /// Yes or no, as 1 or 0.
    Flag,
    /// Double-precision numbers; what is not finite is unknown.
    Real,
    /// One of a few names.
    Name,
}

impl ColumnKind {
    /// In the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::Count | Self::Signed => "integer",
            Self::Flag => "0 or 1",
            Self::Real => "float",
            Self::Name => "text",
        }
    }
}

/// A value of a row, as every format has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Not known: NULL in SQL, empty in CSV, null in Parquet and JSON.
    Unknown,
    /// A whole number.
    Whole(i128),
    /// A number; unknown where it is not finite.
    Real(f64),
    /// A name.
    Name(&'a str),
}

impl Value<'_> {
    /// Whether two values are the same, floats by their bits.
    pub fn same_bits(self, other: Self) -> bool {
        match (self, other) {
            (Self::Real(a), Self::Real(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }

    /// As a table for people and programs has it: shortest digits that read back, empty where unknown.
    pub fn text(self) -> String {
        match self {
            Self::Whole(n) => n.to_string(),
            Self::Real(x) if x.is_finite() => format!("{x:?}"),
            Self::Name(name) => name.to_owned(),
            Self::Unknown | Self::Real(_) => String::new(),
        }
    }

    /// As a dump has it: floats by their bits.
    pub(super) fn exact_text(self) -> String {
        match self {
            Self::Unknown => "-".to_owned(),
            Self::Real(x) => format!("{:016x}", x.to_bits()),
            other => other.text(),
        }
    }
}

/// A type that a column can hold.
pub trait Cell: Copy {
    /// What its values are.
    const KIND: ColumnKind;
    /// Whether a value may be unknown in SQL.
    const IS_OPTIONAL: bool = false;
    /// The value of a row in which nothing is known yet.
    const BLANK: Self;

    /// The value.
    fn value(self) -> Value<'static>;

    /// The given value in this type; `None` if it has none.
    fn of(given: Value<'_>) -> Option<Self>;

    /// Appends its bytes as a checksum takes them.
    fn digest(self, out: &mut Vec<u8>);
}

macro_rules! whole_cell {
    ($($type:ty: $kind:ident, $blank:literal, $of:expr, $bytes:expr;)+) => {$(
        impl Cell for $type {
            const KIND: ColumnKind = ColumnKind::$kind;
            const BLANK: Self = $blank;

            fn value(self) -> Value<'static> {
                Value::Whole(self.into())
            }

            fn of(given: Value<'_>) -> Option<Self> {
                let Value::Whole(n) = given else { return None };
                $of(n)
            }

            fn digest(self, out: &mut Vec<u8>) {
                out.extend($bytes(self));
            }
        }
    )+};
}

whole_cell! {
    u32: Count, 0, |n| Self::try_from(n).ok(), Self::to_le_bytes;
    u64: Count, 0, |n| Self::try_from(n).ok(), Self::to_le_bytes;
    i64: Signed, 0, |n| Self::try_from(n).ok(), Self::to_le_bytes;
    bool: Flag, false, |n| (n == 0 || n == 1).then_some(n == 1), |yes| [u8::from(yes)];
}

impl Cell for Option<u32> {
    const KIND: ColumnKind = ColumnKind::Count;
    const IS_OPTIONAL: bool = true;
    const BLANK: Self = None;

    fn value(self) -> Value<'static> {
        self.map_or(Value::Unknown, Cell::value)
    }

    fn of(given: Value<'_>) -> Option<Self> {
        if given == Value::Unknown { Some(None) } else { u32::of(given).map(Some) }
    }

    /// One more than the number, 0 for "none": every value and its absence differ.
    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.map_or(0, |n| u64::from(n) + 1).to_le_bytes());
    }
}

impl Cell for f64 {
    const KIND: ColumnKind = ColumnKind::Real;
    const IS_OPTIONAL: bool = true;
    const BLANK: Self = Self::NAN;

    fn value(self) -> Value<'static> {
        Value::Real(self)
    }

    fn of(given: Value<'_>) -> Option<Self> {
        match given {
            Value::Unknown => Some(Self::NAN),
            Value::Real(x) => Some(x),
            _ => None,
        }
    }

    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.to_bits().to_le_bytes());
    }
}

/// A span of time, in seconds: always known.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Cell for Seconds {
    const KIND: ColumnKind = ColumnKind::Real;
    const BLANK: Self = Self(0.0);

    fn value(self) -> Value<'static> {
        Value::Real(self.0)
    }

    fn of(given: Value<'_>) -> Option<Self> {
        match given {
            Value::Real(seconds) => Some(Self(seconds)),
            _ => None,
        }
    }

    fn digest(self, out: &mut Vec<u8>) {
        self.0.digest(out);
    }
}

impl<T: Named> Cell for T {
    const KIND: ColumnKind = ColumnKind::Name;
    #[allow(clippy::indexing_slicing, reason = "every enum has a value")]
    const BLANK: Self = T::ALL[0];

    fn value(self) -> Value<'static> {
        Value::Name(self.name())
    }

    fn of(given: Value<'_>) -> Option<Self> {
        T::ALL.iter().find(|value| Value::Name(value.name()) == given).copied()
    }

    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.name().as_bytes());
    }
}
