//! Reading the ledger and sending to it.

use std::collections::BTreeMap;

use lumenscope_hot::View;
use lumenscope_invoke::{
    Account, Address, CallError, InvokeError, Invoker, Operation, Outcome, ScVal, ToVal, args,
    symbol, vector,
};
use lumenscope_rpc::{Clock, Transport};

use crate::bill::Bill;
use crate::encode;
use crate::error::{KeeperError, invoking, valuing};
use crate::evaluated::Evaluated;
use crate::hot::Hot;
use crate::report::{Execution, batches};
use crate::suite::{RuleTarget, Stream, Suite};

/// Streams in one `flush`: performance-monitor's limit.
pub const FLUSH_STREAMS_MAX: usize = 20;
/// Targets in one `evaluate`: alerting's limit. Of quiet ones all take a sixth of a transaction's
/// instructions.
pub const EVALUATE_TARGETS_MAX: usize = 50;
/// Alerting's `Partial`: more transitions are due than one transaction can publish.
const PARTIAL: u32 = 1;

/// The dictionary's name of what [`Keeper::report_life`] reports.
const LIFE_METRIC: &str = "ttl_ledgers";

/// performance-monitor's `StreamUnknown`.
const STREAM_UNKNOWN: u32 = 3002;
/// analytics-storage's `HistoryUnknown`.
const HISTORY_UNKNOWN: u32 = 3100;

/// Lets both halves of a refused batch wait for their turn: one owner's stream must not keep the
/// others from being served. Gives the error back when there is nothing to halve.
fn halve<'s>(
    waiting: &mut Vec<&'s [ScVal]>,
    streams: &'s [ScVal],
    error: KeeperError,
) -> Option<KeeperError> {
    if streams.len() < 2 {
        tracing::error!(%error, "a stream is left out");
        return Some(error);
    }
    tracing::warn!(%error, streams = streams.len(), "a batch is split in halves");
    let (first, second) = streams.split_at(streams.len() / 2);
    waiting.extend([second, first]);
    None
}

/// How long a contract lives, as somebody saw who read the ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Life {
    /// The ledger it was read from.
    pub ledger: u32,
    /// Close time of that ledger, unix seconds.
    pub at_s: u64,
    /// Ledgers until the contract's instance or code is archived, whichever comes first.
    pub ttl_ledgers: u32,
}

/// Sends what keeps a suite alive, from one account.
#[derive(Debug)]
pub struct Keeper<'a, T, C> {
    pub(crate) invoker: &'a Invoker<T, C>,
    pub(crate) account: &'a Account,
    pub(crate) suite: &'a Suite,
    /// Streams of which something was flushed, as they are named in calls.
    with_history: Vec<ScVal>,
    /// What it sent so far.
    pub bill: Bill,
}

impl<'a, T: Transport, C: Clock> Keeper<'a, T, C> {
    /// A keeper that pays from `account`.
    pub fn new(invoker: &'a Invoker<T, C>, account: &'a Account, suite: &'a Suite) -> Self {
        Self { invoker, account, suite, with_history: Vec::new(), bill: Bill::default() }
    }

    /// Reports executions of a contract that the ledger has not counted yet. Returns how many.
    ///
    /// # Errors
    /// [`KeeperError`]; what was reported before the error is counted, and a repetition leaves it
    /// out.
    pub async fn report(
        &mut self,
        contract: &Address,
        executions: &[Execution],
    ) -> Result<u32, KeeperError> {
        let mut known = BTreeMap::new();
        for function in executions.iter().map(|execution| &execution.function) {
            if !known.contains_key(function.as_str()) {
                let stream = Stream::of_executions(contract, function);
                known.insert(function.as_str(), self.hot(&stream).await?);
            }
        }
        let state = |function: &str| known.get(function).and_then(Option::as_ref);
        let batches = batches(
            executions,
            |function| state(function).map_or(0, |hot| hot.reported_ledger),
            |function| state(function).map_or(0, |hot| hot.open_from_s),
            |function| state(function).map_or_else(Vec::new, |hot| hot.execution_metrics.clone()),
        );
        let mut reported = 0;
        for reports in batches {
            let batch = encode::batch(contract, &reports).map_err(valuing("encoding a report"))?;
            let args =
                args![self.account.address(), batch].map_err(valuing("encoding a report"))?;
            let monitor = &self.suite.performance_monitor;
            self.send("reporting executions", monitor, "record_batch", args).await?;
            reported += reports.iter().map(|report| report.executions).sum::<u32>();
        }
        Ok(reported)
    }

