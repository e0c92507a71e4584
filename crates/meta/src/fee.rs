//! What a transaction paid, and the proof that the parts add up.

use serde::Serialize;
use thiserror::Error;

/// The first protocol whose results always state the fee after the refund.
const REFUND_IN_RESULT_PROTOCOL: u32 = 21;

/// What a transaction paid, in stroops. Where all parts are known, inclusion + non-refundable +
/// refundable + rent = charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fees {
    /// Charged in the end, after the refund.
    pub charged_stroops: i64,
    /// What was paid for being included; `None` where neither the transaction set nor the node
    /// tells.
    pub inclusion_stroops: Option<i64>,
    /// The parts of the resource fee (zero for a classic transaction); `None` where the node does
    /// not report them.
    pub resource: Option<ResourceFeeParts>,
}

impl Fees {
    /// The whole resource fee, in stroops, where the inclusion fee is known.
    #[must_use]
    pub fn resource_stroops(&self) -> Option<i64> {
        self.inclusion_stroops.map(|inclusion| self.charged_stroops - inclusion)
    }
}

/// The parts of a resource fee, in stroops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceFeeParts {
    /// Instructions, reads, writes, bandwidth: as declared, kept also when the transaction fails.
    pub non_refundable_stroops: i64,
    /// Events and return value; without the rent.
    pub refundable_stroops: i64,
    /// Rent for created, grown and extended entries.
    pub rent_stroops: i64,
}

/// The fee of a transaction, or the reason why its numbers are not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeAccount {
    /// Every check agreed to the stroop.
    Exact(Fees),
    /// The parts do not add up: the transaction is counted, its fee is not.
    Failed(FeeMismatch),
}

impl FeeAccount {
    /// The fees, when they add up.
    #[must_use]
    pub fn exact(&self) -> Option<&Fees> {
        match self {
            FeeAccount::Exact(fees) => Some(fees),
            FeeAccount::Failed(_) => None,
        }
    }
}

/// Numbers of one transaction that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeMismatch {
    /// The parts are not the whole.
    #[error(
        "inclusion {inclusion_stroops} + non-refundable {non_refundable_stroops} + refundable \
         {refundable_stroops} + rent {rent_stroops} is not the {charged_stroops} stroops charged"
    )]
    Parts {
        /// Charged, as the result says.
        charged_stroops: i64,
        /// From the transaction set's base fee and the bid.
        inclusion_stroops: i64,
        /// From the meta.
        non_refundable_stroops: i64,
        /// From the meta, without the rent.
        refundable_stroops: i64,
        /// From the meta.
        rent_stroops: i64,
    },
    /// The account's balance moved by something else.
    #[error(
        "the fee source paid {paid_stroops} and got {refunded_stroops} back, which is not the \
         {charged_stroops} stroops charged"
    )]
    Balance {
        /// Charged, as the result says.
        charged_stroops: i64,
        /// Taken before the transaction was applied.
        paid_stroops: i64,
        /// Given back afterwards.
        refunded_stroops: i64,
    },
    /// A part is negative, or more than what was charged.
    #[error("the inclusion fee is {inclusion_stroops} of {charged_stroops} stroops charged")]
    Range {
        /// Charged, as the result says.
        charged_stroops: i64,
        /// As computed.
        inclusion_stroops: i64,
    },
}

/// What the ledger says about one transaction's fee, in stroops.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub protocol: u32,
    pub succeeded: bool,
    /// `feeCharged` of the result.
    pub result_charged: i64,
    /// What the transaction offers for inclusion.
    pub inclusion_bid: i64,
    /// Operations, and one more for a fee bump.
    pub fee_units: i64,
    /// The base fee of its component; `None` where the transaction set is not at hand.
    pub base_fee: Option<BaseFee>,
    /// Taken from the fee source before applying, where the changes are at hand.
    pub paid: Option<i64>,
    /// Given back, where the changes are at hand.
    pub refunded: i64,
    pub soroban: Option<SorobanEvidence>,
}

