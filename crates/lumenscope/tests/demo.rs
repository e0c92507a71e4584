//! The demonstration, played by the program as a user starts it, and its figures recomputed from
//! the ledgers by a second decoder: another version of the XDR types, none of the product's code.
//! A call is taken from its envelope, its fee from the balances that moved, its instructions and
//! errors from the node's diagnostics.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stellar_xdr_28::{
    ContractEventBody, DiagnosticEvent, GeneralizedTransactionSet, Hash, HostFunction,
    LedgerCloseMeta, LedgerEntry, LedgerEntryChange, LedgerEntryChanges, LedgerEntryData, Limited,
    Limits, MuxedAccount, OperationBody, ReadXdr, ScAddress, ScError, ScSpecEntry, ScVal,
    SorobanTransactionMetaExt, Transaction, TransactionEnvelope, TransactionMeta, TransactionPhase,
    TransactionResultMetaV1, TransactionResultResult, TransactionSignaturePayload,
    TransactionSignaturePayloadTaggedTransaction, TxSetComponent, WriteXdr,
};

#[derive(Default)]
struct Recomputed {
    calls: u64,
    failed: u64,
    fee_stroops: i64,
    rent_stroops: i64,
    instructions: u64,
    errors: BTreeMap<u32, u64>,
}

impl Recomputed {
    fn add(&mut self, more: &Self) {
        self.calls += more.calls;
        self.failed += more.failed;
        self.fee_stroops += more.fee_stroops;
        self.rent_stroops += more.rent_stroops;
        self.instructions += more.instructions;
        for (code, count) in &more.errors {
            *self.errors.entry(*code).or_default() += count;
        }
    }

    fn json(&self) -> Value {
        json!({
            "calls": self.calls,
            "failed": self.failed,
            "fee_stroops": self.fee_stroops,
            "fee_stroops_mean": nearest(self.fee_stroops, self.calls),
            "rent_stroops": self.rent_stroops,
            "instructions": self.instructions,
            "instructions_mean": nearest(self.instructions.cast_signed(), self.calls),
            "errors": self.errors.iter().map(|(code, count)| (code.to_string(), *count))
                .collect::<BTreeMap<_, _>>(),
        })
    }
}

/// The nearest whole number, halves up.
fn nearest(sum: i64, count: u64) -> i64 {
    (sum as f64 / count as f64 + 0.5).floor() as i64
}