    /// Reports how long a contract lives. Returns whether there was something to report: not where
    /// its stream ([`Stream::of_life`]) is not open, or has this ledger's report or a later one.
    ///
    /// # Errors
    /// [`KeeperError`]; nothing was reported then.
    pub async fn report_life(
        &mut self,
        contract: &Address,
        life: &Life,
    ) -> Result<bool, KeeperError> {
        const WHAT: &str = "reporting how long a contract lives";
        let stream = Stream::of_life(contract);
        let reported = self.hot(&stream).await?.map(|hot| hot.reported_ledger);
        if reported.is_none_or(|reported| reported >= life.ledger) {
            return Ok(false);
        }
        let metric = symbol(LIFE_METRIC).map_err(valuing(WHAT))?;
        let (value, sequence) = (i128::from(life.ttl_ledgers), u64::from(life.ledger));
        let args = args![self.account.address(), stream, metric, value, life.at_s, sequence];
        let monitor = &self.suite.performance_monitor;
        self.send(WHAT, monitor, "report", args.map_err(valuing(WHAT))?).await?;
        Ok(true)
    }

    /// Moves closed hours of streams to history. Returns the buckets moved.
    ///
    /// # Errors
    /// [`KeeperError`] when no stream can be flushed; a single bad one is left out, with its error
    /// in the log. What was moved is moved, and a repetition finds nothing to move.
    pub async fn flush(
        &mut self,
        streams: &[Stream],
        through_hour: u32,
    ) -> Result<u32, KeeperError> {
        const WHAT: &str = "flushing closed hours";
        let named: Result<Vec<ScVal>, _> = streams.iter().map(ToVal::to_val).collect();
        let named = named.map_err(valuing(WHAT))?;
        let (mut moved, mut any, mut refused) = (0, false, None);
        let mut waiting: Vec<&[ScVal]> = named.chunks(FLUSH_STREAMS_MAX).collect();
        while let Some(streams) = waiting.pop() {
            match self.flush_batch(streams, through_hour).await {
                Ok(buckets) => (moved, any) = (moved + buckets, true),
                Err(error) => refused = halve(&mut waiting, streams, error).or(refused),
            }
        }
        refused.filter(|_| !any).map_or(Ok(moved), Err)
    }

    async fn flush_batch(
        &mut self,
        streams: &[ScVal],
        through_hour: u32,
    ) -> Result<u32, KeeperError> {
        const WHAT: &str = "flushing closed hours";
        let streams = vector(streams.to_vec()).map_err(valuing(WHAT))?;
        let args = args![self.account.address(), streams, through_hour].map_err(valuing(WHAT))?;
        let monitor = self.suite.performance_monitor.clone();
        self.send(WHAT, &monitor, "flush", args).await?.value::<u32>().map_err(valuing(WHAT))
    }

    /// Makes the days that are over, of those streams that have history. Returns how many were
    /// passed, of all streams.
    ///
    /// # Errors
    /// [`KeeperError`] when that fails for every stream; a single bad one is left out, with its
    /// error in the log.
    pub async fn compact(&mut self, streams: &[Stream]) -> Result<u32, KeeperError> {
        self.housekeep("making days", "compact", streams).await
    }

    /// Folds and drops months that are beyond the retention that their streams' owners chose.
    /// Returns how many were passed, of all streams.
    ///
    /// # Errors
    /// As [`Keeper::compact`].
    pub async fn prune(&mut self, streams: &[Stream]) -> Result<u32, KeeperError> {
        self.housekeep("folding and dropping months", "prune", streams).await
    }

