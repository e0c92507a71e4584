//! What each kind of integration takes, and the form of an endpoint.

use lumenscope_interfaces::external_monitoring::{
    CONFIG_ENTRIES_MAX, CONFIG_KEYS, CONFIG_VALUE_BYTES_MAX, ConnectionError, INTEGRATION_KINDS,
    IntegrationAuth, IntegrationDirection, IntegrationFormat, KindRules,
};
use soroban_sdk::{Env, Map, String, Symbol, Val};

use crate::access::require;
use crate::integrations::field::{AUTH_TYPE, CONFIG, DIRECTION, FORMAT, KIND};
use crate::raw::{Fields, copy, list, number, typed, unpack};

/// Which entries of a configuration say where credentials go, in order.
const PLACE_KEYS: [&str; 2] = ["endpoint", "site"];
// Where [`CONFIG_KEYS`] has them.
const ENDPOINT: usize = 2;
const FROM: usize = 3;
const SITE: usize = 4;
const HTTPS: [u8; 8] = *b"https://";

const KINDS: usize = INTEGRATION_KINDS.len();
// How many codes each has, and where their bits lie in what a kind takes.
const AUTH_TYPES: u32 = IntegrationAuth::OAuth2 as u32 + 1;
const DIRECTIONS: u32 = IntegrationDirection::Both as u32 + 1;
const FORMATS: u32 = IntegrationFormat::Text as u32 + 1;
const DIRECTIONS_AT: u32 = AUTH_TYPES;
const FORMATS_AT: u32 = DIRECTIONS_AT + DIRECTIONS;
const KEYS_AT: u32 = FORMATS_AT + FORMATS;

/// What each kind takes, packed.
const TAKES: [u32; KINDS] = {
    let mut packed = [0; KINDS];
    let mut kind = 0;
    while kind < KINDS {
        let KindRules { auth_types, directions, formats, config_keys } = INTEGRATION_KINDS[kind];
        packed[kind] = auth_types
            | directions << DIRECTIONS_AT
            | formats << FORMATS_AT
            | config_keys << KEYS_AT;
        kind += 1;
    }
    packed
};

/// Which field has codes from where to where in what a kind takes, and how another is refused.
const CODES: [(usize, u32, u32, ConnectionError); 3] = [
    (AUTH_TYPE, 0, AUTH_TYPES, ConnectionError::AuthNotOfKind),
    (DIRECTION, DIRECTIONS_AT, DIRECTIONS, ConnectionError::DirectionNotOfKind),
    (FORMAT, FORMATS_AT, FORMATS, ConnectionError::FormatNotOfKind),
];

/// Refuses what the kind does not take, and a configuration that it cannot work with.
pub fn check(e: &Env, fields: &Fields) {
    let shape = ConnectionError::ShapeInvalid;
    let kind = number(e, fields[KIND], (0, KINDS as u32 - 1), shape);
    let takes = TAKES.get(kind as usize).copied().unwrap_or(0);
    for (place, at, codes, error) in CODES {
        let code = number(e, fields[place], (0, codes - 1), shape);
        require(e, takes >> at >> code & 1 == 1, error);
    }
    let config: Map<Val, Val> = typed(e, fields[CONFIG]);
    let keys = config.keys();
    let mut bounded = keys.len() <= CONFIG_ENTRIES_MAX;
    for place in 0..keys.len() {
        let key = keys.get_unchecked(place);
        let _: Symbol = typed(e, key);
        let value: String = typed(e, config.get_unchecked(key));
        bounded &= (1..=CONFIG_VALUE_BYTES_MAX).contains(&value.len());
    }
    require(e, bounded, ConnectionError::ConfigInvalid);
    let inbound = typed::<u32>(e, fields[DIRECTION]) == IntegrationDirection::Inbound as u32;
    let entries = unpack(e, fields[CONFIG], &CONFIG_KEYS, shape);
    let mut room = [0; CONFIG_VALUE_BYTES_MAX as usize];
    for (place, entry) in (0..).zip(&entries[..CONFIG_KEYS.len()]) {
        let needed = takes >> (KEYS_AT + place as u32) & 1 == 1;
        if entry.is_void() {
            require(e, inbound || !needed, ConnectionError::ConfigKeyMissing);
        } else if needed || place == ENDPOINT {
            let text = text_of(e, *entry, &mut room);
            let (valid, error) = match place {
                ENDPOINT => (is_endpoint(text), ConnectionError::EndpointInvalid),
                SITE => (is_site(text), ConnectionError::EndpointInvalid),
                _ => (is_receiver(text, place >= FROM), ConnectionError::ConfigInvalid),
            };
            require(e, valid, error);
        }
    }
}

/// A value of the configuration, whose length was checked.
#[inline(never)]
fn text_of<'a>(
    e: &Env,
    value: Val,
    room: &'a mut [u8; CONFIG_VALUE_BYTES_MAX as usize],
) -> &'a [u8] {
    let text = typed::<String>(e, value).to_bytes();
    let bytes = room.get_mut(..text.len() as usize).unwrap_or_default();
    copy(e, &text, 0, bytes);
    bytes
}

/// Where the credentials of an integration go, as far as its configuration says: what they are
/// sealed for.
pub fn place_of(e: &Env, fields: &Fields) -> Val {
    let places = unpack(e, fields[CONFIG], &PLACE_KEYS, ConnectionError::ShapeInvalid);
    list(e, &places[..PLACE_KEYS.len()]).to_val()
}

/// `https://`, a host, and nothing that a URL does not hold, or that carries credentials.
fn is_endpoint(url: &[u8]) -> bool {
    let Some((scheme, rest)) = url.split_first_chunk() else { return false };
    let first = rest.first().copied().unwrap_or_default();
    u64::from_be_bytes(*scheme) == u64::from_be_bytes(HTTPS)
        && (first.is_ascii_alphanumeric() || first == b'[')
        && rest.iter().all(|byte| {
            matches!(byte, b'!'..=b'~')
                && !matches!(byte, b'"' | b'<' | b'>' | b'@' | b'\\' | b'^' | b'`' | b'{'..=b'}')
        })
}

/// The name of a host, in lower case, that `https://` leaves room for: no label of it is empty, and
/// none begins with a hyphen.
fn is_site(site: &[u8]) -> bool {
    let mut in_label = false;
    let is_name = site.iter().all(|byte| {
        let is_letter = matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        let fits = is_letter || (in_label && matches!(byte, b'-' | b'.'));
        in_label = *byte != b'.';
        fits
    });
    is_name && in_label && site.len() <= CONFIG_VALUE_BYTES_MAX as usize - HTTPS.len()
}

/// A channel, a chat; or an address of electronic mail, one word with one `@` between others. No line of
/// a message's head can follow it.
fn is_receiver(text: &[u8], is_mail: bool) -> bool {
    let within = if let [_, within @ .., _] = text { within } else { &[] };
    let ats = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'@').count();
    let is_address = ats(within) == 1 && ats(text) == 1;
    let first = if is_mail { b'!' } else { b' ' };
    (is_address || !is_mail) && text.iter().all(|byte| *byte >= first && *byte != b'\x7f')
}