#[test]
fn every_figure_of_the_demonstration_is_recomputed_from_its_ledgers() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (out, ledgers) = (folder.join("demo.json"), folder.join("demo.ledgers"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let played = Command::new(env!("CARGO_BIN_EXE_lumenscope"))
        .arg("demo")
        .arg("--out")
        .arg(&out)
        .arg("--ledgers-out")
        .arg(&ledgers)
        .current_dir(root)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&played.stdout);
    let noted = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}\n{noted}");
    assert!(!noted.contains("can read"), "its secrets are its own: {noted}");

    let figures: Value =
        serde_json::from_slice(&std::fs::read(&out).expect("demo.json")).expect("JSON");
    let passphrase = figures["network_passphrase"].as_str().expect("a passphrase");
    let network = Hash(Sha256::digest(passphrase).into());
    let accounts = [&figures["pool"], &figures["monitoring"]["keeper"]];
    let [pool, keeper] = accounts.map(|address| address.as_str().expect("an address").to_owned());
    let mut functions: BTreeMap<String, Recomputed> = BTreeMap::new();
    let mut of_keeper: BTreeMap<String, u64> = BTreeMap::new();
    let (mut keeper_fee_stroops, mut keeper_rent_stroops) = (0_i64, 0_i64);
    let mut sheets = Sheets::default();
    for line in std::fs::read_to_string(&ledgers).expect("ledgers").lines() {
        let ledger = LedgerCloseMeta::from_xdr_base64(line, Limits::none()).expect("a ledger");
        let LedgerCloseMeta::V2(ledger) = ledger else { panic!("not the meta of protocol 23 on") };
        let calls = envelopes(&ledger.tx_set, &network);
        for applied in ledger.tx_processing.iter() {
            let transaction = &calls[&applied.result.transaction_hash.0];
            let paid = paid_stroops(applied);
            sheets.take(applied, &pool);
            if source(transaction) == keeper {
                *of_keeper.entry(called_of_any(transaction)).or_default() += 1;
                keeper_fee_stroops += paid;
                keeper_rent_stroops += rent_stroops(applied);
            }
            let Some(function) = called(transaction, &pool) else { continue };
            functions.entry(function).or_default().add(&figures_of(applied, paid, &pool));
        }
    }
    sheets.check();
    let mut total = Recomputed::default();
    functions.values().for_each(|of| total.add(of));
    let succeeded: BTreeMap<String, i64> = functions
        .iter()
        .map(|(name, of)| (name.clone(), (of.calls - of.failed).cast_signed()))
        .collect();
    let calls_by_function: BTreeMap<String, u64> =
        functions.iter().map(|(name, of)| (name.clone(), of.calls)).collect();
    let functions: BTreeMap<String, Value> =
        functions.iter().map(|(name, of)| (name.clone(), of.json())).collect();
    assert_eq!(figures["functions"], json!(functions));
    assert_eq!(figures["total"], total.json());
    let names = declared_errors(&folder.join("../wasm/insurance-pool.wasm"));
    let named = |(code, _): (&u32, &u64)| (code.to_string(), names[code].clone());
    let error_names: BTreeMap<_, _> = total.errors.iter().map(named).collect();
    assert_eq!(figures["error_names"], json!(error_names));

    let monitoring = &figures["monitoring"];
    assert_eq!(monitoring["reported"], total.calls, "every call is on the ledger");
    assert_eq!(monitoring["keeper_transactions"], of_keeper.values().sum::<u64>());
    for (function, figure) in [
        ("record_batch", "keeper_reports"),
        ("flush", "keeper_flushes"),
        ("compact", "keeper_compactions"),
        ("evaluate", "keeper_evaluations"),
    ] {
        let sent = of_keeper.get(function).copied().unwrap_or(0);
        assert_eq!(monitoring[figure], sent, "{function}");
    }
    assert_eq!(monitoring["keeper_fee_stroops"], keeper_fee_stroops);
    assert_eq!(monitoring["keeper_rent_stroops"], keeper_rent_stroops);
    let without_rent = nearest(keeper_fee_stroops - keeper_rent_stroops, total.calls);
    assert_eq!(monitoring["keeper_stroops_per_transaction"], without_rent);
    let sdk_stroops: i64 = succeeded
        .iter()
        .map(|(name, calls)| monitoring["sdk_stroops_per_call"][name].as_i64().expect(name) * calls)
        .sum();
    assert_eq!(monitoring["sdk_stroops"], sdk_stroops);
    assert_eq!(monitoring["sdk_calls"], total.calls - total.failed);
    let of_sdk = nearest(sdk_stroops, total.calls);
    assert_eq!(monitoring["sdk_stroops_per_transaction"], of_sdk);
    assert_eq!(monitoring["stroops_per_transaction"], of_sdk + without_rent);

    let panel = |title: &str, statistic: &str| {
        let panels = figures["dashboard"]["panels"].as_array().expect("panels");
        let found = panels.iter().find(|panel| {
            panel["title"] == title
                && panel["figure"] == statistic
                && panel["data"]["series"].is_null()
        });
        found.unwrap_or_else(|| panic!("no {title}, {statistic}"))["data"].clone()
    };
    for panel in figures["dashboard"]["panels"].as_array().expect("panels") {
        assert!(panel["data"]["failed"].is_null(), "{panel}");
    }
    let share = nearest((total.failed * 10_000).cast_signed(), total.calls);
    assert_eq!(panel("Failed calls", "error_ratio")["figure"], share);
    let shown = panel("Calls", "count")["streams"].clone();
    let shown: BTreeMap<String, u64> =
        serde_json::from_value::<Vec<_>>(shown).expect("streams").into_iter().collect();
    assert_eq!(json!(shown), json!(calls_by_function), "the ledger counts the calls as they were");
    assert!(figures["deployment"]["transactions"].as_u64() > Some(10));
    let phases = figures["phases"].as_array().expect("phases");
    assert_eq!(phases.len(), 4);
    assert!(phases.is_sorted_by_key(|phase| phase["at_s"].as_u64()));

    assert!(total.calls >= 300, "{} transactions", total.calls);
    let share = total.failed * 1_000 / total.calls;
    assert!((90..=130).contains(&share), "{share} in a thousand failed");
    let mut way = figures["alerts"].as_array().expect("alerts").iter();
    for change in [
        "Pending",
        "Firing",
        "Escalated to level 1",
        "Escalated to level 2",
        "Acknowledged",
        "Resolved",
    ] {
        let same = |alert: &Value| alert["function"] == "reprice" && alert["change"] == change;
        assert!(way.any(same), "no {change} in its place: {}", figures["alerts"]);
    }
    for line in said.lines() {
        assert!(line.chars().count() <= 100, "wider than a terminal: {line}");
    }
    for shown in ["What the pool's calls really cost", "rendered by the ledger", "█"] {
        assert!(said.contains(shown), "expected `{shown}` in\n{said}");
    }
}

