//! Addresses that are nobody's on the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of IANA's registries of special-purpose addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range {
    /// What it is for.
    pub name: &'static str,
    /// As it is written: address and length of the prefix.
    pub prefix: (IpAddr, u32),
}

/// IPv4: RFC 6890 and its registry, with multicast and what lies above it.
const V4: [(&str, [u8; 4], u32); 15] = [
    ("this network", [0, 0, 0, 0], 8),
    ("private", [10, 0, 0, 0], 8),
    ("carrier-grade NAT", [100, 64, 0, 0], 10),
    ("loopback", [127, 0, 0, 0], 8),
    ("link-local", [169, 254, 0, 0], 16),
    ("private", [172, 16, 0, 0], 12),
    ("IETF protocol", [192, 0, 0, 0], 24),
    ("documentation", [192, 0, 2, 0], 24),
    ("6to4 relay", [192, 88, 99, 0], 24),
    ("private", [192, 168, 0, 0], 16),
    ("benchmarking", [198, 18, 0, 0], 15),
    ("documentation", [198, 51, 100, 0], 24),
    ("documentation", [203, 0, 113, 0], 24),
    ("multicast", [224, 0, 0, 0], 4),
    ("reserved", [240, 0, 0, 0], 4),
];

/// IPv6: what may be asked is global unicast, 2000::/3, without these. An IPv4 address within an
/// IPv6 one leads wherever a gateway takes it, so those are refused whatever is in them; the ones
/// outside 2000::/3 are here for their names.
const V6: [(&str, [u16; 8], u32); 16] = [
    ("unspecified", [0, 0, 0, 0, 0, 0, 0, 0], 128),
    ("loopback", [0, 0, 0, 0, 0, 0, 0, 1], 128),
    ("IPv4-mapped", [0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    ("IPv4-compatible", [0, 0, 0, 0, 0, 0, 0, 0], 96),
    ("NAT64", [0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
    ("local NAT64", [0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
    ("discard", [0x100, 0, 0, 0, 0, 0, 0, 0], 64),
    ("Teredo", [0x2001, 0, 0, 0, 0, 0, 0, 0], 32),
    ("IETF protocol", [0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ("documentation", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ("6to4", [0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ("documentation", [0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
    ("unique local", [0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
    ("link-local", [0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
    ("site-local", [0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
    ("multicast", [0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
];

const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const BEYOND_UNICAST: Range =
    Range { name: "not global unicast", prefix: (IpAddr::V6(GLOBAL_UNICAST.0), GLOBAL_UNICAST.1) };

/// The special range that an address is in; `None` for one of the public internet.
#[must_use]
pub fn special_range(address: IpAddr) -> Option<Range> {
    match address {
        IpAddr::V4(address) => V4.iter().find_map(|(name, octets, length)| {
            let base = Ipv4Addr::from(*octets);
            let within = shares(u32::from(address).into(), u32::from(base).into(), 32, *length);
            within.then_some(Range { name, prefix: (base.into(), *length) })
        }),
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            let named = V6.iter().find_map(|(name, segments, length)| {
                let base = Ipv6Addr::from(*segments);
                let within = shares(bits, base.into(), 128, *length);
                within.then_some(Range { name, prefix: (base.into(), *length) })
            });
            let (unicast, length) = GLOBAL_UNICAST;
            let global = shares(bits, unicast.into(), 128, length);
            named.or((!global).then_some(BEYOND_UNICAST))
        }
    }
}

/// Whether the first `length` of `width` bits are the same.
fn shares(address: u128, base: u128, width: u32, length: u32) -> bool {
    (address ^ base) >> (width - length) == 0
}
