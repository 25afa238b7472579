//! The macro that declares columns.

/// Declares the columns of a row type.
///
/// Each field is a column of its own name. `key` names the primary key. `digest` lists the fields in the order of the
/// checksum, which is part of the file format; `digest wide` writes each of them as a whole number of sixteen bytes.
#[macro_export]
macro_rules! columns {
    (
        $row:ident in $table:literal key [$($key:ident),+]
        digest $(($width:ident))? [$($sum:ident),+]
        { $($field:ident: $type:ty, $unit:literal, $meaning:literal;)+ }
    ) => {
        impl $crate::study::columns::Row for $row {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];

            fn columns() -> &'static [$crate::study::columns::Column<Self>] {
                use $crate::study::columns::{Cell, Column};
                const COLUMNS: &[Column<$row>] = &[$(Column {
                    name: stringify!($field),
                    kind: <$type as Cell>::KIND,
                    is_optional: <$type as Cell>::IS_OPTIONAL,
                    unit: $unit,
                    meaning: $meaning,
                    get: |row| Cell::value(row.$field),
                    set: |row, given| match <$type as Cell>::of(given) {
                        Some(value) => {
                            row.$field = value;
                            true
                        }
                        None => false,
                    },
                }),+];
                COLUMNS
            }

            fn blank() -> Self {
                Self { $($field: <$type as $crate::study::columns::Cell>::blank()),+ }
            }

            fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
                $($crate::columns!(@digest self.$sum, feed $(, $width)?);)+
            }
        }
    };
    (@digest $value:expr, $feed:ident) => {
        $crate::study::columns::Cell::digest($value, $feed)
    };
    (@digest $value:expr, $feed:ident, wide) => {
        $feed(&i128::from($value).to_le_bytes())
    };
}
