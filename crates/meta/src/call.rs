//! The tree of calls in a transaction.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Address, CallError};

/// Where a call is in its tree: the root is `0`, its second sub-call `0.1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallPath(Vec<u32>);

impl CallPath {
    /// The path of the root call.
    #[must_use]
    pub fn root() -> Self {
        CallPath(vec![0])
    }

    /// The path of this call's sub-call with that index, from 0.
    #[must_use]
    pub fn child(&self, index: u32) -> Self {
        let mut path = self.0.clone();
        path.push(index);
        CallPath(path)
    }

    /// Distance to the root, which has depth 0.
    #[must_use]
    pub fn depth(&self) -> u32 {
        u32::try_from(self.0.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for CallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, index) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(".")?;
            }
            write!(f, "{index}")?;
        }
        Ok(())
    }
}

impl Serialize for CallPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How one call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "error", rename_all = "snake_case")]
pub enum CallOutcome {
    /// It returned.
    Returned,
    /// It failed.
    Failed(CallError),
}

/// One call: of a contract's function, or, at the root, what the operation does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Where it is in the tree.
    pub path: CallPath,
    /// The contract; `None` for operations that concern none, such as an upload of code.
    pub contract: Option<Address>,
    /// The function's name as called, escaped to printable ASCII; for an operation that is not a
    /// call, a name that no function can have: `@upload_wasm`, `@create_contract`,
    /// `@extend_ttl`, `@restore`.
    pub function: String,
    /// How it ended.
    pub outcome: CallOutcome,
    /// Whether its effects were undone: it failed itself, or a call above it did.
    pub reverted: bool,
}

/// How much of a transaction's calls the node showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// All calls.
    Full,
    /// Some: the node's diagnostics were cut short, or a bound of this decoder was reached.
    Partial,
    /// Only the root call: the node gives no diagnostics.
    RootOnly,
}

/// All calls of one operation, each before its sub-calls; the first is the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallTree {
    /// How much is known.
    pub visibility: Visibility,
    /// At least the root.
    pub calls: Vec<Call>,
}
