//! Numbers that some methods give as text and others as numbers.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose<'a> {
    Number(u64),
    Signed(i64),
    Text(#[serde(borrow)] std::borrow::Cow<'a, str>),
}

/// Reads a number or its decimal text.
pub(crate) fn number<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: FromStr + TryFrom<u64> + TryFrom<i64>,
    N::Err: Display,
{
    match Loose::deserialize(deserializer)? {
        Loose::Number(number) => {
            N::try_from(number).map_err(|_| de::Error::custom("number out of range"))
        }
        Loose::Signed(number) => {
            N::try_from(number).map_err(|_| de::Error::custom("number out of range"))
        }
        Loose::Text(text) => text.parse().map_err(de::Error::custom),
    }
}

/// The same for a field that may be absent.
pub(crate) fn optional_number<'de, D, N>(deserializer: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: FromStr + TryFrom<u64> + TryFrom<i64>,
    N::Err: Display,
{
    match Option::<Loose<'de>>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Loose::Number(number)) => {
            N::try_from(number).map(Some).map_err(|_| de::Error::custom("number out of range"))
        }
        Some(Loose::Signed(number)) => {
            N::try_from(number).map(Some).map_err(|_| de::Error::custom("number out of range"))
        }
        Some(Loose::Text(text)) if text.is_empty() => Ok(None),
        Some(Loose::Text(text)) => text.parse().map(Some).map_err(de::Error::custom),
    }
}
