//! What inclusion cost lately, per operation.

use crate::xdr::{FeeBumpTransactionInnerTx, TransactionEnvelope, TransactionExt};
use crate::{Localnet, Outcome};
use serde_json::{Map, Value, json};

/// Ledgers looked at for Soroban transactions, and for classic ones: what RPC nodes use.
const SOROBAN_WINDOW_LEDGERS: u32 = 50;
const CLASSIC_WINDOW_LEDGERS: u32 = 10;

const PERCENTILES: [(&str, usize); 11] = [
    ("p10", 10),
    ("p20", 20),
    ("p30", 30),
    ("p40", 40),
    ("p50", 50),
    ("p60", 60),
    ("p70", 70),
    ("p80", 80),
    ("p90", 90),
    ("p95", 95),
    ("p99", 99),
];

pub(super) fn answer(ledger: &Localnet) -> Value {
    json!({
        "sorobanInclusionFee": distribution(ledger, SOROBAN_WINDOW_LEDGERS, true),
        "inclusionFee": distribution(ledger, CLASSIC_WINDOW_LEDGERS, false),
        "latestLedger": ledger.sequence(),
    })
}

fn distribution(ledger: &Localnet, window_ledgers: u32, soroban: bool) -> Value {
    let from = ledger.sequence().saturating_sub(window_ledgers - 1);
    let ledgers: Vec<_> = ledger.history().from_ledger(from).collect();
    let mut fees: Vec<i64> = ledgers
        .iter()
        .flat_map(|closed| &closed.transactions)
        .filter_map(|outcome| fee_per_operation(outcome, soroban))
        .collect();
    fees.sort_unstable();
    let at = |rank: usize| fees.get(rank).copied().unwrap_or(0).to_string();
    let mut answer = Map::new();
    answer.insert("max".into(), fees.last().copied().unwrap_or(0).to_string().into());
    answer.insert("min".into(), at(0).into());
    answer.insert("mode".into(), mode(&fees).to_string().into());
    for (name, percent) in PERCENTILES {
        // Nearest rank.
        let rank = (fees.len() * percent).div_ceil(100).saturating_sub(1);
        answer.insert(name.into(), at(rank).into());
    }
    answer.insert("transactionCount".into(), fees.len().to_string().into());
    answer.insert("ledgerCount".into(), ledgers.len().into());
    Value::Object(answer)
}

fn fee_per_operation(outcome: &Outcome, soroban: bool) -> Option<i64> {
    let (inner, bump) = match &outcome.envelope {
        TransactionEnvelope::Tx(envelope) => (&envelope.tx, 0),
        TransactionEnvelope::TxFeeBump(envelope) => {
            let FeeBumpTransactionInnerTx::Tx(inner) = &envelope.tx.inner_tx;
            (&inner.tx, 1)
        }
        TransactionEnvelope::TxV0(_) => return None,
    };
    if matches!(inner.ext, TransactionExt::V1(_)) != soroban {
        return None;
    }
    let operations = i64::try_from(inner.operations.len() + bump).ok()?;
    outcome.fees.inclusion_stroops.checked_div(operations)
}

/// The most frequent of sorted values; the smallest of them when there are several.
fn mode(sorted: &[i64]) -> i64 {
    let runs = sorted.chunk_by(|a, b| a == b);
    let longest = runs.fold(&[][..], |best, run| if run.len() > best.len() { run } else { best });
    longest.first().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::mode;

    #[test]
    fn the_mode_is_the_most_frequent_value() {
        assert_eq!(mode(&[]), 0);
        assert_eq!(mode(&[100]), 100);
        assert_eq!(mode(&[100, 200, 200, 300, 300]), 200);
    }
}
