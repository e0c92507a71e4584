//! Ledgers that stellar-core wrote, decoded and counted a second time straight from the XDR.

mod common;

use lumenscope_meta::{
    CallOutcome, Fidelity, Ledger, Network, Visibility, decode_batch, decode_framed, decompress,
};
use stellar_xdr_30 as xdr;
use xdr::ReadXdr as _;

const CORE_TEST_PASSPHRASE: &str = "(V) (;,,;) (V)";
const MAINNET_PASSPHRASE: &str = "Public Global Stellar Network ; September 2015";

/// Figures that one walk over the raw XDR gives, without this crate.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    ledgers: usize,
    transactions: usize,
    succeeded: usize,
    charged_stroops: i64,
    instructions: u64,
    /// Calls below the root.
    sub_calls: usize,
    /// Calls that returned in transactions that succeeded.
    returned: usize,
    contract_events: usize,
}

impl Count {
    fn decoded(ledgers: &[Ledger]) -> Self {
        let mut count = Count { ledgers: ledgers.len(), ..Count::default() };
        for transaction in ledgers.iter().flat_map(|ledger| &ledger.transactions) {
            count.transactions += 1;
            count.succeeded += usize::from(transaction.succeeded);
            let fees = transaction.fees.exact();
            count.charged_stroops +=
                fees.unwrap_or_else(|| panic!("{:?}", transaction.fees)).charged_stroops;
            let Some(soroban) = &transaction.soroban else { continue };
            count.instructions += soroban.measured.map_or(0, |measured| measured.instructions);
            count.contract_events += soroban.events.len();
            let shown = soroban.calls.visibility == Visibility::Full;
            for call in &soroban.calls.calls {
                let of_contract = !call.function.starts_with('@');
                let returned = call.outcome == CallOutcome::Returned;
                count.sub_calls += usize::from(call.path.depth() > 0);
                count.returned +=
                    usize::from(shown && transaction.succeeded && of_contract && returned);
            }
        }
        count
    }

    fn raw(metas: &[xdr::LedgerCloseMeta]) -> Self {
        let mut count = Count { ledgers: metas.len(), ..Count::default() };
        for meta in metas {
            match meta {
                xdr::LedgerCloseMeta::V0(meta) => {
                    meta.tx_processing
                        .iter()
                        .for_each(|tx| count.add(&tx.result, &tx.tx_apply_processing));
                }
                xdr::LedgerCloseMeta::V1(meta) => {
                    meta.tx_processing
                        .iter()
                        .for_each(|tx| count.add(&tx.result, &tx.tx_apply_processing));
                }
                xdr::LedgerCloseMeta::V2(meta) => {
                    meta.tx_processing
                        .iter()
                        .for_each(|tx| count.add(&tx.result, &tx.tx_apply_processing));
                }
            }
        }
        count
    }

    fn add(&mut self, result: &xdr::TransactionResultPair, meta: &xdr::TransactionMeta) {
        self.transactions += 1;
        self.charged_stroops += result.result.fee_charged;
        let succeeded = matches!(
            result.result.result,
            xdr::TransactionResultResult::TxSuccess(_)
                | xdr::TransactionResultResult::TxFeeBumpInnerSuccess(_)
        );
        self.succeeded += usize::from(succeeded);
        let mut events: Vec<xdr::ContractEvent> = Vec::new();
        match meta {
            xdr::TransactionMeta::V3(meta) => {
                if let Some(soroban) = &meta.soroban_meta {
                    self.contract_events += soroban.events.len();
                    events.extend(soroban.diagnostic_events.iter().map(|d| d.event.clone()));
                }
            }
            xdr::TransactionMeta::V4(meta) => {
                if meta.soroban_meta.is_some() {
                    self.contract_events +=
                        meta.operations.iter().map(|op| op.events.len()).sum::<usize>();
                }
                events.extend(meta.diagnostic_events.iter().map(|d| d.event.clone()));
            }
            _ => {}
        }
        for event in events {
            let xdr::ContractEventBody::V0(body) = &event.body;
            let topics: Vec<String> = body
                .topics
                .iter()
                .map(|topic| match topic {
                    xdr::ScVal::Symbol(symbol) => symbol.to_string(),
                    _ => String::new(),
                })
                .collect();
            match topics.first().map(String::as_str) {
                Some("fn_call") => {
                    // Only the host itself calls these from outside a contract.
                    let by_host = topics[2].starts_with("__") || topics[2] == "init_asset";
                    self.sub_calls += usize::from(event.contract_id.is_some() || by_host);
                }
                Some("fn_return") => self.returned += usize::from(succeeded),
                Some("core_metrics") if topics[1] == "cpu_insn" => {
                    if let xdr::ScVal::U64(value) = body.data {
                        self.instructions += value;
                    }
                }
                _ => {}
            }
        }
    }
}

