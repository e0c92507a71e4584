//! The loop: fetch, check the chain, measure, commit.

use lumenscope_meta::{DECODER_VERSION, Hash, Network};
use lumenscope_rpc::{LedgerSource, Page, RpcError};

use crate::coverage::{Source, Span, SpanState};
use crate::epoch::{self, Checkpoint, Epoch};
use crate::fetch::{Fetched, Fetcher, ObservedLedger};
use crate::{
    FunctionNames, LedgerCommit, Measurement, ObserveError, Row, Store, WatchList, measure,
};

/// What one step did.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ledgers were observed.
    Observed {
        /// The last of them.
        through: u32,
        /// When the last of them closed, milliseconds since 1970, where that is known.
        closed_at_ms: Option<u64>,
        /// Their rows in order.
        rows: Vec<Row>,
    },
    /// The node has no newer ledger.
    AtTip {
        /// The newest it has.
        latest: u32,
    },
}

/// Follows one chain of ledgers for one watch list.
#[derive(Debug)]
pub struct Observer<S, T> {
    fetcher: Fetcher<S>,
    store: T,
    watch: WatchList,
    names: FunctionNames,
    passphrase: String,
    epoch_begun: bool,
    /// The ledger before the next one, to check the chain.
    last: Option<Checkpoint>,
    next: u32,
    latest_known: u32,
    /// Ledgers before the next one which the node does not keep; committed with it, since only a
    /// ledger that is there has the hash that begins an epoch.
    forgotten_from: Option<u32>,
}

