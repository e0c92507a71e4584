//! Whether what a simulation promised holds when the transaction applies, whatever happens in
//! between; and whether this harness would notice if it did not.

mod changes;
mod guarding;
mod naive;
mod publishing;
mod recording;
mod times;
mod verifying;
