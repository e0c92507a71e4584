//! Where the service may send: a URL that somebody else chose must not lead into its own network.
//!
//! Two checks, because a name says nothing about where it leads: [`Destination::parse`] when an
//! integration is read, and [`check_addresses`] on what the name resolves to at each attempt. Who
//! connects uses exactly the addresses that were checked, and follows no redirects.

use std::net::IpAddr;

use thiserror::Error;
use url::{Host, Url};

use crate::endpoint::{UrlError, http_url};
use crate::ranges::{Range, special_range};

/// Bytes of the longest URL: what fits into sealed credentials.
const URL_BYTES_MAX: usize = crate::SEALED_SECRET_BYTES_MAX;
/// Bytes of the longest name, by the DNS.
const NAME_BYTES_MAX: usize = 253;
/// Addresses that a name may resolve to; a connection tries one after the other.
const ADDRESSES_MAX: usize = 64;
/// Names that a machine or a local network answers for: RFC 6761, 6762, 7686, 8375, 9476, the zone
/// that ICANN reserved for private use, and the one that hosts files of Linux have.
const LOCAL_ZONES: [&str; 10] = [
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
    "localdomain",
];

/// A URL that may be asked, if its addresses may.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Destination {
    url: Url,
}

/// Why nothing is sent there.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DestinationError {
    /// No URL, or one with a user.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Too long.
    #[error("expected a URL of at most {URL_BYTES_MAX} bytes, came {0}")]
    TooLong(usize),
    /// Not encrypted.
    #[error("expected an https URL, came http")]
    NotHttps,
    /// No name of the public DNS.
    #[error("expected a host of the public internet, came {0:?}")]
    Host(String),
    /// An address that is nobody's on the public internet.
    #[error("expected a public address, came {address}, which is {}", range.name)]
    Address {
        /// The address.
        address: IpAddr,
        /// The range that it is in.
        range: Range,
    },
    /// A name without addresses, or with more than are tried.
    #[error("expected 1 to {ADDRESSES_MAX} addresses, came {0}")]
    Addresses(usize),
}

impl Destination {
    /// Reads a URL and checks what can be told of it without resolving its name: https, no user
    /// and password, a host of the public internet. Every way to write an IPv4 address is one.
    ///
    /// # Errors
    /// [`DestinationError`].
    pub fn parse(text: &str) -> Result<Self, DestinationError> {
        if text.len() > URL_BYTES_MAX {
            return Err(DestinationError::TooLong(text.len()));
        }
        let url = http_url(text)?;
        if url.scheme() != "https" {
            return Err(DestinationError::NotHttps);
        }
        match url.host() {
            Some(Host::Domain(name)) if is_public_name(name) => {}
            Some(Host::Ipv4(address)) => check_address(address.into())?,
            Some(Host::Ipv6(address)) => check_address(address.into())?,
            host => {
                let came = host.map(|host| host.to_string()).unwrap_or_default();
                return Err(DestinationError::Host(came));
            }
        }
        Ok(Destination { url })
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The host: a name, or an address, one of IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }
}

/// Checks what a host resolved to. One address that is not public refuses them all: a name that
/// leads to both is an attempt.
///
/// # Errors
/// [`DestinationError::Address`], [`DestinationError::Addresses`].
pub fn check_addresses(addresses: &[IpAddr]) -> Result<(), DestinationError> {
    if !(1..=ADDRESSES_MAX).contains(&addresses.len()) {
        return Err(DestinationError::Addresses(addresses.len()));
    }
    addresses.iter().try_for_each(|address| check_address(*address))
}

fn check_address(address: IpAddr) -> Result<(), DestinationError> {
    match special_range(address) {
        Some(range) => Err(DestinationError::Address { address, range }),
        None => Ok(()),
    }
}

/// Whether a name, as IDNA writes it, can be of the public DNS.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let sized = (1..=NAME_BYTES_MAX).contains(&name.len());
    let labelled = name.contains('.') && name.split('.').all(|label| !label.is_empty());
    let within = |zone: &str| {
        name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    sized && labelled && !LOCAL_ZONES.into_iter().any(within)
}
