//! Which events a client wants.

use super::RpcError;
use super::params;
use crate::xdr::{ContractEvent, ContractEventBody, ContractEventType, ContractId, ScVal};
use serde::Deserialize;
use std::str::FromStr;

/// Bounds of a request, as RPC nodes have them.
const MAX_FILTERS: usize = 5;
const MAX_CONTRACT_IDS: usize = 5;
const MAX_TOPICS: usize = 5;
const MAX_SEGMENTS: usize = 4;

/// A filter as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FilterParams {
    #[serde(rename = "type")]
    kinds: Option<String>,
    contract_ids: Vec<String>,
    topics: Vec<Vec<String>>,
}

/// Filters: an event passes when one of them takes it, or when there is none.
pub(super) struct EventFilters(Vec<Filter>);

/// Every part that is given has to match; of several values in a part, one.
struct Filter {
    kinds: Vec<ContractEventType>,
    contract_ids: Vec<ContractId>,
    topics: Vec<TopicFilter>,
}

struct TopicFilter {
    segments: Vec<Segment>,
    /// Whether more topics may follow: a trailing `**`.
    open: bool,
}

enum Segment {
    Any,
    Exactly(ScVal),
}

impl EventFilters {
    pub fn read(filters: Vec<FilterParams>) -> Result<Self, RpcError> {
        at_most("filters", filters.len(), MAX_FILTERS)?;
        let filters = filters.into_iter().enumerate();
        Ok(Self(
            filters.map(|(index, filter)| read_filter(index, filter)).collect::<Result<_, _>>()?,
        ))
    }

    pub fn take(&self, event: &ContractEvent) -> bool {
        self.0.is_empty() || self.0.iter().any(|filter| filter.takes(event))
    }
}

fn read_filter(index: usize, filter: FilterParams) -> Result<Filter, RpcError> {
    let name = format!("filters[{index}]");
    at_most(&format!("{name}.contractIds"), filter.contract_ids.len(), MAX_CONTRACT_IDS)?;
    at_most(&format!("{name}.topics"), filter.topics.len(), MAX_TOPICS)?;
    let kinds = filter.kinds.unwrap_or_default();
    let kinds = kinds.split(',').map(str::trim).filter(|kind| !kind.is_empty());
    let contract_ids = filter.contract_ids.iter().map(|id| {
        ContractId::from_str(id).map_err(|_| {
            RpcError::InvalidParams(format!("{name}.contractIds: {id:?} is not a contract"))
        })
    });
    let topics = filter.topics.into_iter().map(|topics| read_topics(&name, topics));
    Ok(Filter {
        kinds: kinds.map(|kind| read_kind(&name, kind)).collect::<Result<_, _>>()?,
        contract_ids: contract_ids.collect::<Result<_, _>>()?,
        topics: topics.collect::<Result<_, _>>()?,
    })
}

fn read_kind(name: &str, kind: &str) -> Result<ContractEventType, RpcError> {
    match kind {
        "contract" => Ok(ContractEventType::Contract),
        "system" => Ok(ContractEventType::System),
        _ => Err(RpcError::InvalidParams(format!(
            "{name}.type: expected contract or system, came {kind:?}"
        ))),
    }
}

fn read_topics(name: &str, mut topics: Vec<String>) -> Result<TopicFilter, RpcError> {
    let open = topics.last().is_some_and(|last| last == "**");
    if open {
        topics.pop();
    }
    at_most(&format!("{name}.topics: segments"), topics.len(), MAX_SEGMENTS)?;
    let segments = topics.into_iter().map(|segment| match segment.as_str() {
        "*" => Ok(Segment::Any),
        "**" => Err(RpcError::InvalidParams(format!("{name}.topics: ** comes last"))),
        value => Ok(Segment::Exactly(params::xdr(&format!("{name}.topics"), value)?)),
    });
    Ok(TopicFilter { segments: segments.collect::<Result<_, _>>()?, open })
}

fn at_most(what: &str, came: usize, most: usize) -> Result<(), RpcError> {
    if came > most {
        return Err(RpcError::InvalidParams(format!("{what}: at most {most}, came {came}")));
    }
    Ok(())
}

impl Filter {
    fn takes(&self, event: &ContractEvent) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.contains(&event.type_);
        let contract = self.contract_ids.is_empty()
            || event.contract_id.as_ref().is_some_and(|id| self.contract_ids.contains(id));
        let ContractEventBody::V0(body) = &event.body;
        let topics = self.topics.is_empty()
            || self.topics.iter().any(|filter| filter.takes(body.topics.as_slice()));
        kind && contract && topics
    }
}

impl TopicFilter {
    fn takes(&self, topics: &[ScVal]) -> bool {
        let length = if self.open {
            topics.len() >= self.segments.len()
        } else {
            topics.len() == self.segments.len()
        };
        length
            && self.segments.iter().zip(topics).all(|(segment, topic)| match segment {
                Segment::Any => true,
                Segment::Exactly(value) => value == topic,
            })
    }
}
