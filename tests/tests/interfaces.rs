//! What callers see, and what is deployed.
//!
//! performance-monitor, alerting, dashboard and external-monitoring do not implement the trait that their
//! clients are made from: their arguments are values as the host holds them. So here the spec in the
//! deployed wasm, which `stellar contract invoke` and generated clients read, is compared with that of the
//! trait.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use lumenscope_interfaces::alerting::AlertingSpec;
use lumenscope_interfaces::dashboard::DashboardsSpec;
use lumenscope_interfaces::external_monitoring::ExternalMonitoringSpec;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorSpec;
use lumenscope_localnet::xdr::{
    Limits, ReadXdr as _, ScSpecEntry, ScSpecFunctionV0, ScSpecTypeDef,
};

/// What every contract of the suite has besides its trait.
const OF_ALL: [&str; 13] = [
    "__constructor",
    "accept_admin",
    "admin",
    "administration",
    "apply_upgrade",
    "cancel_upgrade",
    "keep_alive",
    "migrate",
    "pause",
    "propose_upgrade",
    "set_role",
    "transfer_admin",
    "unpause",
];

/// Names and types of the arguments, and the types of what is returned.
type Shape = (Vec<(String, ScSpecTypeDef)>, Vec<ScSpecTypeDef>);

type Functions = BTreeMap<String, Shape>;

fn shapes(functions: impl IntoIterator<Item = ScSpecFunctionV0>) -> Functions {
    let shape = |function: ScSpecFunctionV0| {
        let inputs = function.inputs.iter();
        let inputs = inputs.map(|input| (input.name.to_utf8_string_lossy(), input.type_.clone()));
        let outputs = function.outputs.to_vec();
        (function.name.to_utf8_string_lossy(), (inputs.collect(), outputs))
    };
    functions.into_iter().map(shape).collect()
}

fn of_trait(entries: &[&[u8]]) -> Result<Functions> {
    let read = |bytes: &&[u8]| match ScSpecEntry::from_xdr(bytes, Limits::none())? {
        ScSpecEntry::FunctionV0(function) => Ok(function),
        other => anyhow::bail!("expected a function, not {other:?}"),
    };
    Ok(shapes(entries.iter().map(read).collect::<Result<Vec<_>>>()?))
}

fn deployed(contract: &str) -> Result<Functions> {
    let spec = soroban_spec::read::from_wasm(&lumenscope_contract_wasm::read(contract)?)
        .with_context(|| format!("reading the spec of {contract}"))?;
    let mut all = shapes(spec.into_iter().filter_map(|entry| match entry {
        ScSpecEntry::FunctionV0(function) => Some(function),
        _ => None,
    }));
    for name in OF_ALL {
        assert!(all.remove(name).is_some(), "{contract} has no {name}");
    }
    Ok(all)
}

fn compare(contract: &str, entries: &[&[u8]]) -> Result<()> {
    let (seen, deployed) = (of_trait(entries)?, deployed(contract)?);
    assert_eq!(seen.len(), entries.len(), "a function is listed twice");
    let names = |functions: &Functions| functions.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&deployed), names(&seen));
    for (name, shape) in &deployed {
        assert_eq!(shape, &seen[name], "{contract} {name}");
    }
    Ok(())
}

/// The spec entries of a trait's functions.
macro_rules! entries {
    ($spec:ident: $($function:ident),* $(,)?) => { [$(&$spec::$function()[..]),*] };
}

#[test]
fn performance_monitor_is_what_its_client_calls() -> Result<()> {
    let entries = entries!(PerformanceMonitorSpec:
        spec_xdr_register,
        spec_xdr_set_reporter,
        spec_xdr_open_stream,
        spec_xdr_set_inline_rules,
        spec_xdr_record_metric,
        spec_xdr_record_samples,
        spec_xdr_report,
        spec_xdr_record_execution,
        spec_xdr_record_batch,
        spec_xdr_backfill,
        spec_xdr_flush,
        spec_xdr_set_analytics,
        spec_xdr_analytics,
        spec_xdr_monitored_contract,
        spec_xdr_streams,
        spec_xdr_stream_definition,
        spec_xdr_hot,
        spec_xdr_metric,
        spec_xdr_inline_rules,
        spec_xdr_window,
    );
    compare("performance-monitor", &entries)
}

#[test]
fn alerting_is_what_its_client_calls() -> Result<()> {
    let entries = entries!(AlertingSpec:
        spec_xdr_create_alert_rule,
        spec_xdr_create_rule,
        spec_xdr_update_rule,
        spec_xdr_set_rule_paused,
        spec_xdr_delete_rule,
        spec_xdr_set_operator,
        spec_xdr_operators,
        spec_xdr_rule,
        spec_xdr_rules_on,
        spec_xdr_create_policy,
        spec_xdr_policy,
        spec_xdr_evaluate,
        spec_xdr_closed_slot,
        spec_xdr_acknowledge,
        spec_xdr_snooze,
        spec_xdr_resolve,
        spec_xdr_is_firing,
        spec_xdr_guard,
        spec_xdr_configure_guard,
        spec_xdr_override_guard,
        spec_xdr_summary,
        spec_xdr_active_alerts,
        spec_xdr_alert,
        spec_xdr_monitor,
        spec_xdr_set_monitor,
    );
    compare("alerting", &entries)
}

#[test]
fn external_monitoring_is_what_its_client_calls() -> Result<()> {
    let entries = entries!(ExternalMonitoringSpec:
        spec_xdr_create_integration,
        spec_xdr_update_integration,
        spec_xdr_set_enabled,
        spec_xdr_request_test,
        spec_xdr_record_delivery,
        spec_xdr_integration,
        spec_xdr_health,
        spec_xdr_delivery,
        spec_xdr_integrations_of,
        spec_xdr_create_api_key,
        spec_xdr_rotate_api_key,
        spec_xdr_revoke_api_key,
        spec_xdr_api_key,
        spec_xdr_api_key_usage,
        spec_xdr_api_keys_of,
        spec_xdr_verify_request,
        spec_xdr_check_request,
        spec_xdr_create_responder,
        spec_xdr_responders_of,
        spec_xdr_react,
        spec_xdr_request_export,
        spec_xdr_commit_export,
        spec_xdr_verify_chunk,
        spec_xdr_export,
        spec_xdr_exports_of,
        spec_xdr_audit,
        spec_xdr_count_of,
        spec_xdr_remove,
        spec_xdr_set_service_key,
        spec_xdr_service_key,
    );
    compare("external-monitoring", &entries)
}

#[test]
fn dashboard_is_what_its_client_calls() -> Result<()> {
    let entries = entries!(DashboardsSpec:
        spec_xdr_set_links,
        spec_xdr_links,
        spec_xdr_create_dashboard,
        spec_xdr_instantiate,
        spec_xdr_clone_dashboard,
        spec_xdr_update_dashboard,
        spec_xdr_put_widget,
        spec_xdr_restore,
        spec_xdr_history,
        spec_xdr_remove_dashboard,
        spec_xdr_share,
        spec_xdr_share_link,
        spec_xdr_offer_dashboard,
        spec_xdr_accept_dashboard,
        spec_xdr_public_dashboards,
        spec_xdr_set_preferences,
        spec_xdr_preferences,
        spec_xdr_dashboard,
        spec_xdr_widgets,
        spec_xdr_dashboards,
        spec_xdr_render,
    );
    compare("dashboard", &entries)
}
