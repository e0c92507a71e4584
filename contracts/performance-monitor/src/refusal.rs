//! Ending a call with an error.

use core::cell::Cell;

use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{Env, panic_with_error, symbol_short};

use crate::events::publish;

/// Ends the call. It never comes back, so that nobody on the way has to hand an error on.
#[cold]
#[inline(never)]
pub fn refuse(e: &Env, error: MonitorError) -> ! {
    panic_with_error!(e, error)
}

/// A recording call, and where it is in a batch.
pub struct Call<'a> {
    pub e: &'a Env,
    /// Place of the stream in the batch; `None` when there is no batch.
    pub stream: Cell<Option<u32>>,
    /// Place of the sample in the stream's part.
    pub sample: Cell<u32>,
}

impl<'a> Call<'a> {
    pub fn new(e: &'a Env) -> Self {
        Self { e, stream: Cell::new(None), sample: Cell::new(0) }
    }

    /// Ends the call; of a batch, says where it was: the place of the stream in the batch, and of
    /// the sample in the stream's part (the number of samples when the part as a whole is wrong).
    /// That is seen in the diagnostic events of a simulation or of a failed transaction only,
    /// because the batch takes it along, so that the interface has no event of it.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, error: MonitorError) -> ! {
        if let Some(stream) = self.stream.get() {
            let place = [stream.into(), self.sample.get().into()];
            publish(self.e, &[symbol_short!("refused").to_val()], &place);
        }
        refuse(self.e, error)
    }
}
