//! Chains of ledgers for tests: real XDR with hashes that fit, made from a few words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::xdr::{
    self, AccountEntry, AccountId, ContractEvent, ContractEventBody, ContractEventType,
    ContractEventV0, ContractId, DependentTxCluster, DiagnosticEvent, ExtensionPoint,
    GeneralizedTransactionSet, HostFunction, InvokeContractArgs, InvokeHostFunctionOp,
    InvokeHostFunctionResult, LedgerCloseMeta, LedgerCloseMetaV2, LedgerEntry, LedgerEntryChange,
    LedgerEntryChanges, LedgerEntryData, LedgerHeader, LedgerHeaderHistoryEntry, LedgerKey,
    LedgerKeyContractCode, MuxedAccount, Operation, OperationBody, OperationMetaV2,
    OperationResult, OperationResultTr, ParallelTxExecutionStage, ParallelTxsComponent,
    Preconditions, PublicKey, ReadXdr as _, ScAddress, ScError, ScVal, SequenceNumber,
    SorobanResources, SorobanTransactionData, SorobanTransactionMetaExt,
    SorobanTransactionMetaExtV1, SorobanTransactionMetaV2, StellarValue, StellarValueExt,
    TimePoint, Transaction, TransactionEnvelope, TransactionExt, TransactionMeta,
    TransactionMetaV4, TransactionPhase, TransactionResult, TransactionResultMetaV1,
    TransactionResultPair, TransactionResultResult, TransactionResultSet, TransactionSetV1,
    TransactionV1Envelope, Uint256, VecM, WriteXdr,
};
use crate::{Address, Hash, Network};

/// The inclusion fee of every transaction made here, in stroops.
pub const INCLUSION_STROOPS: i64 = 100;
/// Balance of every account made here before it pays.
const BALANCE: i64 = 1_000_000_000;
/// Given back to every transaction that succeeds.
const REFUND: i64 = 1_000;

/// A call below the root.
#[derive(Clone, Debug)]
pub struct SubCall {
    /// The contract's id.
    pub contract: [u8; 32],
    /// The function.
    pub function: String,
    /// The contract's error; `None` when it returns.
    pub error: Option<u32>,
}

/// A call of a contract.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Makes the source account.
    pub source: u8,
    /// The contract's id.
    pub contract: [u8; 32],
    /// The function.
    pub function: String,
    /// The contract's error; `None` when it returns.
    pub error: Option<u32>,
    /// Calls of the root, one after the other.
    pub sub_calls: Vec<SubCall>,
    /// Measured; a tenth more is declared.
    pub instructions: u32,
    /// Non-refundable part of the fee, in stroops.
    pub non_refundable_stroops: i64,
    /// Refundable part without rent, in stroops.
    pub refundable_stroops: i64,
    /// Rent, in stroops.
    pub rent_stroops: i64,
    /// Added to what the result says was charged: makes the fee contradict itself.
    pub overcharged_stroops: i64,
    /// Whether the node gives diagnostics.
    pub diagnostics: bool,
    /// Whether the node gives the parts of the fee.
    pub fee_parts: bool,
}

impl Default for Invocation {
    fn default() -> Self {
        Invocation {
            source: 1,
            contract: [1; 32],
            function: "deposit".to_owned(),
            error: None,
            sub_calls: Vec::new(),
            instructions: 1_000_000,
            non_refundable_stroops: 20_000,
            refundable_stroops: 300,
            rent_stroops: 700,
            overcharged_stroops: 0,
            diagnostics: true,
            fee_parts: true,
        }
    }
}

/// A transaction as a node's `getTransactions` gives it, each part in base64.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ClosedTransaction {
    pub hash: Hash,
    pub envelope: String,
    pub result: String,
    pub meta: String,
    pub application_order: u32,
}

/// A ledger as a node serves it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ClosedLedger {
    pub sequence: u32,
    pub hash: Hash,
    pub closed_at_s: u64,
    /// `LedgerCloseMeta`.
    pub meta: Vec<u8>,
    pub transactions: Vec<ClosedTransaction>,
}

impl ClosedLedger {
    /// The `LedgerCloseMeta` in base64.
    #[must_use]
    pub fn meta_base64(&self) -> String {
        STANDARD.encode(&self.meta)
    }
}

/// Closes ledgers one after the other, five seconds apart.
#[derive(Clone, Debug)]
pub struct Chain {
    network: Network,
    protocol: u32,
    next: u32,
    closed_at_s: u64,
    previous_hash: Hash,
    sequence_number: i64,
}

