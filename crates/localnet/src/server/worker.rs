//! The thread that owns the ledger.

use crate::{Fault, HOST_STACK_BYTES, Localnet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Requests that wait for the ledger at most; more are told that it is busy.
const MAX_QUEUED: usize = 1_024;

type Job = Box<dyn FnOnce(&mut Localnet) + Send>;

/// Asks the thread that owns the ledger.
#[derive(Clone)]
pub struct LedgerHandle {
    jobs: SyncSender<Job>,
}

/// Why the ledger did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Too many requests wait already.
    #[error("the ledger is busy: {MAX_QUEUED} requests wait already, try again")]
    Busy,
    /// The work panicked, or the ledger has stopped.
    #[error("the ledger did not answer: the request failed inside, or the ledger has stopped")]
    Gone,
}

impl LedgerHandle {
    pub(super) fn start(localnet: Localnet) -> Result<Self, Fault> {
        let (jobs, queue) = sync_channel::<Job>(MAX_QUEUED);
        std::thread::Builder::new()
            .name("ledger".into())
            .stack_size(HOST_STACK_BYTES)
            .spawn(move || work(localnet, &queue))
            .map_err(|error| Fault::Thread(error.to_string()))?;
        Ok(Self { jobs })
    }

    /// Runs `work` on the ledger, after what was asked before.
    ///
    /// # Errors
    /// When too much waits, or the work panicked.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Localnet) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |localnet| {
            // Nobody waits any more when the client has hung up.
            let _hung_up = answer.send(work(localnet)).err();
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::Busy,
            TrySendError::Disconnected(_) => Unavailable::Gone,
        })?;
        answered.await.map_err(|_| Unavailable::Gone)
    }
}

fn work(mut localnet: Localnet, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        // The ledger changes only at the end of a close, so a panic before leaves it whole; the
        // client sees its answer missing.
        let _panicked = catch_unwind(AssertUnwindSafe(|| job(&mut localnet))).err();
    }
}
