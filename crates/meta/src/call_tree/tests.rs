use super::*;
use crate::xdr::{ContractEvent, ContractEventV0, ExtensionPoint, Hash, ScError, VecM};

const ROOT: [u8; 32] = [1; 32];
const CALLEE: [u8; 32] = [2; 32];
const DEEPER: [u8; 32] = [3; 32];

fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(text.try_into().expect("a symbol"))
}

fn event(emitter: Option<[u8; 32]>, topics: Vec<ScVal>) -> DiagnosticEvent {
    DiagnosticEvent {
        in_successful_contract_call: false,
        event: ContractEvent {
            ext: ExtensionPoint::V0,
            contract_id: emitter.map(|id| ContractId(Hash(id))),
            type_: ContractEventType::Diagnostic,
            body: ContractEventBody::V0(ContractEventV0 {
                topics: VecM::try_from(topics).expect("few topics"),
                data: ScVal::Void,
            }),
        },
    }
}

fn call(caller: Option<[u8; 32]>, callee: [u8; 32], function: &str) -> DiagnosticEvent {
    let callee = ScVal::Bytes(callee.to_vec().try_into().expect("32 bytes"));
    event(caller, vec![symbol("fn_call"), callee, symbol(function)])
}

fn returned(contract: [u8; 32], function: &str) -> DiagnosticEvent {
    event(Some(contract), vec![symbol("fn_return"), symbol(function)])
}

fn error(contract: [u8; 32], code: u32) -> DiagnosticEvent {
    event(Some(contract), vec![symbol("error"), ScVal::Error(ScError::Contract(code))])
}

fn invoke() -> Action {
    Action::Invoke { contract: Some(Address::from_contract_id(ROOT)), function: "run".to_owned() }
}

fn trapped() -> Ending {
    Ending::Failed(CallError::Operation { result: "Trapped" })
}

/// Each call as `path function outcome`, an exclamation mark where it was reverted.
fn check(ending: Ending, events: &[DiagnosticEvent], visibility: Visibility, expected: &[&str]) {
    let tree = build(&invoke(), ending, events);
    let shown: Vec<_> = tree
        .calls
        .iter()
        .map(|call| {
            let outcome = match &call.outcome {
                CallOutcome::Returned => "ok".to_owned(),
                CallOutcome::Failed(error) => error.to_string(),
            };
            let reverted = if call.reverted { " !" } else { "" };
            format!("{} {} {outcome}{reverted}", call.path, call.function)
        })
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(tree.visibility, visibility);
}

#[test]
fn without_diagnostics_only_the_root_is_known() {
    check(Ending::Succeeded, &[], Visibility::RootOnly, &["0 run ok"]);
    check(trapped(), &[], Visibility::RootOnly, &["0 run Trapped !"]);
}

#[test]
fn siblings_and_depth_are_in_the_path() {
    let events = [
        call(None, ROOT, "run"),
        call(Some(ROOT), CALLEE, "a"),
        call(Some(CALLEE), DEEPER, "b"),
        returned(DEEPER, "b"),
        returned(CALLEE, "a"),
        call(Some(ROOT), CALLEE, "c"),
        returned(CALLEE, "c"),
        returned(ROOT, "run"),
    ];
    check(
        Ending::Succeeded,
        &events,
        Visibility::Full,
        &["0 run ok", "0.0 a ok", "0.0.0 b ok", "0.1 c ok"],
    );
}

#[test]
fn a_failure_that_a_caller_survives_reverts_only_the_failed_call_and_those_below_it() {
    let events = [
        call(None, ROOT, "run"),
        call(Some(ROOT), CALLEE, "a"),
        call(Some(CALLEE), DEEPER, "b"),
        returned(DEEPER, "b"),
        error(CALLEE, 7),
        error(ROOT, 7),
        call(Some(ROOT), CALLEE, "a"),
        returned(CALLEE, "a"),
        returned(ROOT, "run"),
    ];
    check(
        Ending::Succeeded,
        &events,
        Visibility::Full,
        &["0 run ok", "0.0 a Contract#7 !", "0.0.0 b ok !", "0.1 a ok"],
    );
}

#[test]
fn a_callee_that_reports_no_error_gets_the_one_its_caller_reports() {
    let events = [
        call(None, ROOT, "run"),
        call(Some(ROOT), CALLEE, "a"),
        error(ROOT, 9),
        returned(ROOT, "run"),
    ];
    check(Ending::Succeeded, &events, Visibility::Full, &["0 run ok", "0.0 a Contract#9 !"]);
}

#[test]
fn the_root_fails_with_what_the_host_names_and_everything_is_reverted() {
    let host = event(None, vec![symbol("host_fn_failed"), ScVal::Error(ScError::Contract(4))]);
    let events = [
        call(None, ROOT, "run"),
        call(Some(ROOT), CALLEE, "a"),
        returned(CALLEE, "a"),
        error(ROOT, 3),
        host,
    ];
    check(trapped(), &events, Visibility::Full, &["0 run Contract#4 !", "0.0 a ok !"]);
}

#[test]
fn a_failed_root_without_an_error_event_keeps_the_operations_result() {
    let events = [call(None, ROOT, "run"), returned(ROOT, "run")];
    check(trapped(), &events, Visibility::Full, &["0 run Trapped !"]);
}

#[test]
fn events_of_unknown_frames_make_the_tree_partial() {
    let events = [call(None, ROOT, "run"), call(Some(DEEPER), CALLEE, "a"), returned(ROOT, "run")];
    check(Ending::Succeeded, &events, Visibility::Partial, &["0 run ok"]);
    let rootless = [event(None, vec![symbol("core_metrics"), symbol("cpu_insn")])];
    check(Ending::Succeeded, &rootless, Visibility::Partial, &["0 run ok"]);
}

#[test]
fn calls_beyond_the_bound_are_left_out_and_said_to_be() {
    let mut events = vec![call(None, ROOT, "run")];
    for _ in 0..CALLS_PER_TRANSACTION_MAX {
        events.push(call(Some(ROOT), CALLEE, "a"));
        events.push(returned(CALLEE, "a"));
    }
    events.push(returned(ROOT, "run"));
    let tree = build(&invoke(), Ending::Succeeded, &events);
    assert_eq!(tree.calls.len(), CALLS_PER_TRANSACTION_MAX);
    assert_eq!(tree.visibility, Visibility::Partial);
}

#[test]
fn a_contract_cannot_forge_a_call_because_its_events_are_not_diagnostic() {
    let mut forged = call(Some(ROOT), CALLEE, "forged");
    forged.event.type_ = ContractEventType::Contract;
    let events = [call(None, ROOT, "run"), forged, returned(ROOT, "run")];
    check(Ending::Succeeded, &events, Visibility::Full, &["0 run ok"]);
}