impl Chain {
    /// A chain of protocol 28 that begins with this ledger; `salt` makes chains differ.
    #[must_use]
    pub fn new(passphrase: &str, first: u32, salt: u8) -> Self {
        Chain {
            network: Network::new(passphrase),
            protocol: 28,
            next: first,
            closed_at_s: 1_800_000_000,
            previous_hash: Hash([salt; 32]),
            sequence_number: 0,
        }
    }

    /// Closes the next ledger.
    ///
    /// # Panics
    /// If something does not encode: this is for tests.
    pub fn close(&mut self, invocations: &[Invocation]) -> ClosedLedger {
        let sequence = self.next;
        let mut envelopes = Vec::new();
        let mut processing = Vec::new();
        let mut transactions = Vec::new();
        for (order, invocation) in (1_u32..).zip(invocations) {
            self.sequence_number += 1;
            let envelope = envelope(invocation, self.sequence_number);
            let hash = envelope.hash(self.network.id()).expect("encodes");
            let result = result(invocation);
            let meta = meta(invocation);
            transactions.push(ClosedTransaction {
                hash: Hash(hash),
                envelope: base64(&envelope),
                result: base64(&result),
                meta: base64(&meta),
                application_order: order,
            });
            processing.push(TransactionResultMetaV1 {
                ext: ExtensionPoint::V0,
                result: TransactionResultPair { transaction_hash: xdr::Hash(hash), result },
                fee_processing: balance_change(invocation, BALANCE, BALANCE - paid(invocation)),
                tx_apply_processing: meta,
                post_tx_apply_fee_processing: balance_change(
                    invocation,
                    BALANCE - paid(invocation),
                    BALANCE - charged(invocation),
                ),
            });
            envelopes.push(envelope);
        }
        let set = transaction_set(envelopes, self.previous_hash);
        let results = processing.iter().map(|processing| processing.result.clone());
        let results = TransactionResultSet { results: list(results.collect()) };
        let header = header(self, &set, &results);
        let hash = Hash::of(&bytes(&header));
        let ledger = LedgerCloseMeta::V2(LedgerCloseMetaV2 {
            ext: xdr::LedgerCloseMetaExt::V0,
            ledger_header: LedgerHeaderHistoryEntry {
                hash: xdr::Hash(hash.0),
                header,
                ext: xdr::LedgerHeaderHistoryEntryExt::V0,
            },
            tx_set: set,
            tx_processing: list(processing),
            upgrades_processing: VecM::default(),
            scp_info: VecM::default(),
            total_byte_size_of_live_soroban_state: 0,
            evicted_keys: VecM::default(),
        });
        let closed_at_s = self.closed_at_s;
        self.next += 1;
        self.closed_at_s += 5;
        self.previous_hash = hash;
        ClosedLedger { sequence, hash, closed_at_s, meta: bytes(&ledger), transactions }
    }
}

fn charged(invocation: &Invocation) -> i64 {
    let refundable = match invocation.error {
        None => invocation.refundable_stroops + invocation.rent_stroops,
        Some(_) => 0,
    };
    INCLUSION_STROOPS + invocation.non_refundable_stroops + refundable
}

fn paid(invocation: &Invocation) -> i64 {
    INCLUSION_STROOPS + resource_fee(invocation)
}

fn resource_fee(invocation: &Invocation) -> i64 {
    invocation.non_refundable_stroops
        + invocation.refundable_stroops
        + invocation.rent_stroops
        + REFUND
}

fn account_id(invocation: &Invocation) -> AccountId {
    AccountId(PublicKey::PublicKeyTypeEd25519(Uint256([invocation.source; 32])))
}

fn balance_change(invocation: &Invocation, before: i64, after: i64) -> LedgerEntryChanges {
    let entry = |balance| LedgerEntry {
        data: LedgerEntryData::Account(AccountEntry {
            account_id: account_id(invocation),
            balance,
            seq_num: SequenceNumber(0),
            num_sub_entries: 0,
            inflation_dest: None,
            flags: 0,
            home_domain: xdr::String32::default(),
            thresholds: xdr::Thresholds::default(),
            signers: VecM::default(),
            ext: xdr::AccountEntryExt::V0,
        }),
        last_modified_ledger_seq: 0,
        ext: xdr::LedgerEntryExt::V0,
    };
    let changes =
        [LedgerEntryChange::State(entry(before)), LedgerEntryChange::Updated(entry(after))];
    LedgerEntryChanges(list(changes.to_vec()))
}