/// How a component of the transaction set is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseFee {
    /// Everyone pays the bid.
    Bid,
    /// At most this for each operation, in stroops.
    PerOperation(i64),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct SorobanEvidence {
    /// From the meta's extension: total non-refundable, total refundable (with rent), rent.
    pub reported: Option<(i64, i64, i64)>,
}

/// Weighs the evidence. Every number is compared with every other way to obtain it.
pub(crate) fn account(evidence: &Evidence) -> FeeAccount {
    match weigh(evidence) {
        Ok(fees) => FeeAccount::Exact(fees),
        Err(mismatch) => FeeAccount::Failed(mismatch),
    }
}

fn weigh(evidence: &Evidence) -> Result<Fees, FeeMismatch> {
    let charged = charged_after_refund(evidence)?;
    let inclusion = inclusion(evidence, charged);
    if let Some(inclusion) = inclusion
        && (inclusion < 0 || inclusion > charged)
    {
        return Err(FeeMismatch::Range { charged_stroops: charged, inclusion_stroops: inclusion });
    }
    let resource = resource_parts(evidence, inclusion.map(|inclusion| charged - inclusion));
    if let (Some(inclusion), Some(parts)) = (inclusion, resource)
        && parts.total().and_then(|total| total.checked_add(inclusion)) != Some(charged)
    {
        return Err(parts_mismatch(charged, inclusion, parts));
    }
    Ok(Fees { charged_stroops: charged, inclusion_stroops: inclusion, resource })
}

impl ResourceFeeParts {
    const NONE: Self = Self { non_refundable_stroops: 0, refundable_stroops: 0, rent_stroops: 0 };

    fn total(self) -> Option<i64> {
        self.non_refundable_stroops
            .checked_add(self.refundable_stroops)?
            .checked_add(self.rent_stroops)
    }
}

fn parts_mismatch(charged: i64, inclusion: i64, parts: ResourceFeeParts) -> FeeMismatch {
    FeeMismatch::Parts {
        charged_stroops: charged,
        inclusion_stroops: inclusion,
        non_refundable_stroops: parts.non_refundable_stroops,
        refundable_stroops: parts.refundable_stroops,
        rent_stroops: parts.rent_stroops,
    }
}

fn charged_after_refund(evidence: &Evidence) -> Result<i64, FeeMismatch> {
    let Some(paid) = evidence.paid else {
        return Ok(evidence.result_charged);
    };
    let refunded = evidence.refunded;
    let kept = paid.saturating_sub(refunded);
    let before_refund = evidence.protocol < REFUND_IN_RESULT_PROTOCOL;
    let stated = evidence.result_charged;
    if kept == stated || (before_refund && paid == stated) {
        return Ok(kept);
    }
    Err(FeeMismatch::Balance {
        charged_stroops: stated,
        paid_stroops: paid,
        refunded_stroops: refunded,
    })
}

fn inclusion(evidence: &Evidence, charged: i64) -> Option<i64> {
    match (evidence.base_fee, &evidence.soroban) {
        (Some(BaseFee::Bid), _) => Some(evidence.inclusion_bid),
        (Some(BaseFee::PerOperation(base)), _) => {
            Some(evidence.inclusion_bid.min(base.saturating_mul(evidence.fee_units)))
        }
        (None, None) => Some(charged),
        (None, Some(soroban)) => soroban.reported.map(|(non_refundable, refundable, _)| {
            charged.saturating_sub(non_refundable).saturating_sub(refundable)
        }),
    }
}

fn resource_parts(evidence: &Evidence, total: Option<i64>) -> Option<ResourceFeeParts> {
    let Some(soroban) = &evidence.soroban else {
        return Some(ResourceFeeParts::NONE);
    };
    match soroban.reported {
        Some((non_refundable, refundable_with_rent, rent)) => Some(ResourceFeeParts {
            non_refundable_stroops: non_refundable,
            refundable_stroops: refundable_with_rent.saturating_sub(rent),
            rent_stroops: rent,
        }),
        // A failed transaction gets everything refundable back.
        None if !evidence.succeeded => total.map(|total| ResourceFeeParts {
            non_refundable_stroops: total,
            ..ResourceFeeParts::NONE
        }),
        None => None,
    }
}

#[cfg(test)]
mod tests;
