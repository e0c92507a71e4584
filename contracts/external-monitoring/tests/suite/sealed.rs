use external_monitoring::sealed::{SEALED_BYTES_MAX, check};
use lumenscope_interfaces::external_monitoring::{
    ConnectionError, SEALED_HEADER_BYTES, SEALED_SECRET_BYTES_MAX, SEALED_TAG_BYTES,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::stage::{SERVICE_KEY, sealed};

const SHORTEST: u16 = SEALED_TAG_BYTES as u16 + 1;
const LONGEST: u16 = (SEALED_SECRET_BYTES_MAX + SEALED_TAG_BYTES) as u16;

fn checked(bytes: &[u8]) -> Result<(), ConnectionError> {
    check(bytes, &Sha256::digest(SERVICE_KEY).into())
}

#[test]
fn sealed_values_of_every_length_are_taken() {
    for length in SHORTEST..=LONGEST {
        assert_eq!(checked(&sealed(&SERVICE_KEY, 1, length)), Ok(()), "{length}");
    }
    assert_eq!(sealed(&SERVICE_KEY, 1, LONGEST).len(), SEALED_BYTES_MAX as usize);
}

#[test]
fn nothing_and_what_is_longer_or_shorter_is_malformed() {
    for length in [0, SHORTEST - 1, LONGEST + 1] {
        let bytes = sealed(&SERVICE_KEY, 1, length);
        assert_ne!(checked(&bytes), Ok(()), "{length}");
    }
    assert_eq!(
        checked(&sealed(&SERVICE_KEY, 1, LONGEST + 1)),
        Err(ConnectionError::SealedMalformed)
    );
    let whole = sealed(&SERVICE_KEY, 1, 40);
    for shorter in 0..whole.len() {
        assert!(checked(&whole[..shorter]).is_err(), "{shorter}");
    }
    let mut longer = whole;
    longer.push(0xff);
    assert_eq!(checked(&longer), Err(ConnectionError::SealedMalformed));
}

#[test]
fn another_version_another_suite_and_another_key_are_refused() {
    let whole = sealed(&SERVICE_KEY, 1, 40);
    for (at, expected) in [
        (0, ConnectionError::SealedMalformed),
        (1, ConnectionError::SealedMalformed),
        (2, ConnectionError::SealedToAnotherKey),
        (9, ConnectionError::SealedToAnotherKey),
        (42, ConnectionError::SealedMalformed),
        (43, ConnectionError::SealedMalformed),
    ] {
        let mut other = whole.clone();
        other[at] ^= 1;
        assert_eq!(checked(&other), Err(expected), "byte {at}");
    }
    let elsewhere = sealed(&[8; 32], 1, 40);
    assert_eq!(checked(&elsewhere), Err(ConnectionError::SealedToAnotherKey));
}

#[test]
fn text_is_told_from_what_is_sealed() {
    for text in ["hunter2", "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOHcbrzqgy"] {
        assert_eq!(checked(text.as_bytes()), Err(ConnectionError::SealedPrintable), "{text}");
    }
    let long = [b'a'; SEALED_BYTES_MAX as usize];
    assert_eq!(checked(&long), Err(ConnectionError::SealedPrintable));
    assert_eq!(checked(&[]), Err(ConnectionError::SealedMalformed));
    assert_eq!(checked(&[b'a'; 3_000]), Err(ConnectionError::SealedMalformed));
}

#[test]
fn text_behind_a_header_is_told_from_what_is_sealed() {
    let mut bytes = sealed(&SERVICE_KEY, 1, 40);
    bytes[SEALED_HEADER_BYTES as usize..].fill(b'x');
    assert_eq!(checked(&bytes), Err(ConnectionError::SealedPrintable));
}

proptest! {
    #[test]
    fn no_bytes_make_the_check_panic(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
        let _ = checked(&bytes);
    }

    #[test]
    fn printable_text_is_never_taken(text in "[ -~\\t\\r\\n]{0,600}") {
        prop_assert!(checked(text.as_bytes()).is_err());
    }
}
