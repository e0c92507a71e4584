//! Alert rules to begin with, as data, for the `create_rule` of the alerting contract: what teams that
//! run contracts watch first. Thresholds are starting points: every contract has its own usual.
//!
//! Numbers are those of the contract's types: `RuleCondition`, `RuleStatistic`, `RuleOperator`,
//! `Severity`, `NoDataPolicy`.

/// A rule of a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RuleTemplate {
    /// What it is called.
    pub name: &'static str,
    /// The metric; one of the dictionary, or as `records` says.
    pub metric: &'static str,
    /// Who records it.
    pub records: Records,
    /// What is asked of the figure.
    pub condition: u32,
    /// What the condition needs besides.
    pub parameters: &'static [u32],
    /// Which figure.
    pub statistic: u32,
    /// How it is compared.
    pub operator: u32,
    /// With what; a band's lower end.
    pub threshold: i128,
    /// A band's upper end.
    pub threshold_high: i128,
    /// Over how long.
    pub window_s: u32,
    /// Fewer samples are no data.
    pub min_points: u32,
    /// How long it must hold.
    pub for_s: u32,
    /// How long it stays up afterwards.
    pub keep_firing_for_s: u32,
    /// How urgent.
    pub severity: u32,
    /// How long new episodes send nothing after a message.
    pub cooldown_s: u32,
    /// What too little data counts as.
    pub no_data: u32,
}

/// Who records a metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Records {
    /// A keeper, from what it observed: a metric of the dictionary.
    Keeper,
    /// The contract itself, through the sdk, each time it happens.
    Contract,
    /// Whoever runs nodes and services, of itself.
    Operator,
}

const THRESHOLD: u32 = 1;
const RATE: u32 = 2;
const ANOMALY: u32 = 3;
const ABSENCE: u32 = 5;

const AVERAGE: u32 = 0;
const SUM: u32 = 1;
const MAXIMUM: u32 = 3;
const COUNT: u32 = 4;
const LAST: u32 = 5;
const ERROR_RATIO: u32 = 6;
const PER_SECOND: u32 = 7;

const GT: u32 = 0;
const GTE: u32 = 1;
const LT: u32 = 2;
const LTE: u32 = 3;
const OUTSIDE_BAND: u32 = 6;

const MEDIUM: u32 = 2;
const HIGH: u32 = 3;
const CRITICAL: u32 = 4;

const NORMAL: u32 = 1;
const KEEP_LAST: u32 = 3;

/// Basis points of what it was.
const BASIS_POINTS: &[u32] = &[0];

const NOTHING: RuleTemplate = RuleTemplate {
    name: "",
    metric: "",
    records: Records::Keeper,
    condition: THRESHOLD,
    parameters: &[],
    statistic: LAST,
    operator: GTE,
    threshold: 0,
    threshold_high: 0,
    window_s: 60,
    min_points: 1,
    for_s: 0,
    keep_firing_for_s: 0,
    severity: HIGH,
    cooldown_s: 600,
    no_data: KEEP_LAST,
};

/// Something that should never happen unseen, counted by the contract when it does.
const fn happens(name: &'static str, metric: &'static str, severity: u32) -> RuleTemplate {
    RuleTemplate {
        name,
        metric,
        records: Records::Contract,
        statistic: COUNT,
        threshold: 1,
        severity,
        // Minutes without it are the usual ones.
        no_data: NORMAL,
        cooldown_s: 0,
        ..NOTHING
    }
}

/// The contract's admin or owner is another one.
pub const ADMIN_CHANGED: RuleTemplate = happens("Admin changed", "admin_changes", CRITICAL);
/// The contract's code is another one.
pub const CODE_UPGRADED: RuleTemplate = happens("Code upgraded", "upgrades", CRITICAL);
/// The contract was paused, or runs again.
pub const PAUSED: RuleTemplate = happens("Paused or unpaused", "pauses", HIGH);
/// Somebody unknown called what only few may. It is counted where the call answers: one that fails
/// takes its record back. Anybody can bring it about, so let it wake people and stop nothing.
pub const UNKNOWN_CALLER: RuleTemplate =
    happens("Privileged call by an unknown caller", "unknown_callers", CRITICAL);

/// One in ten calls fails.
pub const ERRORS_BURN: RuleTemplate = RuleTemplate {
    name: "One in ten calls fails",
    metric: "failed",
    statistic: ERROR_RATIO,
    threshold: 1_000,
    window_s: 300,
    min_points: 10,
    for_s: 60,
    keep_firing_for_s: 300,
    ..NOTHING
};

