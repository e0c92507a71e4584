//! The pool's own errors by name.

/// The name of one of the pool's errors.
pub fn name(code: u32) -> Option<&'static str> {
    Some(match code {
        1 => "PolicyUnknown",
        2 => "PolicyKnown",
        3 => "PolicyLapsed",
        4 => "PremiumWrong",
        5 => "CoverInvalid",
        6 => "ClaimTooLarge",
        7 => "ClaimOpen",
        8 => "ClaimUnknown",
        9 => "ClaimSettled",
        10 => "PoolDry",
        _ => return None,
    })
}
