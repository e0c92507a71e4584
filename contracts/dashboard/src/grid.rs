//! Where widgets may lie: inside the grid, and by the rules of its layout.

use lumenscope_interfaces::dashboard::{COLUMNS_MAX, DashboardError, DashboardLayout, ROWS_MAX};

/// A grid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grid {
    /// How widgets may lie.
    pub layout: DashboardLayout,
    /// 1 to [`COLUMNS_MAX`].
    pub columns: u32,
    /// 1 to [`ROWS_MAX`].
    pub rows: u32,
}

/// Cells of a grid, counted from 0 at the top left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Place {
    /// The place as it is stored. On a grid, each of the four fits in a byte.
    pub fn pack(self) -> u32 {
        self.x | self.y << 8 | self.width << 16 | self.height << 24
    }

    /// The place that was stored.
    pub fn unpack(packed: u32) -> Self {
        let byte = |at: u32| packed >> at & 255;
        Self { x: byte(0), y: byte(8), width: byte(16), height: byte(24) }
    }
}

impl Grid {
    /// Whether the grid is one.
    ///
    /// # Errors
    ///
    /// * [`DashboardError::GridInvalid`]: no columns, no rows, or too many.
    pub fn check(&self) -> Result<(), DashboardError> {
        if !(1..=COLUMNS_MAX).contains(&self.columns) || !(1..=ROWS_MAX).contains(&self.rows) {
            return Err(DashboardError::GridInvalid);
        }
        Ok(())
    }

    /// Whether a widget may lie there, wherever the others do.
    ///
    /// # Errors
    ///
    /// * [`DashboardError::OutsideGrid`]: not wholly inside, or without any cell.
    pub fn check_inside(&self, place: Place) -> Result<(), DashboardError> {
        let within = |first: u32, cells: u32, limit: u32| {
            cells != 0 && cells <= limit && first <= limit - cells
        };
        if !within(place.x, place.width, self.columns) || !within(place.y, place.height, self.rows)
        {
            return Err(DashboardError::OutsideGrid);
        }
        Ok(())
    }

    /// Whether two widgets, both inside, may lie where they do.
    ///
    /// # Errors
    ///
    /// * [`DashboardError::WidgetsOverlap`]: one over the other.
    /// * [`DashboardError::RowsUneven`]: in rows, they share one but not its first and last.
    pub fn check_beside(&self, place: Place, other: Place) -> Result<(), DashboardError> {
        if self.layout == DashboardLayout::Free
            || !meet(place.y, place.height, other.y, other.height)
        {
            return Ok(());
        }
        if meet(place.x, place.width, other.x, other.width) {
            return Err(DashboardError::WidgetsOverlap);
        }
        let even = place.y == other.y && place.height == other.height;
        if self.layout == DashboardLayout::Rows && !even {
            return Err(DashboardError::RowsUneven);
        }
        Ok(())
    }
}

/// Whether two runs of cells, both inside a grid, share one.
fn meet(first: u32, cells: u32, other_first: u32, other_cells: u32) -> bool {
    first < other_first.wrapping_add(other_cells) && other_first < first.wrapping_add(cells)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;
    use std::collections::BTreeSet;

    use super::*;

    const GRID: Grid = Grid { layout: DashboardLayout::Grid, columns: 12, rows: 20 };

    fn cells(place: Place) -> BTreeSet<(u32, u32)> {
        let Place { x, y, width, height } = place;
        (x..x + width).flat_map(|column| (y..y + height).map(move |row| (column, row))).collect()
    }

    fn any_place() -> impl Strategy<Value = Place> {
        (0..14u32, 0..22u32, 0..14u32, 0..22u32).prop_map(|(x, y, width, height)| Place {
            x,
            y,
            width,
            height,
        })
    }

    /// A first cell and how many, within `limit`.
    fn run(limit: u32) -> impl Strategy<Value = (u32, u32)> {
        (0..limit).prop_flat_map(move |first| (Just(first), 1..=limit - first))
    }

    fn inside() -> impl Strategy<Value = Place> {
        (run(GRID.columns), run(GRID.rows)).prop_map(|((x, width), (y, height))| Place {
            x,
            y,
            width,
            height,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn a_place_is_inside_when_all_its_cells_are(place in any_place()) {
            let covered = cells(place);
            let all = covered.iter().all(|(column, row)| *column < 12 && *row < 20);
            let expected = !covered.is_empty() && all;
            prop_assert_eq!(GRID.check_inside(place).is_ok(), expected);
        }

        #[test]
        fn two_widgets_overlap_when_they_share_a_cell(one in inside(), other in inside()) {
            let shared = !cells(one).is_disjoint(&cells(other));
            let overlap = Err(DashboardError::WidgetsOverlap);
            prop_assert_eq!(GRID.check_beside(one, other) == overlap, shared);
            prop_assert_eq!(GRID.check_beside(other, one), GRID.check_beside(one, other));
            let free = Grid { layout: DashboardLayout::Free, ..GRID };
            prop_assert_eq!(free.check_beside(one, other), Ok(()));
        }

        #[test]
        fn in_rows_widgets_that_share_one_share_all_of_theirs(one in inside(), other in inside()) {
            let rows = |place: Place| (place.y..place.y + place.height).collect::<BTreeSet<_>>();
            let uneven = rows(one) != rows(other) && !rows(one).is_disjoint(&rows(other));
            let layout = Grid { layout: DashboardLayout::Rows, ..GRID };
            let expected = match GRID.check_beside(one, other) {
                Ok(()) if uneven => Err(DashboardError::RowsUneven),
                outcome => outcome,
            };
            prop_assert_eq!(layout.check_beside(one, other), expected);
        }

        #[test]
        fn a_place_is_read_as_it_was_stored(
            x in 0..COLUMNS_MAX, y in 0..ROWS_MAX, width in 1..=COLUMNS_MAX, height in 1..=ROWS_MAX,
        ) {
            let place = Place { x, y, width, height };
            prop_assert_eq!(Place::unpack(place.pack()), place);
        }
    }

    #[test]
    fn numbers_that_would_wrap_are_outside() {
        for place in [
            Place { x: u32::MAX, y: 0, width: 2, height: 1 },
            Place { x: 1, y: 0, width: u32::MAX, height: 1 },
            Place { x: 0, y: 1, width: 1, height: u32::MAX },
        ] {
            assert_eq!(GRID.check_inside(place), Err(DashboardError::OutsideGrid));
        }
    }

    #[test]
    fn every_cell_of_the_largest_grid_fits_a_byte() {
        const { assert!(COLUMNS_MAX <= 255 && ROWS_MAX <= 255) };
    }
}
