//! A stranger who creates every rule and begins every alert that there is to begin.

use lumenscope_interfaces::alerting::{
    ALERTS_PER_CONTRACT_MAX, AlertingError, GuardVerdict, Outcome, RULES_PER_CONTRACT_MAX,
    RuleSpec, RuleTarget,
};
use soroban_sdk::{Address, Error, Val};

use super::super::watched::{CLOSES_S, FUNCTION, QUIET, create, evaluate, open, record, spec};
use super::super::world::refused;
use super::Neighbours;

impl Neighbours {
    fn rule_over(&self, contract: Option<Address>) -> Option<Error> {
        let w = &self.world;
        let spec = RuleSpec { contract, ..spec(w) };
        let args = (w.stranger.clone(), spec);
        w.call::<Val>(&w.stranger, &w.alerting, "create_rule", args, &[]).err()
    }
}

#[test]
fn rules_and_alerts_of_a_spammer_take_no_place_of_anothers() {
    let n = Neighbours::new();
    let w = &n.world;
    let stream = n.their_stream(FUNCTION);
    n.open_theirs(&stream);
    open(w, &w.owner, &w.stream(FUNCTION));
    for _ in 0..RULES_PER_CONTRACT_MAX {
        assert_eq!(n.rule_over(Some(n.theirs.clone())), None);
        assert_eq!(n.rule_over(None), None);
    }
    let full = Some(refused(AlertingError::TooManyRules as u32));
    assert_eq!(n.rule_over(Some(n.theirs.clone())), full);
    assert_eq!(n.rule_over(None), full);
    let not_theirs = Some(refused(AlertingError::NotTheRuleOwner as u32));
    assert_eq!(n.rule_over(Some(w.pool.clone())), not_theirs);

    record(w, &stream, QUIET);
    record(w, &w.stream(FUNCTION), QUIET);
    w.advance(CLOSES_S);
    let rules = w.alerting().rules_on(&n.theirs);
    let everywhere = w.alerting().rules_on(&w.stranger);
    let on = |stream: &_, rule| RuleTarget { rule, stream: Clone::clone(stream) };
    let own: Vec<RuleTarget> = rules.iter().map(|rule| on(&stream, rule)).collect();
    for targets in own.chunks(4) {
        let targets: Vec<&RuleTarget> = targets.iter().collect();
        let evaluated = evaluate(w, &w.stranger, &targets);
        assert!(evaluated.iter().all(|of| of.outcome == Outcome::Evaluated));
    }
    let one_more = on(&stream, everywhere.get_unchecked(0));
    let outcome = evaluate(w, &w.stranger, &[&one_more])[0].outcome;
    assert_eq!((own.len(), outcome), (ALERTS_PER_CONTRACT_MAX as usize, Outcome::TooManyAlerts));

    // The owner has every place that there was.
    assert!(w.alerting().rules_on(&w.pool).is_empty());
    for contract in [Some(w.pool.clone()), None] {
        let rule = create(w, &w.owner, &RuleSpec { contract, ..spec(w) });
        let target = on(&w.stream(FUNCTION), rule);
        assert_eq!(evaluate(w, &w.owner, &[&target])[0].outcome, Outcome::Evaluated);
    }
    assert_eq!(w.alerting().guard(&w.pool), GuardVerdict::Clear);
}
