//! A former owner who left something behind on a contract that was handed over.

use lumenscope_interfaces::alerting::{AlertingError, GuardOverride, GuardVerdict};
use lumenscope_interfaces::performance_monitor::{MonitorError, ReporterRole};
use soroban_sdk::Address;
use soroban_sdk::testutils::Address as _;

use super::super::watched::{FUNCTION, METRIC, QUIET, open};
use super::super::world::{UNAUTHORISED, refused};
use super::Neighbours;

#[test]
fn what_a_former_owner_left_on_a_contract_ends_when_the_new_one_says_so() {
    let n = Neighbours::new();
    let w = &n.world;
    let (former, owner, pool) = (&w.owner, &w.stranger, &w.pool);
    let reporter = Address::generate(&w.e);
    open(w, former, &w.stream(FUNCTION));
    let appoint = |role| (pool.clone(), reporter.clone(), role);
    w.must(former, &w.monitor, "set_reporter", appoint(ReporterRole::Primary));
    let force = |who: &Address, forced| (who.clone(), pool.clone(), forced, w.now_s() + 3_600);
    w.must(former, &w.alerting, "override_guard", force(former, GuardOverride::Closed));
    // Both of them sign it.
    w.e.mock_all_auths();
    w.monitor().register(former, pool, &Some(owner.clone()));
    w.e.mock_auths(&[]);

    let report = |sequence: u64| {
        let (stream, metric) = (w.stream(FUNCTION), w.symbol(METRIC));
        let args = (reporter.clone(), stream, metric, QUIET, w.now_s(), sequence);
        n.refusal(&reporter, &w.monitor, "report", args)
    };
    // It goes on as it was, and the former owner changes nothing of it any more.
    assert_eq!(report(1), None);
    assert_eq!(w.alerting().guard(pool), GuardVerdict::OverriddenClosed);
    let args = appoint(ReporterRole::Witness);
    assert_eq!(n.refusal(former, &w.monitor, "set_reporter", args), Some(UNAUTHORISED));
    let not_theirs = Some(refused(AlertingError::NotTheRuleOwner as u32));
    let args = force(former, GuardOverride::Open);
    assert_eq!(n.refusal(former, &w.alerting, "override_guard", args), not_theirs);

    w.must(owner, &w.monitor, "set_reporter", appoint(ReporterRole::None));
    assert_eq!(report(2), Some(refused(MonitorError::ReporterUnknown as u32)));
    w.must(owner, &w.alerting, "override_guard", force(owner, GuardOverride::None));
    assert_eq!(w.alerting().guard(pool), GuardVerdict::Unwatched);
}
