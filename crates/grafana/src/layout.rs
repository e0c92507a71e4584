//! From the ledger's grid to Grafana's 24 columns.

use lumenscope_board::{Dashboard, Place};

/// Columns of Grafana's grid.
pub const COLUMNS: u32 = 24;
/// Rows of Grafana's grid, of 38 pixels each, to a row of the ledger's: two of them show a figure,
/// three a drawing with its legend.
const ROWS_PER_ROW: u32 = 3;

/// The places of all panels, none over another.
///
/// Each edge goes to the nearest column of Grafana at its left, so neighbours stay neighbours. What
/// then lies over another goes below it: widgets of the layout that allows it, and narrow ones of a
/// grid of more than 24 columns.
pub fn places(dashboard: &Dashboard) -> Vec<Place> {
    let scaled = |widget: Place| {
        let column = |edge: u32| edge.saturating_mul(COLUMNS) / dashboard.columns.max(1);
        let x = column(widget.x).min(COLUMNS - 1);
        let end = column(widget.x.saturating_add(widget.width)).clamp(x + 1, COLUMNS);
        let row = |rows: u32| rows.saturating_mul(ROWS_PER_ROW);
        Place { x, y: row(widget.y), width: end - x, height: row(widget.height) }
    };
    let mut places: Vec<Place> =
        dashboard.widgets.iter().map(|widget| scaled(widget.place())).collect();
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|slot| places.get(*slot).map(|place| (place.y, place.x)));
    let mut set: Vec<Place> = Vec::new();
    for slot in order {
        let Some(place) = places.get_mut(slot) else { continue };
        while let Some(over) = set.iter().find(|other| other.overlaps(*place)) {
            place.y = over.y.saturating_add(over.height);
        }
        set.push(*place);
    }
    places
}
