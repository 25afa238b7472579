//! Values of cells and the Rust types that hold them.

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers from 0.
    Count,
    /// Whole numbers with a sign.
    Signed,
    /// Yes or no; 1 or 0 in SQL.
    Flag,
    /// Double-precision numbers; what is not finite is unknown.
    Real,
    /// One of a few names.
    Name,
}

/// A value on its way out of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Not known: NULL in SQL, empty in CSV, null in Parquet and JSON.
    Unknown,
    /// A whole number from 0.
    Count(u64),
    /// A whole number with a sign.
    Signed(i64),
    /// Yes or no.
    Flag(bool),
    /// A number; unknown where it is not finite.
    Real(f64),
    /// A name.
    Name(&'static str),
}

impl Value {
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
            Self::Unknown => String::new(),
            Self::Count(n) => n.to_string(),
            Self::Signed(n) => n.to_string(),
            Self::Flag(yes) => u8::from(yes).to_string(),
            Self::Real(x) if x.is_finite() => format!("{x:?}"),
            Self::Real(_) => String::new(),
            Self::Name(name) => name.to_owned(),
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

/// A value on its way into a row, as a file or message has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// Not known.
    Unknown,
    /// A whole number.
    Whole(i128),
    /// A number.
    Real(f64),
    /// A name.
    Text(&'a str),
}

/// A type that a column can hold.
pub trait Cell: Copy {
    /// What its values are.
    const KIND: Kind;
    /// Whether a value may be unknown in SQL.
    const IS_OPTIONAL: bool = false;

    /// The value of a row in which nothing is known yet.
    fn blank() -> Self;

    /// The value.
    fn value(self) -> Value;

    /// The given value in this type; `None` if it has none.
    fn of(given: Given<'_>) -> Option<Self>;

    /// Appends its bytes as a checksum takes them.
    fn digest(self, out: &mut Vec<u8>);
}

/// An enum whose values have names.
pub trait Named: Copy + 'static {
    /// All of its values.
    const ALL: &'static [Self];
    /// The one of a row in which nothing is known yet.
    const BLANK: Self;

    /// The name.
    fn name(self) -> &'static str;

    /// The value of this name.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|value| value.name() == name).copied()
    }
}

macro_rules! whole_cell {
    ($($type:ty: $kind:ident as $wide:ty;)+) => {$(
        impl Cell for $type {
            const KIND: Kind = Kind::$kind;

            fn blank() -> Self {
                0
            }

            fn value(self) -> Value {
                Value::$kind(<$wide>::from(self))
            }

            fn of(given: Given<'_>) -> Option<Self> {
                match given {
                    Given::Whole(n) => Self::try_from(n).ok(),
                    _ => None,
                }
            }

            fn digest(self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }
        }
    )+};
}

whole_cell! {
    u32: Count as u64;
    u64: Count as u64;
    i64: Signed as i64;
}

impl Cell for bool {
    const KIND: Kind = Kind::Flag;

    fn blank() -> Self {
        false
    }

    fn value(self) -> Value {
        Value::Flag(self)
    }

    fn of(given: Given<'_>) -> Option<Self> {
        match given {
            Given::Whole(0) => Some(false),
            Given::Whole(1) => Some(true),
            _ => None,
        }
    }

    fn digest(self, out: &mut Vec<u8>) {
        out.push(self.into());
    }
}

impl Cell for Option<u32> {
    const KIND: Kind = Kind::Count;
    const IS_OPTIONAL: bool = true;

    fn blank() -> Self {
        None
    }

    fn value(self) -> Value {
        self.map_or(Value::Unknown, Cell::value)
    }

    fn of(given: Given<'_>) -> Option<Self> {
        match given {
            Given::Unknown => Some(None),
            other => u32::of(other).map(Some),
        }
    }

    /// One more than the number, 0 for "none": every value and its absence differ.
    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.map_or(0, |n| u64::from(n) + 1).to_le_bytes());
    }
}

impl Cell for f64 {
    const KIND: Kind = Kind::Real;
    const IS_OPTIONAL: bool = true;

    fn blank() -> Self {
        Self::NAN
    }

    fn value(self) -> Value {
        Value::Real(self)
    }

    fn of(given: Given<'_>) -> Option<Self> {
        match given {
            Given::Unknown => Some(Self::NAN),
            Given::Real(x) => Some(x),
            _ => None,
        }
    }

    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.to_bits().to_le_bytes());
    }
}

impl<T: Named> Cell for T {
    const KIND: Kind = Kind::Name;

    fn blank() -> Self {
        T::BLANK
    }

    fn value(self) -> Value {
        Value::Name(self.name())
    }

    fn of(given: Given<'_>) -> Option<Self> {
        match given {
            Given::Text(name) => T::from_name(name),
            _ => None,
        }
    }

    fn digest(self, out: &mut Vec<u8>) {
        out.extend(self.name().as_bytes());
    }
}