/// Bytes that an hourly bucket may take in history, the series' headers included.
const BUCKET_BYTES_MAX: usize = 22;
/// The same bucket as a contract stores a struct: `PLAIN_BUCKET_BYTES` of analytics-storage, whose
/// tests hold it.
const PLAIN_BUCKET_BYTES: usize = 320;
/// Of each series: version and number of buckets.
const SERIES_HEADER_BYTES: usize = 3;
/// Of each sheet: version, day, number of metrics and of buckets; then the length of each series.
const SHEET_HEAD_BYTES: usize = 8;
const SERIES_LENGTH_BYTES: usize = 2;

/// What analytics-storage keeps of the hours of the pool's streams: by function, whether of its
/// executions, and number; as it was written last. The demonstration makes no days.
#[derive(Default)]
struct Sheets(BTreeMap<(String, bool, u32), Vec<u8>>);

/// Packed series.
#[derive(Clone, Copy, Default)]
struct Packed {
    series: usize,
    buckets: usize,
    bytes: usize,
}

impl Packed {
    fn per_bucket(self) -> f64 {
        self.bytes as f64 / self.buckets as f64
    }

    fn add(&mut self, more: Self) {
        self.series += more.series;
        self.buckets += more.buckets;
        self.bytes += more.bytes;
    }

    fn row(self, name: &str) {
        let Self { series, buckets, bytes } = self;
        let plain = buckets * PLAIN_BUCKET_BYTES;
        let each = self.per_bucket();
        let headers = series * SERIES_HEADER_BYTES;
        println!("{name:24} {series:6} {buckets:7} {bytes:6} {headers:7} {each:8.2} {plain:7}");
    }
}

impl Sheets {
    fn take(&mut self, applied: &TransactionResultMetaV1, pool: &str) {
        let TransactionMeta::V4(meta) = &applied.tx_apply_processing else { panic!("not meta v4") };
        for change in meta.operations.iter().flat_map(|operation| operation.changes.0.iter()) {
            if let LedgerEntryChange::Created(entry) | LedgerEntryChange::Updated(entry) = change
                && let LedgerEntryData::ContractData(data) = &entry.data
                && let (ScVal::Vec(Some(key)), ScVal::Bytes(sheet)) = (&data.key, &data.val)
                && let [
                    ScVal::Address(contract),
                    ScVal::Symbol(function),
                    subject,
                    ScVal::U32(number),
                ] = key.0.as_slice()
                && contract.to_string() == pool
            {
                let is_execution = *subject != ScVal::Void;
                let key = (function.to_string(), is_execution, *number);
                self.0.insert(key, sheet.0.to_vec());
            }
        }
    }

    /// The series of a sheet, without the room for hours to come.
    fn series(sheet: &[u8]) -> Vec<Packed> {
        let metrics = usize::from(sheet[5]);
        let (lengths, mut rest) = sheet[SHEET_HEAD_BYTES..].split_at(SERIES_LENGTH_BYTES * metrics);
        let mut found = Vec::new();
        for length in lengths.as_chunks().0 {
            let bytes = usize::from(u16::from_le_bytes(*length));
            let (series, after) = rest.split_at(bytes);
            rest = after;
            if let [_version, low, high, ..] = series {
                let buckets = usize::from(u16::from_le_bytes([*low, *high]));
                found.push(Packed { series: 1, buckets, bytes });
            }
        }
        assert!(rest.iter().all(|byte| *byte == 0), "behind the series there is room alone");
        let buckets: usize = found.iter().map(|series| series.buckets).sum();
        assert_eq!(buckets, usize::from(u16::from_le_bytes([sheet[6], sheet[7]])));
        found
    }