    async fn housekeep(
        &mut self,
        what: &'static str,
        function: &str,
        streams: &[Stream],
    ) -> Result<u32, KeeperError> {
        let mut named = Vec::new();
        for stream in streams {
            let stream = stream.to_val().map_err(valuing(what))?;
            if self.has_history(&stream).await? {
                named.push(stream);
            }
        }
        let (mut passed, mut any, mut refused) = (0, false, None);
        let mut waiting: Vec<&[ScVal]> = named.chunks(FLUSH_STREAMS_MAX).collect();
        while let Some(streams) = waiting.pop() {
            match self.housekeep_batch(what, function, streams).await {
                Ok(periods) => (passed, any) = (passed + periods, true),
                Err(error) => refused = halve(&mut waiting, streams, error).or(refused),
            }
        }
        refused.filter(|_| !any).map_or(Ok(passed), Err)
    }

    async fn housekeep_batch(
        &mut self,
        what: &'static str,
        function: &str,
        streams: &[ScVal],
    ) -> Result<u32, KeeperError> {
        let history = self.suite.analytics_storage.clone();
        let streams = vector(streams.to_vec()).map_err(valuing(what))?;
        let args = args![self.account.address(), streams].map_err(valuing(what))?;
        // Nothing to do: no transaction.
        let seen = self.invoker.view(&history, function, args.clone()).await;
        if seen.map_err(invoking(what))?.value::<u32>().map_err(valuing(what))? == 0 {
            return Ok(0);
        }
        self.send(what, &history, function, args).await?.value::<u32>().map_err(valuing(what))
    }

    /// Whether anything of a stream was ever flushed. What was is remembered: it never goes away.
    async fn has_history(&mut self, stream: &ScVal) -> Result<bool, KeeperError> {
        const WHAT: &str = "looking for a stream's history";
        if self.with_history.contains(stream) {
            return Ok(true);
        }
        let args = args![stream].map_err(valuing(WHAT))?;
        let history = &self.suite.analytics_storage;
        match self.invoker.view(history, "history_metrics", args).await {
            Ok(_) => {
                self.with_history.push(stream.clone());
                Ok(true)
            }
            Err(InvokeError::Simulation { error: Some(CallError::Contract { code }), .. })
                if code == HISTORY_UNKNOWN =>
            {
                Ok(false)
            }
            Err(error) => Err(invoking(WHAT)(error)),
        }
    }

