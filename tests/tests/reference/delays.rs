//! What a deployment says of upgrades is what the contracts hold it to.

use lumenscope_interfaces::governance as contracts;

#[test]
fn a_deployment_waits_as_the_contracts_advise() {
    let of_contracts = [
        contracts::UPGRADE_DELAY_DEFAULT_S,
        contracts::UPGRADE_DELAY_MAX_S,
        contracts::UPGRADE_DELAY_MIN_S,
    ];
    let of_deployments = [
        lumenscope_deploy::UPGRADE_DELAY_DEFAULT_S,
        lumenscope_deploy::UPGRADE_DELAY_MAX_S,
        lumenscope_deploy::UPGRADE_DELAY_PUBLIC_MIN_S,
    ];
    assert_eq!(of_deployments, of_contracts);
}
