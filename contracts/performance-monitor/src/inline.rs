//! Rules that a stream steps while it records, so that what they say is known before the next
//! `evaluate`, and misses no minute however long no keeper comes.

use core::mem::offset_of;

use lumenscope_hot::{
    BYTES_MAX, INLINE_BYTES, INLINE_RULES_MAX, RING_MINUTES, Recorder, Statistics, View,
    newest_minute, window, with_inline_rules,
};
use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::MonitorError;
use lumenscope_rules::rule::WINDOW_SLOTS_MAX;
use lumenscope_rules::slot::{SLOT_S, closed_through, slot_of};
use lumenscope_rules::{Inline, MinuteSlot, inline};
use soroban_sdk::unwrap::{UnwrapInfallible, UnwrapOptimized};
use soroban_sdk::{Address, BytesN, Env, EnvBase, IntoVal, MapObject, Val, Vec, symbol_short};
use zerocopy::{FromBytes, IntoBytes};

use crate::definition::keeps;
use crate::events::{StreamDefined, tell_of};
use crate::refusal::refuse;
use crate::registry::owned;
use crate::shapes::{
    NOWHERE, StreamDefinition, StreamKey, count, field, item, list, place_in, raw, same, typed,
};
use crate::storage::{self, open_hot};
use crate::streams::definition;

const _: () = assert!(inline::BYTES == INLINE_BYTES);
const _: () = assert!(RING_MINUTES == lumenscope_rules::slot::RING_SLOTS as usize);

/// Fields of a rule, in the order of their names.
const FIELDS: [&str; 14] = [
    "condition",
    "contract",
    "for_s",
    "function",
    "keep_firing_for_s",
    "metric",
    "min_points",
    "no_data",
    "operator",
    "statistic",
    "subject",
    "threshold",
    "threshold_high",
    "window_s",
];
/// Places of the numbers among them, in the order in which [`Inline`] has them.
const NUMBERS: [usize; 7] = [2, 4, 6, 7, 8, 9, 13];
const AT_NUMBERS: usize = offset_of!(Inline, for_s);
const AT_THROUGH: usize = offset_of!(Inline, through);
/// `RuleCondition::Threshold`.
const THRESHOLD: u32 = 1;

/// Takes the rules of an entry through every minute that is closed.
pub fn step(recorder: &mut Recorder<'_, [u8; BYTES_MAX]>, now_s: u64) {
    for number in 0..recorder.view().inline_rules() {
        let rule = stepped(&recorder.view(), number, now_s);
        let mut bytes = [0; INLINE_BYTES];
        bytes.copy_from_slice(rule.as_bytes());
        recorder.set_inline_rule(number, &bytes);
    }
}

/// Where a rule stands, with every minute that is closed.
#[inline(never)]
fn stepped(view: &View<'_, [u8; BYTES_MAX]>, number: usize, now_s: u64) -> Inline {
    let mut rule = Inline::read_from_bytes(view.inline_rule(number)).unwrap_optimized();
    let ring = view.inline_ring(number).unwrap_or_default();
    rule.advance(newest_minute(ring), closed_through(now_s), |first, last| {
        let Statistics { count, sum, min, max, last, .. } = window(ring, first, last);
        MinuteSlot { minute: 0, count, sum, min, max, last }
    });
    rule
}

/// What each rule of a stream says now.
pub fn states(e: &Env, stream: &StreamKey) -> raw::Vec<raw::u64> {
    definition(e, stream);
    let mut buffer = [0; BYTES_MAX];
    let entry = open_hot(e, stream, &mut buffer);
    let mut states = Vec::<u64>::new(e);
    for number in 0..entry.view().inline_rules() {
        let rule = stepped(&entry.view(), number, e.ledger().timestamp());
        let state = u64::from(rule.phase) | u64::from(rule.coverage) << 8;
        states.push_back(state | u64::from(rule.episode) << 24);
    }
    raw::Vec::new(e, states.to_val())
}

