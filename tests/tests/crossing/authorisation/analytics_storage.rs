//! analytics-storage.

use lumenscope_interfaces::analytics_storage::{Granularity, RangeQuery, Ranking};
use soroban_sdk::testutils::Ledger as _;
use soroban_sdk::{Bytes, vec};

use super::super::world::{HOUR_S, START_S};
use super::cast::{Cast, METRIC};
use super::{Call, acts, reads};

const CONTRACT: &str = "analytics-storage";
const DAY_S: u64 = 24 * HOUR_S;

pub const CALLS: [Call; 21] = [
    acts("ingest", "", |cast| {
        // An account stands in for performance-monitor, which signs nothing.
        cast.must("admin", CONTRACT, "set_monitor", (cast.who("monitor"),));
        let mut stream = cast.stream();
        stream.function = cast.world.symbol("claim");
        let metrics = vec![&cast.world.e, cast.world.symbol(METRIC)];
        cast.ask((stream, metrics, Bytes::new(&cast.world.e)))
    }),
    acts("set_retention", "", |cast| cast.ask((cast.stream(), 30_u32, 0_u32, 0_u32, None::<bool>))),
    acts("set_minimum_retention", "", |cast| cast.ask((12_u32,))),
    acts("prune", "", |cast| {
        old(cast);
        cast.name(|who| (who, cast.streams()))
    }),
    acts("compact", "", |cast| {
        next_day(cast);
        cast.name(|who| (who, cast.streams()))
    }),
    acts("keep_alive_history", "", |cast| cast.name(|who| (who, cast.streams()))),
    acts("set_monitor", "", |cast| cast.ask((cast.who("newcomer"),))),
    acts("warm", "", |cast| {
        next_day(cast);
        compact(cast);
        let query = RangeQuery { include_open: false, ..day(cast) };
        cast.name(move |who| (who, query.clone()))
    }),
    reads("monitor", "", |cast| cast.ask(())),
    reads("retention", "", |cast| cast.ask((cast.stream(),))),
    reads("history_metrics", "", |cast| cast.ask((cast.stream(),))),
    reads("range", "", |cast| cast.ask((day(cast),))),
    reads("range_packed", "", |cast| cast.ask((day(cast),))),
    reads("latest", "", |cast| cast.ask((cast.stream(), cast.world.symbol(METRIC)))),
    reads("aggregate", "", |cast| cast.ask((day(cast),))),
    reads("window", "", |cast| {
        let hour = u32::try_from(START_S / HOUR_S).expect("an hour");
        cast.ask((cast.stream(), cast.world.symbol(METRIC), hour, hour + 1))
    }),
    reads("quantiles", "", |cast| {
        next_day(cast);
        compact(cast);
        cast.ask((day(cast), vec![&cast.world.e, 500_u32]))
    }),
    reads("top_functions", "", |cast| {
        let metric = cast.world.symbol(METRIC);
        let (from_s, to_s) = (START_S, cast.world.now_s());
        let contract = cast.who("contract");
        cast.ask((contract, metric, Granularity::Hour, from_s, to_s, Ranking::Sum, 0_u32, 5_u32))
    }),
    reads("cached", "", |cast| cast.ask((day(cast),))),
    reads("compare", "", |cast| cast.ask((day(cast), day(cast)))),
    reads("storage_statistics", "", |cast| cast.ask((cast.stream(),))),
];

/// The first day by the hour.
fn day(cast: &Cast) -> RangeQuery {
    let from_s = START_S / DAY_S * DAY_S;
    RangeQuery {
        stream: cast.stream(),
        metric: cast.world.symbol(METRIC),
        granularity: Granularity::Hour,
        from_s,
        to_s: from_s + DAY_S,
        include_open: true,
    }
}

/// Time passes, and no ledgers: entries live on.
fn pass(cast: &Cast, seconds: u64) {
    cast.world.e.ledger().with_mut(|ledger| ledger.timestamp += seconds);
}

/// The first day is over, and all of it in history.
fn next_day(cast: &Cast) {
    pass(cast, DAY_S);
    cast.flush();
}

fn compact(cast: &Cast) {
    let args = (cast.who("stranger"), cast.streams());
    cast.must("stranger", CONTRACT, "compact", args);
}

/// The first days are beyond what their owner keeps.
fn old(cast: &Cast) {
    next_day(cast);
    pass(cast, 150 * DAY_S);
    cast.record(5);
    pass(cast, DAY_S);
    cast.flush();
    compact(cast);
    let kept = (cast.stream(), 14_u32, 3_u32, 0_u32, None::<bool>);
    cast.must("owner", CONTRACT, "set_retention", kept);
    (0..5).for_each(|_| compact(cast));
}
