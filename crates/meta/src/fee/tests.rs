use super::*;

/// Bid 200, base fee 100, charged 100 + 5,000 + 300 + 700 after a refund of 400.
fn soroban() -> Evidence {
    Evidence {
        protocol: 28,
        succeeded: true,
        result_charged: 6_100,
        inclusion_bid: 200,
        fee_units: 1,
        base_fee: Some(BaseFee::PerOperation(100)),
        paid: Some(6_500),
        refunded: 400,
        soroban: Some(SorobanEvidence { reported: Some((5_000, 1_000, 700)) }),
    }
}

const PARTS: ResourceFeeParts =
    ResourceFeeParts { non_refundable_stroops: 5_000, refundable_stroops: 300, rent_stroops: 700 };

fn check(evidence: &Evidence, inclusion: Option<i64>, resource: Option<ResourceFeeParts>) {
    let expected =
        Fees { charged_stroops: evidence.result_charged, inclusion_stroops: inclusion, resource };
    assert_eq!(account(evidence), FeeAccount::Exact(expected));
}

#[test]
fn the_parts_of_a_soroban_fee_add_up_to_the_charge() {
    check(&soroban(), Some(100), Some(PARTS));
}

#[test]
fn a_bid_below_the_base_fee_is_what_is_paid() {
    let evidence =
        Evidence { inclusion_bid: 60, result_charged: 6_060, paid: Some(6_460), ..soroban() };
    check(&evidence, Some(60), Some(PARTS));
    let undiscounted = Evidence {
        base_fee: Some(BaseFee::Bid),
        result_charged: 6_200,
        paid: Some(6_600),
        ..soroban()
    };
    check(&undiscounted, Some(200), Some(PARTS));
}

#[test]
fn a_fee_bump_pays_for_one_operation_more() {
    let evidence = Evidence { fee_units: 2, result_charged: 6_200, paid: Some(6_600), ..soroban() };
    check(&evidence, Some(200), Some(PARTS));
}

#[test]
fn one_stroop_off_in_any_number_is_a_mismatch() {
    let wrong = [
        Evidence { result_charged: 6_101, paid: Some(6_501), ..soroban() },
        Evidence {
            soroban: Some(SorobanEvidence { reported: Some((5_001, 1_000, 700)) }),
            ..soroban()
        },
        Evidence {
            soroban: Some(SorobanEvidence { reported: Some((5_000, 999, 700)) }),
            ..soroban()
        },
        Evidence { base_fee: Some(BaseFee::PerOperation(101)), ..soroban() },
    ];
    for evidence in wrong {
        assert!(
            matches!(account(&evidence), FeeAccount::Failed(FeeMismatch::Parts { .. })),
            "{evidence:?}"
        );
    }
    let balance = Evidence { refunded: 401, ..soroban() };
    assert!(matches!(account(&balance), FeeAccount::Failed(FeeMismatch::Balance { .. })));
    let negative = Evidence { result_charged: 50, paid: Some(450), ..soroban() };
    assert!(matches!(account(&negative), FeeAccount::Failed(FeeMismatch::Range { .. })));
}

#[test]
fn a_node_that_reports_no_parts_leaves_them_unknown_on_success() {
    let evidence = Evidence { soroban: Some(SorobanEvidence { reported: None }), ..soroban() };
    check(&evidence, Some(100), None);
    let without_set = Evidence { base_fee: None, ..evidence };
    check(&without_set, None, None);
}

#[test]
fn a_failed_transaction_keeps_only_what_is_not_refundable() {
    let evidence = Evidence {
        succeeded: false,
        result_charged: 5_100,
        refunded: 1_400,
        soroban: Some(SorobanEvidence { reported: None }),
        ..soroban()
    };
    let parts =
        ResourceFeeParts { non_refundable_stroops: 5_000, refundable_stroops: 0, rent_stroops: 0 };
    check(&evidence, Some(100), Some(parts));
}

#[test]
fn without_the_transaction_set_the_reported_parts_give_the_inclusion_fee() {
    let evidence = Evidence { base_fee: None, paid: None, refunded: 0, ..soroban() };
    check(&evidence, Some(100), Some(PARTS));
}

#[test]
fn a_classic_fee_is_all_inclusion() {
    let classic =
        Evidence { result_charged: 100, paid: Some(100), refunded: 0, soroban: None, ..soroban() };
    check(&classic, Some(100), Some(ResourceFeeParts::NONE));
    let wrong = Evidence { result_charged: 90, paid: Some(90), ..classic };
    assert!(matches!(account(&wrong), FeeAccount::Failed(_)));
}

#[test]
fn protocol_20_may_state_the_charge_before_the_refund() {
    let evidence = Evidence { protocol: 20, result_charged: 6_500, ..soroban() };
    let FeeAccount::Exact(fees) = account(&evidence) else { panic!("exact") };
    assert_eq!(fees.charged_stroops, 6_100);
    let later = Evidence { protocol: 21, ..evidence };
    assert!(matches!(account(&later), FeeAccount::Failed(FeeMismatch::Balance { .. })));
}