    /// Tells what the buckets take, and holds it.
    fn check(&self) {
        println!(
            "{:24} {:>6} {:>7} {:>6} {:>7} {:>8} {:>7}",
            "hours in history", "series", "buckets", "bytes", "headers", "a bucket", "plain"
        );
        let (mut all, mut heads, mut stored, mut dearest) = (Packed::default(), 0, 0, 0.0_f64);
        for ((function, is_execution, _), sheet) in &self.0 {
            let mut of_stream = Packed::default();
            for series in Self::series(sheet) {
                dearest = dearest.max(series.per_bucket());
                of_stream.add(series);
            }
            let of = if *is_execution { "executions" } else { "values" };
            of_stream.row(&format!("{function}, {of}"));
            all.add(of_stream);
            heads += SHEET_HEAD_BYTES + SERIES_LENGTH_BYTES * usize::from(sheet[5]);
            stored += sheet.len();
        }
        all.row("all");
        let with_heads = Packed { bytes: all.bytes + heads, ..all };
        with_heads.row("and the sheets' heads");
        println!(
            "the dearest series {dearest:.2} B a bucket; with room for hours to come {stored} B"
        );
        assert!(all.buckets >= 150, "{} buckets", all.buckets);
        assert!(with_heads.bytes <= all.buckets * BUCKET_BYTES_MAX, "beyond {BUCKET_BYTES_MAX} B");
    }
}

/// The transactions of a ledger by hash.
fn envelopes(set: &GeneralizedTransactionSet, network: &Hash) -> BTreeMap<[u8; 32], Transaction> {
    let GeneralizedTransactionSet::V1(set) = set;
    let mut found = BTreeMap::new();
    let mut add = |envelope: &TransactionEnvelope| {
        let TransactionEnvelope::Tx(envelope) = envelope else { panic!("not a v1 transaction") };
        let payload = TransactionSignaturePayload {
            network_id: network.clone(),
            tagged_transaction: TransactionSignaturePayloadTaggedTransaction::Tx(
                envelope.tx.clone(),
            ),
        };
        let bytes = payload.to_xdr(Limits::none()).expect("bytes");
        found.insert(Sha256::digest(bytes).into(), envelope.tx.clone());
    };
    for phase in set.phases.iter() {
        match phase {
            TransactionPhase::V0(components) => {
                for TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component) in components.iter() {
                    component.txs.iter().for_each(&mut add);
                }
            }
            TransactionPhase::V1(parallel) => {
                for cluster in parallel.execution_stages.iter().flat_map(|stage| stage.0.iter()) {
                    cluster.0.iter().for_each(&mut add);
                }
            }
        }
    }
    found
}

fn source(transaction: &Transaction) -> String {
    match &transaction.source_account {
        MuxedAccount::Ed25519(key) => {
            stellar_xdr_28::AccountId(stellar_xdr_28::PublicKey::PublicKeyTypeEd25519(key.clone()))
                .to_string()
        }
        MuxedAccount::MuxedEd25519(_) => panic!("no muxed account is used"),
    }
}

/// The function, where the transaction calls the contract.
fn called(transaction: &Transaction, contract: &str) -> Option<String> {
    let OperationBody::InvokeHostFunction(operation) = &transaction.operations.first()?.body else {
        return None;
    };
    let HostFunction::InvokeContract(call) = &operation.host_function else { return None };
    (call.contract_address.to_string() == contract).then(|| call.function_name.to_string())
}

/// The function of a transaction that calls any contract.
fn called_of_any(transaction: &Transaction) -> String {
    match &transaction.operations[0].body {
        OperationBody::InvokeHostFunction(operation) => match &operation.host_function {
            HostFunction::InvokeContract(call) => call.function_name.to_string(),
            other => panic!("not a call: {other:?}"),
        },
        other => panic!("not a call: {other:?}"),
    }
}

