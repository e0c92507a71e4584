//! The alert state machine: what a rule makes of a stream's minutes.
//!
//! Pure and shared: the alerting contract, rules inside the hot entry, the service and a dry run
//! take the same steps and come to the same transitions. No clock, no storage, no allocation;
//! integers only.
//!
//! - A **slot** is a minute ([`slot`]). Closed slots are stepped once each and in order.
//! - A **window** of slots gives a reading ([`window`]), which a rule's **condition** judges
//!   ([`condition`]).
//! - An **alert**, one rule on one stream, has a [`State`]; [`step()`] takes it through one slot,
//!   [`advance`] through all that are due, and both return [`Transitions`].
//! - A **composite** rule reads other alerts instead of samples ([`compose`]).
//! - People act on the current **episode** ([`handling`]).
//! - A state has one fixed width when stored, a transition when published ([`codec`]).
//!
//! Three axes never mix. The *condition* follows the data alone. *Handling* and escalation follow
//! people and the condition. *Suppression* decides about messages, never about state.
//!
//! Nothing resolves for want of data: an alert whose data or source is lost shows that, keeps what
//! it was underneath, and goes back to it.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod advance;
pub mod anomaly;
pub mod codec;
pub mod compose;
pub mod condition;
pub mod escalation;
pub mod handling;
pub mod inline;
pub mod rule;
pub mod slot;
mod state;
mod step;
pub mod transition;
pub mod window;

pub use advance::{advance, is_at_rest, needs_checkpoint};
pub use condition::{Baseline, Compare, Condition, Operator, Per, Statistic};
pub use escalation::{Ladder, Level};
pub use inline::Inline;
pub use rule::{NoData, Rule, RuleFault, Severity};
pub use state::{Coverage, Handling, Phase, State, Status};
pub use step::{OutOfOrder, step};
pub use transition::{Kind, Reason, Transition, Transitions};
pub use window::{Figure, MinuteSlot, Reading, Ring, Slot, no_minutes};

/// Declares an enum with a stable one-byte code for each variant.
macro_rules! coded {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $code:tt ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
        #[derive(zerocopy::FromZeros, zerocopy::Immutable, zerocopy::IntoBytes)]
        #[repr(u8)]
        pub enum $name { $( $(#[$variant_meta])* $variant = $code ),* }

        impl $name {
            /// All variants, in the order of their codes.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),*];

            /// The stable code.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The variant of a code, if there is one.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $( $code => Some($name::$variant), )*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use coded;
