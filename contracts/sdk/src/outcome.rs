//! What became of a recording call.

use soroban_sdk::xdr::{ScErrorCode, ScErrorType};
use soroban_sdk::{Error, InvokeError};

/// What became of a recording call. A contract may ignore it: nothing of the contract's own is
/// affected either way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Recorded; the stream's sequence number.
    Recorded(u64),
    /// Not installed, or switched off: nothing was called.
    Off,
    /// The monitor refused, failed or is missing; nothing was recorded. A contract error in the
    /// 3000s is a `lumenscope_interfaces::performance_monitor::MonitorError`.
    Refused(Error),
}

/// What a `try_` call of a recording function returns.
type Attempt = Result<Result<u64, Error>, Result<Error, InvokeError>>;

impl From<Attempt> for Outcome {
    fn from(attempt: Attempt) -> Self {
        match attempt {
            Ok(Ok(sequence)) => Self::Recorded(sequence),
            Ok(Err(error)) | Err(Ok(error)) => Self::Refused(error),
            Err(Err(InvokeError::Contract(code))) => {
                Self::Refused(Error::from_contract_error(code))
            }
            Err(Err(InvokeError::Abort)) => Self::Refused(Error::from_type_and_code(
                ScErrorType::Context,
                ScErrorCode::InvalidAction,
            )),
        }
    }
}