impl<S: LedgerSource, T: Store> Observer<S, T> {
    /// Prepares to observe from this ledger on. Checks that the node follows the chain that the
    /// store holds, unless a new epoch is wanted.
    ///
    /// # Errors
    /// [`ObserveError::AnotherNetwork`], [`ObserveError::AnotherChain`].
    pub async fn open(
        source: S,
        store: T,
        watch: WatchList,
        names: FunctionNames,
        first: u32,
        new_epoch: bool,
    ) -> Result<Self, ObserveError> {
        let passphrase = source.network().await?.passphrase;
        let epoch = if new_epoch { None } else { store.epoch().await? };
        let checkpoint = if epoch.is_some() { store.checkpoint().await? } else { None };
        if let Some(epoch) = &epoch {
            if epoch.passphrase != passphrase {
                return Err(ObserveError::AnotherNetwork {
                    expected: epoch.passphrase.clone(),
                    found: passphrase,
                });
            }
            if let Some(checkpoint) = &checkpoint {
                check_same_chain(&source, checkpoint).await?;
            }
        }
        let network = Network::new(&passphrase);
        Ok(Observer {
            fetcher: Fetcher::new(source, network),
            store,
            watch,
            names,
            passphrase,
            epoch_begun: epoch.is_some(),
            last: checkpoint.filter(|checkpoint| checkpoint.sequence.checked_add(1) == Some(first)),
            next: first,
            latest_known: 0,
            forgotten_from: None,
        })
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &T {
        &self.store
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &S {
        self.fetcher.source()
    }

    /// How ledgers are obtained.
    #[must_use]
    pub fn mode(&self) -> Source {
        self.fetcher.mode()
    }

    /// The names under which calls are counted; a contract that was upgraded has others.
    pub fn names_mut(&mut self) -> &mut FunctionNames {
        &mut self.names
    }

    /// The ledger that is observed next.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Observes the next page of ledgers, none after `to`.
    ///
    /// # Errors
    /// [`ObserveError`]. Ledgers that were committed before the error stay, and the next step
    /// goes on behind them.
    pub async fn step(&mut self, to: u32) -> Result<Step, ObserveError> {
        if self.latest_known < self.next {
            self.look(to).await?;
        }
        if self.next > to.min(self.latest_known) {
            return Ok(Step::AtTip { latest: self.latest_known });
        }
        let fetched = match self.fetcher.page(self.next, to.min(self.latest_known)).await {
            Err(ObserveError::Rpc(RpcError::Refused { .. })) => {
                // The node may have dropped the ledger since it was asked what it keeps.
                self.look(to).await?;
                if self.next > to.min(self.latest_known) {
                    return Ok(Step::AtTip { latest: self.latest_known });
                }
                self.fetcher.page(self.next, to.min(self.latest_known)).await?
            }
            fetched => fetched?,
        };
        let mut rows = Vec::new();
        let mut closed_at_ms = None;
        if fetched.is_empty() {
            return Ok(Step::AtTip { latest: self.next.saturating_sub(1) });
        }
        for item in fetched {
            if let Fetched::Ledger(ledger) = &item {
                closed_at_ms = Some(ledger.closed_at_ms);
            }
            rows.extend(self.take(item).await?);
        }
        Ok(Step::Observed { through: self.next.saturating_sub(1), closed_at_ms, rows })
    }

    /// Asks what the node keeps.
    async fn look(&mut self, to: u32) -> Result<(), ObserveError> {
        let health = self.fetcher.source().health().await?;
        self.latest_known = health.latest_ledger;
        if health.latest_ledger >= self.next {
            self.skip_to(health.oldest_ledger, to).await?;
        }
        Ok(())
    }

    /// Passes over the ledgers before the node's oldest, and remembers to say so.
    async fn skip_to(&mut self, oldest: u32, to: u32) -> Result<(), ObserveError> {
        if oldest <= self.next {
            return Ok(());
        }
        let last = to.min(oldest - 1);
        tracing::warn!(
            from = self.next,
            to = last,
            "the node does not keep these ledgers any more"
        );
        let from = *self.forgotten_from.get_or_insert(self.next);
        self.next = last.saturating_add(1);
        self.last = None;
        if last < to {
            return Ok(());
        }
        // No ledger follows in this range.
        self.begin(Checkpoint { sequence: from, hash: None }).await?;
        let checkpoint = Checkpoint { sequence: last, hash: None };
        self.commit(self.next, checkpoint, Vec::new(), |_| SpanState::BeyondRetention).await
    }

    async fn take(&mut self, item: Fetched) -> Result<Vec<Row>, ObserveError> {
        match item {
            Fetched::Ledger(ledger) => self.take_ledger(&ledger).await,
            Fetched::Empty { from, to } => {
                self.begin(Checkpoint { sequence: from, hash: None }).await?;
                let checkpoint = Checkpoint { sequence: to, hash: None };
                let state = |_: &_| SpanState::Indexed { fidelity: None };
                self.commit(from, checkpoint, Vec::new(), state).await?;
                Ok(Vec::new())
            }
            Fetched::Undecodable { sequence, hash, error } => {
                tracing::error!(ledger = sequence, %error, "the ledger does not decode");
                let checkpoint = Checkpoint { sequence, hash };
                self.begin(checkpoint).await?;
                let reason = error.to_string();
                let state = |_: &_| SpanState::Failed { reason: reason.clone() };
                self.commit(sequence, checkpoint, Vec::new(), state).await?;
                Ok(Vec::new())
            }
        }
    }

    async fn take_ledger(&mut self, ledger: &ObservedLedger) -> Result<Vec<Row>, ObserveError> {
        let checkpoint = Checkpoint { sequence: ledger.sequence, hash: ledger.hash };
        if let Some(last) = &self.last {
            epoch::check_continues(last, ledger)?;
        }
        self.begin(checkpoint).await?;
        let measurement = measure(ledger, &self.watch, &mut self.names);
        for problem in &measurement.problems {
            tracing::error!(ledger = ledger.sequence, reason = problem.reason, "not indexed");
        }
        let rows = measurement.rows.clone();
        self.commit(ledger.sequence, checkpoint, rows, |subject| state(&measurement, subject))
            .await?;
        Ok(measurement.rows)
    }

    async fn begin(&mut self, first: Checkpoint) -> Result<(), ObserveError> {
        if !self.epoch_begun {
            let passphrase = self.passphrase.clone();
            self.store.begin_epoch(Epoch { passphrase, first }).await?;
            self.epoch_begun = true;
        }
        Ok(())
    }

    async fn commit(
        &mut self,
        from: u32,
        checkpoint: Checkpoint,
        rows: Vec<Row>,
        state: impl Fn(&crate::Subject) -> SpanState,
    ) -> Result<(), ObserveError> {
        let to = checkpoint.sequence;
        let forgotten = self.forgotten_from.zip(from.checked_sub(1));
        let mut spans = Vec::new();
        for subject in self.watch.subjects() {
            if let Some((from, to)) = forgotten {
                spans.push((subject.clone(), self.span(from, to, SpanState::BeyondRetention)));
            }
            let span = self.span(from, to, state(&subject));
            spans.push((subject, span));
        }
        self.store.commit(LedgerCommit { checkpoint, rows, spans }).await?;
        self.forgotten_from = None;
        self.last = Some(checkpoint);
        self.next = to.saturating_add(1);
        Ok(())
    }

    fn span(&self, from: u32, to: u32, state: SpanState) -> Span {
        Span { from, to, state, decoder_version: DECODER_VERSION, source: self.fetcher.mode() }
    }
}

fn state(measurement: &Measurement, subject: &crate::Subject) -> SpanState {
    match measurement.problem(subject) {
        Some(problem) => SpanState::Failed { reason: problem.reason.clone() },
        None => SpanState::Indexed { fidelity: measurement.fidelity },
    }
}

/// Asks the node for the ledger that was observed last. A node that keeps no such old ledger
/// cannot be checked; one that has no such new ledger follows a younger chain.
async fn check_same_chain(
    source: &impl LedgerSource,
    checkpoint: &Checkpoint,
) -> Result<(), ObserveError> {
    let Some(expected) = checkpoint.hash else {
        return Ok(());
    };
    let sequence = checkpoint.sequence;
    let health = source.health().await?;
    if health.oldest_ledger > sequence {
        return Ok(());
    }
    if health.latest_ledger < sequence {
        return Err(ObserveError::AnotherChain { sequence, expected, found: None });
    }
    let page = match source.ledgers(&Page::From(sequence), 1).await {
        Err(RpcError::MethodNotFound { .. }) => {
            tracing::warn!("the node gives no ledgers: it is not checked which chain it follows");
            return Ok(());
        }
        page => page?,
    };
    let found = page.ledgers.first().and_then(|record| Hash::from_hex(&record.hash));
    if found == Some(expected) {
        return Ok(());
    }
    Err(ObserveError::AnotherChain { sequence, expected, found })
}