/// Calls cost half as much again as five minutes before.
pub const FEE_SPIKE: RuleTemplate = RuleTemplate {
    name: "Fees rose by half",
    metric: "fee_non_refundable",
    condition: RATE,
    parameters: BASIS_POINTS,
    statistic: AVERAGE,
    threshold: 5_000,
    window_s: 300,
    min_points: 5,
    severity: MEDIUM,
    ..NOTHING
};

/// Calls pay twice the rent of five minutes before.
pub const RENT_SPIKE: RuleTemplate =
    RuleTemplate { name: "Rent doubled", metric: "fee_rent", threshold: 10_000, ..FEE_SPIKE };

/// A call took four fifths of the instructions that the network allows one.
pub const NEAR_INSTRUCTION_LIMIT: RuleTemplate = RuleTemplate {
    name: "Instructions near the network's limit",
    metric: "instructions",
    statistic: MAXIMUM,
    threshold: 320_000_000,
    keep_firing_for_s: 300,
    ..NOTHING
};

/// A kilobyte of events a second.
pub const EVENT_FLOOD: RuleTemplate = RuleTemplate {
    name: "Event flood",
    metric: "event_bytes",
    statistic: PER_SECOND,
    // In thousandths.
    threshold: 1_024_000,
    for_s: 60,
    severity: MEDIUM,
    ..NOTHING
};

/// Something of the contract is archived in less than sixty days.
pub const LIFE_LOW: RuleTemplate = RuleTemplate {
    name: "Less than 60 days to live",
    metric: "ttl_ledgers",
    operator: LT,
    threshold: 60 * 17_280,
    cooldown_s: 86_400,
    ..NOTHING
};

/// A price moved by a twentieth within a minute.
pub const ORACLE_DEVIATES: RuleTemplate = RuleTemplate {
    name: "Price moved by 5 % in a minute",
    metric: "price",
    records: Records::Contract,
    condition: RATE,
    parameters: BASIS_POINTS,
    operator: OUTSIDE_BAND,
    threshold: -500,
    threshold_high: 500,
    ..NOTHING
};

/// No price for a quarter of an hour.
pub const ORACLE_STALE: RuleTemplate = RuleTemplate {
    name: "No price for 15 minutes",
    metric: "price",
    records: Records::Contract,
    condition: ABSENCE,
    window_s: 900,
    ..NOTHING
};

/// A fifth of the liquidity left within five minutes.
pub const LIQUIDITY_DROP: RuleTemplate = RuleTemplate {
    name: "Liquidity fell by a fifth",
    metric: "liquidity",
    records: Records::Contract,
    condition: RATE,
    parameters: BASIS_POINTS,
    operator: LTE,
    threshold: -2_000,
    window_s: 300,
    severity: CRITICAL,
    ..NOTHING
};

/// More is minted in a minute than four standard deviations above the usual.
pub const MINTING_UNUSUAL: RuleTemplate = RuleTemplate {
    name: "Minting far above its baseline",
    metric: "minted",
    records: Records::Contract,
    condition: ANOMALY,
    // Half a life of 44 minutes, judged after half an hour, and quiet for ten minutes.
    parameters: &[6, 30, 10],
    statistic: SUM,
    operator: GT,
    threshold: 400,
    severity: CRITICAL,
    ..NOTHING
};

/// The node is a minute behind the network.
pub const NODE_LAGS: RuleTemplate = RuleTemplate {
    name: "RPC lags",
    metric: "rpc_lag_ledgers",
    records: Records::Operator,
    operator: GT,
    threshold: 12,
    for_s: 60,
    ..NOTHING
};

/// What observes is a minute behind the node.
pub const OBSERVER_LAGS: RuleTemplate =
    RuleTemplate { name: "Indexer lags", metric: "indexer_lag_ledgers", ..NODE_LAGS };

/// All templates.
pub const RULES: [RuleTemplate; 16] = [
    ADMIN_CHANGED,
    CODE_UPGRADED,
    PAUSED,
    UNKNOWN_CALLER,
    ERRORS_BURN,
    FEE_SPIKE,
    RENT_SPIKE,
    NEAR_INSTRUCTION_LIMIT,
    EVENT_FLOOD,
    LIFE_LOW,
    ORACLE_DEVIATES,
    ORACLE_STALE,
    LIQUIDITY_DROP,
    MINTING_UNUSUAL,
    NODE_LAGS,
    OBSERVER_LAGS,
];
