//! The macro that declares columns.

/// Declares a row type with its columns.
///
/// Each field is a column of its own name and in the order given; its documentation is the meaning of the column, and its
/// unit follows its type. `key` names the primary key. `digest` lists the columns in the order of the checksum, which is
/// part of the file format: `digest own` writes each by the width of its type, `digest wide` each as a whole number of
/// sixteen bytes.
#[macro_export]
macro_rules! columns {
    (
        $(#[$attribute:meta])*
        pub struct $row:ident in $table:literal {
            $($(#[doc = $meaning:literal])+ pub $field:ident: $type:ty, $unit:literal;)+
        }
        key [$($key:ident),+]
        digest $width:ident [$($sum:ident),+]
    ) => {
        $(#[$attribute])*
        pub struct $row {
            $($(#[doc = $meaning])+ pub $field: $type,)+
        }

        impl $crate::study::columns::Row for $row {
            const NAME: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const BLANK: Self = Self { $($field: <$type as $crate::study::columns::Cell>::BLANK),+ };

            fn columns() -> &'static [$crate::study::columns::Column<Self>] {
                use $crate::study::columns::{Cell, Column};
                const COLUMNS: &[Column<$row>] = &[$(Column {
                    name: stringify!($field),
                    kind: <$type as Cell>::KIND,
                    is_optional: <$type as Cell>::IS_OPTIONAL,
                    unit: $unit,
                    meaning: concat!($($meaning),+),
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

            fn table() -> &'static $crate::study::columns::Table<Self> {
                use std::sync::LazyLock;
                use $crate::study::columns::Table;
                static TABLE: LazyLock<Table<$row>> = LazyLock::new(Table::declared);
                &TABLE
            }

            fn digest(&self, out: &mut Vec<u8>) {
                $($crate::columns!(@$width self.$sum, out);)+
            }
        }
    };
    (@own $value:expr, $out:ident) => {
        $crate::study::columns::Cell::digest($value, $out)
    };
    (@wide $value:expr, $out:ident) => {
        $out.extend(i128::from($value).to_le_bytes())
    };
}

pub use columns;
