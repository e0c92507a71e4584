//! From a rule as its owner writes it to what the state machine needs.

use lumenscope_interfaces::alerting::{
    AlertingError, LABEL_BYTES_MAX, LABELS_MAX, LEVEL_CHANNELS_MAX, NAME_BYTES_MAX,
    POLICY_LEVELS_MAX,
};
use lumenscope_rules::escalation::LEVELS_MAX;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{
    Baseline, Compare, Condition, Ladder, NoData, Operator, Per, Rule, RuleFault, Severity,
    Statistic,
};
use soroban_sdk::{Address, Env, Map, String, Symbol, Val, Vec};

use crate::access::{refuse, require};
use crate::raw::{is_within, number, pack, same, typed, unpack};
use crate::storage;
use crate::target::Stream;

// A ladder has a place for each level of a policy.
const _: () = assert!(POLICY_LEVELS_MAX as usize == LEVELS_MAX);

const KEYS: [&str; 21] = [
    "annotations",
    "condition",
    "contract",
    "cooldown_s",
    "for_s",
    "function",
    "keep_firing_for_s",
    "labels",
    "metric",
    "min_points",
    "name",
    "no_data",
    "operator",
    "parameters",
    "policy",
    "severity",
    "statistic",
    "subject",
    "threshold",
    "threshold_high",
    "window_s",
];
/// The places of fields in the order of their names.
pub mod field {
    pub const ANNOTATIONS: usize = 0;
    pub const CONDITION: usize = 1;
    pub const CONTRACT: usize = 2;
    pub const COOLDOWN_S: usize = 3;
    pub const FOR_S: usize = 4;
    pub const FUNCTION: usize = 5;
    pub const KEEP_FIRING_FOR_S: usize = 6;
    pub const LABELS: usize = 7;
    pub const METRIC: usize = 8;
    pub const MIN_POINTS: usize = 9;
    pub const NAME: usize = 10;
    pub const NO_DATA: usize = 11;
    pub const OPERATOR: usize = 12;
    pub const PARAMETERS: usize = 13;
    pub const POLICY: usize = 14;
    pub const SEVERITY: usize = 15;
    pub const STATISTIC: usize = 16;
    pub const SUBJECT: usize = 17;
    pub const THRESHOLD: usize = 18;
    pub const THRESHOLD_HIGH: usize = 19;
    pub const WINDOW_S: usize = 20;
}
use field::*;

/// A field that is no number.
const NONE: u8 = 0xfe;
/// A number without a bound of its own.
const ANY: u8 = 0xff;
/// The greatest number that each field may hold.
const GREATEST: [u8; 21] = [
    NONE, 5, NONE, ANY, ANY, NONE, ANY, NONE, NONE, ANY, NONE, 3, 6, NONE, NONE, 4, 7, NONE, NONE,
    NONE, ANY,
];
/// The codes of conditions.
pub const THRESHOLDS: u32 = 1;
const RATE: u32 = 2;
const ANOMALY: u32 = 3;
const PATTERN: u32 = 4;
/// How many parameters a condition of each code takes.
const PARAMETERS_OF: [u32; 6] = [0, 0, 1, 3, 2, 0];

/// What a rule says: a value for each field of `RuleSpec`.
pub struct Spec(pub [Val; KEYS.len()]);

impl Spec {
    pub fn unpack(e: &Env, map: &Val) -> Spec {
        Spec(unpack(e, map, &KEYS))
    }

    /// With every field, also those that its author left out.
    pub fn pack(&self, e: &Env) -> Val {
        pack(e, &KEYS, &self.0)
    }

    /// The contract, the function and the subject that it covers; void for all.
    pub fn scope(&self) -> [Val; 3] {
        [self.0[CONTRACT], self.0[FUNCTION], self.0[SUBJECT]]
    }

    pub fn contract(&self, e: &Env) -> Option<Address> {
        typed(e, &self.0[CONTRACT])
    }

    fn number(&self, field: usize) -> u32 {
        number(&self.0[field])
    }

    fn code(&self, field: usize) -> u8 {
        self.number(field) as u8
    }

    /// The rule that the state machine steps; the fields are of their types.
    pub fn compile(&self, e: &Env, active_from: u32) -> Rule {
        let slots = self.number(WINDOW_S) / SLOT_S;
        let compare = Compare {
            statistic: Statistic::from_code(self.code(STATISTIC)).unwrap_or(Statistic::Last),
            operator: Operator::from_code(self.code(OPERATOR)).unwrap_or(Operator::Gt),
            threshold: typed(e, &self.0[THRESHOLD]),
            threshold_high: typed(e, &self.0[THRESHOLD_HIGH]),
            window_slots: slots,
        };
        let parameters: Vec<Val> = typed(e, &self.0[PARAMETERS]);
        let parameter = |place| parameters.get(place).map_or(0, |value| typed(e, &value));
        let condition = match self.number(CONDITION) {
            THRESHOLDS => Condition::Threshold(compare),
            RATE => Condition::Rate {
                compare,
                per: if parameter(0) == 0 { Per::Base } else { Per::Second },
            },
            ANOMALY => Condition::Anomaly {
                compare,
                baseline: Baseline {
                    smoothing: parameter(0),
                    warm_up: parameter(1),
                    quiet_slots: parameter(2),
                },
            },
            PATTERN => {
                Condition::Pattern { compare, at_least: parameter(0), of_slots: parameter(1) }
            }
            _ => Condition::Absence { slots },
        };
        let mut rule = Rule {
            condition,
            min_points: self.number(MIN_POINTS),
            for_s: self.number(FOR_S),
            keep_firing_for_s: self.number(KEEP_FIRING_FOR_S),
            severity: Severity::from_code(self.code(SEVERITY)).unwrap_or(Severity::Critical),
            cooldown_s: self.number(COOLDOWN_S),
            no_data: NoData::from_code(self.code(NO_DATA)).unwrap_or(NoData::KeepLast),
            ladder: Ladder::EMPTY,
            active_from,
        };
        if let Some((levels, _)) = storage::policy(e, &self.0[POLICY]) {
            read_ladder(e, &typed(e, &levels), &mut rule.ladder);
        }
        rule
    }

