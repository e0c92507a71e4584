//! What alerting published about alerts, read from the node.

use anyhow::{Context as _, ensure};
use lumenscope_invoke::{FromVal, Invoker, ScVal, ToVal as _, symbol};
use lumenscope_meta::{Address, Hash};
use lumenscope_notify::Fingerprint;
use lumenscope_rpc::{Event, EventFilter, EventKind, EventQuery, EventRange};
use lumenscope_rules::Transition;
use lumenscope_rules::codec::{TRANSITION_BYTES, decode_transition};
use stellar_xdr_30::{Limits, ReadXdr as _, WriteXdr as _};

/// Events in a page: the node's limit is ten times that.
const PAGE_EVENTS: u32 = 1_000;
/// Pages that are read: a hundred thousand transitions are more than anybody reads.
const PAGES_MAX: u32 = 100;

/// One transition, as it was published.
#[derive(Clone, Debug)]
pub struct Published {
    pub ledger: u32,
    pub rule_id: Hash,
    pub fingerprint: Fingerprint,
    pub function: String,
    pub subject: Option<String>,
    pub transition: Transition,
    /// Who evaluated, or acted.
    pub caller: Address,
    /// What a person said who resolved it.
    pub note: Option<String>,
}

/// What was published about a contract's alerts from a ledger on, in order.
///
/// # Errors
/// When the node does not answer, or gives what this version does not understand.
pub async fn published(
    invoker: &Invoker,
    alerting: &Address,
    contract: &Address,
    start: u32,
) -> anyhow::Result<Vec<Published>> {
    let base64 = |value: ScVal| value.to_xdr_base64(Limits::none());
    let topics = vec![
        base64(symbol("alert_changed")?)?,
        base64(contract.to_val()?)?,
        "*".to_owned(),
        "*".to_owned(),
    ];
    let filter = EventFilter {
        kind: Some(EventKind::Contract),
        contract_ids: vec![alerting.to_string()],
        topics: vec![topics],
    };
    let mut range = EventRange::Ledgers { start, end: None };
    let mut all = Vec::new();
    for page in 0.. {
        ensure!(page < PAGES_MAX, "more than {} events", PAGES_MAX * PAGE_EVENTS);
        let query = EventQuery { range, filters: vec![filter.clone()], limit: PAGE_EVENTS };
        let events = invoker.client().events(&query).await?;
        for event in &events.events {
            all.push(one(event).context("reading an event of alerting")?);
        }
        // A node looks through some thousand ledgers at a time: a page that is not full is not the
        // last one.
        let is_full = events.events.len() >= PAGE_EVENTS as usize;
        if !is_full && ledger_of(&events.cursor)? >= events.latest_ledger {
            break;
        }
        range = EventRange::After(events.cursor);
    }
    Ok(all)
}

/// The ledger that a cursor stands in: it begins with a position, whose high 32 bits that is.
fn ledger_of(cursor: &str) -> anyhow::Result<u32> {
    let position = cursor.split('-').next().and_then(|position| position.parse::<u64>().ok());
    let position = position.with_context(|| format!("expected a cursor, came {cursor:?}"))?;
    Ok(u32::try_from(position >> 32)?)
}

fn one(event: &Event) -> anyhow::Result<Published> {
    let val = |text: &String| ScVal::from_xdr_base64(text, Limits::none());
    let topic =
        |place: usize| val(event.topic.get(place).context("a topic is missing")?).context("XDR");
    let data: Vec<ScVal> = FromVal::from_val(&val(&event.value)?)?;
    let [function, subject, transition, _policy, caller, note] = &data[..] else {
        anyhow::bail!("expected six values, came {}", data.len());
    };
    let bytes: Vec<u8> = FromVal::from_val(transition)?;
    let bytes = <[u8; TRANSITION_BYTES]>::try_from(bytes.as_slice())?;
    let fingerprint: Vec<u8> = FromVal::from_val(&topic(3)?)?;
    Ok(Published {
        ledger: event.ledger,
        rule_id: FromVal::from_val(&topic(2)?)?,
        fingerprint: Fingerprint(fingerprint.as_slice().try_into()?),
        function: FromVal::from_val(function)?,
        subject: FromVal::from_val(subject)?,
        transition: decode_transition(&bytes)?,
        caller: FromVal::from_val(caller)?,
        note: FromVal::from_val(note)?,
    })
}
