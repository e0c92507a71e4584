//! Funding of accounts on networks for development.

use crate::{Http, HttpOptions, RpcError};

const METHOD: &str = "friendbot";
/// Characters of friendbot's words that are kept in an error.
const MESSAGE_CHARS_MAX: usize = 300;
/// Friendbot's answer holds a transaction at most.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Asks friendbot to create and fund the account.
///
/// # Errors
/// [`RpcError::Refused`] with friendbot's words; an account that exists already is refused too.
pub async fn fund(friendbot_url: &str, account: &str) -> Result<(), RpcError> {
    let http = Http::new(friendbot_url, HttpOptions::default())?;
    let (status, body) = http.get(METHOD, &[("addr", account)], ANSWER_BYTES_MAX).await?;
    if status == 200 {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&body).chars().take(MESSAGE_CHARS_MAX).collect();
    Err(RpcError::Refused { method: METHOD, code: status.into(), message })
}
