//! The columns that a file of a table has.

use crate::study::columns::{Head, alias};

/// The columns of a file: those of the rows, each with its place in a row, and behind them once more those that have an
/// [`alias`], under it.
pub fn columns_of_file(heads: &[Head]) -> Vec<(usize, Head)> {
    let own = heads.iter().copied().enumerate();
    let again = own.clone().filter_map(|(place, (name, kind))| Some((place, (alias(name)?, kind))));
    own.chain(again).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::columns::ColumnKind;

    #[test]
    fn a_column_with_a_second_name_is_repeated_behind_the_last() {
        let heads = [("index", ColumnKind::Count), ("energy", ColumnKind::Real)];
        let names: Vec<_> =
            columns_of_file(&heads).into_iter().map(|(place, (name, _))| (place, name)).collect();
        assert_eq!(names, [(0, "index"), (1, "energy"), (0, "morse_index")]);
    }
}
