//! Where the service sends, and where it does not.

use std::net::IpAddr;

use lumenscope_credentials::{Destination, DestinationError, UrlError, check_addresses};

/// The name of the range that refuses a URL's host.
fn range(url: &str) -> &'static str {
    match Destination::parse(url) {
        Err(DestinationError::Address { range, .. }) => range.name,
        other => panic!("{url}: {other:?}"),
    }
}

#[test]
fn public_hosts_may_be_asked() {
    for (url, host, port) in [
        ("https://hooks.slack.com/services/T0/B0/x", "hooks.slack.com", 443),
        ("https://EXAMPLE.org:8443/hook?a=b", "example.org", 8443),
        ("https://example.org./", "example.org.", 443),
        ("https://bücher.de", "xn--bcher-kva.de", 443),
        ("https://example.com", "example.com", 443),
        ("https://mylocal.org", "mylocal.org", 443),
        ("https://1.1.1.1/", "1.1.1.1", 443),
        ("https://16843009/", "1.1.1.1", 443),
        ("https://172.32.0.1/", "172.32.0.1", 443),
        ("https://100.128.0.1/", "100.128.0.1", 443),
        ("https://[2606:4700:4700::1111]/", "[2606:4700:4700::1111]", 443),
    ] {
        let destination = Destination::parse(url).expect(url);
        assert_eq!((destination.host(), destination.port()), (host, port), "{url}");
    }
}

#[test]
fn every_way_to_write_a_private_ipv4_address_is_refused() {
    for (url, name) in [
        ("https://127.0.0.1", "loopback"),
        ("https://127.1", "loopback"),
        ("https://2130706433", "loopback"),
        ("https://0x7f000001", "loopback"),
        ("https://0x7f.0.0.0x1", "loopback"),
        ("https://0177.0.0.01", "loopback"),
        ("https://017700000001", "loopback"),
        ("https://127.0.0.1.", "loopback"),
        ("https://%31%32%37.0.0.1", "loopback"),
        ("https://１２７.０.０.１", "loopback"),
        ("https://127。0。0。1", "loopback"),
        ("https://0", "this network"),
        ("https://0.0.0.0:8080/", "this network"),
        ("https://10.0.0.1", "private"),
        ("https://10.255.255.255", "private"),
        ("https://172.16.0.1", "private"),
        ("https://172.31.255.255", "private"),
        ("https://192.168.1.1", "private"),
        ("https://100.64.0.1", "carrier-grade NAT"),
        ("https://100.127.255.255", "carrier-grade NAT"),
        ("https://169.254.169.254/latest/meta-data", "link-local"),
        ("https://0xa9fea9fe", "link-local"),
        ("https://192.0.0.8", "IETF protocol"),
        ("https://192.0.2.1", "documentation"),
        ("https://198.51.100.1", "documentation"),
        ("https://203.0.113.1", "documentation"),
        ("https://198.19.255.255", "benchmarking"),
        ("https://192.88.99.1", "6to4 relay"),
        ("https://224.0.0.1", "multicast"),
        ("https://239.255.255.255", "multicast"),
        ("https://240.0.0.1", "reserved"),
        ("https://255.255.255.255", "reserved"),
    ] {
        assert_eq!(range(url), name, "{url}");
    }
}

#[test]
fn ipv6_addresses_that_are_not_public_are_refused() {
    for (url, name) in [
        ("https://[::]", "unspecified"),
        ("https://[::1]", "loopback"),
        ("https://[0:0:0:0:0:0:0:1]:8443", "loopback"),
        ("https://[::ffff:10.0.0.1]", "IPv4-mapped"),
        ("https://[::ffff:0a00:0001]", "IPv4-mapped"),
        ("https://[::ffff:1.1.1.1]", "IPv4-mapped"),
        ("https://[::10.0.0.1]", "IPv4-compatible"),
        ("https://[64:ff9b::10.0.0.1]", "NAT64"),
        ("https://[64:ff9b:1::1]", "local NAT64"),
        ("https://[2002:0a00:0001::1]", "6to4"),
        ("https://[2001::1]", "Teredo"),
        ("https://[2001:10::1]", "IETF protocol"),
        ("https://[2001:db8::1]", "documentation"),
        ("https://[3fff::1]", "documentation"),
        ("https://[fc00::1]", "unique local"),
        ("https://[fd12:3456::1]", "unique local"),
        ("https://[fe80::1]", "link-local"),
        ("https://[fec0::1]", "site-local"),
        ("https://[ff02::1]", "multicast"),
        ("https://[100::1]", "discard"),
        ("https://[4000::1]", "not global unicast"),
        ("https://[5f00::1]", "not global unicast"),
    ] {
        assert_eq!(range(url), name, "{url}");
    }
}

#[test]
fn names_that_a_local_network_answers_for_are_refused() {
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "metadata.google.internal.",
        "ＭＥＴＡＤＡＴＡ.google.internal",
        "router.home.arpa",
        "intranet",
        "a..org",
        "example.org..",
        "localhost.localdomain",
        "abcdefghijklmnop.onion",
    ] {
        let refused = Destination::parse(&format!("https://{host}/hook"));
        assert!(matches!(refused, Err(DestinationError::Host(_))), "{host}: {refused:?}");
    }
}

#[test]
fn what_is_no_https_url_is_refused() {
    for (url, expected) in [
        ("http://example.org", DestinationError::NotHttps),
        ("ftp://example.org", UrlError::Scheme("ftp".to_owned()).into()),
        ("file:///etc/passwd", UrlError::Scheme("file".to_owned()).into()),
        ("https://user:password@example.org", UrlError::UserInfo.into()),
        ("https://example.org@10.0.0.1", UrlError::UserInfo.into()),
        ("https://example.org\\@10.0.0.1", UrlError::Character.into()),
        ("https://example.org\r\nhost: a", UrlError::Character.into()),
        (&format!("https://example.org/{}", "a".repeat(500)), DestinationError::TooLong(520)),
    ] {
        assert_eq!(Destination::parse(url), Err(expected), "{url}");
    }
    for url in ["", "example.org", "https://", "https://[fe80::1%25eth0]/", "https://256.0.0.1"] {
        let refused = Destination::parse(url);
        assert!(matches!(refused, Err(DestinationError::Url(UrlError::Malformed(_)))), "{url}");
    }
}

#[test]
fn one_private_address_among_those_of_a_name_refuses_them_all() {
    let parse = |addresses: &[&str]| -> Vec<IpAddr> {
        addresses.iter().map(|address| address.parse().expect("an address")).collect()
    };
    let public = ["1.1.1.1", "2606:4700:4700::1111"];
    assert_eq!(check_addresses(&parse(&public)), Ok(()));
    for private in ["10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fd00::1"] {
        let addresses = parse(&[public[0], public[1], private]);
        let refused = check_addresses(&addresses);
        let is_it = matches!(&refused, Err(DestinationError::Address { address, .. })
            if *address == addresses[2]);
        assert!(is_it, "{private}: {refused:?}");
    }
    assert_eq!(check_addresses(&[]), Err(DestinationError::Addresses(0)));
    assert_eq!(check_addresses(&[[1, 1, 1, 1].into(); 65]), Err(DestinationError::Addresses(65)));
}
