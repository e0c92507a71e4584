//! What the pool tells the world.

use soroban_sdk::{Address, contractevent};

/// A policy was bought.
#[contractevent]
pub struct PolicyBought {
    /// Who is insured.
    #[topic]
    pub holder: Address,
    /// The holder's number.
    pub number: u32,
    /// Its cover.
    pub cover: i128,
}

/// A premium was paid.
#[contractevent]
pub struct PremiumPaid {
    /// Who is insured.
    #[topic]
    pub holder: Address,
    /// The holder's number.
    pub number: u32,
    /// How much.
    pub amount: i128,
    /// Insured until, unix seconds.
    pub paid_until_s: u64,
}

/// A claim was filed.
#[contractevent]
pub struct ClaimFiled {
    /// Who is insured.
    #[topic]
    pub holder: Address,
    /// The policy's number.
    pub number: u32,
    /// The claim's number.
    pub claim: u32,
    /// What is asked for.
    pub amount: i128,
}

/// A claim was settled.
#[contractevent]
pub struct ClaimPaid {
    /// Who is insured.
    #[topic]
    pub holder: Address,
    /// The policy's number.
    pub number: u32,
    /// The claim's number.
    pub claim: u32,
    /// What was paid; 0 when refused.
    pub payout: i128,
}

/// Somebody paid into the pool.
#[contractevent]
pub struct CapitalDeposited {
    /// Who.
    #[topic]
    pub investor: Address,
    /// How much.
    pub amount: i128,
}

/// Somebody bought shares of the reserve, or gave them back.
#[contractevent]
pub struct SharesChanged {
    /// Who.
    #[topic]
    pub investor: Address,
    /// How many were minted; negative where they were burned.
    pub minted: i128,
    /// How many the investor has now.
    pub shares: i128,
}

/// Policies got a new premium.
#[contractevent]
pub struct PoliciesRepriced {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// How many.
    pub policies: u32,
}

/// The pool stopped or resumed taking new business.
#[contractevent]
pub struct PoolPauseChanged {
    /// Who did it.
    #[topic]
    pub caller: Address,
    /// Whether it is paused.
    pub paused: bool,
}

/// Monitoring was linked or switched.
#[contractevent]
pub struct MonitoringChanged {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// Whether the monitor is called from now on.
    pub enabled: bool,
}

/// Another contract may pause the pool now, or none.
#[contractevent]
pub struct ResponderChanged {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// Who may pause.
    pub responder: Option<Address>,
}