fn envelope(invocation: &Invocation, sequence_number: i64) -> TransactionEnvelope {
    let code =
        |id: u8| LedgerKey::ContractCode(LedgerKeyContractCode { hash: xdr::Hash([id; 32]) });
    let data = SorobanTransactionData {
        ext: xdr::SorobanTransactionDataExt::V0,
        resources: SorobanResources {
            footprint: xdr::LedgerFootprint {
                read_only: list(vec![code(1), code(2)]),
                read_write: list(vec![code(3)]),
            },
            instructions: invocation.instructions + invocation.instructions / 10,
            disk_read_bytes: 0,
            write_bytes: 500,
        },
        resource_fee: resource_fee(invocation),
    };
    let call = HostFunction::InvokeContract(InvokeContractArgs {
        contract_address: ScAddress::Contract(ContractId(xdr::Hash(invocation.contract))),
        function_name: invocation.function.as_str().try_into().expect("a symbol"),
        args: VecM::default(),
    });
    TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: Transaction {
            source_account: MuxedAccount::Ed25519(Uint256([invocation.source; 32])),
            fee: u32::try_from(paid(invocation)).expect("a small fee"),
            seq_num: SequenceNumber(sequence_number),
            cond: Preconditions::None,
            memo: xdr::Memo::None,
            operations: list(vec![Operation {
                source_account: None,
                body: OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
                    host_function: call,
                    auth: VecM::default(),
                }),
            }]),
            ext: TransactionExt::V1(data),
        },
        signatures: VecM::default(),
    })
}

fn result(invocation: &Invocation) -> TransactionResult {
    let of_call = |result| {
        list(vec![OperationResult::OpInner(OperationResultTr::InvokeHostFunction(result))])
    };
    TransactionResult {
        fee_charged: charged(invocation) + invocation.overcharged_stroops,
        result: match invocation.error {
            None => TransactionResultResult::TxSuccess(of_call(InvokeHostFunctionResult::Success(
                xdr::Hash([0; 32]),
            ))),
            Some(_) => {
                TransactionResultResult::TxFailed(of_call(InvokeHostFunctionResult::Trapped))
            }
        },
        ext: xdr::TransactionResultExt::V0,
    }
}

fn meta(invocation: &Invocation) -> TransactionMeta {
    let failed = invocation.error.is_some();
    let refundable = invocation.refundable_stroops + invocation.rent_stroops;
    let ext = SorobanTransactionMetaExt::V1(SorobanTransactionMetaExtV1 {
        ext: ExtensionPoint::V0,
        total_non_refundable_resource_fee_charged: invocation.non_refundable_stroops,
        total_refundable_resource_fee_charged: if failed { 0 } else { refundable },
        rent_fee_charged: if failed { 0 } else { invocation.rent_stroops },
    });
    let ext = if invocation.fee_parts { ext } else { SorobanTransactionMetaExt::V0 };
    let diagnostics = if invocation.diagnostics { diagnostics(invocation) } else { Vec::new() };
    TransactionMeta::V4(TransactionMetaV4 {
        ext: ExtensionPoint::V0,
        tx_changes_before: LedgerEntryChanges(VecM::default()),
        operations: list(vec![OperationMetaV2 {
            ext: ExtensionPoint::V0,
            changes: LedgerEntryChanges(VecM::default()),
            events: VecM::default(),
        }]),
        tx_changes_after: LedgerEntryChanges(VecM::default()),
        soroban_meta: Some(SorobanTransactionMetaV2 {
            ext,
            return_value: (!failed).then_some(ScVal::Void),
        }),
        events: VecM::default(),
        diagnostic_events: list(diagnostics),
    })
}

fn diagnostics(invocation: &Invocation) -> Vec<DiagnosticEvent> {
    let root = invocation.contract;
    let mut events = vec![call_event(None, root, &invocation.function)];
    for call in &invocation.sub_calls {
        events.push(call_event(Some(root), call.contract, &call.function));
        events.extend(ending_events(call.contract, &call.function, call.error));
    }
    events.extend(ending_events(root, &invocation.function, invocation.error));
    let metrics = [
        ("cpu_insn", u64::from(invocation.instructions)),
        ("mem_byte", 2_000_000),
        ("read_entry", 3),
        ("write_entry", 1),
        ("ledger_read_byte", 400),
        ("ledger_write_byte", 450),
        ("emit_event_byte", 120),
    ];
    for (name, value) in metrics {
        events.push(event(None, vec![symbol("core_metrics"), symbol(name)], ScVal::U64(value)));
    }
    events
}

fn call_event(caller: Option<[u8; 32]>, callee: [u8; 32], function: &str) -> DiagnosticEvent {
    let callee = ScVal::Bytes(callee.to_vec().try_into().expect("32 bytes"));
    event(caller, vec![symbol("fn_call"), callee, symbol(function)], ScVal::Void)
}

