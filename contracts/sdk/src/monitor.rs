//! The handle.

use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Env, Symbol};

use crate::function::Function;
use crate::guard::{Verdict, ask};
use crate::reading::Reading;
use crate::switch::{MonitorLink, linked};

/// The handle through which a contract records. Costs one read of the contract's own instance.
#[derive(Clone)]
pub struct Monitor {
    env: Env,
    link: Option<MonitorLink>,
}

impl Monitor {
    /// The monitor that this contract is linked to; one that does nothing when there is none or
    /// it is switched off.
    pub fn of(e: &Env) -> Self {
        Self { env: e.clone(), link: linked(e).filter(|link| link.enabled) }
    }

    /// The stream of one function of this contract.
    pub fn function(&self, name: &str) -> Function<'_> {
        self.stream(Symbol::new(&self.env, name), None)
    }

    /// The stream of one function and one subject: a worker, an oracle source, a pool.
    pub fn subject(&self, function: &str, subject: &str) -> Function<'_> {
        let name = Symbol::new(&self.env, function);
        self.stream(name, Some(Symbol::new(&self.env, subject)))
    }

    /// The same for a subject that the call itself names, such as an asset. One that has no stream is
    /// recorded in the contract's `other`, if at all: callers open none.
    pub fn subject_of(&self, function: &str, subject: &Symbol) -> Function<'_> {
        self.stream(Symbol::new(&self.env, function), Some(subject.clone()))
    }

    /// Whether this contract should go on, as its alerts say. Costs a cross-contract call that
    /// reads one entry and writes nothing. [`Verdict::stops`] is the careful reading.
    pub fn guard(&self) -> Verdict {
        let alerting = self.link.as_ref().and_then(|link| link.alerting.as_ref());
        alerting.map_or(Verdict::Off, |address| ask(&self.env, address))
    }

    /// What is held now of a metric of one of this contract's own streams: `None` when monitoring is
    /// off, or there is no such stream or metric.
    pub fn reading(&self, function: &str, metric: &str) -> Option<Reading> {
        let monitor = &self.link.as_ref()?.performance_monitor;
        let stream = StreamKey {
            contract: self.env.current_contract_address(),
            function: Symbol::new(&self.env, function),
            subject: None,
            lane: None,
        };
        Reading::of(&self.env, monitor, &stream, &Symbol::new(&self.env, metric))
    }

    fn stream(&self, name: Symbol, subject: Option<Symbol>) -> Function<'_> {
        let monitor = self.link.as_ref().map(|link| &link.performance_monitor);
        Function::new(&self.env, monitor, name, subject)
    }
}
