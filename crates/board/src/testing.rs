//! Any document that the contract would take, of every kind, layout and size.

use lumenscope_invoke::Address;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::codes::{Granularity, Kind, Layout, Statistic};
use crate::document::{Dashboard, Variables, Widget};
use crate::limits::{
    COLUMNS_MAX, DESCRIPTION_BYTES_MAX, NAME_BYTES_MAX, POINTS_MAX, ROWS_MAX, SPAN_MAX_S,
    TITLE_BYTES_MAX, TOP_MAX, WIDGETS_MAX,
};
use crate::place::Place;

/// Texts that somebody hostile would write.
const HOSTILE: [&str; 8] = [
    "$contract",
    "${__user.login}",
    "[[function]]",
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "\"} or up{job=~\".*",
    "{{constructor}}",
    "\u{202e}\u{0}\r\n",
];

fn text(least: usize, most: usize) -> impl Strategy<Value = String> {
    let hostile = select(HOSTILE.to_vec()).prop_map(str::to_owned);
    let any = prop_oneof![2 => ".{0,24}", 1 => hostile];
    any.prop_map(move |text| {
        let mut text = text;
        while text.len() > most {
            text.pop();
        }
        while text.len() < least {
            text.push('x');
        }
        text
    })
}

fn symbol() -> impl Strategy<Value = Option<String>> {
    option::of("[a-zA-Z0-9_]{0,32}")
}

fn metric() -> impl Strategy<Value = String> {
    let known = ["failed", "instructions", "time_us", "calls", "ttl_ledgers", "premium"];
    prop_oneof![select(known.to_vec()).prop_map(str::to_owned), "[a-zA-Z0-9_]{0,32}"]
}

fn address() -> impl Strategy<Value = Option<Address>> {
    let account = any::<[u8; 32]>().prop_map(Address::from_account_key);
    let contract = any::<[u8; 32]>().prop_map(Address::from_contract_id);
    option::of(prop_oneof![account, contract])
}

fn variables() -> impl Strategy<Value = Variables> {
    (address(), symbol(), symbol()).prop_map(|(contract, function, subject)| Variables {
        contract,
        function,
        subject,
    })
}

fn span_s() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), 0..=SPAN_MAX_S]
}

fn drawn() -> impl Strategy<Value = Widget> {
    let names = (address(), symbol(), symbol(), metric(), text(0, TITLE_BYTES_MAX));
    let reads = (1..=POINTS_MAX, select(Granularity::ALL), select(Statistic::ALL), span_s());
    let colours = (0..=TOP_MAX, btree_set(any::<i128>(), 0..=4));
    (select(Kind::ALL), names, reads, colours).prop_map(
        |(kind, (contract, function, subject, metric, title), reads, (top, thresholds))| Widget {
            kind,
            x: 0,
            y: 0,
            width: 1,
            height: 1,
            title,
            contract,
            function,
            subject,
            metric: Some(metric),
            statistic: reads.2,
            max_points: reads.0,
            granularity: reads.1,
            compare_s: reads.3,
            top,
            thresholds: thresholds.into_iter().collect(),
        },
    )
}

/// Places in bands of equal height, cut at some columns: what any layout allows.
fn bands(columns: u32, rows: u32, cuts: &[(u32, u32)]) -> Vec<Place> {
    let (mut places, mut y) = (Vec::new(), 0);
    let (mut x, mut height) = (0, 1);
    for (width, tall) in cuts {
        if x == 0 {
            height = tall.min(&(rows - y)).to_owned();
        }
        let width = width.min(&(columns - x)).to_owned();
        places.push(Place { x, y, width, height });
        x += width;
        if x == columns {
            (x, y) = (0, y + height);
        }
        if y == rows {
            break;
        }
    }
    places
}

/// Any document.
pub fn any_dashboard() -> impl Strategy<Value = Dashboard> {
    let grid = (select(Layout::ALL), 1..=COLUMNS_MAX, 1..=ROWS_MAX);
    let head = (text(1, NAME_BYTES_MAX), text(0, DESCRIPTION_BYTES_MAX), variables(), span_s());
    let widgets = vec((drawn(), 1..=6_u32, 1..=4_u32), 0..=WIDGETS_MAX);
    (grid, head, widgets).prop_map(|((layout, columns, rows), head, drawn)| {
        let cuts: Vec<_> = drawn.iter().map(|(_, width, tall)| (*width, *tall)).collect();
        let places = bands(columns, rows, &cuts);
        let widgets = drawn.into_iter().zip(places).map(|((widget, ..), mut place)| {
            if layout == Layout::Free {
                (place.x, place.y) = (place.x / 2, place.y / 2);
            }
            placed(widget, place)
        });
        let (name, description, variables, range_s) = head;
        let widgets = widgets.collect();
        Dashboard { name, description, layout, columns, rows, variables, range_s, widgets }
    })
}

/// The widget at a place; of a kind that fits there.
fn placed(widget: Widget, place: Place) -> Widget {
    let (width, height) = widget.kind.least();
    let fits = place.width >= width && place.height >= height;
    let kind = if fits { widget.kind } else { Kind::Stat };
    let metric = widget.metric.filter(|_| kind.is_measured());
    let Place { x, y, width, height } = place;
    Widget { kind, metric, x, y, width, height, ..widget }
}