/// Has a stream step these rules of an alerting contract from now on, and no others.
pub fn set(e: &Env, stream: &StreamKey, alerting: &Address, rules: Val) {
    governance::require_not_paused(e);
    let registration = owned(e, stream.contract().to_val());
    let definition = definition(e, stream);
    let (mut stored, mut buffer) = ([0; BYTES_MAX], [0; BYTES_MAX]);
    let mut entry = open_hot(e, stream, &mut stored);
    let now_s = e.ledger().timestamp();
    step(&mut entry, now_s);
    let number = count(e, rules);
    if number > INLINE_RULES_MAX as u32 {
        refuse(e, MonitorError::TooMany);
    }
    let mut records = [0; INLINE_RULES_MAX * INLINE_BYTES];
    let wanted = records.chunks_exact_mut(INLINE_BYTES);
    for (place, record) in (0..number).zip(wanted) {
        compile(e, stream, &definition, alerting, item(e, rules, place), record);
        put(record, AT_THROUGH, &(slot_of(now_s) - 1).to_le_bytes());
        // One that it steps already goes on.
        for number in 0..entry.view().inline_rules() {
            let kept = entry.view().inline_rule(number);
            if kept.get(..inline::RULE_BYTES) == record.get(..inline::RULE_BYTES) {
                record.copy_from_slice(kept);
            }
        }
    }
    let records = records.get(..number as usize * INLINE_BYTES).unwrap_or_default();
    let bytes = with_inline_rules(&entry, records, &mut buffer).unwrap_or_default();
    storage::set_hot(e, stream, buffer.get(..bytes).unwrap_or_default());
    let owner = registration.owner().into_val(e);
    let (metrics, mode) = (definition.metrics(), definition.mode());
    let data = &mut [Val::VOID.into(), owner, metrics, mode.into(), (bytes as u32).into()];
    tell_of::<StreamDefined>(e, symbol_short!("defined"), stream, data);
}

#[inline(never)]
fn put(record: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(to) = record.get_mut(at..at + bytes.len()) {
        to.copy_from_slice(bytes);
    }
}

/// Writes a rule as its alerting contract has it, if this stream can step it.
fn compile(
    e: &Env,
    stream: &StreamKey,
    definition: &StreamDefinition,
    alerting: &Address,
    id: Val,
    record: &mut [u8],
) {
    let found: Val = e.invoke_contract(alerting, &symbol_short!("rule"), typed(e, list(e, &[id])));
    if found.is_void() {
        refuse(e, MonitorError::RuleUnfit);
    }
    let spec = field(e, found, symbol_short!("spec"));
    let mut values = [Val::VOID.into(); FIELDS.len()];
    let map = MapObject::try_from(spec).unwrap_optimized();
    e.sparse_map_unpack_to_slice(map, &FIELDS, &mut values).unwrap_infallible();
    for (number, place) in NUMBERS.iter().enumerate() {
        put(record, AT_NUMBERS + 4 * number, &typed::<u32>(e, values[*place]).to_le_bytes());
    }
    let [condition, contract, _, function, _, metric, .., subject, threshold, high, window] =
        values;
    let covers = |of: Val, own: Val| of.is_void() || same(e, of, own);
    let place = place_in(e, definition.metrics(), metric);
    let window_s: u32 = typed(e, window);
    // Longer ones are of hours, which no ring holds.
    let is_of_minutes = window_s.is_multiple_of(SLOT_S)
        && window_s.wrapping_sub(1) < WINDOW_SLOTS_MAX * SLOT_S
        && keeps(definition.mode());
    let fits = is_of_minutes
        && same(e, condition, THRESHOLD.into())
        && covers(contract, stream.contract().to_val())
        && covers(function, stream.function().to_val())
        && covers(subject, stream.subject_val())
        && place != NOWHERE
        && definition.watched() >> place & 1 == 1;
    if !fits {
        refuse(e, MonitorError::RuleUnfit);
    }
    put(record, offset_of!(Inline, metric), &place.to_le_bytes());
    for (number, value) in [threshold, high].into_iter().enumerate() {
        put(record, 16 * number, &typed::<i128>(e, value).to_le_bytes());
    }
    let id: BytesN<32> = typed(e, id);
    put(record, offset_of!(Inline, rule), &id.to_array()[..8]);
}
