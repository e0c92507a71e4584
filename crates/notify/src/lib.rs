//! Who is told about an alert, who is not, and why.
//!
//! An alert's **state** lies on the ledger and follows its data and what people do about it
//! (`lumenscope-rules`). Each **transition** that somebody should hear of gives a **message**. This
//! crate decides who hears it, and about messages only: nothing here changes a state.
//!
//! - A **silence** ([`silence`]) is what an owner does not want to hear about for a time, chosen by
//!   **matchers** over an alert's labels ([`matcher`]).
//! - An **inhibition** ([`inhibition`]) withholds what another alert that fires explains.
//! - A **mute window** ([`mute`]) is a time of day, week, month or year at which nobody is told.
//! - A **composite** ([`composite`]) is a rule over other alerts of its owner's; its alert is told
//!   like any other.
//! - A **rate limit** ([`rate`]) bounds messages about a rule, and of an owner.
//! - A **route** ([`route`]) names channels and **rotations** ([`on_call`]), beside the channels of
//!   the escalation policy.
//! - The **text** ([`text`]) is an annotation of the rule's with its names filled in.
//!
//! Teams write all of this down in a file ([`config`]); each owner's part holds for alerts of that
//! owner's rules and no others. [`decide()`] takes one message, the stored states and what is
//! remembered of earlier messages ([`memory`]), and says who is told or what withheld it. The answer
//! is stored with the notification.
//!
//! Pure: no clock, no network, no files; time is an argument, in unix seconds, UTC. The time zones
//! are those bundled with the program.
//!
//! One thing holds whatever is configured, and whenever it changes: who was told that an episode
//! fires is told that it ended.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod alert;
pub mod calendar;
pub mod composite;
pub mod config;
pub mod decide;
pub mod inhibition;
pub mod matcher;
pub mod memory;
pub mod message;
pub mod mute;
pub mod name;
pub mod on_call;
pub mod rate;
pub mod route;
pub mod silence;
pub mod text;
pub mod zone;

pub use alert::{Alert, Fingerprint, Labels, Owner};
pub use composite::{Composite, Composites, Member};
pub use config::{Config, ConfigFault};
pub use decide::{Decided, Decision, LimitOf, Question, Rates, Suppression, decide};
pub use memory::{Memory, Recipient};
pub use message::{Message, Reason};

#[cfg(test)]
mod testing;
