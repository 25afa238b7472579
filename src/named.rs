//! Enums whose values have names.

/// An enum whose values have names.
#[cfg_attr(not(feature = "runs"), allow(dead_code))]
pub trait Named: Copy + 'static {
    /// All of its values.
    const ALL: &'static [Self];

    /// The name.
    fn name(self) -> &'static str;
}

/// Declares an enum with the name that each value has in files, on the command line and in messages.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $enum:ident { $($(#[$doc:meta])* $value:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        pub enum $enum { $($(#[$doc])* $value,)+ }

        impl $enum {
            /// All of them, in order.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$value),+];

            /// Name in files, on the command line and in messages.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }
        }

        impl $crate::named::Named for $enum {
            const ALL: &'static [Self] = &Self::ALL;

            fn name(self) -> &'static str {
                Self::name(self)
            }
        }
    };
}
