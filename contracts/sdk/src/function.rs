//! Recording for one function of the contract.

use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{InlineState, PerformanceMonitorClient};
use soroban_sdk::{Address, Env, Symbol, Vec};

use crate::outcome::Outcome;

/// One stream of the calling contract, ready to record into.
#[derive(Clone)]
pub struct Function<'a> {
    env: &'a Env,
    monitor: Option<&'a Address>,
    name: Symbol,
    subject: Option<Symbol>,
    lane: Option<u32>,
}

impl<'a> Function<'a> {
    pub(crate) fn new(
        env: &'a Env,
        monitor: Option<&'a Address>,
        name: Symbol,
        subject: Option<Symbol>,
    ) -> Self {
        Self { env, monitor, name, subject, lane: None }
    }

    /// The same stream's lane of that number, 1 to [`LANES_MAX`], 0 for the stream itself: callers
    /// who record into different lanes do not wait for each other. What decides must be known
    /// before the call, such as an argument: not the time, and nothing that others change.
    ///
    /// [`LANES_MAX`]: lumenscope_interfaces::common::LANES_MAX
    pub fn lane(self, lane: u32) -> Self {
        Self { lane: Some(lane).filter(|lane| *lane > 0), ..self }
    }

    /// A level: balances, prices, queue lengths. The metric's last value is what counts.
    pub fn gauge(&self, metric: &str, unit: &str, value: i128) -> Outcome {
        self.one(metric, unit, value)
    }

    /// One more of something. The metric's unit is `count`.
    pub fn count(&self, metric: &str) -> Outcome {
        self.one(metric, "count", 1)
    }

    /// An amount of a single event: mean, extremes and quantiles are what counts.
    pub fn observe(&self, metric: &str, unit: &str, value: i128) -> Outcome {
        self.one(metric, unit, value)
    }

    /// Several values at once, for one cross-contract call and one written entry. Units are those
    /// of the stream's definition.
    pub fn record(&self, values: &[(&str, i128)]) -> Outcome {
        let Some(monitor) = self.monitor else { return Outcome::Off };
        let mut samples = Vec::new(self.env);
        for (metric, value) in values {
            samples.push_back((Symbol::new(self.env, metric), *value));
        }
        let client = PerformanceMonitorClient::new(self.env, monitor);
        client.try_record_samples(&self.stream(), &samples).into()
    }

    /// Whether a rule that this stream steps itself fires, as of the last minute that is closed:
    /// `None` when monitoring is off, or the stream is not open. No keeper has to come for it, and the
    /// entry it reads is the one that recording writes. The stream's owner sets such rules with
    /// performance-monitor's `set_inline_rules`.
    pub fn fires(&self) -> Option<bool> {
        let client = PerformanceMonitorClient::new(self.env, self.monitor?);
        let rules = client.try_inline_rules(&self.stream()).ok()?.ok()?;
        let mut states = rules.iter().filter_map(InlineState::unpacked);
        Some(states.any(|state| state.is_firing()))
    }

    fn stream(&self) -> StreamKey {
        StreamKey {
            contract: self.env.current_contract_address(),
            function: self.name.clone(),
            subject: self.subject.clone(),
            lane: self.lane,
        }
    }

    fn one(&self, metric: &str, unit: &str, value: i128) -> Outcome {
        // `record_metric` names neither subject nor lane: the general call does.
        if self.subject.is_some() || self.lane.is_some() {
            return self.record(&[(metric, value)]);
        }
        let Some(monitor) = self.monitor else { return Outcome::Off };
        let client = PerformanceMonitorClient::new(self.env, monitor);
        client
            .try_record_metric(
                &self.env.current_contract_address(),
                &Symbol::new(self.env, metric),
                &value,
                &Symbol::new(self.env, unit),
                &self.name,
                &None,
            )
            .into()
    }
}
