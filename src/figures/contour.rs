//! Level sets of values on a grid, as closed rings for filled contours.

use std::collections::HashMap;

/// Values on a grid, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    /// The values; all finite.
    pub values: &'a [f64],
    /// Number of columns.
    pub columns: usize,
    /// Whether the column after the last is the first, as of an angle.
    pub is_periodic: bool,
}

/// A place on a grid: row and column, with parts.
pub type Place = [f64; 2];

/// An edge of the grid that a level passes: its row and column, and whether it leads to the next row.
type Edge = (usize, usize, bool);

impl Grid<'_> {
    fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Columns with those that close the region: one on each side, or none where columns are periodic.
    fn padded_columns(&self) -> usize {
        if self.is_periodic { self.columns } else { self.columns + 2 }
    }

    /// The value minus a level; outside the grid below every level, so that regions are closed along its border.
    fn above(&self, level: f64, row: usize, column: usize) -> f64 {
        let (rows, columns) = (self.rows(), self.columns);
        let column = if self.is_periodic { Some(column % columns) } else { column.checked_sub(1) };
        match (row.checked_sub(1), column) {
            (Some(row), Some(column)) if row < rows && column < columns => {
                self.values[row * columns + column] - level
            }
            _ => f64::NEG_INFINITY,
        }
    }

    /// The borders of the region in which values are at least a level, each closed: with columns to the right and rows upwards,
    /// higher values are on the left of its direction. No two rings cross, of any levels.
    pub fn rings(&self, level: f64) -> Vec<Vec<Place>> {
        let mut next: HashMap<Edge, Edge> = HashMap::new();
        let columns = self.padded_columns();
        let cells = if self.is_periodic { columns } else { columns - 1 };
        let mut firsts = Vec::new();
        for row in 0..=self.rows() {
            for column in 0..cells {
                for [from, to] in self.passes(level, row, column).into_iter().flatten() {
                    next.insert(from, to);
                    firsts.push(from);
                }
            }
        }
        let mut rings = Vec::new();
        for first in firsts {
            let mut ring = Vec::new();
            let mut at = first;
            while let Some(to) = next.remove(&at) {
                ring.push(self.place(level, at));
                at = to;
            }
            if ring.len() > 2 {
                rings.push(ring);
            }
        }
        rings
    }

    /// The lines through a cell: each from an edge to an edge.
    fn passes(&self, level: f64, row: usize, column: usize) -> [Option<[Edge; 2]>; 2] {
        let right = if self.is_periodic { (column + 1) % self.columns } else { column + 1 };
        let corners = [(row, column), (row, right), (row + 1, right), (row + 1, column)];
        let is_above = corners.map(|(row, column)| self.above(level, row, column) >= 0.0);
        // Edge i leads from corner i to the next.
        let edges: [Edge; 4] =
            [(row, column, false), (row, right, true), (row + 1, column, false), (row, column, true)];
        let enters: Vec<usize> = (0..4).filter(|&i| is_above[i] && !is_above[(i + 1) % 4]).collect();
        let leaves: Vec<usize> = (0..4).filter(|&i| !is_above[i] && is_above[(i + 1) % 4]).collect();
        match (&enters[..], &leaves[..]) {
            ([from], [to]) => [Some([edges[*from], edges[*to]]), None],
            // A saddle: corners above stay apart, each cut off by a line of its own.
            ([a, b], [..]) => {
                let before = |edge: usize| edges[(edge + 3) % 4];
                [Some([edges[*a], before(*a)]), Some([edges[*b], before(*b)])]
            }
            _ => [None, None],
        }
    }

    /// Where a level passes an edge, in the grid's own rows and columns.
    fn place(&self, level: f64, (row, column, is_down): Edge) -> Place {
        let beside = if self.is_periodic { (column + 1) % self.columns } else { column + 1 };
        let other = if is_down { (row + 1, column) } else { (row, beside) };
        let (a, b) = (self.above(level, row, column), self.above(level, other.0, other.1));
        let part = match (a.is_finite(), b.is_finite()) {
            (true, true) => a / (a - b),
            // The border lies on the grid's outermost line.
            (true, false) => 0.0,
            (false, _) => 1.0,
        };
        let (row, column) = (row as f64 - 1.0, column as f64 - if self.is_periodic { 0.0 } else { 1.0 });
        if is_down { [row + part, column] } else { [row, column + part] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signed area of a closed line.
    fn area(line: &[Place]) -> f64 {
        let corners = line.iter().zip(line.iter().cycle().skip(1));
        0.5 * corners.map(|(a, b)| a[1] * b[0] - b[1] * a[0]).sum::<f64>()
    }

    fn sampled(n: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let at = |i: usize| 2.0 * i as f64 / (n - 1) as f64 - 1.0;
        (0..n * n).map(|place| f(at(place / n), at(place % n))).collect()
    }

    #[test]
    fn the_region_above_a_level_has_its_area_with_holes_and_borders() {
        let n = 201;
        let cell = (2.0 / 200.0f64).powi(2);
        let of = |f: &dyn Fn(f64, f64) -> f64, level: f64| {
            let values = sampled(n, f);
            let grid = Grid { values: &values, columns: n, is_periodic: false };
            let rings = grid.rings(level);
            // Holes have negative areas.
            (rings.len(), rings.iter().map(|ring| area(ring)).sum::<f64>() * cell)
        };
        let near = |found: (usize, f64), rings: usize, area: f64| {
            assert_eq!(found.0, rings);
            assert!((found.1 - area).abs() < 2e-3 * area, "{} not {area}", found.1);
        };
        let disc = |x: f64, y: f64| 0.5 - x.hypot(y);
        near(of(&disc, 0.0), 1, std::f64::consts::PI / 4.0);
        // What is above outside a disc: the whole square with a hole.
        near(of(&|x, y| -disc(x, y), 0.0), 2, 4.0 - std::f64::consts::PI / 4.0);
        // A ring, and a half that ends at the border.
        near(of(&|x, y| 0.2 - (x.hypot(y) - 0.6).abs(), 0.0), 2, std::f64::consts::PI * (0.64 - 0.16));
        near(of(&|x, _| x, 0.0), 1, 2.0);
        assert_eq!(of(&disc, 0.7), (0, 0.0));
    }

    #[test]
    fn around_an_angle_rings_close() {
        let (rows, columns) = (50, 90);
        // A spot that lies across the first column, and one about the centre.
        let value = |row: usize, column: usize| {
            let (radius, angle) = (row as f64 / 49.0, std::f64::consts::TAU * column as f64 / 90.0);
            let (x, y) = (radius * angle.cos(), radius * angle.sin());
            (0.2 - (x - 0.6).hypot(y)).max(0.1 - x.hypot(y))
        };
        let values: Vec<f64> = (0..rows * columns).map(|at| value(at / columns, at % columns)).collect();
        let grid = Grid { values: &values, columns, is_periodic: true };
        let rings = grid.rings(0.0);
        // The spot at the centre: a border inside and one along the row of the centre itself.
        assert_eq!(rings.len(), 3);
        let on_page = |&[row, column]: &Place| {
            let (radius, angle) = (row / 49.0, std::f64::consts::TAU * column / 90.0);
            [radius * angle.sin(), radius * angle.cos()]
        };
        let mut areas: Vec<f64> =
            rings.iter().map(|ring| area(&ring.iter().map(on_page).collect::<Vec<_>>()).abs()).collect();
        areas.sort_by(f64::total_cmp);
        let disc = |radius: f64| std::f64::consts::PI * radius * radius;
        assert!(
            areas[0] < 1e-12 && (areas[1] - disc(0.1)).abs() < 2e-3 && (areas[2] - disc(0.2)).abs() < 2e-3
        );
    }
}
