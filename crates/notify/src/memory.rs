//! What is remembered of the messages about one alert.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Who hears a message.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A channel.
    Channel(String),
    /// The person on call.
    OnCall {
        /// Of which rotation.
        rotation: String,
        /// Who.
        who: String,
    },
}

/// What is remembered of one alert's messages; kept by the caller, beside the notifications.
///
/// Its recipients are bounded by what the policy and the configuration name.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Memory {
    /// The episode that the rest is about.
    pub(crate) episode: u32,
    /// Who was told that it fires.
    pub(crate) told: BTreeSet<Recipient>,
    /// Whether a message that it fires, and not only that it still does, was withheld, and nobody
    /// was told since.
    pub(crate) owed: bool,
    /// Messages withheld since the last one; those of a rate limit are counted with the limit.
    pub(crate) withheld: u32,
}

impl Memory {
    /// What is remembered as far as an episode goes: of another one nobody was told.
    pub(crate) fn of_episode(&self, episode: u32) -> Memory {
        if self.episode == episode {
            return self.clone();
        }
        Memory { episode, withheld: self.withheld, ..Memory::default() }
    }

    /// Who was told that an episode fires.
    pub fn told(&self, episode: u32) -> impl Iterator<Item = &Recipient> {
        self.told.iter().filter(move |_| self.episode == episode)
    }

    /// Whether an episode's firing, a rise of its severity or a level was withheld and nobody was
    /// told since: then [`crate::message::Reason::StillFiring`] is to be tried, once a minute.
    pub fn is_owed(&self, episode: u32) -> bool {
        self.owed && self.episode == episode
    }

    /// Messages withheld since the last one.
    pub fn withheld(&self) -> u32 {
        self.withheld
    }
}