/// What a transaction was charged for rent.
fn rent_stroops(applied: &TransactionResultMetaV1) -> i64 {
    let TransactionMeta::V4(meta) = &applied.tx_apply_processing else { panic!("not meta v4") };
    match meta.soroban_meta.as_ref().map(|meta| &meta.ext) {
        Some(SorobanTransactionMetaExt::V1(fees)) => fees.rent_fee_charged,
        other => panic!("no parts of the fee: {other:?}"),
    }
}

/// The errors that a contract's code declares: names by code.
fn declared_errors(wasm: &Path) -> BTreeMap<u32, String> {
    let wasm = std::fs::read(wasm).expect("the pool's wasm");
    let name = b"contractspecv0";
    let at = wasm.windows(name.len()).position(|bytes| bytes == name).expect("a spec");
    let mut entries = Limited::new(&wasm[at + name.len()..], Limits::none());
    let mut errors = BTreeMap::new();
    // The spec ends where its section does: what follows decodes no more.
    while let Ok(entry) = ScSpecEntry::read_xdr(&mut entries) {
        if let ScSpecEntry::UdtErrorEnumV0(declared) = entry {
            errors.extend(declared.cases.iter().map(|case| (case.value, case.name.to_string())));
        }
    }
    errors
}

/// What left all balances for fees, and did not come back.
fn paid_stroops(applied: &TransactionResultMetaV1) -> i64 {
    let TransactionMeta::V4(meta) = &applied.tx_apply_processing else { panic!("not meta v4") };
    let changes =
        [&applied.fee_processing, &meta.tx_changes_after, &applied.post_tx_apply_fee_processing];
    -changes.into_iter().map(balance_change).sum::<i64>()
}

fn balance_change(changes: &LedgerEntryChanges) -> i64 {
    let balance = |entry: &LedgerEntry| match &entry.data {
        LedgerEntryData::Account(account) => account.balance,
        _ => 0,
    };
    let one = |change: &LedgerEntryChange| match change {
        LedgerEntryChange::State(entry) => -balance(entry),
        LedgerEntryChange::Updated(entry) => balance(entry),
        other => panic!("fees neither make nor remove entries: {other:?}"),
    };
    changes.0.iter().map(one).sum()
}

fn figures_of(applied: &TransactionResultMetaV1, paid_stroops: i64, pool: &str) -> Recomputed {
    let TransactionMeta::V4(meta) = &applied.tx_apply_processing else { panic!("not meta v4") };
    let failed = match &applied.result.result.result {
        TransactionResultResult::TxSuccess(_) => false,
        TransactionResultResult::TxFailed(_) => true,
        other => panic!("neither success nor failure: {other:?}"),
    };
    let instructions = meta.diagnostic_events.iter().find_map(|event| match body(event) {
        ([ScVal::Symbol(kind), ScVal::Symbol(name)], ScVal::U64(value))
            if kind.to_string() == "core_metrics" && name.to_string() == "cpu_insn" =>
        {
            Some(*value)
        }
        _ => None,
    });
    let error = meta.diagnostic_events.iter().rev().find_map(|event| match body(event) {
        ([ScVal::Symbol(kind), ScVal::Error(ScError::Contract(code)), ..], _)
            if kind.to_string() == "error"
                && failed
                && raised_by(event) == Some(pool.to_owned()) =>
        {
            Some(*code)
        }
        _ => None,
    });
    assert_eq!(failed, error.is_some(), "a failure of the pool has one of its errors");
    Recomputed {
        calls: 1,
        failed: failed.into(),
        fee_stroops: paid_stroops,
        rent_stroops: rent_stroops(applied),
        instructions: instructions.expect("a metered transaction"),
        errors: error.into_iter().map(|code| (code, 1)).collect(),
    }
}

fn body(event: &DiagnosticEvent) -> (&[ScVal], &ScVal) {
    let ContractEventBody::V0(body) = &event.event.body;
    (body.topics.as_slice(), &body.data)
}

fn raised_by(event: &DiagnosticEvent) -> Option<String> {
    event.event.contract_id.clone().map(|id| ScAddress::Contract(id).to_string())
}
