//! Transactions between simulation and outcome.

use lumenscope_meta::{CallError, Hash};

use crate::operations::list;
use crate::value::ScVal;
use crate::xdr::{
    HostFunction, OperationBody, SorobanAuthorizedFunction, SorobanCredentials,
    SorobanTransactionData,
};
use crate::{Account, InvokeError};

/// A transaction with what its simulation returned, ready to be signed and sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) body: OperationBody,
    pub(crate) data: Option<SorobanTransactionData>,
    pub(crate) inclusion_fee_stroops: i64,
    pub(crate) latest_ledger: u32,
    pub(crate) value: Option<ScVal>,
}

impl Prepared {
    /// What the call returned in the simulation.
    #[must_use]
    pub fn simulated_value(&self) -> Option<&ScVal> {
        self.value.as_ref()
    }

    /// Resource fee offered, in stroops.
    #[must_use]
    pub fn resource_fee_stroops(&self) -> i64 {
        self.data.as_ref().map_or(0, |data| data.resource_fee)
    }

    /// Instructions declared: measured by the simulation, with its margin.
    #[must_use]
    pub fn instructions(&self) -> u32 {
        self.data.as_ref().map_or(0, |data| data.resources.instructions)
    }

    /// Whether what is signed allows nothing but the call itself: no call that it makes in turn acts in
    /// anybody's name. Whoever calls code of strangers on somebody's behalf asks this before sending,
    /// since a simulation records, and a signature then grants, whatever that code asks for.
    #[must_use]
    pub fn authorises_only_the_call(&self) -> bool {
        let OperationBody::InvokeHostFunction(invoke) = &self.body else { return true };
        let HostFunction::InvokeContract(call) = &invoke.host_function else { return false };
        invoke.auth.iter().all(|entry| {
            let root = &entry.root_invocation;
            let is_call = matches!(
                &root.function,
                SorobanAuthorizedFunction::ContractFn(function) if function == call
            );
            is_call && root.sub_invocations.is_empty()
        })
    }

    /// The same transaction with other arguments, on the resources of these: what a caller gets
    /// whose arguments came true only in the simulation. The source account's own authorisation
    /// follows the arguments; signatures of others name the old ones and no longer match.
    ///
    /// # Errors
    /// [`InvokeError::Xdr`] when this is not a call.
    pub fn with_args(mut self, args: Vec<ScVal>) -> Result<Self, InvokeError> {
        if let OperationBody::InvokeHostFunction(invoke) = &mut self.body
            && let HostFunction::InvokeContract(call) = &mut invoke.host_function
        {
            let before = std::mem::replace(&mut call.args, list("arguments", args)?);
            let after = call.args.clone();
            let mut auth = invoke.auth.to_vec();
            for entry in &mut auth {
                if entry.credentials == SorobanCredentials::SourceAccount
                    && let SorobanAuthorizedFunction::ContractFn(root) =
                        &mut entry.root_invocation.function
                    && root.args == before
                {
                    root.args = after.clone();
                }
            }
            invoke.auth = list("authorisations", auth)?;
            return Ok(self);
        }
        Err(crate::xdr::malformed("call", "only a call has arguments"))
    }
}

/// A transaction that the node took.
#[derive(Clone, Debug)]
pub struct Pending {
    pub(crate) account: Account,
    pub(crate) hash: Hash,
    pub(crate) last_ledger: u32,
}

impl Pending {
    /// The transaction's hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The last ledger that can apply it.
    #[must_use]
    pub fn last_ledger(&self) -> u32 {
        self.last_ledger
    }
}

/// The contract's own error code in the words of a failed simulation, which begin with
/// `HostError: Error(Contract, #5)`.
pub(crate) fn simulated_error(message: &str) -> Option<CallError> {
    let (_, rest) = message.lines().next()?.split_once("Error(Contract, #")?;
    let (code, _) = rest.split_once(')')?;
    code.parse().ok().map(|code| CallError::Contract { code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_error_code_is_read_from_the_first_line_only() {
        let message = "HostError: Error(Contract, #3007)\n\nEvent log (newest first):\n   0: x";
        assert_eq!(simulated_error(message), Some(CallError::Contract { code: 3_007 }));
        let other = "HostError: Error(Budget, ExceededLimit)\nError(Contract, #1)";
        assert_eq!(simulated_error(other), None);
    }
}