    /// Checks everything about a rule that does not depend on other entries.
    pub fn check(&self, e: &Env) {
        for (place, greatest) in GREATEST.iter().enumerate() {
            if *greatest != NONE {
                let value: u32 = typed(e, &self.0[place]);
                let fits = *greatest == ANY || value <= u32::from(*greatest);
                require(e, fits, AlertingError::ShapeInvalid);
            }
        }
        let condition = self.number(CONDITION) as usize;
        require(e, condition > 0, AlertingError::ShapeInvalid);
        let parameters: Vec<Val> = typed(e, &self.0[PARAMETERS]);
        let takes = PARAMETERS_OF.get(condition).copied().unwrap_or(0);
        require(e, parameters.len() == takes, AlertingError::ParametersInvalid);
        for place in 0..parameters.len() {
            let parameter: u32 = typed(e, &parameters.get_unchecked(place));
            let fits = condition != RATE as usize || parameter <= 1;
            require(e, fits, AlertingError::ParametersInvalid);
        }
        let _: Symbol = typed(e, &self.0[METRIC]);
        // Also those of a rule of absence, which reads none: what is stored is of its type.
        let _: [i128; 2] = [THRESHOLD, THRESHOLD_HIGH].map(|field| typed(e, &self.0[field]));
        let function: Option<Symbol> = typed(e, &self.0[FUNCTION]);
        let subject: Option<Symbol> = typed(e, &self.0[SUBJECT]);
        check_name(e, &typed(e, &self.0[NAME]));
        check_labels(e, &self.0[LABELS]);
        check_labels(e, &self.0[ANNOTATIONS]);
        let is_whole = self.number(WINDOW_S).is_multiple_of(SLOT_S);
        require(e, is_whole, AlertingError::WindowInvalid);
        let has_function = subject.is_none() || function.is_some();
        require(e, has_function, AlertingError::SubjectWithoutFunction);
        if let Err(fault) = self.compile(e, 0).check() {
            refuse(
                e,
                match fault {
                    RuleFault::Window => AlertingError::WindowInvalid,
                    RuleFault::MinPoints => AlertingError::MinPointsInvalid,
                    RuleFault::Threshold => AlertingError::ThresholdInvalid,
                    RuleFault::Band => AlertingError::BandInvalid,
                    RuleFault::Duration => AlertingError::DurationInvalid,
                    RuleFault::Anomaly | RuleFault::Pattern => AlertingError::ParametersInvalid,
                },
            );
        }
    }

    /// Whether the rule's own words cover the stream; a rule without a contract also needs its
    /// owner to own it.
    pub fn names(&self, e: &Env, stream: &Stream) -> bool {
        let scope = self.scope();
        let names =
            |part: usize| scope[part].is_void() || same(e, &scope[part], &stream.parts[part]);
        names(0) && names(1) && names(2)
    }
}

#[inline(never)]
fn check_labels(e: &Env, labels: &Val) {
    let labels: Map<Val, Val> = typed(e, labels);
    let (keys, texts) = (labels.keys(), labels.values());
    let mut fits = keys.len() <= LABELS_MAX;
    for place in 0..keys.len() {
        let _: Symbol = typed(e, &keys.get_unchecked(place));
        let text: String = typed(e, &texts.get_unchecked(place));
        fits &= is_within(text.len(), 1, LABEL_BYTES_MAX);
    }
    require(e, fits, AlertingError::LabelsInvalid);
}

pub fn check_name(e: &Env, name: &String) {
    let fits = is_within(name.len(), 1, NAME_BYTES_MAX);
    require(e, fits, AlertingError::NameInvalid);
}

/// Reads the times of a policy. Returns whether they, and its channels, are within bounds.
pub fn read_ladder(e: &Env, levels: &Vec<Val>, ladder: &mut Ladder) -> bool {
    let len = levels.len();
    if !is_within(len, 1, POLICY_LEVELS_MAX) {
        return false;
    }
    ladder.len = len as u16;
    for (place, to) in (0..len).zip(&mut ladder.levels) {
        let level = levels.get_unchecked(place);
        let parts = unpack(e, &level, &["channels", "delay_s", "repeat_s", "repeats"]);
        let channels: Vec<Val> = typed(e, &parts[0]);
        let is_valid = is_within(channels.len(), 1, LEVEL_CHANNELS_MAX)
            && time(e, &parts[1], SLOT_S, &mut to.delay_slots)
            && time(e, &parts[2], SLOT_S, &mut to.repeat_slots)
            && time(e, &parts[3], 1, &mut to.repeats);
        if !is_valid {
            return false;
        }
    }
    ladder.is_valid()
}

/// Whether the value is a whole number of units, which `to` becomes.
#[inline(never)]
fn time(e: &Env, value: &Val, unit: u32, to: &mut u16) -> bool {
    let value: u32 = typed(e, value);
    *to = (value / unit) as u16;
    u32::from(*to) * unit == value
}
