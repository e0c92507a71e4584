//! Cells of a grid.

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
    /// Whether all its cells are among so many columns and rows, and there is one.
    #[must_use]
    pub fn is_inside(self, columns: u32, rows: u32) -> bool {
        let within = |first: u32, cells: u32, limit: u32| {
            cells != 0 && cells <= limit && first <= limit - cells
        };
        within(self.x, self.width, columns) && within(self.y, self.height, rows)
    }

    /// Whether they share a row.
    #[must_use]
    pub fn shares_row(self, other: Self) -> bool {
        meet((self.y, self.height), (other.y, other.height))
    }

    /// Whether they share a cell.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.shares_row(other) && meet((self.x, self.width), (other.x, other.width))
    }
}

/// Whether two runs of cells share one.
fn meet((first, cells): (u32, u32), (other_first, other_cells): (u32, u32)) -> bool {
    first < other_first.saturating_add(other_cells) && other_first < first.saturating_add(cells)
}
