//! Which functions of a contract a metric is the largest of.

use lumenscope_bucket::Statistics;
use lumenscope_interfaces::analytics_storage::{RangeQuery, Ranking};
use lumenscope_interfaces::common::{PAGE_ITEMS_MAX, StatisticsView, StreamKey};
use soroban_sdk::{Env, FromVal, I256, IntoVal, Symbol, TryFromVal, Val, Vec, symbol_short};

use crate::query::ask;
use crate::reply::{sum, view, wide};
use crate::sheet::refuse;

/// A mean is compared with so many decimals of it.
const MEAN_SCALE: i128 = 1_000_000;

/// Adds up a metric by function over a page of the contract's streams, and ranks them.
pub fn functions(
    e: &Env,
    query: &mut RangeQuery,
    by: Ranking,
    start: u32,
    limit: u32,
) -> Vec<(Symbol, StatisticsView)> {
    let mut arguments = Vec::new(e);
    arguments.push_back(query.stream.contract.to_val());
    arguments.push_back(start.into());
    arguments.push_back(limit.into());
    let streams = ask(e, symbol_short!("streams"), arguments).ok();
    let streams = streams.and_then(|streams| Vec::<StreamKey>::try_from_val(e, &streams).ok());
    let mut names: Vec<Val> = Vec::new(e);
    let mut sums = [Statistics::EMPTY; PAGE_ITEMS_MAX as usize];
    let streams = streams.unwrap_or_else(|| refuse(e));
    for place in 0..streams.len() {
        let stream = streams.get_unchecked(place);
        // Its history is the stream's.
        if stream.lane.is_some() {
            continue;
        }
        let name = stream.function.to_val();
        query.stream = stream;
        let of_stream = sum(query, true);
        if of_stream.is_empty() {
            continue;
        }
        let mut place = names.len();
        match names.first_index_of(name) {
            Some(known) => place = known,
            None => names.push_back(name),
        }
        if let Some(sum) = sums.get_mut(place as usize) {
            sum.merge(&of_stream);
        }
    }
    let (mut ranks, mut ranked) = (Vec::<I256>::new(e), Vec::<Val>::new(e));
    for number in 0..names.len() {
        let Some(sum) = sums.get(number as usize) else { break };
        let count = wide(e, sum.count.into());
        let whole = wide(e, sum.sum);
        let rank = match by {
            Ranking::Count => count,
            Ranking::Sum => whole,
            Ranking::Mean => whole.mul(&wide(e, MEAN_SCALE)).div(&count),
            Ranking::Max => wide(e, sum.max.into()),
        };
        let mut place = ranks.len();
        while place > 0 && ranks.get_unchecked(place.wrapping_sub(1)) < rank {
            place = place.wrapping_sub(1);
        }
        ranks.insert(place, rank);
        ranked.insert(place, (names.get_unchecked(number), view(sum)).into_val(e));
    }
    Vec::from_val(e, &ranked.to_val())
}
