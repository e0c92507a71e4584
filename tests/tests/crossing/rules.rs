//! Rules that say what no rule may, one line for each: each is refused by name, when it is created
//! and as a change of another, and nothing changed.

use lumenscope_interfaces::alerting::{
    AlertingError, LABEL_BYTES_MAX, LABELS_MAX, NAME_BYTES_MAX, PolicyLevel, RuleCondition,
    RuleOperator, RuleSpec,
};
use soroban_sdk::{BytesN, Map, String, Symbol, Vec as SdkVec, vec};

use super::watched::{FUNCTION, UNWATCHED, create, spec, watched};
use super::world::{World, refused};

/// The longest duration, 30 days.
const DURATION_MAX_S: u32 = 30 * 86_400;

fn text(world: &World, bytes: u32) -> String {
    String::from_bytes(&world.e, &std::vec![b'x'; bytes as usize])
}

/// So many labels, each with a text of so many bytes.
fn labels(world: &World, number: u32, bytes: u32) -> Map<Symbol, String> {
    let mut labels = Map::new(&world.e);
    for name in 0..number {
        labels.set(world.symbol(&format!("label{name}")), text(world, bytes));
    }
    labels
}

/// A policy that whoever calls for it owns: the stranger.
fn policy_of_another(world: &World) -> BytesN<32> {
    let channels = vec![&world.e, BytesN::from_array(&world.e, &[7; 32])];
    let level = PolicyLevel { delay_s: 0, repeat_s: 0, repeats: 0, channels };
    let other = &world.stranger;
    let args = (other.clone(), world.text("on call"), vec![&world.e, level]);
    world.call(other, &world.alerting, "create_policy", args, &[]).expect("a policy")
}