fn ending_events(contract: [u8; 32], function: &str, error: Option<u32>) -> Vec<DiagnosticEvent> {
    let topics = match error {
        None => vec![symbol("fn_return"), symbol(function)],
        Some(code) => vec![symbol("error"), ScVal::Error(ScError::Contract(code))],
    };
    vec![event(Some(contract), topics, ScVal::Void)]
}

fn event(emitter: Option<[u8; 32]>, topics: Vec<ScVal>, data: ScVal) -> DiagnosticEvent {
    DiagnosticEvent {
        in_successful_contract_call: true,
        event: ContractEvent {
            ext: ExtensionPoint::V0,
            contract_id: emitter.map(|id| ContractId(xdr::Hash(id))),
            type_: ContractEventType::Diagnostic,
            body: ContractEventBody::V0(ContractEventV0 { topics: list(topics), data }),
        },
    }
}

fn transaction_set(
    envelopes: Vec<TransactionEnvelope>,
    previous_hash: Hash,
) -> GeneralizedTransactionSet {
    let clusters = list(vec![DependentTxCluster(list(envelopes))]);
    GeneralizedTransactionSet::V1(TransactionSetV1 {
        previous_ledger_hash: xdr::Hash(previous_hash.0),
        phases: list(vec![
            TransactionPhase::V0(VecM::default()),
            TransactionPhase::V1(ParallelTxsComponent {
                base_fee: Some(INCLUSION_STROOPS),
                execution_stages: list(vec![ParallelTxExecutionStage(clusters)]),
            }),
        ]),
    })
}

fn header(
    chain: &Chain,
    set: &GeneralizedTransactionSet,
    results: &TransactionResultSet,
) -> LedgerHeader {
    LedgerHeader {
        ledger_version: chain.protocol,
        previous_ledger_hash: xdr::Hash(chain.previous_hash.0),
        scp_value: StellarValue {
            tx_set_hash: xdr::Hash(Hash::of(&bytes(set)).0),
            close_time: TimePoint(chain.closed_at_s),
            upgrades: VecM::default(),
            ext: StellarValueExt::Basic,
        },
        tx_set_result_hash: xdr::Hash(Hash::of(&bytes(results)).0),
        bucket_list_hash: xdr::Hash([0; 32]),
        ledger_seq: chain.next,
        total_coins: 0,
        fee_pool: 0,
        inflation_seq: 0,
        id_pool: 0,
        base_fee: 100,
        base_reserve: 5_000_000,
        max_tx_set_size: 100,
        skip_list: std::array::from_fn(|_| xdr::Hash([0; 32])),
        ext: xdr::LedgerHeaderExt::V0,
    }
}

fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(text.try_into().expect("a symbol"))
}

fn list<T, const MAX: u32>(items: Vec<T>) -> VecM<T, MAX> {
    match items.try_into() {
        Ok(list) => list,
        Err(error) => panic!("a short list: {error}"),
    }
}

fn bytes(value: &impl WriteXdr) -> Vec<u8> {
    value.to_xdr(xdr::limits(xdr::VALUE_BYTES_MAX)).expect("encodes")
}

fn base64(value: &impl WriteXdr) -> String {
    STANDARD.encode(bytes(value))
}

/// The address of the contract with this id.
#[must_use]
pub fn contract(id: [u8; 32]) -> Address {
    Address::from_contract_id(id)
}

/// The same ledger under protocol 30, whose header names milliseconds.
///
/// # Panics
/// If it does not decode: this is for tests.
#[must_use]
pub fn closed_in_milliseconds(ledger: &ClosedLedger, closed_at_ms: u64) -> Vec<u8> {
    let limits = xdr::limits(xdr::VALUE_BYTES_MAX);
    let mut meta = LedgerCloseMeta::from_xdr(&ledger.meta, limits).expect("decodes");
    let LedgerCloseMeta::V2(inner) = &mut meta else { panic!("version 2") };
    let header = &mut inner.ledger_header.header;
    header.ledger_version = 30;
    header.scp_value.close_time = TimePoint(closed_at_ms / 1_000);
    header.scp_value.ext = StellarValueExt::SignedMs(xdr::StellarValueSignedMsValue {
        close_time_ms: xdr::TimePointMs(closed_at_ms),
        lc_value_signature: xdr::LedgerCloseValueSignature {
            node_id: xdr::NodeId(PublicKey::PublicKeyTypeEd25519(Uint256([0; 32]))),
            signature: xdr::Signature::default(),
        },
    });
    inner.ledger_header.hash = xdr::Hash(Hash::of(&bytes(&inner.ledger_header.header)).0);
    bytes(&meta)
}