fn raw_frames(mut bytes: &[u8]) -> Vec<xdr::LedgerCloseMeta> {
    let mut metas = Vec::new();
    while !bytes.is_empty() {
        let mark = u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"));
        let length = (mark & 0x7fff_ffff) as usize;
        metas.push(
            xdr::LedgerCloseMeta::from_xdr(&bytes[4..4 + length], xdr::Limits::none())
                .expect("core's own ledger"),
        );
        bytes = &bytes[4 + length..];
    }
    metas
}

#[test]
fn every_ledger_of_cores_captures_decodes_and_counts_as_a_second_walk_does() {
    let Some(archive) = common::fixture("core-lcm.tar.zst") else { return };
    let archive = decompress(&archive).expect("zstd");
    let files = common::tar_files(&archive);
    let network = Network::new(CORE_TEST_PASSPHRASE);
    let (mut decoded, mut raw) = (Vec::new(), Vec::new());
    for (name, bytes) in &files {
        let ledgers = decode_framed(bytes, &network).unwrap_or_else(|error| {
            panic!("{name}: {error}");
        });
        decoded.extend(ledgers);
        raw.extend(raw_frames(bytes));
    }
    let expected = Count::raw(&raw);
    assert_eq!(Count::decoded(&decoded), expected);
    assert!(
        expected.sub_calls > 400 && expected.returned > 1_000 && expected.instructions > 0,
        "{expected:?}"
    );
    println!("core captures: {} files, {expected:?}", files.len());
}

#[test]
fn every_failed_invocation_of_cores_captures_has_an_error_and_no_tree_is_partial() {
    let Some(archive) = common::fixture("core-lcm.tar.zst") else { return };
    let archive = decompress(&archive).expect("zstd");
    let network = Network::new(CORE_TEST_PASSPHRASE);
    let mut failed_calls = 0;
    for (name, bytes) in common::tar_files(&archive) {
        for ledger in decode_framed(bytes, &network).expect("decodes") {
            for transaction in &ledger.transactions {
                let Some(soroban) = &transaction.soroban else { continue };
                assert_ne!(
                    soroban.calls.visibility,
                    Visibility::Partial,
                    "{name} {}: {:#?}",
                    transaction.hash,
                    soroban.calls
                );
                for call in &soroban.calls.calls {
                    let CallOutcome::Failed(error) = &call.outcome else { continue };
                    failed_calls += 1;
                    assert_ne!(error.to_string(), "not reported", "{name} {}", transaction.hash);
                    assert!(call.reverted);
                }
            }
        }
    }
    assert!(failed_calls > 100, "{failed_calls} failed calls");
    println!("core captures: {failed_calls} failed calls, each with its error");
}

#[test]
fn a_mainnet_ledger_from_galexie_decodes_with_its_fee_parts() {
    let Some(file) = common::fixture("FCD285FF--53312000.xdr.zst") else { return };
    let ledgers = decode_batch(&file, &Network::new(MAINNET_PASSPHRASE)).expect("decodes");
    let raw =
        xdr::LedgerCloseMetaBatch::from_xdr(decompress(&file).expect("zstd"), xdr::Limits::none())
            .expect("a batch");
    assert_eq!(Count::decoded(&ledgers), Count::raw(&raw.ledger_close_metas));
    let ledger = &ledgers[0];
    assert_eq!(ledger.header.sequence, 53_312_000);
    assert_eq!(ledger.header.closed_at_ms % 1_000, 0);
    let soroban: Vec<_> = ledger.transactions.iter().filter(|tx| tx.soroban.is_some()).collect();
    assert!(!soroban.is_empty());
    for transaction in soroban {
        let fees = transaction.fees.exact().expect("exact");
        let parts = fees.resource.expect("the node reports the parts");
        assert_eq!(
            fees.inclusion_stroops.expect("known")
                + parts.non_refundable_stroops
                + parts.refundable_stroops
                + parts.rent_stroops,
            fees.charged_stroops
        );
        let usage = transaction.soroban.as_ref().expect("soroban").usage();
        assert_eq!(usage.fidelity, Fidelity::Measured);
    }
}

#[test]
fn a_wrong_passphrase_is_an_error_and_not_a_wrong_ledger() {
    let Some(file) = common::fixture("FCD285FF--53312000.xdr.zst") else { return };
    let error = decode_batch(&file, &Network::new(CORE_TEST_PASSPHRASE)).expect_err("refused");
    assert!(error.to_string().contains("passphrase"), "{error}");
}
