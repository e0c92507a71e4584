//! Host functions: load the footprint, run the host in enforcing mode, hold it to what was
//! declared, write what changed.

use super::changes::write_changes;
use super::diagnostics::{core_metrics, limit_exceeded};
use super::footprint::{Loaded, Refusal, load};
use super::limits::entry_within_limits;
use super::usage::ResourceUsage;
use super::{Applied, SorobanApplied, Step};
use crate::Fault;
use crate::codec::{decode, encode, hash};
use crate::draft::Draft;
use crate::fees::archived;
use crate::xdr::{
    AccountId, ContractEvent, Hash, InvokeHostFunctionOp, InvokeHostFunctionResult,
    InvokeHostFunctionSuccessPreImage, LedgerEntry, LedgerKey, OperationResult, OperationResultTr,
    ScVal, SorobanTransactionData,
};
use soroban_env_host::e2e_invoke::{
    InvokeHostFunctionResult as HostResult, extract_rent_changes, invoke_host_function,
};
use std::time::Instant;

pub(super) fn apply(
    step: &Step<'_>,
    draft: &mut Draft<'_>,
    source: &AccountId,
    invoke: &InvokeHostFunctionOp,
    soroban: &mut SorobanApplied,
) -> Result<(OperationResult, Applied), Fault> {
    let answer = |result| OperationResult::OpInner(OperationResultTr::InvokeHostFunction(result));
    let Some(data) = step.transaction.soroban_data() else {
        return Ok((answer(InvokeHostFunctionResult::Malformed), Applied::default()));
    };
    match run(step, draft, source, invoke, data, soroban)? {
        Ok((success, applied)) => {
            Ok((answer(InvokeHostFunctionResult::Success(Hash(success))), applied))
        }
        Err(refusal) => {
            soroban.return_value = None;
            soroban.diagnostics.extend(refusal.diagnostic);
            Ok((answer(refusal.result), Applied::default()))
        }
    }
}

type Ran = Result<([u8; 32], Applied), Refusal>;