#[test]
fn what_no_rule_may_say_is_refused_by_name_and_changes_nothing() {
    use AlertingError as E;
    use RuleCondition::{Absence, Anomaly, Pattern, Rate, Threshold};
    use RuleOperator::{Gt, Gte, OutsideBand};
    let (world, target) = watched(spec);
    let w = &world;
    let base = || spec(w);
    let when = |condition, parameters: &[u32]| RuleSpec {
        condition,
        parameters: SdkVec::from_slice(&w.e, parameters),
        ..base()
    };
    let over = |condition, parameters: &[u32], window_s| RuleSpec {
        window_s,
        ..when(condition, parameters)
    };
    let unusual = |parameters: &[u32], operator, threshold| RuleSpec {
        operator,
        threshold,
        ..when(Anomaly, parameters)
    };
    let above = |threshold| RuleSpec { threshold, ..base() };
    let band = |threshold, threshold_high| RuleSpec {
        operator: OutsideBand,
        threshold,
        threshold_high,
        ..base()
    };
    let on = |metric| RuleSpec { metric: w.symbol(metric), ..base() };
    let of = |function: Option<&str>, subject: Option<&str>| RuleSpec {
        function: function.map(|name| w.symbol(name)),
        subject: subject.map(|name| w.symbol(name)),
        ..base()
    };
    let named = |bytes| RuleSpec { name: text(w, bytes), ..base() };
    let labelled = |number, bytes| RuleSpec { labels: labels(w, number, bytes), ..base() };
    let annotated = |number, bytes| RuleSpec { annotations: labels(w, number, bytes), ..base() };
    let escalated = |policy| RuleSpec { policy: Some(policy), ..base() };
    let nobodys = BytesN::from_array(&w.e, &[9; 32]);
    let too_long = DURATION_MAX_S + 1;
    #[rustfmt::skip] // A line for each: what it is, the rule, the error.
    let rows = [
        ("a missing metric", on("missing"), E::MetricUnwatched),
        ("a metric that is not watched", on(UNWATCHED), E::MetricUnwatched),
        ("a missing function", of(Some("missing"), None), E::MetricUnwatched),
        ("a missing subject", of(Some(FUNCTION), Some("eu")), E::MetricUnwatched),
        ("a subject without a function", of(None, Some("eu")), E::SubjectWithoutFunction),

        ("the largest threshold", above(i128::MAX), E::ThresholdInvalid),
        ("the smallest threshold", above(i128::MIN), E::ThresholdInvalid),
        ("a threshold just too large", above(1 << 94), E::ThresholdInvalid),
        ("a threshold just too small", above(-(1 << 94) - 1), E::ThresholdInvalid),
        ("a band upside down", band(1, 0), E::BandInvalid),
        ("a band from the smallest", band(i128::MIN, 0), E::ThresholdInvalid),
        ("a band to the largest", band(0, i128::MAX), E::ThresholdInvalid),

        ("no window", over(Threshold, &[], 0), E::WindowInvalid),
        ("a window of a minute and a half", over(Threshold, &[], 90), E::WindowInvalid),
        ("a window beyond the ring", over(Threshold, &[], 660), E::WindowInvalid),
        ("the longest window", over(Threshold, &[], u32::MAX), E::WindowInvalid),
        ("two windows beyond the ring", over(Rate, &[0], 360), E::WindowInvalid),
        ("an absence of no time", over(Absence, &[], 0), E::WindowInvalid),
        ("an absence too long", over(Absence, &[], DURATION_MAX_S + 60), E::WindowInvalid),
        ("no points", RuleSpec { min_points: 0, ..base() }, E::MinPointsInvalid),

        ("a threshold's parameter", when(Threshold, &[1]), E::ParametersInvalid),
        ("a rate of nothing", when(Rate, &[]), E::ParametersInvalid),
        ("a rate of something else", when(Rate, &[2]), E::ParametersInvalid),
        ("a pattern without an end", when(Pattern, &[3]), E::ParametersInvalid),
        ("a pattern of never", when(Pattern, &[0, 5]), E::ParametersInvalid),
        ("a pattern of no minutes", when(Pattern, &[0, 0]), E::ParametersInvalid),
        ("more minutes than there are", when(Pattern, &[6, 5]), E::ParametersInvalid),
        ("a pattern too long", when(Pattern, &[1, 61]), E::ParametersInvalid),
        ("a pattern with more to it", when(Pattern, &[1, 2, 3]), E::ParametersInvalid),
        ("an anomaly without quiet", unusual(&[5, 30], Gt, 300), E::ParametersInvalid),
        ("smoothing too weak", unusual(&[1, 30, 0], Gt, 300), E::ParametersInvalid),
        ("smoothing too strong", unusual(&[11, 30, 0], Gt, 300), E::ParametersInvalid),
        ("nothing to learn from", unusual(&[5, 0, 0], Gt, 300), E::ParametersInvalid),
        ("too much to learn from", unusual(&[5, 10_081, 0], Gt, 300), E::ParametersInvalid),
        ("quiet for too long", unusual(&[5, 30, 43_201], Gt, 300), E::ParametersInvalid),
        ("at or above a score", unusual(&[5, 30, 0], Gte, 300), E::ParametersInvalid),
        ("a score of 0", unusual(&[5, 30, 0], Gt, 0), E::ParametersInvalid),
        ("a score too high", unusual(&[5, 30, 0], Gt, 10_001), E::ParametersInvalid),

        ("an empty name", named(0), E::NameInvalid),
        ("a name too long", named(NAME_BYTES_MAX + 1), E::NameInvalid),
        ("too many labels", labelled(LABELS_MAX + 1, 1), E::LabelsInvalid),
        ("an empty label", labelled(1, 0), E::LabelsInvalid),
        ("a label too long", labelled(1, LABEL_BYTES_MAX + 1), E::LabelsInvalid),
        ("too many annotations", annotated(LABELS_MAX + 1, 1), E::LabelsInvalid),
        ("an empty annotation", annotated(1, 0), E::LabelsInvalid),

        ("a policy of nobody", escalated(nobodys), E::PolicyUnknown),
        ("a policy of another owner", escalated(policy_of_another(w)), E::PolicyUnknown),

        ("pending for too long", RuleSpec { for_s: too_long, ..base() }, E::DurationInvalid),
        ("kept for too long", RuleSpec { keep_firing_for_s: too_long, ..base() }, E::DurationInvalid),
        ("quiet for too long", RuleSpec { cooldown_s: too_long, ..base() }, E::DurationInvalid),
        ("the longest duration", RuleSpec { for_s: u32::MAX, ..base() }, E::DurationInvalid),
    ];
    let owner = &w.owner;
    for (what, spec, error) in rows {
        let args = (owner.clone(), spec.clone());
        w.must_refuse(what, owner, "create_rule", args, refused(error as u32));
        let scope = |spec: &RuleSpec| (spec.function.clone(), spec.subject.clone());
        let error = if scope(&spec) == scope(&base()) { error } else { E::ScopeChanged };
        let args = (owner.clone(), target.rule.clone(), spec);
        w.must_refuse(what, owner, "update_rule", args, refused(error as u32));
    }
}

#[test]
fn what_a_rule_may_only_just_say_is_kept_as_it_was_written() {
    let (world, _) = watched(spec);
    let number = RuleSpec {
        name: text(&world, NAME_BYTES_MAX),
        labels: labels(&world, LABELS_MAX, LABEL_BYTES_MAX),
        annotations: labels(&world, LABELS_MAX, LABEL_BYTES_MAX),
        for_s: DURATION_MAX_S,
        keep_firing_for_s: DURATION_MAX_S,
        cooldown_s: DURATION_MAX_S,
        min_points: u32::MAX,
        ..spec(&world)
    };
    let limit = 1 << 94;
    let band = RuleSpec {
        operator: RuleOperator::OutsideBand,
        threshold: -limit,
        threshold_high: limit - 1,
        window_s: 600,
        ..spec(&world)
    };
    for spec in [number, band] {
        let rule = create(&world, &world.owner, &spec);
        assert_eq!(world.alerting().rule(&rule).expect("stored").spec, spec);
    }
}
