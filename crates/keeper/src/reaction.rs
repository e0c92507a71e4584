//! Responders: contracts that act on alerts, each called in a transaction of its own.

use lumenscope_invoke::{Address, CallError, InvokeError, Record, ValueError, args};
use lumenscope_rpc::{Clock, Transport};

use crate::error::{KeeperError, invoking, valuing};
use crate::evaluated::Evaluated;
use crate::keeper::Keeper;
use crate::suite::RuleTarget;

/// Responders of one owner that are looked at: each is asked about each alert that fires.
pub const RESPONDERS_MAX: usize = 64;
/// What calling a responder may cost, without inclusion: a tenth of an XLM pays for pausing a contract
/// many times over, and not for storing what its author likes.
pub const REACTION_FEE_MAX_STROOPS: i64 = 1_000_000;
/// Ids of responders that are read of one owner, removed ones too: they are counted for ever.
const IDS_MAX: u32 = 256;
/// Responders in one page: external-monitoring's limit.
const PAGE: u32 = 5;
/// Number of the condition in which an alert fires.
const FIRING: u32 = 2;
/// `ConnectionKind::Responder`.
const RESPONDER: u32 = 2;
/// external-monitoring's `AlertNotResponded`: there is nothing to do, or it is done.
const ALERT_NOT_RESPONDED: u32 = 3428;
/// external-monitoring's `ResponderSuspended`.
const RESPONDER_SUSPENDED: u32 = 3430;

/// A contract that acts on alerts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Responder {
    /// Its id.
    pub id: [u8; 32],
    /// The contract whose alerts it acts on.
    pub contract: Address,
}

impl Responder {
    fn read(record: &Record) -> Result<Self, ValueError> {
        Ok(Self { id: record.get("id")?, contract: record.get("contract")? })
    }
}

/// What came of calling one responder for one alert.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reacted {
    /// Index of the target in the list that was asked for.
    pub target: usize,
    /// Which responder.
    pub responder: [u8; 32],
    /// Whether it did its work; otherwise the failure is counted.
    pub acted: bool,
}

impl<T: Transport, C: Clock> Keeper<'_, T, C> {
    /// The responders of an owner, [`RESPONDERS_MAX`] at most.
    ///
    /// # Errors
    /// [`KeeperError`]
    pub async fn responders(&self, owner: &Address) -> Result<Vec<Responder>, KeeperError> {
        const WHAT: &str = "reading responders";
        let monitoring = &self.suite.external_monitoring;
        let args = args![RESPONDER, owner].map_err(valuing(WHAT))?;
        let count = self.invoker.view(monitoring, "count_of", args).await;
        let count: u32 = count.map_err(invoking(WHAT))?.value().map_err(valuing(WHAT))?;
        let mut responders: Vec<Responder> = Vec::new();
        // The newest first: an owner who made many has the last ones in use.
        let oldest = count.saturating_sub(IDS_MAX);
        for last in (oldest..count).rev().step_by(PAGE as usize) {
            let start = last.saturating_sub(PAGE - 1).max(oldest);
            let args = args![owner, start, last - start + 1].map_err(valuing(WHAT))?;
            let page = self.invoker.view(monitoring, "responders_of", args).await;
            let page: Vec<Record> = page.map_err(invoking(WHAT))?.value().map_err(valuing(WHAT))?;
            let read: Result<Vec<Responder>, _> = page.iter().map(Responder::read).collect();
            responders.extend(read.map_err(valuing(WHAT))?);
            if responders.len() >= RESPONDERS_MAX {
                tracing::warn!(%owner, "more than {RESPONDERS_MAX} responders: the rest is left out");
                responders.truncate(RESPONDERS_MAX);
                break;
            }
        }
        Ok(responders)
    }

    /// Calls responders for the alerts of an evaluation that fire: simulates first, and sends a
    /// transaction only where one has something to do. Each has acted on an episode at most once,
    /// whoever calls it. One that cannot even be simulated is left out, with its error in the log.
    pub async fn react(
        &mut self,
        targets: &[RuleTarget],
        evaluated: &[Evaluated],
        responders: &[Responder],
    ) -> Vec<Reacted> {
        let mut reacted = Vec::new();
        for answer in evaluated.iter().filter(|one| one.condition == FIRING) {
            let Some(target) = targets.get(answer.target) else { continue };
            let watching =
                responders.iter().filter(|responder| responder.contract == target.stream.contract);
            for responder in watching {
                match self.react_once(target, answer.episode, responder).await {
                    Ok(None) => {}
                    Ok(Some(acted)) => {
                        let responder = responder.id;
                        reacted.push(Reacted { target: answer.target, responder, acted });
                    }
                    Err(error) => tracing::error!(%error, "a responder is left out"),
                }
            }
        }
        reacted
    }

    async fn react_once(
        &mut self,
        target: &RuleTarget,
        episode: u32,
        responder: &Responder,
    ) -> Result<Option<bool>, KeeperError> {
        const WHAT: &str = "calling a responder";
        let monitoring = self.suite.external_monitoring.clone();
        let me = self.account.address();
        let args = args![me, responder.id, target, episode].map_err(valuing(WHAT))?;
        match self.invoker.view(&monitoring, "react", args.clone()).await {
            Ok(_) => {}
            Err(InvokeError::Simulation {
                error: Some(CallError::Contract { code: ALERT_NOT_RESPONDED | RESPONDER_SUSPENDED }),
                ..
            }) => return Ok(None),
            Err(error) => return Err(invoking(WHAT)(error)),
        }
        let most = REACTION_FEE_MAX_STROOPS;
        let sent = self.send_within(WHAT, &monitoring, "react", args, most).await?;
        sent.value::<bool>().map(Some).map_err(valuing(WHAT))
    }
}