fn run(
    step: &Step<'_>,
    draft: &mut Draft<'_>,
    source: &AccountId,
    invoke: &InvokeHostFunctionOp,
    data: &SorobanTransactionData,
    soroban: &mut SorobanApplied,
) -> Result<Ran, Fault> {
    let entries = match load(step.ledger, draft, data, &mut soroban.usage)? {
        Ok(entries) => entries,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let host = match call_host(step, source, invoke, data, entries, soroban)? {
        Ok(host) => host,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = written_within_limits(step, data, &host, &mut soroban.usage)? {
        return Ok(Err(refusal));
    }
    if let Err(refusal) = events_within_limits(step, &host, soroban)? {
        return Ok(Err(refusal));
    }
    let output_bytes = soroban.usage.events_bytes.saturating_add(soroban.usage.return_value_bytes);
    let rent = extract_rent_changes(&host.result.ledger_changes);
    if !soroban.charge(step.ledger, step.transaction, data, &rent, output_bytes) {
        let result = InvokeHostFunctionResult::InsufficientRefundableFee;
        return Ok(Err(Refusal { result, diagnostic: None }));
    }
    let changes = write_changes(step.ledger, draft, data, &host.result.ledger_changes)?;
    let events = host.events()?;
    let success = InvokeHostFunctionSuccessPreImage {
        return_value: host.return_value.clone(),
        events: events.clone().try_into()?,
    };
    soroban.return_value = Some(host.return_value);
    Ok(Ok((hash(&success)?, Applied { changes, events })))
}

/// A host call that did not fail.
struct HostAnswer {
    result: HostResult,
    return_value: ScVal,
    return_value_bytes: u32,
    invoke_time: std::time::Duration,
}

impl HostAnswer {
    fn events(&self) -> Result<Vec<ContractEvent>, Fault> {
        self.result.encoded_contract_events.iter().map(|event| decode(event)).collect()
    }
}

fn call_host(
    step: &Step<'_>,
    source: &AccountId,
    invoke: &InvokeHostFunctionOp,
    data: &SorobanTransactionData,
    entries: Vec<Loaded>,
    soroban: &mut SorobanApplied,
) -> Result<Result<HostAnswer, Refusal>, Fault> {
    let (instructions, memory_bytes) = (
        u64::from(data.resources.instructions),
        u64::from(step.ledger.configuration.transaction.memory_bytes),
    );
    let budget = step.ledger.configuration.budget(instructions, memory_bytes)?;
    let auth: Vec<Vec<u8>> = invoke.auth.iter().map(encode).collect::<Result<_, _>>()?;
    let started = Instant::now();
    let called = invoke_host_function(
        &budget,
        true,
        encode(&invoke.host_function)?,
        encode(&data.resources)?,
        archived(data),
        encode(source)?,
        auth.into_iter(),
        step.ledger.host_info(),
        entries.into_iter(),
        step.seed.to_vec(),
        &mut soroban.diagnostics,
        None,
        Some(step.ledger.modules.host_cache()),
    );
    let invoke_time = started.elapsed();
    soroban.usage.instructions = budget.get_cpu_insns_consumed()?;
    soroban.usage.memory_bytes = budget.get_mem_bytes_consumed()?;
    // A failure of the host and one of the contract look the same to the network.
    let answered = called.and_then(|result| {
        result.encoded_invoke_result.clone().map(|return_value| (result, return_value))
    });
    let Ok((result, encoded_return_value)) = answered else {
        soroban.diagnostics.extend(core_metrics(&soroban.usage, false, invoke_time)?);
        return Ok(Err(host_refusal(&soroban.usage, instructions, memory_bytes)?));
    };
    Ok(Ok(HostAnswer {
        result,
        return_value: decode(&encoded_return_value)?,
        return_value_bytes: u32::try_from(encoded_return_value.len())
            .map_err(|_| Fault::TooLarge("a return value"))?,
        invoke_time,
    }))
}

/// Over budget or trapped.
fn host_refusal(
    usage: &ResourceUsage,
    instructions: u64,
    memory_bytes: u64,
) -> Result<Refusal, Fault> {
    if usage.instructions > instructions {
        return Ok(Refusal::resource_limit(limit_exceeded(
            "operation instructions exceeds amount specified",
            usage.instructions,
            instructions,
        )?));
    }
    if usage.memory_bytes > memory_bytes {
        return Ok(Refusal::resource_limit(limit_exceeded(
            "operation memory usage exceeds network config limit",
            usage.memory_bytes,
            memory_bytes,
        )?));
    }
    Ok(Refusal { result: InvokeHostFunctionResult::Trapped, diagnostic: None })
}

fn written_within_limits(
    step: &Step<'_>,
    data: &SorobanTransactionData,
    host: &HostAnswer,
    usage: &mut ResourceUsage,
) -> Result<Result<(), Refusal>, Fault> {
    for change in &host.result.ledger_changes {
        let Some(encoded) = &change.encoded_new_value else { continue };
        let entry: LedgerEntry = decode(encoded)?;
        let key: LedgerKey = decode(&change.encoded_key)?;
        let size = |length| u32::try_from(length).map_err(|_| Fault::TooLarge("an entry"));
        let (key_bytes, entry_bytes) = (size(change.encoded_key.len())?, size(encoded.len())?);
        if let Err(diagnostic) =
            entry_within_limits(step.ledger, &entry.data, key_bytes, entry_bytes)?
        {
            return Ok(Err(Refusal::resource_limit(diagnostic)));
        }
        usage.note_write(key, key_bytes, entry_bytes);
        if usage.written_bytes() > data.resources.write_bytes {
            return Ok(Err(Refusal::resource_limit(limit_exceeded(
                "operation byte-write resources exceeds amount specified",
                usage.written_bytes().into(),
                data.resources.write_bytes.into(),
            )?)));
        }
    }
    Ok(Ok(()))
}

fn events_within_limits(
    step: &Step<'_>,
    host: &HostAnswer,
    soroban: &mut SorobanApplied,
) -> Result<Result<(), Refusal>, Fault> {
    let most = step.ledger.configuration.transaction.events_bytes;
    let usage = &mut soroban.usage;
    for event in &host.result.encoded_contract_events {
        let bytes = u32::try_from(event.len()).map_err(|_| Fault::TooLarge("an event"))?;
        usage.note_event(bytes);
        if usage.events_bytes > most {
            return Ok(Err(Refusal::resource_limit(limit_exceeded(
                "total events size exceeds network config maximum",
                usage.events_bytes.into(),
                most.into(),
            )?)));
        }
    }
    soroban.diagnostics.extend(core_metrics(usage, true, host.invoke_time)?);
    usage.return_value_bytes = host.return_value_bytes;
    let output_bytes = usage.events_bytes.saturating_add(usage.return_value_bytes);
    if output_bytes > most {
        return Ok(Err(Refusal::resource_limit(limit_exceeded(
            "return value pushes events size above network config maximum",
            output_bytes.into(),
            most.into(),
        )?)));
    }
    Ok(Ok(()))
}