    /// Evaluates what is due of each target through `through_slot`: simulates first, and sends a
    /// transaction only where something changes.
    ///
    /// # Errors
    /// [`KeeperError`] when no half of the targets can be evaluated; a single bad target is left
    /// out, with its error in the log.
    pub async fn evaluate(
        &mut self,
        targets: &[RuleTarget],
        through_slot: u32,
    ) -> Result<Vec<Evaluated>, KeeperError> {
        let mut evaluated: BTreeMap<usize, Evaluated> = BTreeMap::new();
        let all: Vec<usize> = (0..targets.len()).collect();
        let mut waiting: Vec<Vec<usize>> =
            all.chunks(EVALUATE_TARGETS_MAX).map(<[usize]>::to_vec).collect();
        let mut failed = None;
        while let Some(places) = waiting.pop() {
            let answers = match self.evaluate_batch(targets, &places, through_slot).await {
                Ok(answers) => answers,
                Err(error) if places.len() > 1 => {
                    // One hostile target must not keep the others from being evaluated.
                    tracing::warn!(%error, targets = places.len(), "a batch is split in halves");
                    let (first, second) = places.split_at(places.len() / 2);
                    waiting.extend([second.to_vec(), first.to_vec()]);
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, target = ?places, "a target is left out");
                    failed = Some(error);
                    continue;
                }
            };
            let mut left = Vec::new();
            let mut goes_on = false;
            for answer in answers {
                goes_on |= answer.changes();
                if answer.outcome == PARTIAL {
                    left.push(answer.target);
                }
                let before = evaluated.get(&answer.target).map_or(0, |before| before.transitions);
                let transitions = before + answer.transitions;
                evaluated.insert(answer.target, Evaluated { transitions, ..answer });
            }
            // Those whose turn did not come, or who have more to publish than a transaction holds:
            // at once, since others may wait behind them. What is due comes to an end.
            if !left.is_empty() && goes_on {
                waiting.push(left);
            }
        }
        match failed {
            Some(error) if evaluated.is_empty() => Err(error),
            _ => Ok(evaluated.into_values().collect()),
        }
    }

    async fn evaluate_batch(
        &mut self,
        targets: &[RuleTarget],
        places: &[usize],
        through_slot: u32,
    ) -> Result<Vec<Evaluated>, KeeperError> {
        const WHAT: &str = "evaluating rules";
        let asked = places.iter().filter_map(|place| targets.get(*place));
        let list =
            vector(asked.map(ToVal::to_val).collect::<Result<_, _>>().map_err(valuing(WHAT))?);
        let list = list.map_err(valuing(WHAT))?;
        let args = args![self.account.address(), list, through_slot].map_err(valuing(WHAT))?;
        let alerting = self.suite.alerting.clone();
        let seen = self.invoker.view(&alerting, "evaluate", args.clone()).await;
        let seen = seen.map_err(invoking(WHAT))?.value;
        let evaluated = Evaluated::all(places, &seen).map_err(valuing(WHAT))?;
        if !evaluated.iter().any(Evaluated::changes) {
            return Ok(evaluated);
        }
        let sent = self.send(WHAT, &alerting, "evaluate", args).await?.return_value;
        let sent = sent.map(|answer| Evaluated::all(places, &answer)).transpose();
        Ok(sent.map_err(valuing(WHAT))?.unwrap_or(evaluated))
    }

    pub(crate) async fn send(
        &mut self,
        what: &'static str,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> Result<Outcome, KeeperError> {
        self.send_within(what, contract, function, args, i64::MAX).await
    }

    /// Sends a call of at most this resource fee. What it reaches may be a stranger's code: nothing but
    /// the call itself is signed.
    pub(crate) async fn send_within(
        &mut self,
        what: &'static str,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
        most_stroops: i64,
    ) -> Result<Outcome, KeeperError> {
        let (contract, function) = (contract.clone(), function.to_owned());
        let operation = Operation::Invoke { contract, function, args };
        let me = self.account.address();
        let prepared = self.invoker.prepare(&me, &operation, &[]).await.map_err(invoking(what))?;
        if !prepared.authorises_only_the_call() {
            return Err(KeeperError::Impersonated { what });
        }
        let came_stroops = prepared.resource_fee_stroops();
        if came_stroops > most_stroops {
            return Err(KeeperError::Dear { what, most_stroops, came_stroops });
        }
        let outcome = self.invoker.finish(self.account, &prepared).await;
        let outcome = outcome.map_err(invoking(what))?;
        self.bill.add(&outcome);
        outcome.require_success().map_err(invoking(what))
    }

    async fn hot(&self, stream: &Stream) -> Result<Option<Hot>, KeeperError> {
        const WHAT: &str = "reading a stream";
        let args = args![stream].map_err(valuing(WHAT))?;
        let monitor = &self.suite.performance_monitor;
        let view = match self.invoker.view(monitor, "hot", args).await {
            Ok(view) => view,
            // The stream is not open: there is nothing to report to.
            Err(InvokeError::Simulation { error: Some(CallError::Contract { code }), .. })
                if code == STREAM_UNKNOWN =>
            {
                return Ok(None);
            }
            Err(error) => return Err(invoking(WHAT)(error)),
        };
        let bytes: Vec<u8> = view.value().map_err(valuing(WHAT))?;
        let view = View::parse(&bytes).map_err(|error| KeeperError::Unreadable {
            what: "a stream's hot entry",
            reason: format!("{error:?}"),
        })?;
        Ok(Some(Hot::of(&view)))
    }
}
