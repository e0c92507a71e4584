//! A thread with a stack that the host can recurse on.

use crate::Fault;

/// The host recurses on deep values and nested calls; the default stack of 2 MiB overflows.
pub const HOST_STACK_BYTES: usize = 128 * 1024 * 1024;

/// Runs `work` on a thread of its own with a large stack, and waits for it.
///
/// # Errors
/// When the thread cannot be started.
///
/// # Panics
/// When `work` does: its panic is passed on.
pub fn on_host_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Fault> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("host".into())
            .stack_size(HOST_STACK_BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| Fault::Thread(error.to_string()))?;
        thread.join().map_or_else(|panic| std::panic::resume_unwind(panic), Ok)
    })
}
